// Package closetest tests how a WebSocket implementation handles Close frames,
// with the test vectors and scenarios of this module.
//
// Pass it the functions of your implementation. A parser, an encoder and a
// UTF-8 validator are tested with vectors:
//
//	func TestClose(t *testing.T) {
//		closetest.Payloads(t, func(p []byte) (int, string, error) {
//			c, err := parseClose(p)
//			return c.code, c.reason, err
//		})
//	}
//
// A server or a client is tested over TCP connections with scenarios, which are
// those of the command closeframe probe:
//
//	func TestServer(t *testing.T) {
//		closetest.Handler(t, http.HandlerFunc(echo))
//	}
//
// Each vector and each scenario is a subtest named by its id, so that go test
// -run selects one of them, such as TestClose/payload/one-byte-03. A failure
// prints the bytes, the expected and the actual result, and the rule with its
// section. If RFC 6455 leaves the decision to the implementation, the failure
// has a note: change the implementation, or list the id with [Known]. At the
// end, each test logs how many vectors or scenarios passed, and how many failed
// for each rule.
//
// A panic of the implementation is a failure. So is a peer that sends no Close frame
// in any scenario, or that closes each connection by itself.
//
// [Seed] adds the same inputs to a fuzz target.
package closetest
