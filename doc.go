// Package closeframe is the overview of a module that does one thing: the last
// frame of a WebSocket connection, and what follows from it. It has no symbols
// of its own.
//
// The road from bytes to the application has four stations, each a package,
// and each of use without the ones after it:
//
//   - closecode knows the status codes: which may be sent, what they are
//     called, whether to reconnect after them (RFC 6455 §7.4).
//   - utf8check tells whether a text is UTF-8, whole or in pieces, and cuts
//     one to what fits into a Close frame (RFC 6455 §8.1, RFC 3629).
//   - frame parses and appends the Close frame: its payload alone, as
//     servers send it, and masked as clients do (RFC 6455 §5).
//   - closeevent is the closing handshake without I/O, and the CloseEvent
//     that a browser would fire for it: code, reason, wasClean (RFC 6455 §7.1,
//     WHATWG WebSockets Standard).
//
// Beside the road stand closeconn, which ends a net.Conn so that the Close
// frame is not lost on its last way; describe, which tells people in their
// language what a code means; and the command cmd/closeframe, which explains
// captured bytes.
//
// # Which one to use
//
// A stack with a framing of its own gives the payload of a frame of opcode 8
// to frame.ParsePayload, and answers a fault with the code that the error
// names. One that reads bytes gives them to frame.ParseMasked (a server) or
// frame.Parse (a client) as they come, until there are enough of them. One
// that also wants to get the order of things right (who answers, who closes
// TCP, what to tell the application) has a closeevent.Handshake for every
// connection. The example below is all of it.
//
// # What holds for all of them
//
// Nothing here allocates, apart from strings for people, the reason that a
// CloseEvent keeps, and buffers that were too small. Nothing blocks, starts a
// goroutine, or does I/O, but for closeconn. No bytes from the network make
// anything panic. The packages depend on nothing but a few small packages of
// the standard library; describe and the command depend on golang.org/x/text.
package closeframe
