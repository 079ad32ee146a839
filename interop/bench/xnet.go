package main

import (
	"unicode/utf8"

	"golang.org/x/net/websocket"
)

const xnet = "x/net/websocket"

// xnetServer returns a connection that is used after its handler has returned,
// which works with a memConn.
func xnetServer(wire *memConn) (c *websocket.Conn) {
	server := websocket.Server{Handler: func(conn *websocket.Conn) { c = conn }}
	server.ServeHTTP(newHijacker(wire), upgrade())
	return c
}

func xnetClient(wire *memConn) *websocket.Conn {
	config, err := websocket.NewConfig("ws://localhost/", "http://localhost/")
	if err != nil {
		panic(err)
	}
	c, err := websocket.NewClient(config, wire)
	if err != nil {
		panic(err)
	}
	return c
}

// xnetCodec sends a closing as a Close frame, because Conn.Close accepts
// neither code nor reason.
var xnetCodec = websocket.Codec{Marshal: func(v any) ([]byte, byte, error) {
	c := v.(*closing)
	p := make([]byte, 0, 125)
	return append(append(p, byte(c.code>>8), byte(c.code)), c.text...), websocket.CloseFrame, nil
}}

// xnetRead reads a Close frame.
func xnetRead(c *websocket.Conn) {
	var b [16]byte
	if _, err := c.Read(b[:]); err == nil {
		panic("a Close frame was read as a message")
	}
}

func xnetAnswer(pool []closing) implementation {
	type end struct {
		wire *memConn
		conn *websocket.Conn
	}
	return fresh(xnet, "Read, Close; looks at neither code nor reason, and answers 1000",
		func(i int) end {
			wire := newMemConn(nil)
			conn := xnetServer(wire)
			wire.reset(pool[i].masked)
			return end{wire, conn}
		},
		func(e end) uint64 {
			xnetRead(e.conn)
			e.conn.Close()
			return answered(e.wire.out)
		})
}

func xnetHandshake(pool []closing) implementation {
	type pair struct {
		closing        *closing
		client, server *websocket.Conn
		a, b           *memConn
	}
	return fresh(xnet, "utf8.ValidString, code and reason put together, Codec.Send, with a key of its own, from crypto/rand; Read, Close, which answers 1000; Read. Nobody looks at code or reason, and there is no wasClean",
		func(i int) pair {
			a, b := newMemConn(openingResponse), newMemConn(nil)
			client, server := xnetClient(a), xnetServer(b)
			a.reset(nil)
			b.reset(nil)
			return pair{&pool[i], client, server, a, b}
		},
		func(p pair) uint64 {
			if !utf8.ValidString(p.closing.text) {
				panic("the reason is not UTF-8")
			}
			if err := xnetCodec.Send(p.client, p.closing); err != nil {
				panic(err)
			}
			p.b.in.Reset(p.a.out)
			xnetRead(p.server)
			p.server.Close()
			n := answered(p.b.out)
			p.a.in.Reset(p.b.out)
			xnetRead(p.client)
			return n
		})
}
