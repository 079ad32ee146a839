package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

// An input is a method call on a Handshake. do returns the bytes that the
// Handshake appended.
type input struct {
	name string
	do   func(*closeevent.Handshake) []byte
}

const peerCode, peerReason = closecode.GoingAway, "bye"

var inputs = []input{
	{"Close", func(h *closeevent.Handshake) []byte {
		b, err := h.Close(nil, closecode.NormalClosure, "")
		if err != nil {
			panic(err) // 1000 without a reason can always be sent
		}
		return b
	}},
	{"Receive", func(h *closeevent.Handshake) []byte {
		return h.Receive(nil, frame.Close{Code: peerCode, Reason: []byte(peerReason)})
	}},
	{"Fail", func(h *closeevent.Handshake) []byte { return h.Fail(nil, closecode.ProtocolError) }},
	{"WriteFailed", func(h *closeevent.Handshake) []byte { h.WriteFailed(); return nil }},
}

// A pair is a Handshake of a server and one of a client after the same inputs.
// It keeps the inputs, since a Handshake must not be copied.
type pair struct {
	server, client *closeevent.Handshake
	past           []input
	sent           bool   // both appended a Close frame on the last input
	key            string // equal for pairs in equal states
}

// replay returns the pair after the given inputs.
func replay(past ...input) pair {
	p := pair{server: new(closeevent.Handshake), past: past}
	client := closeevent.NewClient([4]byte{1, 2, 3, 4})
	p.client = &client
	for _, in := range past {
		s := in.do(p.server)
		c := in.do(p.client)
		p.sent = len(s) > 0 && len(c) > 0
	}
	p.key = fmt.Sprint(p.server, p.client)
	return p
}

// do returns the pair after one more input.
func (p pair) do(in input) pair { return replay(append(slices.Clip(p.past), in)...) }

// A view is everything that the methods of a pair report. end is the result of
// TransportClosed if the transport is closed now.
type view struct {
	state        closeevent.State
	server       bool // the server's ShouldCloseTransport
	client       bool // the client's ShouldCloseTransport
	peerFirst    bool
	end          closeevent.Event
	rolesDiffer  bool // the two differ in more than ShouldCloseTransport
	afterwards   closeevent.State
	afterClosing bool // the result of ShouldCloseTransport after TransportClosed
}

func observe(p pair) view {
	p = replay(p.past...) // a new pair, since TransportClosed changes it
	v := view{
		state:       p.server.State(),
		server:      p.server.ShouldCloseTransport(),
		client:      p.client.ShouldCloseTransport(),
		peerFirst:   p.server.PeerFirst(),
		rolesDiffer: p.server.State() != p.client.State() || p.server.PeerFirst() != p.client.PeerFirst(),
	}
	v.end = p.server.TransportClosed()
	v.rolesDiffer = v.rolesDiffer || v.end != p.client.TransportClosed()
	v.afterwards = p.server.State()
	v.afterClosing = p.server.ShouldCloseTransport() || p.client.ShouldCloseTransport()
	return v
}

// A state is a set of pairs whose methods report the same, now and after any
// inputs.
type state struct {
	path  string // names of the shortest inputs that lead to it
	view  view
	edges []edge // one for each input
}

type edge struct {
	to   string // a path
	sent bool
}

// explore returns the states of a Handshake in the order of discovery. It tries
// every input in every state until no new state appears, and then merges states
// that cannot be distinguished.
func explore() ([]state, error) {
	pairs := []pair{replay()}
	paths := map[string]string{pairs[0].key: ""}
	for i := 0; i < len(pairs); i++ {
		for _, in := range inputs {
			next := pairs[i].do(in)
			if _, ok := paths[next.key]; !ok {
				paths[next.key] = strings.TrimSpace(paths[pairs[i].key] + " " + in.name)
				pairs = append(pairs, next)
			}
			if len(pairs) > 1000 {
				return nil, fmt.Errorf("more than 1000 states of a Handshake")
			}
		}
	}
	// Split the classes until the pairs of a class have equal views, and equal
	// classes after every input.
	class := make(map[string]string)
	for _, p := range pairs {
		v := observe(p)
		if v.rolesDiffer || v.afterwards != closeevent.Closed || v.afterClosing {
			return nil, fmt.Errorf("after %q: the picture has no way to show %+v", paths[p.key], v)
		}
		class[p.key] = fmt.Sprint(v)
	}
	for n := 0; ; {
		first := make(map[string]string) // path of the first pair of each class
		next := make(map[string]string)
		for _, p := range pairs {
			key := class[p.key]
			for _, in := range inputs {
				to := p.do(in)
				key += fmt.Sprint("|", class[to.key], to.sent)
			}
			if _, ok := first[key]; !ok {
				first[key] = paths[p.key]
			}
			next[p.key] = first[key]
		}
		class = next
		if len(first) == n {
			break
		}
		n = len(first)
	}
	var states []state
	for _, p := range pairs {
		if class[p.key] != paths[p.key] {
			continue
		}
		s := state{path: paths[p.key], view: observe(p)}
		for _, in := range inputs {
			to := p.do(in)
			if to.sent && class[to.key] == s.path {
				return nil, fmt.Errorf("after %q: the picture has no way to show that %s sends", s.path, in.name)
			}
			s.edges = append(s.edges, edge{class[to.key], to.sent})
		}
		states = append(states, s)
	}
	return states, nil
}

// places maps the path of each state to its position and name. A state without
// a position is an error, and so is a position without a state.
var places = map[string]struct {
	column, row int
	name        string // key of its text
}{
	"":                          {0, 1, "picture.handshake.open"},
	"Receive":                   {1, 0, "picture.handshake.peerFirst"},
	"Close":                     {1, 1, "picture.handshake.ownFirst"},
	"Fail":                      {1, 2, "picture.handshake.failed"},
	"Close Receive":             {2, 1, "picture.handshake.both"},
	"Close WriteFailed":         {2, 2, "picture.handshake.ownLost"},
	"Receive WriteFailed":       {3, 0, "picture.handshake.onlyPeer"},
	"Close Receive WriteFailed": {3, 1, "picture.handshake.bothOwnLost"},
}

const (
	boxW, boxH   = 168, 92
	stepX, stepY = 260, 164
	originX      = 24
	originY      = 64
)

// drawHandshake draws the states of a Handshake and the method calls that lead
// from one to another.
func drawHandshake(l *catalog.Language) (*canvas, error) {
	states, err := explore()
	if err != nil {
		return nil, err
	}
	c := &canvas{
		w: 3*originX + 3*stepX + boxW, h: originY + 2*stepY + boxH + 84,
		title: l.Text("picture.handshake.title"),
		desc:  l.Text("picture.handshake.alt"),
	}
	c.text("big", originX, 34, c.title)
	at := make(map[string][2]int)
	for _, s := range states {
		p, ok := places[s.path]
		if !ok {
			return nil, fmt.Errorf("the state after %q has no place", s.path)
		}
		at[s.path] = [2]int{originX + p.column*stepX, originY + p.row*stepY}
	}
	if len(at) != len(places) {
		return nil, fmt.Errorf("%d states, expected %d", len(at), len(places))
	}
	for _, s := range states {
		drawEdges(c, l, s, at)
	}
	for _, s := range states {
		p := places[s.path]
		drawState(c, l, s, l.Text(p.name), at[s.path])
	}
	y := c.h - 40
	c.text("small dim", originX, y-20, l.Text("picture.handshake.arrows"))
	c.text("small dim", originX, y, l.Text("picture.handshake.end"))
	c.text("small dim", originX, y+20, l.Text("picture.handshake.code"))
	return c, nil
}

// drawState draws the box of s with its upper left corner at p.
func drawState(c *canvas, l *catalog.Language, s state, name string, p [2]int) {
	var class, end string
	switch e := s.view.end; {
	case e.WasClean:
		class, end = "reason", l.Text("picture.handshake.clean")
	case e.Code != closecode.AbnormalClosure:
		class, end = "fixed", l.Text("picture.handshake.unclean")
	default:
		class, end = "bad", l.Text("picture.handshake.abnormal")
	}
	switch {
	case s.view.state == closeevent.Open:
		class = "box"
	case !s.view.server && !s.view.client:
		class = "number" // waits for the peer's Close: nothing is lost yet
	}
	closes := l.Text("picture.handshake.nobody")
	switch {
	case s.view.server && s.view.client:
		closes = l.Text("picture.handshake.here")
	case s.view.server:
		closes = l.Text("picture.handshake.byServer")
	case s.view.client:
		closes = l.Text("picture.handshake.byClient")
	}
	c.round(class, p[0], p[1], boxW, boxH)
	c.text("strong mid", p[0]+boxW/2, p[1]+22, name)
	c.text("small mid", p[0]+boxW/2, p[1]+42, l.Text("picture.handshake.state", s.view.state))
	c.text("small mid", p[0]+boxW/2, p[1]+60, l.Text("picture.handshake.closes", closes))
	c.text("small mid", p[0]+boxW/2, p[1]+78, end)
}

// drawEdges draws the arrows that leave s for other states.
func drawEdges(c *canvas, l *catalog.Language, s state, at map[string][2]int) {
	var targets []string
	for _, e := range s.edges {
		if e.to != s.path && !slices.Contains(targets, e.to) {
			targets = append(targets, e.to)
		}
	}
	for _, to := range targets {
		var lines []string
		for i, e := range s.edges {
			if e.to == to {
				lines = append(lines, inputs[i].name)
			}
			if e.to == to && e.sent {
				lines = append(lines, l.Text("picture.handshake.sends"))
			}
		}
		arrow(c, at[s.path], at[to], lines)
	}
}

// arrow draws a straight arrow between the facing sides of two boxes, with
// its label beside the middle; or, if they are two rows apart, one around the
// right side of the box between them.
func arrow(c *canvas, from, to [2]int, label []string) {
	x1, y1 := from[0]+boxW/2, from[1]+boxH/2
	x2, y2 := to[0]+boxW/2, to[1]+boxH/2
	switch {
	case from[0] < to[0] && from[1]-to[1] > stepY:
		x1, x2 = from[0]+boxW, to[0]+boxW
		c.path("line", "M%d %dL%d %dL%d %d", x1, y1, x2+originX, y1, x2+originX, y2)
		c.line(x2+originX, y2, x2, y2)
		c.text("small mid", (x1+x2)/2, y1-7, strings.Join(label, " "))
		return
	case from[0] < to[0]:
		x1, x2 = from[0]+boxW, to[0]
	case from[0] > to[0]:
		x1, x2 = from[0], to[0]+boxW
	case from[1] < to[1]:
		y1, y2 = from[1]+boxH, to[1]
	default:
		y1, y2 = from[1], to[1]+boxH
	}
	c.line(x1, y1, x2, y2)
	mx, my, anchor := (x1+x2)/2, (y1+y2)/2, "mid"
	switch {
	case y1 == y2: // level: above and below the line
		my -= 7
	case x1 == x2: // upright: at its right
		mx, anchor = mx+8, ""
	case (x2-x1 > 0) == (y2-y1 > 0): // falling: at its right
		mx, my, anchor = mx+10, my-6, ""
	default: // rising: at its right
		mx, my, anchor = mx+10, my+10, ""
	}
	for i, l := range label {
		class := "small " + anchor
		if i > 0 {
			class += " dim"
			my += 16
			if y1 == y2 {
				my += 6 // past the line
			}
		}
		c.text(class, mx, my, l)
	}
}
