// Echo is a WebSocket server or client for browsers and conformance suites that
// sends every message back. It uses package stack.
//
//	go run ./examples/stack/echo -listen 127.0.0.1:9001
//	go run ./examples/stack/echo -dial ws://127.0.0.1:9001
//
// The text messages "close", "close 4000" and "close 4000 reason" make it close
// the connection without a code, with that code, and with that code and reason.
// It prints how each connection ended. With -cases URL it plays the cases of an
// Autobahn test suite's fuzzing server one after the other.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/examples/stack"
)

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "", "serve at this `address`")
	dial := flag.String("dial", "", "connect to this `URL`")
	again := flag.Bool("again", false, "connect again whenever a connection has ended, until one is refused")
	cases := flag.String("cases", "", "play the cases of the fuzzing server at this `URL`")
	cert := flag.String("cert", "", "serve wss with the certificate in this `file`")
	key := flag.String("key", "", "and the private key in this one")
	insecure := flag.Bool("insecure", false, "do not check a server's certificate")
	limit := flag.Int("max", 0, "message limit in `bytes`")
	flag.Parse()

	config := stack.Config{MaxMessage: *limit, TLS: &tls.Config{InsecureSkipVerify: *insecure}}
	switch {
	case *listen != "":
		log.Fatal(serve(*listen, *cert, *key, config))
	case *dial != "":
		for err := connect(*dial, config); err != nil || *again; err = connect(*dial, config) {
			if err != nil {
				log.Fatal(err)
			}
		}
	case *cases != "":
		if err := play(*cases, config); err != nil {
			log.Fatal(err)
		}
	default:
		flag.Usage()
	}
}

func serve(addr, cert, key string, config stack.Config) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := stack.Upgrade(w, r, config)
		if err == nil {
			err = echo(c)
		}
		fmt.Printf("%s: %v\n", r.RemoteAddr, err)
	})}
	fmt.Printf("echo at %s\n", l.Addr())
	if cert != "" {
		return s.ServeTLS(l, cert, key)
	}
	return s.Serve(l)
}

func connect(url string, config stack.Config) error {
	c, err := stack.Dial(context.Background(), url, config)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %v\n", url, echo(c))
	return nil
}

// echo sends every message back until the connection has ended, and returns
// how.
func echo(c *stack.Conn) error {
	var buf []byte
	for {
		op, msg, err := c.Read(buf[:0])
		if err != nil {
			return err
		}
		if code, reason, ok := command(op, msg); ok {
			if event, err := c.Close(code, reason); err == nil {
				return event
			}
		}
		c.Write(op, msg) // Read returns the error if Write fails
		buf = msg
	}
}

// command returns the code and the reason in a message that makes the echo
// close.
func command(op stack.Op, msg []byte) (code closecode.Code, reason string, ok bool) {
	word, rest, _ := strings.Cut(string(msg[:min(len(msg), 200)]), " ")
	if op != stack.Text || word != "close" {
		return 0, "", false
	}
	if rest == "" {
		return closecode.NoStatusRcvd, "", true
	}
	number, reason, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(number, 10, 16)
	return closecode.Code(n), reason, err == nil
}

// play runs every case of an Autobahn test suite's fuzzing server at url.
func play(url string, config stack.Config) error {
	c, err := stack.Dial(context.Background(), url+"/getCaseCount", config)
	if err != nil {
		return err
	}
	_, msg, err := c.Read(nil)
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(string(msg))
	if err != nil {
		return err
	}
	c.Close(closecode.NormalClosure, "")
	for i := range count {
		if err := connect(fmt.Sprintf("%s/runCase?case=%d&agent=closeframe", url, i+1), config); err != nil {
			return err
		}
	}
	return connect(url+"/updateReports?agent=closeframe", config)
}
