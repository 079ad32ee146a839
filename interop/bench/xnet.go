package main

import "golang.org/x/net/websocket"

const xnet = "x/net/websocket"

func xnetAnswer(pool []closing) contender {
	var server websocket.Server
	serve := func(n int, handler websocket.Handler, check bool) (sum uint64) {
		server.Handler = handler
		var conn memConn
		for i := range n {
			conn.reset(pool[i%poolSize].masked)
			server.ServeHTTP(newHijacker(&conn), upgrade())
			if check {
				expect(afterResponse(conn.out), false)
			}
			sum += head(conn.out)
		}
		return sum
	}
	return contender{
		name: xnet, note: "Read and Close on a new connection, whose making is subtracted; looks at neither code nor reason, and answers 1000",
		run: func(n int) uint64 {
			return serve(n, func(c *websocket.Conn) {
				var b [16]byte
				if _, err := c.Read(b[:]); err == nil {
					panic("a Close frame was read as a message")
				}
				c.Close()
			}, true)
		},
		base: func(n int) uint64 { return serve(n, func(*websocket.Conn) {}, false) },
	}
}
