// Package closetest tests how a WebSocket implementation handles Close frames,
// with the test vectors and scenarios of this module.
//
// Give it the functions that you have. A parser, an encoder and a UTF-8
// validator are tested with vectors:
//
//	func TestClose(t *testing.T) {
//		closetest.Payloads(t, func(p []byte) (int, string, error) {
//			c, err := parseClose(p)
//			return c.code, c.reason, err
//		})
//	}
//
// A server or a client is tested over TCP connections with scenarios, the ones
// that the command closeframe probe plays:
//
//	func TestServer(t *testing.T) {
//		closetest.Handler(t, http.HandlerFunc(echo))
//	}
//
// Each vector and each scenario is a subtest named by its id, so that go test
// -run plays one of them again. A failure has the bytes, what was expected and
// what was seen, and the rule with its section. Where RFC 6455 leaves the
// decision to the implementation, the failure has a note that says so: agree,
// or list the id under [Known].
//
// [Seed] adds the same inputs to a fuzz target.
package closetest
