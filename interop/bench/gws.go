package main

import (
	"bufio"
	"unicode/utf8"

	"github.com/lxzan/gws"
)

const gwsName = "lxzan/gws"

var gwsUpgrader = gws.NewUpgrader(gws.BuiltinEventHandler{}, &gws.ServerOption{
	CheckUtf8Enabled: true, ReadBufferSize: 512, WriteBufferSize: 512,
})

func gwsServer(conn *memConn) *gws.Conn {
	c, err := gwsUpgrader.UpgradeFromConn(conn, bufio.NewReaderSize(conn, 512), upgrade())
	if err != nil {
		panic(err)
	}
	return c
}

func gwsClient(conn *memConn) *gws.Conn {
	c, _, err := gws.NewClientFromConn(gws.BuiltinEventHandler{}, &gws.ClientOption{
		Addr: "ws://localhost/", CheckUtf8Enabled: true, ReadBufferSize: 512, WriteBufferSize: 512,
	}, conn)
	if err != nil {
		panic(err)
	}
	return c
}

func gwsAppendMasked(pool []closing) contender {
	conn := new(memConn)
	var client *gws.Conn
	return contender{
		name: gwsName, note: "utf8.Valid, since it checks neither code nor reason itself; code and reason put together, WritePong to memory, because a Conn sends one Close only",
		run: func(n int) (sum uint64) {
			if client == nil {
				conn.onWrite = openingResponse
				client = gwsClient(conn)
			}
			var payload [125]byte
			for i := range n {
				c := &pool[i%poolSize]
				conn.reset(nil)
				if !utf8.Valid(c.reason) {
					panic("the reason is not UTF-8")
				}
				b := append(append(payload[:0], byte(c.code>>8), byte(c.code)), c.reason...)
				if err := client.WritePong(b); err != nil {
					panic(err)
				}
				sum += head(conn.out)
			}
			return sum
		},
	}
}

func gwsAnswer(pool []closing) contender {
	return contender{
		name: gwsName, note: "ReadLoop on a new connection, whose making is subtracted",
		run: func(n int) (sum uint64) {
			var conn memConn
			for i := range n {
				conn.reset(pool[i%poolSize].masked)
				c := gwsServer(&conn)
				conn.out = conn.out[:0]
				c.ReadLoop()
				expect(conn.out, false)
				sum += head(conn.out)
			}
			return sum
		},
		base: func(n int) (sum uint64) {
			var conn memConn
			for i := range n {
				conn.reset(pool[i%poolSize].masked)
				gwsServer(&conn)
				sum += head(conn.out)
			}
			return sum
		},
	}
}

func gwsHandshake(pool []closing) contender {
	return contender{
		name: gwsName, note: "on a new pair of connections, whose making is subtracted; the client does not wait for the answer, and there is no wasClean",
		run: func(n int) (sum uint64) {
			for i := range n {
				p := &pool[i%poolSize]
				client, server, a, b := gwsPair()
				if err := client.WriteClose(uint16(p.code), p.reason); err != nil {
					panic(err)
				}
				b.reset(a.out)
				server.ReadLoop()
				expect(b.out, false)
				sum += head(b.out)
			}
			return sum
		},
		base: func(n int) (sum uint64) {
			for range n {
				_, _, a, b := gwsPair()
				sum += uint64(len(a.out) + len(b.out))
			}
			return sum
		},
	}
}

func gwsPair() (client, server *gws.Conn, a, b *memConn) {
	a, b = &memConn{onWrite: openingResponse}, new(memConn)
	client, server = gwsClient(a), gwsServer(b)
	a.reset(nil)
	b.reset(nil)
	return client, server, a, b
}
