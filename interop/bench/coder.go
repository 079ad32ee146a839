package main

import (
	"context"

	"github.com/coder/websocket"
)

const coder = "coder/websocket"

var background = context.Background()

func coderServer(conn *memConn) *websocket.Conn {
	c, err := websocket.Accept(newHijacker(conn), upgrade(), nil)
	if err != nil {
		panic(err)
	}
	return c
}

func coderAnswer(pool []closing) contender {
	return contender{
		name: coder, note: "Read on a new connection, whose making is subtracted; does not check the reason's UTF-8",
		run: func(n int) (sum uint64) {
			var conn memConn
			for i := range n {
				conn.reset(pool[i%poolSize].masked)
				c := coderServer(&conn)
				conn.out = conn.out[:0]
				if _, _, err := c.Read(background); err == nil {
					panic("a Close frame was read as a message")
				}
				expect(conn.out, false)
				sum += head(conn.out)
				c.CloseNow()
			}
			return sum
		},
		base: func(n int) (sum uint64) {
			var conn memConn
			for i := range n {
				conn.reset(pool[i%poolSize].masked)
				c := coderServer(&conn)
				sum += head(conn.out)
				c.CloseNow()
			}
			return sum
		},
	}
}
