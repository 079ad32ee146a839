// Package closeevent knows how a WebSocket connection ends: who sends which
// Close frame when, who closes the transport, and which [Event] a browser
// would fire for it, that is with which code and reason, and whether the close
// was clean.
//
// It does no I/O, starts no goroutine and keeps no time, so that it fits any
// stack: one goroutine a connection, two, or an event loop. [Handshake] is one
// endpoint's side of the closing handshake. Its owner tells it what happens and
// does what it says:
//
//	the application closes the connection    Close       write what was appended
//	a Close frame was read                   Receive     write what was appended, read no more
//	a frame was at fault                     Fail        write what was appended, read no more
//	writing failed, or the peer reset        WriteFailed
//	reading ended, or the time was up        TransportClosed  give the event to the application
//
// and after each of the first four it asks [Handshake.ShouldCloseTransport] whether
// to close the transport now. How to close a net.Conn so that the frame just
// written is not lost is what package closeconn is for.
//
// # The story of a close
//
// Say a server wants to restart. It calls [Handshake.Close] with
// [closecode.ServiceRestart] and writes the Close frame. From then on it sends
// no data, but it goes on reading: the client may be in the middle of a
// message. The client reads the Close frame, and its [Handshake.Receive]
// appends the answer, which is a Close frame with the same code. Once the
// server has read that, both Close frames have crossed, and the handshake is
// complete. Now the server closes the transport, and not the client, so that
// the wait that TCP imposes on whoever closes first (TIME_WAIT) is the
// server's. Both call [Handshake.TransportClosed]: both closes were clean, with
// code 1012 and the server's reason at the client, and with code 1012 and no
// reason at the server, since that is what the client's Close frame said.
//
// So an endpoint's event always tells what the peer said, never what it said
// itself. If both call Close at the same time, each gets the other's code, and
// both closes are clean.
//
// # When it goes wrong
//
// Where the transport ends without a Close frame from the peer, the code is
// 1006, [closecode.AbnormalClosure]. Neither this code nor 1005, which stands
// for a Close frame without a code, is ever on the wire.
//
// Where a frame is at fault the connection is failed ([Handshake.Fail], with
// what [frame.Error.Code] says): a Close frame goes out, if none has before,
// and nothing that comes after counts, not even the peer's Close frame. The
// code is 1006 again.
//
// Where the peer's Close frame came but ours could not be written, or was
// overtaken by a reset ([Handshake.WriteFailed]), the event has the peer's code and
// reason, and is not clean.
//
// # HTTP/2 and HTTP/3
//
// A WebSocket may have one stream of an HTTP/2 or HTTP/3 connection for its
// transport. Frames, masks and the handshake are the same; what TCP says in its
// own words the stream says in others (RFC 8441 §5, RFC 9220 §3):
//
//	TCP                        HTTP/2                   HTTP/3
//	close, or FIN              END_STREAM               FIN
//	reset                      RST_STREAM with CANCEL   H3_REQUEST_CANCELLED
//
// Thus for the owner of a stream:
//
//   - where ShouldCloseTransport reports true: send END_STREAM, or FIN, after the
//     last byte; read and discard until the peer's; and cancel the stream if
//     that does not come in time;
//   - where END_STREAM or FIN arrives, or the stream is reset, with whatever
//     error code, or the connection below it is lost or its GOAWAY leaves the
//     stream out: TransportClosed; and if END_STREAM or FIN has not been sent yet,
//     send it;
//   - where it was not END_STREAM or FIN, or flow control kept the Close frame
//     from leaving: WriteFailed before TransportClosed.
//
// The connection below goes on: closing one WebSocket does not touch the
// streams beside it, and TIME_WAIT is nobody's concern. A client still leaves
// it to the server to go first.
package closeevent
