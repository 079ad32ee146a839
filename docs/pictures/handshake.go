package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// An input is something that happens to a Handshake. It returns what it makes
// the Handshake append.
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

// A pair is a server's and a client's Handshake that have received the same
// inputs. It keeps the inputs, since a Handshake must not be copied.
type pair struct {
	server, client *closeevent.Handshake
	past           []input
	sent           bool   // whether the last input made both append a Close frame
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

// A view is what can be seen of a pair from outside: the ends are what
// TransportClosed returns if the transport goes now.
type view struct {
	state        closeevent.State
	server       bool // ShouldCloseTransport of the server's
	client       bool // ShouldCloseTransport of the client's
	peerFirst    bool
	end          closeevent.Event
	rolesDiffer  bool // in anything but ShouldCloseTransport
	afterwards   closeevent.State
	afterClosing bool // ShouldCloseTransport after TransportClosed
}

func look(p pair) view {
	p = replay(p.past...) // TransportClosed changes it
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

// A state is a set of pairs that nobody can tell apart from outside, now or
// after any inputs.
type state struct {
	path  string // the shortest inputs that lead to it, the first in order
	view  view
	edges []edge // one for each input
}

type edge struct {
	to   string // a path
	sent bool
}

// machine returns the states of closeevent's Handshake in the order in which
// they are met. It tries every input in every state of the real one until
// there is nothing new, and then merges those that can't be told apart.
func machine() ([]state, error) {
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
				return nil, fmt.Errorf("the Handshake has no end of states")
			}
		}
	}
	// Split the pairs until those in one class agree in what is seen of them
	// and in the classes of what follows.
	class := make(map[string]string)
	for _, p := range pairs {
		v := look(p)
		if v.rolesDiffer || v.afterwards != closeevent.Closed || v.afterClosing {
			return nil, fmt.Errorf("after %q: the picture has no way to show %+v", paths[p.key], v)
		}
		class[p.key] = fmt.Sprint(v)
	}
	for n := 0; ; {
		first := make(map[string]string) // a class by the path of its first member
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
		s := state{path: paths[p.key], view: look(p)}
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

// places is where the states stand and what they are called. Only this is
// chosen; a state of the machine that is not here, or the reverse, is an error.
var places = map[string]struct {
	column, row int
	en, zh      string
}{
	"":                          {0, 1, "Open", "已打开"},
	"Receive":                   {1, 0, "Peer closed first", "对方先关闭"},
	"Close":                     {1, 1, "We closed first", "我方先关闭"},
	"Fail":                      {1, 2, "Failed", "已判失败"},
	"Close Receive":             {2, 1, "Both have closed", "双方都已关闭"},
	"Close WriteFailed":         {2, 2, "Our Close was lost", "我方关闭帧丢失"},
	"Receive WriteFailed":       {3, 0, "Only the peer closed", "只有对方关闭"},
	"Close Receive WriteFailed": {3, 1, "Ours was lost", "我方关闭帧终究丢失"},
}

const (
	boxW, boxH   = 168, 92
	stepX, stepY = 260, 164
	originX      = 24
	originY      = 64
)

// drawHandshake draws the states of a Handshake and what leads from one to
// another.
func drawHandshake(say say) (*canvas, error) {
	states, err := machine()
	if err != nil {
		return nil, err
	}
	c := &canvas{
		w: 3*originX + 3*stepX + boxW, h: originY + 2*stepY + boxH + 84,
		title: say("The closing handshake, as one endpoint sees it", "关闭握手：从一个端点来看"),
		desc: say("A state diagram. Each state says who closes the transport now and what the CloseEvent will be; each arrow says what happens.",
			"状态图。每个状态写明此时由谁关闭传输，以及得到怎样的 CloseEvent；每个箭头写明发生了什么。"),
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
		return nil, fmt.Errorf("%d states for %d places", len(at), len(places))
	}
	for _, s := range states {
		drawEdges(c, say, s, at)
	}
	for _, s := range states {
		p := places[s.path]
		drawState(c, say, s, say(p.en, p.zh), at[s.path])
	}
	y := c.h - 40
	c.text("small dim", originX, y-20, say("An arrow is a method of Handshake; \"sends\" marks those that append a Close frame. What has no arrow changes nothing and sends nothing.",
		"箭头是 Handshake 的方法，标有“发送”的会写出关闭帧。没有画出的方法不改变状态，也不写出任何东西。"))
	c.text("small dim", originX, y, say("In every state TransportClosed ends it: the state is closed, and the CloseEvent is the one in the box.",
		"在任何状态下，TransportClosed 都使其结束：状态变为 closed，得到框中所写的 CloseEvent（握手完成即 wasClean 为真）。"))
	c.text("small dim", originX, y+20, say("\"the peer's code\" comes with the peer's reason; the code is 1005 if its Close frame had none.",
		"“对方的关闭码”附带对方的关闭原因；对方的关闭帧若没有关闭码，则为 1005。"))
	return c, nil
}

// drawState draws the box of s with its upper left corner at p.
func drawState(c *canvas, say say, s state, name string, p [2]int) {
	var class, end string
	switch e := s.view.end; {
	case e.WasClean:
		class, end = "reason", say("the peer's code, clean", "对方的关闭码，握手完成")
	case e.Code != closecode.AbnormalClosure:
		class, end = "fixed", say("the peer's code, not clean", "对方的关闭码，握手未完成")
	default:
		class, end = "bad", say("1006, not clean", "1006，握手未完成")
	}
	switch {
	case s.view.state == closeevent.Open:
		class = "box"
	case !s.view.server && !s.view.client:
		class = "number" // waits for the peer's Close: nothing is lost yet
	}
	closes := say("nobody yet", "还没有")
	switch {
	case s.view.server && s.view.client:
		closes = say("this endpoint", "本端")
	case s.view.server:
		closes = say("the server", "服务器")
	case s.view.client:
		closes = say("the client", "客户端")
	}
	c.round(class, p[0], p[1], boxW, boxH)
	c.text("strong mid", p[0]+boxW/2, p[1]+22, name)
	c.text("small mid", p[0]+boxW/2, p[1]+42, fmt.Sprintf("State: %v", s.view.state))
	c.text("small mid", p[0]+boxW/2, p[1]+60, fmt.Sprintf(say("closes TCP: %s", "关闭 TCP：%s"), closes))
	c.text("small mid", p[0]+boxW/2, p[1]+78, end)
}

// drawEdges draws the arrows that leave s for other states.
func drawEdges(c *canvas, say say, s state, at map[string][2]int) {
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
				lines = append(lines, say("sends", "发送"))
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
