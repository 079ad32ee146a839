package relay

import (
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

// Sentence returns a report in one line, in a language. In English it is the Text of
// the report.
func Sentence(l *catalog.Language, r *closetap.Report) string {
	name := map[closetap.Side]string{closetap.Client: l.Text("relay.client"), closetap.Server: l.Text("relay.server")}
	side := map[closetap.Side]*closetap.SideReport{closetap.Client: &r.Client, closetap.Server: &r.Server}
	both := []closetap.Side{closetap.Client, closetap.Server}
	line := ""
	and := func(clause string) {
		if line == "" {
			line = clause
		} else {
			line = l.Text("relay.say.and", line, clause)
		}
	}
	add := func(key string, args ...any) { and(l.Text(key, args...)) }

	fault := func(late bool) {
		for _, x := range both {
			s := side[x]
			if s.Err == nil || late != (s.Err == closetap.ErrAfterClose) {
				continue
			}
			fault := rulebook.Name(s.Err)
			what := l.Text("relay.fault." + fault)
			if s.Err == frame.ErrInvalidCode {
				what = l.Text("relay.fault.invalid_code", s.Fault[strings.LastIndexByte(s.Fault, ' ')+1:])
			}
			add("relay.say.fault", name[x], what, rulebook.Section(fault))
		}
	}
	without := func(x closetap.Side) {
		if how := side[x].Transport.String(); side[x].Err == nil {
			add("relay.say.no."+how, name[x])
		} else {
			add("relay.say.invalid."+how, name[x])
		}
	}

	fault(false)
	if x := r.ClosedFirst; x == closetap.Client || x == closetap.Server {
		y := x.Peer()
		if side[y].Transport != closetap.EndNone && side[y].Told.Cause() == closeevent.CauseLost {
			without(y)
		}
		switch s := side[x]; {
		case s.Sent == closecode.NoStatusRcvd:
			add("relay.say.closedEmpty", name[x])
		default:
			add("relay.say.closed", name[x], contents(s.Sent.String(), s.Reason))
		}
		if how := side[x].Transport; r.EndedFirst == x && side[y].Sent == 0 && (how == closetap.EndReset || how == closetap.EndTimeout) {
			add("relay.say.ended."+how.String(), name[x])
		}
		switch s := side[y]; {
		case s.Told.Received == 0 && s.Sent == 0:
		case s.Sent == closecode.NoStatusRcvd:
			add("relay.say.answeredEmpty", name[y])
		case s.Sent != 0:
			add("relay.say.answered", name[y], contents(strconv.Itoa(int(s.Sent)), s.Reason))
		default:
			add("relay.say.unanswered."+s.Transport.String(), name[y])
		}
	} else if x := r.EndedFirst; x != closetap.Neither {
		without(x)
	}

	fault(true)

	// The events of the applications. A side that ended its transport without a
	// Close frame needs no description.
	skip := closetap.Neither
	if x := r.EndedFirst; x != closetap.Neither && side[x].Told.Cause() == closeevent.CauseLost &&
		(side[x].Transport == closetap.EndFIN || side[x].Transport == closetap.EndReset) {
		skip = x
	}
	client, server := r.Client.Told, r.Server.Told
	switch {
	case client.WasClean && server.WasClean:
		add("relay.say.clean")
	case skip == closetap.Neither && client.Event == server.Event:
		add("relay.say.bothSee", client.Code)
	default:
		var sees []string
		for _, x := range both {
			told := side[x].Told
			switch {
			case x == skip || told.WasClean:
			case told.Code == closecode.AbnormalClosure:
				sees = append(sees, l.Text("relay.say.sees", name[x], told.Code))
			default:
				sees = append(sees, l.Text("relay.say.seesUnclean", name[x], told.Code))
			}
		}
		and(strings.Join(sees, l.Text("word.comma")))
	}
	return line
}

// contents describes the contents of a Close frame.
func contents(code, reason string) string {
	if reason == "" {
		return code
	}
	return code + " " + strconv.Quote(reason)
}
