package autopsy

import (
	"bytes"
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
