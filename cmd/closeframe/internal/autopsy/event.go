package autopsy

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"sync"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

//go:embed browsers.json
var browsersJSON []byte

// A browserModel describes where a browser's CloseEvent differs from that of
// RFC 6455. See browsers.json.
type browserModel struct {
	Name            string           `json:"name"`
	Agent           string           `json:"agent"`           // a regular expression for its user agent
	Tolerates       []string         `json:"tolerates"`       // violations in a Close frame that the browser accepts
	RefusesCodes    []closecode.Code `json:"refusesCodes"`    // codes of Close frames that the browser rejects
	Late            lateModel        `json:"late"`            // the effect of a violation after a Close frame
	AfterClose      bool             `json:"afterClose"`      // the browser rejects frames after the server's Close
	ResetUnanswered bool             `json:"resetUnanswered"` // a reset discards a Close frame that the browser has not answered
	ResetUnclean    bool             `json:"resetUnclean"`    // a reset after both Close frames is not clean
}

// A lateModel describes the effect in a browser of the server's violations
// after either side's Close frame, and of those in the server's answer.
type lateModel struct {
	Accepted     []string         `json:"accepted"`     // have no effect
	Unclean      []string         `json:"unclean"`      // the event keeps the server's code and is not clean
	UncleanCodes []closecode.Code `json:"uncleanCodes"` // in an answer; the event is not clean
}

var browserModels = sync.OnceValue(func() []browserModel {
	var file struct {
		About    string         `json:"about"`
		Browsers []browserModel `json:"browsers"`
	}
	if err := json.Unmarshal(browsersJSON, &file); err != nil {
		panic("autopsy: browsers.json: " + err.Error())
	}
	return file.Browsers
})

// browserOf returns the model of the browser with the given user agent, or nil.
func browserOf(agent string) *browserModel {
	for i, b := range browserModels() {
		if regexp.MustCompile(b.Agent).MatchString(agent) {
			return &browserModels()[i]
		}
	}
	return nil
}

var abnormal = closeevent.Event{Code: closecode.AbnormalClosure}

// setEvents sets the event of each side's application.
func (c *Connection) setEvents(ch *channel) {
	switch c.Cause {
	case Refused:
		e := abnormal
		c.Told.Client = &e
	case Open, Unknown:
		return
	default:
		e, f := ch.tap.events()
		if v := ch.fault; v != nil && v.name == ch.sides[v.by].messages.fault {
			// closetap does not check messages. The other side failed the
			// connection because of one.
			if v.by == ch.client {
				f = abnormal
			} else {
				e = abnormal
			}
		}
		c.Told = Told{&e, &f}
		if c.facts["answer_unread"] == true {
			*c.told(c.Closes[0].From) = &abnormal
		}
		if c.Cause == Unanswered && c.facts["after_close"] == "peer-reset" {
			*c.told(c.Closes[0].From.Other()) = nil
			ch.limit("close-unread")
		}
		// The code of a side depends on the frames of the other side, and
		// WasClean on both.
		for i := range ch.sides {
			if ch.sides[i].scan.lost && !ch.sides[i].ended && !ch.closed[i].seen || ch.closed[i].gap && len(ch.closed[i].raw) < 8 {
				c.Told = Told{}
			}
		}
	}
	if b := browserOf(c.Agent); b != nil && c.Told.Client != nil {
		if e, ok := b.event(ch, c); ok {
			c.Browser = &Browser{b.Name, e}
		}
	}
}

// told returns the event of a side's application.
func (c *Connection) told(s Side) **closeevent.Event {
	if s == Client {
		return &c.Told.Client
	}
	return &c.Told.Server
}

// event returns the event that the browser fires. ok is false if it is unknown.
func (b *browserModel) event(ch *channel, c *Connection) (e closeevent.Event, ok bool) {
	if c.Cause == Refused {
		return abnormal, true
	}
	server := c.closeOf(Server)
	mine := c.closeOf(Client)
	if server == nil {
		return abnormal, true
	}
	s := 1 - ch.client
	e = closeevent.Event{Code: server.Code, Reason: server.Reason, WasClean: mine != nil}
	if v := ch.fault; v != nil && v.by == s {
		if b.refuses(v, &ch.sides[s], &e) {
			return abnormal, true
		}
		if server.Fault == "too_long" {
			return e, false // the code of such a frame is not kept
		}
	}
	answer := c.Closes[0].From == Client
	if b.AfterClose && ch.sides[s].after > 0 || answer && failing(mine.Code) {
		return abnormal, true
	}
	anyCode := answer && slices.Contains(b.Late.Accepted, "invalid_code")
	if !anyCode && slices.Contains(b.RefusesCodes, server.Code) && server.Bytes != "8800" {
		return abnormal, true
	}
	reset := c.facts["reset_by"] == string(Server)
	if mine == nil && reset && b.ResetUnanswered {
		return abnormal, true
	}
	if reset && b.ResetUnclean {
		e.WasClean = false
	}
	return e, true
}

// refuses reports whether the browser ignores the server's Close frame because
// of v, a violation of the server, whose frames are side. If the browser
// accepts the frame but fires another event, it changes e.
func (b *browserModel) refuses(v *violation, side *half, e *closeevent.Event) bool {
	name := v.name
	if name == "after_close" {
		if b.AfterClose && side.after > 0 {
			return true
		}
		if !side.cut || side.after > 0 || opcodes[side.cutOp] != "" {
			return false
		}
		name = "reserved_opcode" // all following bytes are part of such a frame
	}
	switch {
	case v.name != "after_close" && !v.late:
		return !slices.Contains(b.Tolerates, name)
	case slices.Contains(b.Late.Unclean, name):
		e.WasClean = false
		if name == "invalid_utf8" {
			e.Reason = ""
		}
	case slices.Contains(b.Late.Accepted, name):
		if slices.Contains(b.Late.UncleanCodes, e.Code) {
			e.WasClean = false
		}
	default:
		return v.name != "after_close" && !slices.Contains(b.Tolerates, name)
	}
	return false
}
