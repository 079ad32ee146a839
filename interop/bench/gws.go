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

// gwsCheck checks a reason before it is sent, which gws does not.
func gwsCheck(c *closing) {
	if !utf8.Valid(c.reason) {
		panic("the reason is not UTF-8")
	}
}

func gwsAppendMasked(pool []closing) implementation {
	conn := newMemConn(openingResponse)
	var client *gws.Conn
	return implementation{
		name: gwsName, note: "utf8.Valid, since it checks neither code nor reason itself; code and reason put together, WritePong to memory, with a key of its own, from math/rand, because a Conn sends one Close only",
		run: func(n int) (sum uint64) {
			if client == nil {
				client = gwsClient(conn)
			}
			var payload [125]byte
			for i := range n {
				c := &pool[i%poolSize]
				conn.reset(nil)
				gwsCheck(c)
				b := append(append(payload[:0], byte(c.code>>8), byte(c.code)), c.reason...)
				if err := client.WritePong(b); err != nil {
					panic(err)
				}
				sum += seen(conn.out)
			}
			wrote = conn.out
			return sum
		},
	}
}

func gwsAnswer(pool []closing) implementation {
	type end struct {
		wire *memConn
		conn *gws.Conn
	}
	return fresh(gwsName, "ReadLoop; answers 1000 for 1001–1013",
		func(i int) end {
			wire := newMemConn(nil)
			conn := gwsServer(wire)
			wire.reset(pool[i].masked)
			return end{wire, conn}
		},
		func(e end) uint64 {
			e.conn.ReadLoop()
			return answered(e.wire.out)
		})
}

func gwsHandshake(pool []closing) implementation {
	type pair struct {
		closing        *closing
		client, server *gws.Conn
		a, b           *memConn
	}
	return fresh(gwsName, "utf8.Valid, WriteClose, with a key of its own, from math/rand; ReadLoop. The client does not wait for the answer, and there is no wasClean",
		func(i int) pair {
			a, b := newMemConn(openingResponse), newMemConn(nil)
			client, server := gwsClient(a), gwsServer(b)
			a.reset(nil)
			b.reset(nil)
			return pair{&pool[i], client, server, a, b}
		},
		func(p pair) uint64 {
			gwsCheck(p.closing)
			if err := p.client.WriteClose(uint16(p.closing.code), p.closing.reason); err != nil {
				panic(err)
			}
			p.b.in.Reset(p.a.out)
			p.server.ReadLoop()
			return answered(p.b.out)
		})
}
