package main

import (
	"os"
	"strings"
)

// closetestIntro precedes the table that interop/closetest/table writes.
const closetestIntro = `
## Go libraries, with closetest

[interop/closetest](../interop/closetest) tests six Go libraries as their users would, each with the list of what it is
known to fail. The table has every entry of these lists, and how many vectors and scenarios fail for it. How many pass is in
[testing.md](testing.md#six-go-libraries), from the same run. x/net/websocket has no vectors: it tells its application
neither code nor reason, and always sends 1000.

`

// wssSection is about the rows that the test of interop/peers/wss prints. That
// test verifies the number of rows.
const wssSection = `
## Over TLS

In the folder ` + "`" + `interop` + "`" + `, ` + "`" + `go test ./peers/wss -v -closes 200` + "`" + ` closes 200 connections for each library in Go and
JavaScript, each role, each transport (ws and wss) and each side that may close first. It prints what both
applications are told, in 52 rows.

All 10400 closes are clean on closeframe's side, over TLS as over TCP. Some libraries close their socket as soon as
both Close frames have been exchanged, and some without waiting for the answer to their own.

In 40 rows, all closes are clean on the library's side too. In the other 12, its application is not told:

- x/net/websocket (8 rows) returns ` + "`" + `io.EOF` + "`" + ` however a connection ends, without a code and a reason.
- lxzan/gws (4 rows, in which it closes first) calls ` + "`" + `OnClose` + "`" + ` with the code and the reason of its own Close. It closes
  TCP without reading the answer.
`

// closetestSection returns the section about the tests of interop/closetest,
// with the table that the document has.
func closetestSection() string {
	const begin, end = "<!-- closetest: ", "<!-- end of closetest -->\n"
	table := begin + "go run ./closetest/table -->\n"
	if old, err := os.ReadFile(*doc); err == nil {
		_, rest, _ := strings.Cut(string(old), begin)
		if rest, _, ok := strings.Cut(rest, end); ok {
			table = begin + rest
		}
	}
	return closetestIntro + table + end
}
