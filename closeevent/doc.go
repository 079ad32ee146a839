// Package closeevent tracks how a WebSocket connection ends: which Close frames
// are sent, who closes the transport, and the [Event] that a browser would
// fire, with its code and reason and whether the close was clean.
//
// It does no I/O, starts no goroutine and has no timers, so it fits a stack
// with one or two goroutines per connection as well as an event loop.
// [Handshake] is one endpoint's side of the closing handshake. The owner calls
// a method for each event:
//
//	the application closes the connection    Close       write the appended bytes
//	a Close frame was read                   Receive     write the appended bytes, stop reading
//	a frame was invalid                      Fail        write the appended bytes, stop reading
//	writing failed, or the peer reset        WriteFailed
//	reading ended, or a timeout expired      TransportClosed  pass the event to the application
//
// After each of the first four it asks [Handshake.ShouldCloseTransport] whether
// to close the transport now. Package closeconn closes a net.Conn without
// losing the frame that was just written.
//
// # The closing handshake
//
// Suppose a server restarts. It calls [Handshake.Close] with
// [closecode.ServiceRestart] and writes the Close frame. From then on it sends
// no data, but it continues to read, because the client may be in the middle of
// a message. The client reads the Close frame, and its [Handshake.Receive]
// appends the answer, a Close frame with the same code. When the server has
// read the answer, both Close frames have been exchanged and the handshake is
// complete. The server closes the transport first, so that the TIME_WAIT state
// of TCP is on its side. Both endpoints call [Handshake.TransportClosed]. Both
// closes were clean. The client's event has code 1012 and the server's reason.
// The server's event has code 1012 and no reason, because the client's Close
// frame had none.
//
// An endpoint's event always has the code and reason that the peer sent, never
// its own. If both call Close at the same time, each receives the other's code,
// and both closes are clean.
//
// # Errors
//
// If the transport ends without a Close frame from the peer, the code is 1006,
// [closecode.AbnormalClosure]. Neither this code nor 1005, which means a Close
// frame without a code, is ever sent.
//
// If a frame is invalid, the owner fails the connection ([Handshake.Fail], with
// the code of [frame.Error.Code]). A Close frame is sent unless one was sent
// before, and everything that arrives later is ignored, including the peer's
// Close frame. The code is 1006.
//
// If the peer's Close frame arrived, but the answer could not be written or was
// lost in a reset ([Handshake.WriteFailed]), the event has the peer's code and
// reason and is not clean.
//
// # HTTP/2 and HTTP/3
//
// The transport of a WebSocket can be a stream of an HTTP/2 or HTTP/3
// connection. Frames, masking and the handshake are the same. The events of TCP
// have these equivalents (RFC 8441 §5, RFC 9220 §3):
//
//	TCP                        HTTP/2                   HTTP/3
//	close, or FIN              END_STREAM               FIN
//	reset                      RST_STREAM with CANCEL   H3_REQUEST_CANCELLED
//
// The owner of a stream does the following:
//
//   - If ShouldCloseTransport reports true, send END_STREAM or FIN after the last
//     byte. Read and discard up to the peer's END_STREAM or FIN, and cancel the
//     stream if it does not arrive in time.
//   - If END_STREAM or FIN arrives, the stream is reset with any error code, the
//     connection is lost, or its GOAWAY excludes the stream, call TransportClosed.
//     Send END_STREAM or FIN if it has not been sent.
//   - If the stream ended in another way than END_STREAM or FIN, or flow control
//     prevented sending the Close frame, call WriteFailed before TransportClosed.
//
// The connection stays open: closing a WebSocket does not affect other streams,
// and there is no TIME_WAIT. A client still waits for the server to end its
// side first.
package closeevent
