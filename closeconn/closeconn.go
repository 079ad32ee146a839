// Package closeconn closes a net.Conn without losing the Close frame written to it
// last.
//
// If a TCP connection is closed while bytes from the peer have not been read,
// the kernel sends a reset, which can overtake the bytes written before it: "if
// a socket is closed with data in the receive queue, a RST packet is sent,
// which will then cause recv() to fail for the party that received the RST,
// even if there was data waiting to be read" (RFC 6455 §1.4). The peer then
// sees an abnormal closure, 1006, instead of the code that was sent. [Finish]
// does what the RFC recommends (§7.1.1): it closes the write side, reads to the
// end, and closes.
//
// [Close] also exchanges the Close frames, for a handler that reads its own
// frames. [Finish] is for a stack whose reader has received the peer's Close
// frame.
package closeconn
