package main

import (
	"fmt"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/utf8check"
)

// drawFrame draws the layout of a Close frame with the bits of a frame that
// package frame made. Below are the bytes of that frame from a server and from a
// client.
func drawFrame(l *catalog.Language) (*canvas, error) {
	const code, reason = closecode.NormalClosure, "bye"
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d} // the key of the RFC's own examples
	b, err := frame.Append(nil, code, reason)
	if err != nil {
		return nil, err
	}
	masked, err := frame.AppendMasked(nil, key, code, reason)
	if err != nil {
		return nil, err
	}

	c := &canvas{
		w: 900, h: 462,
		title: l.Text("picture.frame.title"),
		desc:  l.Text("picture.frame.alt"),
	}
	const left, x, cell = 24, 178, 43
	c.text("big", left, 34, c.title)
	for i := range 16 {
		c.text("small dim mid mono", x+i*cell+cell/2, 66, fmt.Sprint(i))
	}
	row := func(y int, name, bytes string) {
		c.text("strong", left, y+18, l.Text(name))
		c.text("small dim", left, y+36, l.Text("picture.frame.bytes", bytes))
	}
	bits := func(class string, y, from, to int, bytes []byte) {
		for i := from; i < to; i++ {
			c.rect(class, x+i*cell, y, cell, 30)
			c.text("mid mono", x+i*cell+cell/2, y+20, fmt.Sprint(bytes[i/8]>>(7-i%8)&1))
		}
	}
	label := func(class string, y, from, to int, s string) {
		c.rect(class, x+from*cell, y, (to-from)*cell, 26)
		c.text("small mid", x+(from+to)*cell/2, y+17, s)
	}

	y := 74
	row(y, "picture.frame.header", "2")
	for _, g := range []struct {
		from, to int
		class    string
		name     string
	}{
		{0, 1, "fixed", "FIN"},
		{1, 4, "fixed", "RSV1–3"},
		{4, 8, "fixed", l.Text("picture.frame.opcode")},
		{8, 9, "either", "MASK"},
		{9, 16, "number", l.Text("picture.frame.length", frame.MaxPayload)},
	} {
		bits(g.class, y, g.from, g.to, b)
		label(g.class, y+30, g.from, g.to, g.name)
	}

	y = 144
	row(y, "picture.frame.key", l.Text("picture.frame.or", 4))
	c.rect("either", x, y, 16*cell, 42)
	c.text("mid", x+8*cell, y+26, l.Text("picture.frame.keyNote"))

	y = 200
	row(y, "picture.frame.code", l.Text("picture.frame.or", 2))
	bits("number", y, 0, 16, b[2:])
	label("number", y+30, 0, 16, l.Text("picture.frame.codeNote", b[2], b[3], code, closecode.NoStatusRcvd))

	y = 270
	row(y, "picture.frame.reason", fmt.Sprintf("0–%d", utf8check.MaxReason))
	for i, r := range []byte(reason) {
		c.rect("reason", x+i*2*cell, y, 2*cell, 42)
		c.text("mid mono", x+i*2*cell+cell, y+18, fmt.Sprintf("%02x", r))
		c.text("small mid", x+i*2*cell+cell, y+35, fmt.Sprintf("'%c'", r))
	}
	c.rect("dash", x+6*cell, y, 10*cell, 42)
	c.text("mid", x+11*cell, y+26, l.Text("picture.frame.reasonNote"))

	y = 346
	c.text("strong", left, y, l.Text("picture.frame.server"))
	c.text("mono", x, y, hexBytes(b))
	c.text("strong", left, y+24, l.Text("picture.frame.client"))
	c.text("mono", x, y+24, hexBytes(masked))

	y = 394
	for i, l := range []struct{ class, text string }{
		{"fixed", l.Text("picture.frame.fixed")},
		{"either", l.Text("picture.frame.either")},
		{"number", l.Text("picture.frame.number")},
		{"reason", l.Text("picture.frame.text")},
	} {
		at, ly := left+i%2*436, y+i/2*32
		c.rect(l.class, at, ly, 20, 18)
		c.text("small", at+30, ly+14, l.text)
	}
	return c, nil
}

func hexBytes(b []byte) string {
	var list []string
	for _, v := range b {
		list = append(list, fmt.Sprintf("%02x", v))
	}
	return strings.Join(list, " ")
}
