package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestDocuments verifies that the tables in docs/testing.md and docs/peers.md
// are the results of a run.
func TestDocuments(t *testing.T) {
	r, err := runTests("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		text, err := os.ReadFile("../../../docs/" + p.file)
		if err != nil {
			t.Fatal(err)
		}
		_, written, _, err := p.split(string(text))
		if err != nil {
			t.Fatal(err)
		}
		found := p.table(r)
		t.Logf("docs/%s:\n%s", p.file, found)
		if stable(t, found) != stable(t, written) {
			t.Errorf("docs/%s differs: run go run ./closetest/table in interop", p.file)
		}
	}
}

var countRow = regexp.MustCompile(`(?m)^(\| .* \| (?:server|client|服务器|客户端) \| )(\d+)( \| .* \| )(\d+)( \| \d+ \|)$`)

// stable adds the WARNs of a scenario count to the scenarios that passed. Some
// scenarios are one or the other: a library that closes TCP without reading the
// answer to its Close has sent either FIN or RST before that answer arrives.
func stable(t *testing.T, table string) string {
	return countRow.ReplaceAllStringFunc(table, func(row string) string {
		m := countRow.FindStringSubmatch(row)
		passed, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		warned, err := strconv.Atoi(m[4])
		if err != nil {
			t.Fatal(err)
		}
		return m[1] + strconv.Itoa(passed+warned) + m[3] + m[5]
	})
}

// TestParse verifies that counts and known failures are found in the output of
// go test -json, and that a test that counts nothing is an error.
func TestParse(t *testing.T) {
	var lines []string
	for _, l := range libraries {
		lines = append(lines, `{"Action":"output","Test":"`+l.test+`","Output":"    x_test.go:1: closetest: server: 5 passed, 2 known, 0 failed, 3 warned\n"}`)
	}
	for _, id := range []string{"server/one-byte-00", "payload/one-byte-00", "payload/one-byte-03"} {
		lines = append(lines, `{"Action":"output","Test":"TestXNet/`+id+`","Output":"    x_test.go:1: known: §1: a fault\n"}`)
	}
	r, err := parse([]byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if row := "| gobwas/ws | server | 5 | 2 | 0 | 3 | 0 |\n"; !strings.Contains(countTable(r), row) {
		t.Errorf("no %q in\n%s", row, countTable(r))
	}
	if row := "| x/net/websocket | §1: a fault | 2 | 1 |\n"; !strings.HasSuffix(faultTable(r), row) {
		t.Errorf("no %q at the end of\n%s", row, faultTable(r))
	}
	if _, err := parse([]byte(strings.Join(lines[1:], "\n"))); err == nil {
		t.Error("no error without counts of a library")
	}
}
