package envelope

import (
	"bytes"
	"strconv"
	"strings"
)

// A Head is the head of an HTTP/1.1 request or response.
type Head struct {
	Start       string // "HTTP/1.1 101", or "GET /path"
	Status      int    // of a response
	Subprotocol string
	Extensions  string
	hixie       bool
}

// Summary returns the head on one line.
func (h Head) Summary() string {
	s := h.Start
	if h.Subprotocol != "" {
		s += ", subprotocol " + h.Subprotocol
	}
	if h.Extensions != "" {
		s += ", extensions " + h.Extensions
	}
	return s
}

// head parses the head of an HTTP/1.1 message that b begins with.
func head(b []byte) (h Head, n int, ok bool) {
	first, _, found := bytes.Cut(b, []byte("\n"))
	line := strings.TrimRight(string(first[:min(len(first), 4096)]), "\r")
	fields := strings.Fields(line)
	switch {
	case strings.HasPrefix(line, "HTTP/1.") && len(fields) >= 2:
		h.Status, _ = strconv.Atoi(fields[1])
		h.Start = fields[0] + " " + fields[1]
	case found && len(fields) == 3 && strings.HasPrefix(fields[2], "HTTP/1.") && isToken(fields[0]):
		h.Start = fields[0] + " " + fields[1]
	default:
		return h, 0, false
	}
	for _, r := range h.Start {
		if r < ' ' || r > '~' {
			return h, 0, false
		}
	}
	all, _, complete := bytes.Cut(b, []byte("\r\n\r\n"))
	n = len(all) + 4
	if !complete {
		all, _, complete = bytes.Cut(b, []byte("\n\n"))
		n = len(all) + 2
	}
	if !complete {
		n = len(b)
	}
	length := 0
	for l := range strings.Lines(string(all)) {
		name, value, ok := strings.Cut(l, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "sec-websocket-protocol":
			h.Subprotocol = printable(value)
		case "sec-websocket-extensions":
			h.Extensions = printable(value)
		case "sec-websocket-key1":
			h.hixie = true
		case "content-length":
			length, _ = strconv.Atoi(value)
		}
	}
	if h.Status != 101 && h.Status != 0 { // the body of a refused opening handshake
		n = min(len(b), n+max(0, length))
		if length == 0 {
			n = len(b)
		}
	}
	return h, n, true
}

func isToken(s string) bool {
	for _, r := range s {
		if (r < 'A' || r > 'Z') && r != '-' {
			return false
		}
	}
	return s != ""
}

// printable returns s with control characters and non-ASCII escaped.
func printable(s string) string {
	q := strconv.QuoteToASCII(s)
	return q[1 : len(q)-1]
}
