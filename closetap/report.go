package closetap

import (
	"strconv"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A Report describes how a connection ended, as seen from the middle.
//
// The event of each application is computed with a [closeevent.Handshake] for
// each side. It is the event that RFC 6455 requires; an endpoint that violates
// the rules may have reported another. An observer cannot know whether the
// bytes that passed it were received. The Report assumes so, unless the
// transport of the receiver had already ended.
type Report struct {
	Client SideReport `json:"client"`
	Server SideReport `json:"server"`

	// ClosedFirst is the side whose Close frame passed first, if it was valid.
	// Both endpoints may have sent theirs at the same time.
	ClosedFirst Side `json:"closedFirst"`

	// EndedFirst is the side whose transport ended first.
	EndedFirst Side `json:"endedFirst"`

	// Cause classifies the ending of the whole connection: clean if it was
	// clean on both sides, failed if either side had to fail it, unanswered or
	// undelivered if one Close frame or its answer is missing, lost if there
	// was none.
	Cause closeevent.Cause `json:"-"`

	// CauseName is the name of Cause.
	CauseName string `json:"cause"`

	// Text describes the ending in one line, such as
	//
	//	server closed: 1001 Going Away "deploy"; client answered 1001; clean on both sides
	//
	// Reasons are quoted, so that a peer cannot forge log lines.
	Text string `json:"text"`
}

// A SideReport is the part of a [Report] for one side.
type SideReport struct {
	// Sent and Reason are from the first Close frame of this side, if it was
	// valid. Sent is [closecode.NoStatusRcvd] if the frame was empty, and 0 if
	// there was none.
	Sent   closecode.Code `json:"sent"`
	Reason string         `json:"reason"`

	// Inserted is the code of the Close frame that the observer sent to this
	// side; 0 if there was none.
	Inserted closecode.Code `json:"inserted,omitempty"`

	// Fault is the first violation in the bytes of this side, such as "did not
	// mask a frame", and Rule is the violated rule, such as "RFC 6455 §5.1".
	// They are empty if there was none.
	Fault string `json:"fault,omitempty"`
	Rule  string `json:"rule,omitempty"`

	// Err is the violation as [Tap.Err] returns it.
	Err error `json:"-"`

	// Told is the event of this side's application, or the event if the
	// transport ended now. If the side has received a Close frame and no answer
	// passed, the answer is assumed to have failed to be written.
	Told closeevent.Ending `json:"told"`

	// Transport is how the transport of this side ended.
	Transport End `json:"transport"`
}

// Report returns how the connection ended, as far as observed. It may be called
// at any time, and more than once.
func (c *Conn) Report() Report {
	var (
		r   Report
		h   [2]closeevent.Handshake
		buf [frame.MaxSize]byte // for answers, which are not sent
	)
	h[Client.index()] = closeevent.NewClient([4]byte{})
	// receive records that a side received a Close frame.
	receive := func(side Side, f frame.Close) {
		h := &h[side.index()]
		open := h.State() == closeevent.Open
		h.Receive(buf[:0], f)
		if open && c.close(side).Code == 0 {
			// The side tried to answer, but no answer passed.
			h.WriteFailed()
		}
	}
	for _, m := range c.steps[:c.n] {
		own, peer := &h[m.side.index()], &h[m.side.Peer().index()]
		switch m.kind {
		case sentFault:
			// A Close frame of the peer after this is the one that fails the
			// connection. With code 0, Fail appends no Close frame.
			peer.Fail(buf[:0], c.close(m.side.Peer()).Code)
		case sentClose:
			f := c.close(m.side)
			own.Close(buf[:0], f.Code, string(f.Reason))
			receive(m.side.Peer(), f)
			if r.ClosedFirst == Neither {
				r.ClosedFirst = m.side
			}
		case gotClose:
			i := c.inserted[m.side.index()]
			receive(m.side, frame.Close{Code: i.code, Reason: []byte(i.reason)})
			if r.ClosedFirst == Neither {
				r.ClosedFirst = Proxy
			}
		case ended:
			if c.ends[m.side.index()] != EndFIN || own.State() == closeevent.Open {
				// A side that sent FIN after its Close frame still reads.
				own.TransportClosed()
			}
			if r.EndedFirst == Neither {
				r.EndedFirst = m.side
			}
		}
	}
	for _, side := range []Side{Client, Server} {
		f, i := c.close(side), side.index()
		s := SideReport{
			Sent:      f.Code,
			Reason:    string(f.Reason),
			Inserted:  c.inserted[i].code,
			Transport: c.ends[i],
		}
		s.Err = c.Tap(side).Err()
		s.Fault, s.Rule = c.Tap(side).violation()
		h[i].TransportClosed()
		s.Told = h[i].Ending()
		if f.Code != 0 {
			// The Handshake echoes the code; a peer may answer with another.
			s.Told.Sent = f.Code
		}
		*r.side(side) = s
	}
	r.Cause = r.cause()
	r.CauseName = r.Cause.String()
	r.Text = r.text()
	return r
}

// side returns the report of a side.
func (r *Report) side(s Side) *SideReport {
	if s == Client {
		return &r.Client
	}
	return &r.Server
}

// cause returns the cause of the whole connection.
func (r *Report) cause() closeevent.Cause {
	// The cause is that of the side that closed first, which has the most
	// information.
	first, second := r.Client.Told.Cause(), r.Server.Told.Cause()
	if r.ClosedFirst == Server || r.ClosedFirst == Proxy && r.Server.Inserted == 0 {
		first, second = second, first
	}
	switch {
	case first == closeevent.CauseFailed || second == closeevent.CauseFailed:
		return closeevent.CauseFailed
	case first == closeevent.CauseClean:
		first = second
	}
	if first == closeevent.CauseUndelivered && r.ClosedFirst == Proxy {
		// The unanswered Close frame was the proxy's.
		return closeevent.CauseUnanswered
	}
	return first
}

// faultAfterCloseText describes ErrAfterClose.
const faultAfterCloseText = "sent bytes after its Close frame"

// violation describes the first violation of t and names the rule.
func (t *Tap) violation() (fault, rule string) {
	switch t.Err() {
	case nil:
		return "", ""
	case ErrAfterClose:
		return faultAfterCloseText, "RFC 6455 §5.5.1"
	case frame.ErrReservedBits:
		return "set a reserved bit in a Close frame", "RFC 6455 §5.2"
	case frame.ErrFragmented:
		return "fragmented a control frame", "RFC 6455 §5.5"
	case frame.ErrMasked:
		return "masked a frame", "RFC 6455 §5.1"
	case frame.ErrUnmasked:
		return "did not mask a frame", "RFC 6455 §5.1"
	case frame.ErrTooLong:
		return "sent a control frame longer than 125 bytes", "RFC 6455 §5.5"
	case frame.ErrShort:
		return "sent a Close frame with a payload of one byte", "RFC 6455 §5.5.1"
	case frame.ErrInvalidCode:
		code := closecode.Code(t.payload[0])<<8 | closecode.Code(t.payload[1])
		return "sent a Close frame with the code " + strconv.Itoa(int(code)), "RFC 6455 §7.4"
	}
	return "sent a close reason that is not valid UTF-8", "RFC 6455 §8.1"
}
