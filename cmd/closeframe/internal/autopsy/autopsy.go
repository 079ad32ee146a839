// Package autopsy determines from a packet capture how WebSocket connections
// ended, which side ended them, and why.
//
// The program tshark parses packets and decrypts TLS: [Tshark] runs it, and
// [Read] reads its output. The bytes of each direction then go through package
// closetap, which returns the event of each side's application. The conclusions
// from these facts are in rules.json.
package autopsy

import (
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/timeouts"
)

// A Side is an endpoint of a connection.
type Side string

const (
	Client Side = "client"
	Server Side = "server"
	None   Side = "" // unknown, or neither
)

// Other returns the other side.
func (s Side) Other() Side {
	switch s {
	case Client:
		return Server
	case Server:
		return Client
	}
	return None
}

// A Cause is how a connection ended, in one word.
type Cause string

const (
	Clean      Cause = "clean"      // both Close frames were exchanged
	Lost       Cause = "lost"       // the transport ended without a Close frame
	Unanswered Cause = "unanswered" // one side's Close frame had no answer
	Failed     Cause = "failed"     // a side violated a rule, or its peer reported a violation
	Refused    Cause = "refused"    // the opening handshake did not succeed
	Open       Cause = "open"       // the end is not in the capture
	Unknown    Cause = "unknown"    // TLS without keys, or too much is missing
)

// Causes lists all causes.
func Causes() []Cause {
	return []Cause{Clean, Lost, Unanswered, Failed, Refused, Open, Unknown}
}

// A Connection is one WebSocket connection, or a TLS connection that may be
// one, with the analysis of its end.
type Connection struct {
	ID        string    `json:"id"`     // tshark's tcp.stream; for HTTP/2, a slash and the stream follow
	Client    string    `json:"client"` // address and port
	Server    string    `json:"server"`
	Path      string    `json:"path,omitempty"`
	Host      string    `json:"host,omitempty"` // of the request, or TLS's server name
	Agent     string    `json:"userAgent,omitempty"`
	TLS       bool      `json:"tls,omitempty"`
	HTTP2     bool      `json:"http2,omitempty"`
	Status    int       `json:"status,omitempty"` // of the answer to the opening handshake
	Start     time.Time `json:"start"`            // of the captured part
	Duration  float64   `json:"duration"`         // in seconds
	Frames    [2]int    `json:"frames"`           // that the client and the server sent
	EndedBy   Side      `json:"endedBy,omitempty"`
	How       string    `json:"how"` // close, fin, reset, notify, alert or open: the first step of the end
	Cause     Cause     `json:"cause"`
	Code      int       `json:"code,omitempty"` // of the first Close frame; 1005 if it was empty, 1006 if there was none
	Closes    []Close   `json:"closes,omitempty"`
	Violation *Fault    `json:"violation,omitempty"`
	Told      Told      `json:"told"`
	Browser   *Browser  `json:"browser,omitempty"`
	Findings  []Finding `json:"findings,omitempty"`
	Limits    []string  `json:"limits,omitempty"` // facts that this capture cannot show, and why
	Timeline  []Step    `json:"timeline,omitempty"`
	Earlier   int       `json:"earlier,omitempty"` // number of omitted steps before the timeline

	// Timeouts are default limits of products that may have caused the end.
	Timeouts []timeouts.Limit `json:"timeouts,omitempty"`

	software string // of the answer's Server header
	facts    facts
	end      int64 // when it ended, in nanoseconds since 1970
	began    int64
}

// A Close is a Close frame.
type Close struct {
	From   Side           `json:"from"`
	Code   closecode.Code `json:"code"`
	Reason string         `json:"reason"`
	Fault  string         `json:"fault,omitempty"`
	At     float64        `json:"at"`    // seconds since Start
	Bytes  string         `json:"bytes"` // of the frame, in hexadecimal
}

// A Fault is a violated rule.
type Fault struct {
	By    Side   `json:"by"`
	Error string `json:"error"` // a name such as invalid_code
	Rule  string `json:"rule"`  // a section of an RFC
}

// Told has the event of each side's application, or nil if it is unknown.
type Told struct {
	Client *closeevent.Event `json:"client"`
	Server *closeevent.Event `json:"server"`
}

// A Browser has the event that a browser fires, which may differ from that of
// RFC 6455.
type Browser struct {
	Name  string           `json:"name"`
	Event closeevent.Event `json:"event"`
}

// A Finding is a rule of rules.json that applies.
type Finding struct {
	Rule       string         `json:"rule"`
	Confidence string         `json:"confidence"` // certain, likely or possible
	Side       Side           `json:"side,omitempty"`
	Evidence   map[string]any `json:"evidence"` // facts, by name
	next       []string       // what to do, by name
	args       []string       // the facts, in the order of the text's arguments
	headline   bool           // it explains more than the sentence about the end
}

// A Step is a frame, or a step of TCP or TLS.
type Step struct {
	At     float64 `json:"at"` // seconds since Start
	From   Side    `json:"from"`
	What   string  `json:"what"` // text, binary, continuation, close, ping, pong, reserved, fin, reset, notify, alert, request, answer, gap, records
	Length int     `json:"length,omitempty"`
	Note   string  `json:"note,omitempty"`
	Count  int     `json:"count,omitempty"` // of equal steps in a row, if more than one
}
