// Echo is a WebSocket server that sends every message back, from one loop in
// one goroutine, made of package eventloop and epoll, for conformance suites
// to be run against.
//
//	go run ./examples/eventloop/echo -listen 127.0.0.1:9002
//
// To the text "close" it answers by closing the connection with 1000. How each
// connection ended is printed.
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
