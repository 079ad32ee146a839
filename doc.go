// Package closeframe documents a module for the Close frame, the last frame of
// a WebSocket connection, and for the closing handshake. The package itself has
// no symbols.
//
// Four packages lead from bytes to the application. Each can be used without
// the following ones:
//
//   - closecode has the status codes: which may be sent, their names, and
//     whether to reconnect after them (RFC 6455 §7.4).
//   - utf8check validates UTF-8, whole or in chunks, and truncates text to the
//     size of a Close frame's reason (RFC 6455 §8.1, RFC 3629).
//   - frame parses and appends Close frames: the payload alone, unmasked frames
//     of servers and masked frames of clients (RFC 6455 §5).
//   - closeevent has the closing handshake without I/O, and the CloseEvent that
//     a browser would fire: code, reason, wasClean (RFC 6455 §7.1, WHATWG
//     WebSockets Standard).
//
// Other packages build on them. closeconn closes a net.Conn without losing the
// Close frame. closetap observes a connection from the middle, as a proxy does.
// describe explains codes to people in their language. closetest tests other
// implementations. The command cmd/closeframe explains captured bytes, among
// other things.
//
// # Which package to use
//
// A stack with its own framing passes the payload of a frame with opcode 8 to
// frame.ParsePayload, and answers an error with the error's code. A stack that
// reads bytes passes them to frame.ParseMasked (a server) or frame.Parse (a
// client) until the frame is complete. A stack that also needs the order of
// events (who answers, who closes TCP, the event of the application) has a
// closeevent.Handshake for each connection. The example below does all of this.
//
// # Common properties
//
// The four packages allocate only strings for people, the reason that a
// CloseEvent keeps, and larger buffers if the caller's are too small. Apart
// from closeconn and closetest, no package blocks, starts a goroutine or does
// I/O. No bytes from the network cause a panic. The four packages depend only
// on a few small packages of the standard library. Package describe and the
// command also depend on golang.org/x/text.
package closeframe
