package closeevent

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// A Handshake is one endpoint's side of the closing handshake (RFC 6455 §5.5.1,
// §7.1). It does no I/O. Its owner calls a method for each event, writes the
// bytes that the methods append, and closes the transport when
// ShouldCloseTransport reports true.
//
// The zero Handshake is a server's. A client must use [NewClient]: a zero
// Handshake would send unmasked frames, which servers reject (§5.1). Do not
// call Close or Fail before the opening handshake is complete: there is no
// WebSocket connection yet, so a server answers with an HTTP status, and a
// client closes the transport (§7.2.1, §7.2.2).
//
// A Handshake takes at most 32 bytes, holds nothing that must be released, and
// keeps no buffer that was passed to it. Do not copy one: each copy would send a
// Close frame of its own, and go vet reports it. A Handshake is not safe for
// concurrent use. An owner that reads and writes in two goroutines guards it
// with a mutex. It holds the mutex until the appended bytes are written or
// queued, so that no data frame follows the Close frame.
type Handshake struct {
	_      noCopy
	reason string         // of the first Close frame received
	key    [4]byte        // masks a client's Close frame
	code   closecode.Code // of the first Close frame received; 0 before that
	sent   closecode.Code // of our one Close frame; 0 before it is appended
	past   facts
}

// facts is the set of events that a Handshake has recorded. Once set, no bit is
// cleared.
type facts uint8

const (
	client      facts = 1 << iota // made by NewClient
	writeFailed                   // our Close frame could not be written
	peerFirst                     // the peer's Close frame came before ours was sent
	failed                        // _Fail the WebSocket Connection_, §7.1.7
	closed                        // _The WebSocket Connection is Closed_, §7.1.4
)

// NewClient returns a client's Handshake. Its one Close frame is masked with key,
// which "needs to be unpredictable": four bytes from crypto/rand, used for no
// other frame (RFC 6455 §5.3). NewClient does not check the key.
func NewClient(key [4]byte) Handshake {
	return Handshake{key: key, past: client}
}

// Close starts the closing handshake for the application (RFC 6455 §7.1.2). It
// appends a Close frame with the given code and reason to dst and returns the
// extended buffer. From then on no more data frames may be sent, but the
// endpoint continues to read until the peer's Close frame arrives.
//
// [closecode.NoStatusRcvd] with an empty reason makes a Close frame without a
// code, as WebSocket.close() without arguments does.
//
// The arguments are checked first, in any state. The errors are those of
// [frame.Append]; Close then returns dst and changes nothing. With valid arguments,
// unless the state is [Open], there is nothing to send: Close returns dst and nil.
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

// Receive records the Close frame c, which the peer sent. If this endpoint has not
// sent a Close frame, Receive appends the answer to dst: a Close frame with the
// code of c, without its reason (RFC 6455 §5.5.1). It returns the extended buffer.
// The endpoint must not read frames after Receive.
//
// The first Close frame counts. Later ones change nothing, and neither does any
// after [Handshake.Fail] or [Handshake.TransportClosed].
//
// c must come from a parser of package frame without an error. After an error, call
// Fail with [frame.Error.Code] instead. If the parsers cannot have returned c,
// Receive does what Fail does, with [closecode.ProtocolError] for its code or the
// length of its reason, or [closecode.InvalidFramePayloadData] for a reason that is
// not UTF-8. This includes the zero Close, which parsers return with an error.
//
// A reason that is not empty is copied before anything is written to dst: this is
// the only allocation of a Handshake.
func (h *Handshake) Receive(dst []byte, c frame.Close) []byte {
	if h.past&(failed|closed) != 0 {
		// "An endpoint MUST NOT continue to attempt to process data (including
		// a responding Close frame) from the remote endpoint after being
		// instructed to _Fail the WebSocket Connection_." (§7.1.7)
		return dst
	}
	if h.code != 0 {
		// "_The WebSocket Connection Close Code_ is defined as the status code
		// (Section 7.4) contained in the first Close control frame received"
		// (§7.1.5), and the reason likewise (§7.1.6).
		return dst
	}
	switch {
	case len(c.Reason) > utf8check.MaxReason:
		// "All control frames MUST have a payload length of 125 bytes or less"
		// (§5.5), and the code takes two of them.
		return h.Fail(dst, closecode.ProtocolError)
	case !c.Code.Valid() && (c.Code != closecode.NoStatusRcvd || len(c.Reason) != 0):
		// 1005 and 1006 "MUST NOT be set as a status code in a Close control
		// frame by an endpoint" (§7.4.1). Only 1005 means that there was none,
		// and without a code there is no reason.
		return h.Fail(dst, closecode.ProtocolError)
	case !utf8check.Valid(c.Reason):
		// "the body MAY contain UTF-8-encoded data with value /reason/"
		// (§5.5.1)
		return h.Fail(dst, closecode.InvalidFramePayloadData)
	}
	// "If this Close control frame contains no status code, _The WebSocket
	// Connection Close Code_ is considered to be 1005." (§7.1.5) The parsers
	// set it.
	h.code, h.reason = c.Code, string(c.Reason)
	if h.sent == 0 || h.past&writeFailed != 0 {
		h.past |= peerFirst
	}
	if h.sent != 0 {
		// "If an endpoint receives a Close frame and did not previously send a
		// Close frame, the endpoint MUST send a Close frame in response." We
		// sent one, perhaps at the same time: "both endpoints will have sent
		// and received a Close message" (§5.5.1).
		return dst
	}
	// "When sending a Close frame in response, the endpoint typically echos
	// the status code it received." (§5.5.1) 1005 is echoed as a Close frame
	// without a code. Every code here can be sent, so there is no error.
	dst, _ = h.append(dst, c.Code, "")
	return dst
}

// Fail fails the connection, because the peer violated the protocol or sent
// something that this endpoint cannot accept (RFC 6455 §7.1.7). If this endpoint
// has not sent a Close frame, Fail appends one with the given code to dst. It
// returns the extended buffer.
//
// The endpoint must not read more frames, and [Handshake.ShouldCloseTransport]
// reports true, also for a client. The [Event] will be 1006 and not clean,
// unless a Close frame had been received before: then it keeps the peer's code
// and reason. Fail does nothing if the closing handshake is complete, or after
// [Handshake.TransportClosed].
//
// With [closecode.NoStatusRcvd] the Close frame has no code. With a code that
// cannot be sent, Fail appends nothing but still fails the connection: "An
// endpoint MAY omit sending a Close frame" (§7.1.7). Do not pass the code 0
// that [frame.Error.Code] returns for [frame.ErrIncomplete] and
// [frame.ErrNotClose]: these are not faults, and Fail would fail the connection
// without a Close frame.
func (h *Handshake) Fail(dst []byte, code closecode.Code) []byte {
	if h.past&closed != 0 {
		return dst
	}
	if h.complete() {
		// "After both sending and receiving a Close message, an endpoint
		// considers the WebSocket connection closed" (§5.5.1): later input is
		// "trailing bytes that may have been received", to be discarded
		// (§7.1.1).
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

// Relay closes one leg of a proxied connection because the other leg ended with
// from. It appends a Close frame to dst, if one is due, and returns the extended
// buffer. Unless the state is [Open], Relay appends and changes nothing. It never
// sends 1005, 1006 or 1015 (RFC 6455 §7.4.1).
//
//   - A code that may be sent is relayed with its reason, whether the other leg
//     was clean or not. A reason that cannot be sent is truncated.
//   - [closecode.NoStatusRcvd] becomes a Close frame without a code.
//   - With any other code no Close frame was received that could be relayed. Then
//     this leg is closed with lost, as by [Handshake.Close], if lost may be sent:
//     [closecode.BadGateway] towards a client, say, or [closecode.GoingAway]
//     towards a server. With [closecode.NoStatusRcvd] that Close frame has no
//     code. With any other value of lost, such as 0, the leg is failed without a
//     Close frame.
func (h *Handshake) Relay(dst []byte, from Event, lost closecode.Code) []byte {
	if h.State() != Open {
		return dst
	}
	code, reason := from.Code, from.Reason
	if !code.Valid() {
		if reason = ""; code != closecode.NoStatusRcvd {
			code = lost
		}
	}
	dst, err := h.append(dst, code, utf8check.Truncate(reason))
	if err != nil {
		h.past |= failed
	}
	return dst
}

// WriteFailed records that the Close frame last appended could not be written. Call
// it when writing returned an error, and only then: a reset that arrives later does
// not change whether the close was clean. The peer has not received the frame, so
// the close is not clean (RFC 6455 §7.1.4), but the code and the reason of a Close
// frame that was received are kept. The frame cannot be sent again.
// [Handshake.ShouldCloseTransport] then reports true, since the handshake
// cannot be completed. Bytes that the peer sent earlier may still be read, and
// its Close frame passed to [Handshake.Receive].
//
// WriteFailed does nothing if no Close frame was appended, or after
// [Handshake.TransportClosed].
func (h *Handshake) WriteFailed() {
	if h.sent != 0 && h.past&closed == 0 {
		h.past |= writeFailed
	}
}

// ShouldCloseTransport reports whether this endpoint should close the transport
// now (RFC 6455 §7.1.1). It reports true once the connection has been failed,
// or the Close frame could not be written; and for a server, once both Close
// frames have been exchanged. A client waits for the server to close the
// transport, and may close it itself after a reasonable time.
//
// It reports false while the peer still has to act, and after
// [Handshake.TransportClosed].
func (h *Handshake) ShouldCloseTransport() bool {
	switch {
	case h.past&closed != 0:
		return false
	case h.past&failed != 0:
		// To _Fail the WebSocket Connection_ "the client MUST _Close the
		// WebSocket Connection_ […] Similarly, to do so, the server MUST _Close
		// the WebSocket Connection_" (§7.1.7).
		return true
	case h.past&writeFailed != 0:
		// "In abnormal cases (such as not having received a TCP Close from the
		// server after a reasonable amount of time) a client MAY initiate the
		// TCP Close." (§7.1.1) The peer waits for a Close frame that will not
		// arrive.
		return true
	}
	// "The server MUST close the underlying TCP connection immediately; the
	// client SHOULD wait for the server to close the connection" (§5.5.1).
	return h.complete() && !h.Client()
}

// TransportClosed records that the transport is closed, by either side, and
// returns how the connection ended (RFC 6455 §7.1.4–7.1.6). Further calls
// return the same event, and no method appends anything.
//
// If the peer's Close frame was received, the event has its code and reason, and
// it is clean if this endpoint's Close frame was sent. If it was not received,
// or the connection was failed first, the code is [closecode.AbnormalClosure].
func (h *Handshake) TransportClosed() Event {
	// "When the underlying TCP connection is closed, it is said that _The
	// WebSocket Connection is Closed_" (§7.1.4).
	h.past |= closed
	return h.event()
}

// State returns the state of the connection (RFC 6455 §7.1.3, §7.1.4).
func (h *Handshake) State() State {
	switch {
	case h.past&closed != 0:
		return Closed
	case h.sent != 0 || h.past&failed != 0:
		// "Upon either sending or receiving a Close control frame, it is said
		// that _The WebSocket Closing Handshake is Started_ and that the
		// WebSocket connection is in the CLOSING state." (§7.1.3) An endpoint
		// that receives a Close frame always sends one.
		return Closing
	}
	return Open
}

// Client reports whether h was made by [NewClient], and so masks its Close frame
// (RFC 6455 §5.1).
func (h *Handshake) Client() bool { return h.past&client != 0 }

// PeerFirst reports whether the peer started the closing handshake: whether its
// Close frame came before ours was sent (RFC 6455 §7.1.3). It is false if none came,
// if both endpoints closed at the same time, and if the connection was failed
// before.
func (h *Handshake) PeerFirst() bool { return h.past&peerFirst != 0 }

// Ending returns what this endpoint knows of both sides (RFC 6455 §7.1.3–7.1.7).
// It may be called at any time. Before [Handshake.TransportClosed], the Event is
// the one that TransportClosed would return now.
func (h *Handshake) Ending() Ending {
	return Ending{
		Event:       h.event(),
		Sent:        h.sent,
		Received:    h.code,
		PeerFirst:   h.past&peerFirst != 0,
		Failed:      h.past&failed != 0,
		WriteFailed: h.past&writeFailed != 0,
	}
}

// event returns the event for a transport that is closed now.
func (h *Handshake) event() Event {
	if h.code == 0 {
		// "If _The WebSocket Connection is Closed_ and no Close control frame
		// was received by the endpoint (such as could occur if the underlying
		// transport connection is lost), _The WebSocket Connection Close Code_
		// is considered to be 1006." (§7.1.5)
		return Event{Code: closecode.AbnormalClosure}
	}
	// "If the TCP connection was closed after the WebSocket closing handshake
	// was completed, the WebSocket connection is said to have been closed
	// _cleanly_." (§7.1.4)
	return Event{h.code, h.reason, h.complete()}
}

// complete reports whether the closing handshake is complete: a Close frame has
// been received, and ours was sent.
func (h *Handshake) complete() bool {
	return h.code != 0 && h.sent != 0 && h.past&writeFailed == 0
}

// append appends this endpoint's one Close frame to dst. With an error it returns
// dst and changes nothing.
func (h *Handshake) append(dst []byte, code closecode.Code, reason string) ([]byte, error) {
	var err error
	if h.Client() {
		// "Close frames sent from client to server must be masked as per
		// Section 5.3." (§5.5.1)
		dst, err = frame.AppendMasked(dst, h.key, code, reason)
	} else {
		dst, err = frame.Append(dst, code, reason)
	}
	if err == nil {
		h.sent = code
	}
	return dst, err
}
