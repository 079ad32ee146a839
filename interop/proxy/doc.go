// Command proxy puts the proxy of examples/proxy between real clients and real
// servers, closes connections through it in several ways, and prints what the
// application of each side was told. Whatever passes without the proxy has to
// pass with it, unchanged.
//
//	go run ./proxy                       prints the table
//	go run ./proxy -doc ../docs/proxies.md    writes it into the document
package main
