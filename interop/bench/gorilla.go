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

func gorillaAppendPayload(pool []closing) contender {
	return contender{
		name: gorilla, note: "FormatCloseMessage: checks neither code nor reason",
		run: func(n int) (sum uint64) {
			for i := range n {
				c := &pool[i%poolSize]
				b := websocket.FormatCloseMessage(int(c.code), c.text)
				sum += uint64(len(b)) + head(b)
			}
			return sum
		},
	}
}

func gorillaAppendMasked(pool []closing) contender {
	conn := new(memConn)
	var client *websocket.Conn
	return contender{
		name: gorilla, note: "utf8.ValidString, since it checks neither code nor reason itself; FormatCloseMessage, WriteControl to memory, as a Pong because a Conn sends one Close only",
		run: func(n int) (sum uint64) {
			if client == nil {
				conn.onWrite = openingResponse
				client = gorillaClient(conn)
			}
			for i := range n {
				c := &pool[i%poolSize]
				conn.reset(nil)
				if !utf8.ValidString(c.text) {
					panic("the reason is not UTF-8")
				}
				if err := client.WriteControl(websocket.PongMessage, websocket.FormatCloseMessage(int(c.code), c.text), time.Time{}); err != nil {
					panic(err)
				}
				sum += head(conn.out)
			}
			return sum
		},
	}
}

func gorillaAnswer(pool []closing) contender {
	return contender{
		name: gorilla, note: "ReadMessage on a new connection, whose making is subtracted",
		run: func(n int) (sum uint64) {
			var conn memConn
			for i := range n {
				conn.reset(pool[i%poolSize].masked)
				c := gorillaServer(&conn)
				conn.out = conn.out[:0]
				_, _, err := c.ReadMessage()
				if err == nil {
					panic("a Close frame was read as a message")
				}
				expect(conn.out, false)
				sum += head(conn.out)
			}
			return sum
		},
		base: func(n int) (sum uint64) {
			var conn memConn
			for i := range n {
				conn.reset(pool[i%poolSize].masked)
				gorillaServer(&conn)
				sum += head(conn.out)
			}
			return sum
		},
	}
}

func gorillaHandshake(pool []closing) contender {
	return contender{
		name: gorilla, note: "on a new pair of connections, whose making is subtracted; no wasClean",
		run: func(n int) (sum uint64) {
			for i := range n {
				p := &pool[i%poolSize]
				client, server, a, b := gorillaPair()
				err := client.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(p.code), p.text), time.Time{})
				if err != nil {
					panic(err)
				}
				b.reset(a.out)
				if _, _, err = server.ReadMessage(); err == nil {
					panic("a Close frame was read as a message")
				}
				expect(b.out, false)
				a.reset(b.out)
				if _, _, err = client.ReadMessage(); err == nil {
					panic("a Close frame was read as a message")
				}
				sum += head(b.out)
			}
			return sum
		},
		base: func(n int) (sum uint64) {
			for range n {
				_, _, a, b := gorillaPair()
				sum += uint64(len(a.out) + len(b.out))
			}
			return sum
		},
	}
}

func gorillaPair() (client, server *websocket.Conn, a, b *memConn) {
	a, b = &memConn{onWrite: openingResponse}, new(memConn)
	client, server = gorillaClient(a), gorillaServer(b)
	a.reset(nil)
	b.reset(nil)
	return client, server, a, b
}
