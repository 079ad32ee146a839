package main

import (
	"fmt"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// drawFrame draws the layout of a Close frame around the bits of one that
// package frame made, and writes the same frame as a client sends it below.
func drawFrame(say say) (*canvas, error) {
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
		title: say("A Close frame, bit by bit", "关闭帧的逐位布局"),
		desc: say("Two bytes of header, a masking key if a client sends it, two bytes of status code, and the reason.",
			"两个字节的帧头，客户端发送时还有掩码密钥，然后是两个字节的关闭码和关闭原因。"),
	}
	const left, x, cell = 24, 178, 43
	c.text("big", left, 34, c.title)
	for i := range 16 {
		c.text("small dim mid mono", x+i*cell+cell/2, 66, fmt.Sprint(i))
	}
	row := func(y int, en, zh, size string) {
		c.text("strong", left, y+18, say(en, zh))
		c.text("small dim", left, y+36, size)
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
	bytesLong := func(n string) string { return fmt.Sprintf(say("%s bytes", "%s 字节"), n) }

	y := 74
	row(y, "Header", "帧头", bytesLong("2"))
	for _, g := range []struct {
		from, to int
		class    string
		name     string
	}{
		{0, 1, "fixed", "FIN"},
		{1, 4, "fixed", "RSV1–3"},
		{4, 8, "fixed", say("opcode 8: Close", "操作码 8：关闭")},
		{8, 9, "either", "MASK"},
		{9, 16, "number", fmt.Sprintf(say("payload length: 0, or 2–%d", "载荷长度：0 或 2–%d"), frame.MaxPayload)},
	} {
		bits(g.class, y, g.from, g.to, b)
		label(g.class, y+30, g.from, g.to, g.name)
	}

	y = 144
	row(y, "Masking key", "掩码密钥", bytesLong(say("0 or 4", "0 或 4")))
	c.rect("either", x, y, 16*cell, 42)
	c.text("mid", x+8*cell, y+26, say("if MASK is set, which clients do and servers do not: random, new for each frame",
		"仅当 MASK 为 1：客户端必须加掩码，服务器不得加；随机，每帧一换"))

	y = 200
	row(y, "Status code", "关闭码", bytesLong(say("0 or 2", "0 或 2")))
	bits("number", y, 0, 16, b[2:])
	label("number", y+30, 0, 16, fmt.Sprintf(say("high byte first: 0x%02x%02x is %d. Without it: %d to the application, and no reason",
		"高位在前：0x%02x%02x 即 %d。没有关闭码时向应用报告 %d，也没有原因"), b[2], b[3], code, closecode.NoStatusRcvd))

	y = 270
	row(y, "Reason", "关闭原因", bytesLong(fmt.Sprintf("0–%d", utf8check.MaxReason)))
	for i, r := range []byte(reason) {
		c.rect("reason", x+i*2*cell, y, 2*cell, 42)
		c.text("mid mono", x+i*2*cell+cell, y+18, fmt.Sprintf("%02x", r))
		c.text("small mid", x+i*2*cell+cell, y+35, fmt.Sprintf("'%c'", r))
	}
	c.rect("dash", x+6*cell, y, 10*cell, 42)
	c.text("mid", x+11*cell, y+26, say("UTF-8, whole characters only", "UTF-8，不得截断字符"))

	y = 346
	c.text("strong", left, y, say("From a server", "服务器发送"))
	c.text("mono", x, y, hexBytes(b))
	c.text("strong", left, y+24, say("From a client", "客户端发送"))
	c.text("mono", x, y+24, hexBytes(masked))

	y = 394
	for i, l := range []struct{ class, text string }{
		{"fixed", say("always so; another FIN or RSV: 1002; another opcode: no Close", "固定不变：FIN、RSV 不同是错误，1002；操作码不同则不是关闭帧")},
		{"either", say("depends on who sends it; the wrong way round: 1002", "取决于由谁发送；弄反了：1002")},
		{"number", say("a length of 1 or over 125, or a code that may not be sent: 1002", "长度为 1 或超过 125，或者关闭码不可发送：1002")},
		{"reason", say("a reason that is not UTF-8: 1007", "关闭原因不是合法的 UTF-8：1007")},
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
