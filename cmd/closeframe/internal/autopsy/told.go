package autopsy

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

//go:embed browsers.json
var browsersJSON []byte

// A browserModel says where a browser's CloseEvent differs from what RFC 6455
// leads to. See browsers.json.
type browserModel struct {
	Name            string           `json:"name"`
	Agents          []string         `json:"agents"`          // what a user agent contains
	Tolerates       []string         `json:"tolerates"`       // violations in a Close frame that it accepts
	RefusesCodes    []closecode.Code `json:"refusesCodes"`    // codes of Close frames that it refuses
	AfterClose      bool             `json:"afterClose"`      // it refuses frames after the server's Close
	ResetUnanswered bool             `json:"resetUnanswered"` // a reset makes it forget a Close that it has not answered
	ResetUnclean    bool             `json:"resetUnclean"`    // a reset after both Close frames is not clean
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

// browserOf returns the model of the browser that has that user agent, nil if
// there is none.
func browserOf(agent string) *browserModel {
	for i, b := range browserModels() {
		if slices.ContainsFunc(b.Agents, func(a string) bool { return strings.Contains(agent, a) }) {
			return &browserModels()[i]
		}
	}
	return nil
}

var abnormal = closeevent.Event{Code: closecode.AbnormalClosure}

// told fills in what each side's application was told.
func (c *Connection) told(ch *channel) {
	switch c.Cause {
	case Refused:
		e := abnormal
		c.Told.Client = &e
	case Open, Unknown:
		return
	default:
		e, f := ch.tap.told()
		if v := ch.fault; v != nil && v.name == ch.sides[v.by].messages.fault {
			// closetap does not follow messages: the other side failed the
			// connection for one.
			if v.by == ch.client {
				f = abnormal
			} else {
				e = abnormal
			}
		}
		c.Told = Told{&e, &f}
		// What a side was told depends on what the other one sent, and clean on
		// both.
		for i := range ch.sides {
			if ch.sides[i].scan.lost && !ch.sides[i].ended && !ch.closed[i].seen || ch.closed[i].hole && len(ch.closed[i].raw) < 8 {
				c.Told = Told{}
			}
		}
	}
	if b := browserOf(c.Agent); b != nil && c.Told.Client != nil {
		c.Browser = &Browser{b.Name, b.event(ch, c)}
	}
}

// event returns what the browser fires.
func (b *browserModel) event(ch *channel, c *Connection) closeevent.Event {
	if c.Cause == Refused {
		return abnormal
	}
	server := c.closeOf(Server)
	mine := c.closeOf(Client)
	if server == nil {
		return abnormal
	}
	s := 1 - ch.client
	if v := ch.fault; v != nil && v.by == s {
		tolerated := slices.Contains(b.Tolerates, v.name)
		if v.name == "after_close" {
			tolerated = !b.AfterClose || ch.sides[s].after == 0
		}
		if !tolerated {
			return abnormal
		}
	}
	if b.AfterClose && ch.sides[s].after > 0 || slices.Contains(b.RefusesCodes, server.Code) && server.Bytes != "8800" {
		return abnormal
	}
	if len(c.Closes) > 0 && c.Closes[0].From == Client && failing(mine.Code) {
		return abnormal
	}
	reset := c.facts["reset_by"] == string(Server)
	if mine == nil && reset && b.ResetUnanswered {
		return abnormal
	}
	e := closeevent.Event{Code: server.Code, Reason: server.Reason, WasClean: mine != nil}
	if reset && b.ResetUnclean {
		e.WasClean = false
	}
	return e
}
