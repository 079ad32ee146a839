// Command serve runs the server of one peer until its standard input ends.
//
//	go run ./peers/serve gorilla/websocket            in interop/
//
// It prints the server's URL.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/closeframe/closeframe/interop/peers"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: serve NAME")
		os.Exit(2)
	}
	for _, p := range peers.All() {
		if p.Name != os.Args[1] || p.Server == nil {
			continue
		}
		r, err := p.Server()
		if err != nil {
			fmt.Fprintln(os.Stderr, "serve:", err)
			os.Exit(1)
		}
		fmt.Println(r.URL)
		io.Copy(io.Discard, os.Stdin)
		r.Stop()
		return
	}
	fmt.Fprintf(os.Stderr, "serve: no server %q; have %s\n", os.Args[1], strings.Join(peers.Names(), ", "))
	os.Exit(2)
}
