package main

import (
	"net"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const gorilla = "gorilla/websocket"

var gorillaUpgrader = websocket.Upgrader{ReadBufferSize: 512, WriteBufferSize: 512}

func gorillaServer(conn *memConn) *websocket.Conn {
	c, err := gorillaUpgrader.Upgrade(newHijacker(conn), upgrade(), nil)
	if err != nil {
		panic(err)
	}
	return c
}

func gorillaClient(conn *memConn) *websocket.Conn {
	d := websocket.Dialer{
		NetDial:        func(string, string) (net.Conn, error) { return conn, nil },
		ReadBufferSize: 512, WriteBufferSize: 512,
	}
	c, _, err := d.Dial("ws://localhost/", nil)
	if err != nil {
		panic(err)
	}
	return c
}

// gorillaCheck checks a reason before it is sent, which gorilla does not.
func gorillaCheck(c *closing) {
	if !utf8.ValidString(c.text) {
		panic("the reason is not UTF-8")
	}
}

// gorillaRead reads a Close frame, and answers it if it has not sent one.
func gorillaRead(c *websocket.Conn) {
	if _, _, err := c.ReadMessage(); err == nil {
		panic("a Close frame was read as a message")
	}
}

func gorillaAppendPayload(pool []closing) implementation {
	return implementation{
		name: gorilla, note: "utf8.ValidString, since it checks neither code nor reason itself; FormatCloseMessage",
		run: func(n int) (sum uint64) {
			var b []byte
			for i := range n {
				c := &pool[i%poolSize]
				gorillaCheck(c)
				b = websocket.FormatCloseMessage(int(c.code), c.text)
				sum += seen(b)
			}
			wrote = b
			return sum
		},
	}
}

func gorillaAppendMasked(pool []closing) implementation {
	conn := newMemConn(openingResponse)
	var client *websocket.Conn
	return implementation{
		name: gorilla, note: "utf8.ValidString, since it checks neither code nor reason itself; FormatCloseMessage, WriteControl to memory, with a key of its own, from math/rand, as a Pong because a Conn sends one Close only",
		run: func(n int) (sum uint64) {
			if client == nil {
				client = gorillaClient(conn)
			}
			for i := range n {
				c := &pool[i%poolSize]
				conn.reset(nil)
				gorillaCheck(c)
				if err := client.WriteControl(websocket.PongMessage, websocket.FormatCloseMessage(int(c.code), c.text), time.Time{}); err != nil {
					panic(err)
				}
				sum += seen(conn.out)
			}
			wrote = conn.out
			return sum
		},
	}
}

func gorillaAnswer(pool []closing) implementation {
	type end struct {
		wire *memConn
		conn *websocket.Conn
	}
	return fresh(gorilla, "ReadMessage",
		func(i int) end {
			wire := newMemConn(nil)
			conn := gorillaServer(wire)
			wire.reset(pool[i].masked)
			return end{wire, conn}
		},
		func(e end) uint64 {
			gorillaRead(e.conn)
			return answered(e.wire.out)
		})
}

func gorillaHandshake(pool []closing) implementation {
	type pair struct {
		closing        *closing
		client, server *websocket.Conn
		a, b           *memConn
	}
	return fresh(gorilla, "utf8.ValidString, FormatCloseMessage, WriteControl, with a key of its own, from math/rand; ReadMessage; ReadMessage. There is no wasClean",
		func(i int) pair {
			a, b := newMemConn(openingResponse), newMemConn(nil)
			client, server := gorillaClient(a), gorillaServer(b)
			a.reset(nil)
			b.reset(nil)
			return pair{&pool[i], client, server, a, b}
		},
		func(p pair) uint64 {
			c := p.closing
			gorillaCheck(c)
			err := p.client.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(c.code), c.text), time.Time{})
			if err != nil {
				panic(err)
			}
			p.b.in.Reset(p.a.out)
			gorillaRead(p.server)
			n := answered(p.b.out)
			p.a.in.Reset(p.b.out)
			gorillaRead(p.client)
			return n
		})
}
