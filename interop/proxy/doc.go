// Command proxy runs the proxy of examples/proxy between real clients and real
// servers, closes connections through it in several ways, and prints the events
// of both applications. They must be the same with and without the proxy.
//
//	go run ./proxy                       prints the table
//	go run ./proxy -doc ../docs/proxies.md    writes it into the document
package main
