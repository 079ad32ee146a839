package closetap

import (
	"strconv"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

// text returns r in one line. It is in English, because this package depends on
// no catalog of texts; closeframe relay has the same line in every language.
func (r *Report) text() string {
	var line string
	add := func(clause string) {
		if line != "" {
			line += "; "
		}
		line += clause
	}
	late := "" // a violation without consequences
	for _, x := range []Side{Client, Server} {
		switch s := r.side(x); s.Fault {
		case "":
		case faultAfterCloseText:
			late = x.String() + " " + s.Fault + " (" + s.Rule + ")"
		default:
			add(x.String() + " " + s.Fault + " (" + s.Rule + ")")
		}
	}

	// The side that closed, or that ended the transport.
	switch x := r.ClosedFirst; x {
	case Client, Server:
		if y := r.side(x.Peer()); y.Transport != EndNone && y.Told.Cause() == closeevent.CauseLost {
			add(x.Peer().ended(y.Transport) + y.without())
		}
		s := r.side(x)
		add(x.String() + " closed" + contents(s.Sent, s.Reason))
		if r.EndedFirst == x && r.side(x.Peer()).Sent == 0 && (s.Transport == EndReset || s.Transport == EndTimeout) {
			add(x.ended(s.Transport)) // which is why there is no answer
		}
	case Neither, Proxy:
		if x := r.EndedFirst; x != Neither && (r.ClosedFirst == Neither || r.side(x).Inserted == 0) {
			add(x.ended(r.side(x).Transport) + r.side(x).without())
		} else if r.ClosedFirst == Neither {
			add("still open")
		}
	}
	for _, x := range []Side{Client, Server} {
		if s := r.side(x); s.Inserted != 0 {
			add("proxy closed the " + x.String() + "'s side" + contents(s.Inserted, ""))
		}
	}

	// The side that answered.
	for _, y := range []Side{Client, Server} {
		s := r.side(y)
		switch {
		case y == r.ClosedFirst || r.ClosedFirst == Neither || s.Told.Received == 0 && s.Sent == 0:
		case s.Sent == 0 && s.Transport == EndNone || s.Sent == 0 && s.Transport == EndClosed:
			add(y.String() + " did not answer")
		case s.Sent == 0:
			add(y.ended(s.Transport) + " without answering")
		case s.Sent == closecode.NoStatusRcvd:
			add(y.String() + " answered without a code")
		default:
			answer := y.String() + " answered " + strconv.Itoa(int(s.Sent))
			if s.Reason != "" {
				answer += " " + strconv.Quote(s.Reason)
			}
			add(answer)
		}
	}
	if late != "" {
		add(late)
	}
	if outcome := r.outcome(); outcome != "" {
		add(outcome)
	}
	return line
}

// contents describes the contents of a Close frame.
func contents(code closecode.Code, reason string) string {
	if code == closecode.NoStatusRcvd {
		return " without a code"
	}
	text := ": " + code.String()
	if reason != "" {
		text += " " + strconv.Quote(reason)
	}
	return text
}

// ended describes how the transport of s ended.
func (s Side) ended(how End) string {
	switch how {
	case EndFIN:
		return s.String() + " closed its TCP connection"
	case EndReset:
		return s.String() + " reset its TCP connection"
	case EndTimeout:
		return s.String() + " timed out"
	}
	return "proxy closed the " + s.String() + "'s TCP connection"
}

// without says that s sent no Close frame that counts. One with a fault does not.
func (s *SideReport) without() string {
	if s.Fault != "" {
		return " without a valid Close frame"
	}
	return " without a Close frame"
}

// outcome describes the events of the applications.
func (r *Report) outcome() string {
	client, server := r.Client.Told, r.Server.Told
	switch {
	case client.WasClean && server.WasClean:
		return "clean on both sides"
	case r.ClosedFirst == Neither && r.EndedFirst == Neither && !client.Failed && !server.Failed:
		return ""
	}
	// A side that ended its transport without a Close frame needs no
	// description.
	skip := Neither
	if r.EndedFirst != Neither {
		s := r.side(r.EndedFirst)
		if s.Told.Cause() == closeevent.CauseLost && (s.Transport == EndFIN || s.Transport == EndReset) {
			skip = r.EndedFirst
		}
	}
	if skip == Neither && client.Event == server.Event {
		return "both applications see " + strconv.Itoa(int(client.Code))
	}
	text := ""
	for _, x := range []Side{Client, Server} {
		told := r.side(x).Told
		if x == skip || told.WasClean {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += "the " + x.String() + "'s application sees " + strconv.Itoa(int(told.Code))
		if told.Code != closecode.AbnormalClosure {
			text += ", not clean"
		}
	}
	if text == "" {
		return "clean for the " + skip.Peer().String()
	}
	return text
}
