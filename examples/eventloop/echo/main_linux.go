// Echo is a WebSocket server for conformance suites that sends every message
// back. It serves all connections in one goroutine, with package eventloop and
// epoll.
//
//	go run ./examples/eventloop/echo -listen 127.0.0.1:9002
//
// It closes the connection with 1000 on the text message "close". It prints how
// each connection ended.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/netip"

	"github.com/closeframe/closeframe/closeevent"
)

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:9002", "serve at this IPv4 `address`")
	flag.Parse()
	addr, err := netip.ParseAddrPort(*listen)
	if err != nil {
		log.Fatal(err)
	}
	l, addr, err := newLoop(addr, func(event closeevent.Event) { fmt.Println(event) })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("echo at", addr)
	log.Fatal(l.run())
}
