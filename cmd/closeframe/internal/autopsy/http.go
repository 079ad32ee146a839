package autopsy

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
)

// maxHead is the maximum length of the head of a request or response.
const maxHead = 32 << 10

// A head is the first line and the header of an HTTP/1.1 message.
type head struct {
	first string
	lines []string
}

// starts are the methods of HTTP with which a connection may begin before its
// opening handshake, and the start of a response.
var starts = [][]byte{
	[]byte("GET "), []byte("HTTP/1."), []byte("POST "), []byte("HEAD "), []byte("OPTIONS "), []byte("CONNECT "), []byte("PUT "),
	[]byte("PATCH "), []byte("DELETE "),
}

// startsHTTP reports whether b begins with a request or a response.
func startsHTTP(b []byte) bool {
	return slices.ContainsFunc(starts, func(start []byte) bool { return bytes.HasPrefix(b, start) })
}

// mayStartHTTP reports whether b is the first part of such a beginning.
func mayStartHTTP(b []byte) bool {
	return slices.ContainsFunc(starts, func(start []byte) bool { return bytes.HasPrefix(start, b) })
}

// cutProxy returns b without the header of the PROXY protocol, with which
// HAProxy and others tell a server the address of the client.
func cutProxy(b []byte) []byte {
	const signature, size = "\r\n\r\n\x00\r\nQUIT\n", 16
	if bytes.HasPrefix(b, []byte("PROXY ")) {
		_, rest, _ := bytes.Cut(b, []byte("\r\n"))
		return rest
	}
	if bytes.HasPrefix(b, []byte(signature)) && len(b) >= size {
		return b[min(len(b), size+int(binary.BigEndian.Uint16(b[size-2:]))):]
	}
	return b
}

// cutHead returns the head at the start of b and the rest of b. ok is false if
// the head is incomplete.
func cutHead(b []byte) (h head, rest []byte, ok bool) {
	i := bytes.Index(b, []byte("\r\n\r\n"))
	if i < 0 {
		return h, nil, false
	}
	lines := strings.Split(string(b[:i]), "\r\n")
	return head{lines[0], lines[1:]}, b[i+4:], true
}

// get returns the value of a header field, "" if there is none.
func (h head) get(name string) string {
	for _, line := range h.lines {
		n, v, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// upgrade reports whether a request asks for a WebSocket connection
// (RFC 6455 §4.1).
func (h head) upgrade() bool {
	return strings.HasPrefix(h.first, "GET ") && strings.EqualFold(h.get("Upgrade"), "websocket")
}

// path returns the target of a request.
func (h head) path() string {
	_, rest, _ := strings.Cut(h.first, " ")
	path, _, _ := strings.Cut(rest, " ")
	return path
}

// status returns the status of an answer, 0 if it is not one.
func (h head) status() int {
	proto, rest, _ := strings.Cut(h.first, " ")
	if !strings.HasPrefix(proto, "HTTP/") {
		return 0
	}
	code, _, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil || len(code) != 3 {
		return 0
	}
	return int(n)
}
