package main

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/coder/websocket"
)

const coder = "coder/websocket"

var background = context.Background()

func coderServer(wire *memConn) *websocket.Conn {
	c, err := websocket.Accept(newHijacker(wire), upgrade(), nil)
	if err != nil {
		panic(err)
	}
	return c
}

func coderClient(wire *memConn) *websocket.Conn {
	c, _, err := websocket.Dial(background, "ws://localhost/", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: upgrader{wire}},
	})
	if err != nil {
		panic(err)
	}
	return c
}

// An upgrader is the transport of an HTTP client. It upgrades every request.
type upgrader struct{ wire *memConn }

func (u upgrader) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusSwitchingProtocols, Request: r, Body: u.wire,
		Header: http.Header{
			"Connection":           {"Upgrade"},
			"Upgrade":              {"websocket"},
			"Sec-Websocket-Accept": {acceptKey(r.Header.Get("Sec-Websocket-Key"))},
		},
	}, nil
}

// coderRead reads a Close frame and answers it.
func coderRead(c *websocket.Conn) {
	if _, _, err := c.Read(background); websocket.CloseStatus(err) < 0 {
		panic("a Close frame was not read as one")
	}
}

func coderAnswer(pool []closing) implementation {
	type end struct {
		wire *memConn
		conn *websocket.Conn
	}
	return fresh(coder, "Read; does not check the reason's UTF-8, and echoes it",
		func(i int) end {
			wire := newMemConn(nil)
			conn := coderServer(wire)
			wire.reset(pool[i].masked)
			return end{wire, conn}
		},
		func(e end) uint64 {
			coderRead(e.conn)
			return answered(e.wire.out)
		})
}

func coderHandshake(pool []closing) implementation {
	type pair struct {
		closing *closing
		client  *websocket.Conn
		wire    *memConn // of the server
	}
	return fresh(coder, "utf8.ValidString, Close, with a key of its own, from crypto/rand, and which waits for the answer; Read. The receiver does not check the reason's UTF-8",
		func(i int) pair {
			a, b := newMemConn(nil), newMemConn(nil)
			client, server := coderClient(a), coderServer(b)
			b.reset(nil)
			a.onWrite = func(p []byte) []byte {
				b.in.Reset(p)
				coderRead(server)
				return b.out
			}
			return pair{&pool[i], client, b}
		},
		func(p pair) uint64 {
			if !utf8.ValidString(p.closing.text) {
				panic("the reason is not UTF-8")
			}
			if err := p.client.Close(websocket.StatusCode(p.closing.code), p.closing.text); err != nil {
				panic(err) // not answered with the same code
			}
			return answered(p.wire.out)
		})
}
