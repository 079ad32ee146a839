package closeevent

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// A State says how far the closing of a connection has come, as its owner
// sees it (RFC 6455 §7.1.3, §7.1.4). Its values are in the order in which they are reached; none is
// ever left for an earlier one.
type State uint8

const (
	// Open: no Close frame has been sent or received. It is the only state in
	// which data frames may be sent (RFC 6455 §6.1).
	Open State = iota

	// Closing: a Close frame has been sent or received (RFC 6455 §7.1.3), or
	// the connection has been failed (§7.1.7).
	Closing

	// Closed: the transport is gone (RFC 6455 §7.1.4).
	Closed
)

// String returns the state in lower case, as in "closing", for logs.
func (s State) String() string {
	switch s {
	case Open:
		return "open"
	case Closing:
		return "closing"
	case Closed:
		return "closed"
	}
	return "unknown"
}

// A Handshake is one endpoint's side of the closing handshake (RFC 6455
// §5.5.1, §7.1). It does no I/O: its owner tells it what happened, writes the
// bytes that it appends, and closes the transport when it says so.
//
// The zero Handshake is a server's and ready to use; [NewClient] makes a
// client's. It takes at most 32 bytes, holds nothing that must be released,
// and keeps no buffer that was passed to it. It must not be copied while in
// use, and it is not safe for concurrent use: an owner that reads and writes
// in two goroutines holds one lock around it.
type Handshake struct {
	reason string         // of the first Close received
	key    [4]byte        // masks our Close, if we are a client
	code   closecode.Code // of the first Close received; 0 before it came
	past   facts
}

// facts are what has happened to a Handshake. Together with the code received
// they are its whole state. Once set, none is cleared.
type facts uint8

const (
	client      facts = 1 << iota // set from the start, or never
	sent                          // our one Close frame has been appended
	writeFailed                   // and it did not get through
	peerFirst                     // the peer's Close frame came, and ours had not gone
	failed                        // _Fail the WebSocket Connection_, §7.1.7
	gone                          // _The WebSocket Connection is Closed_, §7.1.4
)

// NewClient returns a client's Handshake. Its one Close frame, should it send
// one, is masked with key, which "needs to be unpredictable": four bytes from
// crypto/rand, used for no other frame (RFC 6455 §5.3).
func NewClient(key [4]byte) Handshake {
	return Handshake{key: key, past: client}
}

// Close starts the closing handshake, at the application's wish (RFC 6455
// §7.1.2): it appends a Close frame with the given code and reason to dst and
// returns the extended buffer. From then on no more data may be sent, but
// reading goes on until the peer's Close frame is there.
//
// [closecode.NoStatusRcvd] with an empty reason makes a Close frame without a
// code, as WebSocket.close() without arguments does.
//
// The arguments are checked first, in any state, and the errors are those of
// [frame.Append]; dst is returned then, and nothing has changed. Otherwise,
// unless the state is [Open], there is nothing left to send: Close returns dst
// and nil.
func (h *Handshake) Close(dst []byte, code closecode.Code, reason string) ([]byte, error) {
	if h.State() != Open {
		var discard [frame.MaxPayload]byte
		_, err := frame.AppendPayload(discard[:0], code, reason)
		return dst, err
	}
	// "To _Start the WebSocket Closing Handshake_ with a status code (Section
	// 7.4) /code/ and an optional close reason (Section 7.1.6) /reason/, an
	// endpoint MUST send a Close control frame" (§7.1.2)
	return h.append(dst, code, reason)
}

// Receive takes note of the Close frame c, which the peer sent, and appends
// the answer to dst, if one is due: a Close frame with the code alone of c
// (RFC 6455 §5.5.1). It returns the extended buffer.
//
// The first Close frame stands, and later ones change nothing; nor does any
// after [Handshake.Fail] or [Handshake.TransportClosed]. The endpoint reads no more
// frames after Receive.
//
// c is to come from a parser of package frame. If its code is one that none of
// them returns, Receive does what Fail does with [closecode.ProtocolError]. A
// c.Reason that is not empty is copied, before anything is written to dst:
// this is the one allocation of a Handshake.
func (h *Handshake) Receive(dst []byte, c frame.Close) []byte {
	if h.past&(failed|gone) != 0 {
		// "An endpoint MUST NOT continue to attempt to process data (including
		// a responding Close frame) from the remote endpoint after being
		// instructed to _Fail the WebSocket Connection_." (§7.1.7)
		return dst
	}
	if h.received() {
		// "_The WebSocket Connection Close Code_ is defined as the status code
		// (Section 7.4) contained in the first Close control frame received"
		// (§7.1.5), and the reason likewise (§7.1.6).
		return dst
	}
	if !c.Code.Valid() && (c.Code != closecode.NoStatusRcvd || len(c.Reason) != 0) {
		// 1005 and 1006 "MUST NOT be set as a status code in a Close control
		// frame by an endpoint" (§7.4.1). Only 1005 means that there was none,
		// and where there is no code there is no reason.
		return h.Fail(dst, closecode.ProtocolError)
	}
	// "If this Close control frame contains no status code, _The WebSocket
	// Connection Close Code_ is considered to be 1005." (§7.1.5) The parsers
	// have seen to that.
	h.code, h.reason = c.Code, string(c.Reason)
	if h.past&(sent|writeFailed) != sent {
		h.past |= peerFirst
	}
	if h.past&sent != 0 {
		// "If an endpoint receives a Close frame and did not previously send a
		// Close frame, the endpoint MUST send a Close frame in response." We
		// did, and perhaps at the same time: "both endpoints will have sent
		// and received a Close message" (§5.5.1).
		return dst
	}
	// "When sending a Close frame in response, the endpoint typically echos
	// the status code it received." (§5.5.1) 1005 echoes as a Close without a
	// code, and every other code here may be sent: there is no error.
	dst, _ = h.append(dst, c.Code, "")
	return dst
}

// Fail fails the connection, because the peer broke the protocol or sent what
// this endpoint cannot take (RFC 6455 §7.1.7). If this endpoint has not sent a
// Close frame yet, Fail appends one with the given code to dst; it returns the
// extended buffer.
//
// The endpoint reads no more frames, and [Handshake.ShouldCloseTransport] reports
// true, for a client too. The [Event] will be 1006 and not clean. Only
// where both Close frames have crossed already does Fail do nothing: the
// handshake is complete then, and the close clean.
//
// With [closecode.NoStatusRcvd] the Close frame has no code. A code that
// cannot be sent sends nothing, and the connection is failed all the same: "An
// endpoint MAY omit sending a Close frame" (§7.1.7).
func (h *Handshake) Fail(dst []byte, code closecode.Code) []byte {
	if h.crossed() {
		// "After both sending and receiving a Close message, an endpoint
		// considers the WebSocket connection closed" (§5.5.1): what comes
		// then are "trailing bytes that may have been received", to be
		// discarded (§7.1.1).
		return dst
	}
	if h.State() == Open {
		// "If _The WebSocket Connection is Established_ prior to the point
		// where the endpoint is required to _Fail the WebSocket Connection_,
		// the endpoint SHOULD send a Close frame with an appropriate status
		// code (Section 7.4) before proceeding to _Close the WebSocket
		// Connection_." (§7.1.7)
		dst, _ = h.append(dst, code, "")
	}
	h.past |= failed
	return dst
}

// WriteFailed takes note that the Close frame last appended did not get through:
// writing it gave an error, or the transport was reset since, which takes back
// what was written. The peer may not have got it, so the close is not clean
// (RFC 6455 §7.1.4), though the code and the reason of a Close frame that was received stand.
// There is no second try. [Handshake.ShouldCloseTransport] reports true, since the
// handshake cannot be completed any more; bytes that the peer sent before may
// still be read first, and its Close frame given to [Handshake.Receive].
//
// WriteFailed does nothing if no Close frame was appended, or after
// [Handshake.TransportClosed].
func (h *Handshake) WriteFailed() {
	if h.past&sent != 0 && h.past&gone == 0 {
		h.past |= writeFailed
	}
}

// ShouldCloseTransport reports whether it is for this endpoint to close the
// transport now (RFC 6455 §7.1.1). It is as soon as the connection has been
// failed, or the Close frame could not be written; and once both Close frames
// have crossed, it is for a server. A client waits for the server to do it,
// and may do it itself after a reasonable time.
//
// It reports false while there is still something to wait for, and after
// [Handshake.TransportClosed], when there is nothing left to close.
func (h *Handshake) ShouldCloseTransport() bool {
	switch {
	case h.past&gone != 0:
		return false
	case h.past&failed != 0:
		// To _Fail the WebSocket Connection_ "the client MUST _Close the
		// WebSocket Connection_ […] Similarly, to do so, the server MUST _Close
		// the WebSocket Connection_" (§7.1.7).
		return true
	case h.past&writeFailed != 0:
		// "In abnormal cases (such as not having received a TCP Close from the
		// server after a reasonable amount of time) a client MAY initiate the
		// TCP Close." (§7.1.1) The peer waits for a Close frame that won't come.
		return true
	}
	// "The server MUST close the underlying TCP connection immediately; the
	// client SHOULD wait for the server to close the connection" (§5.5.1).
	return h.crossed() && h.past&client == 0
}

// TransportClosed takes note that the transport is gone, by whichever side's doing,
// and returns how the connection ended (RFC 6455 §7.1.4–7.1.6). Further calls
// return the same event, and nothing is appended any more.
//
// If the peer's Close frame was received, the event has its code and its
// reason, and it was clean if this endpoint's own was sent. Otherwise, and
// where the connection was failed before, the code is
// [closecode.AbnormalClosure].
func (h *Handshake) TransportClosed() Event {
	// "When the underlying TCP connection is closed, it is said that _The
	// WebSocket Connection is Closed_" (§7.1.4).
	h.past |= gone
	if !h.received() {
		// "If _The WebSocket Connection is Closed_ and no Close control frame
		// was received by the endpoint (such as could occur if the underlying
		// transport connection is lost), _The WebSocket Connection Close Code_
		// is considered to be 1006." (§7.1.5)
		return Event{Code: closecode.AbnormalClosure}
	}
	// "If the TCP connection was closed after the WebSocket closing handshake
	// was completed, the WebSocket connection is said to have been closed
	// _cleanly_." (§7.1.4)
	return Event{h.code, h.reason, h.crossed()}
}

// State returns how far the closing has come (RFC 6455 §7.1.3, §7.1.4).
func (h *Handshake) State() State {
	switch {
	case h.past&gone != 0:
		return Closed
	case h.past&(sent|failed) != 0:
		// "Upon either sending or receiving a Close control frame, it is said
		// that _The WebSocket Closing Handshake is Started_ and that the
		// WebSocket connection is in the CLOSING state." (§7.1.3) Receiving
		// one always means sending one.
		return Closing
	}
	return Open
}

// PeerFirst reports whether the peer's Close frame came before ours had gone:
// whether it was the peer that started the closing handshake (RFC 6455 §7.1.3). It is false if none
// came, if ours was on its way already, as when both endpoints close at the
// same time, and if the connection was failed before.
func (h *Handshake) PeerFirst() bool { return h.past&peerFirst != 0 }

// received reports whether a Close frame has been received, and counts.
func (h *Handshake) received() bool { return h.code != 0 }

// crossed reports whether the closing handshake is complete: whether a Close
// frame has been both sent and received.
func (h *Handshake) crossed() bool {
	return h.received() && h.past&(sent|writeFailed) == sent
}

// append appends this endpoint's one Close frame to dst. If there is an error
// dst is returned and nothing has changed.
func (h *Handshake) append(dst []byte, code closecode.Code, reason string) ([]byte, error) {
	var err error
	if h.past&client != 0 {
		// "Close frames sent from client to server must be masked as per
		// Section 5.3." (§5.5.1)
		dst, err = frame.AppendMasked(dst, h.key, code, reason)
	} else {
		dst, err = frame.Append(dst, code, reason)
	}
	if err == nil {
		h.past |= sent
	}
	return dst, err
}
