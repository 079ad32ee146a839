// Package probe plays scenarios of RFC 6455's closing rules against a
// WebSocket server or client that it knows nothing about, and judges what it
// sees on the wire.
//
// It is an instrument, so it shares as little as it can with what it may be
// pointed at: it has framing of its own, and takes from this module only the
// list of codes that may be sent.
package probe

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/closeframe/closeframe/testdata"
)

// A Role is the side of the connection that is being probed.
type Role string

// The roles.
const (
	Server Role = "server"
	Client Role = "client"
)

// A Set is a file of scenarios.
type Set struct {
	About        string                 `json:"about"`
	Schema       map[string]string      `json:"schema"`
	Rules        map[string]Rule        `json:"rules"`
	Expectations map[string]Expectation `json:"expectations"`
	Scenarios    []Scenario             `json:"scenarios"`
}

// A Rule is one sentence of a specification.
type Rule struct {
	Where string `json:"where"` // "RFC 6455 §5.5.1"
	Level string `json:"level"` // MUST, SHOULD, MAY, … or "definition"
	Text  string `json:"text"`
}

// A Scenario is what is done on one connection, and what is expected.
type Scenario struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Rule   string `json:"rule"`
	Of     Role   `json:"of,omitempty"`    // which role it probes; both if empty
	Needs  string `json:"needs,omitempty"` // "deflate" or "trigger"
	Echo   string `json:"echo,omitempty"`  // what an endpoint that took it for a good Close would answer
	Expect string `json:"expect"`
	Pong   string `json:"pong,omitempty"`  // "due" or "wrong": a Ping is sent, what of its Pong
	Hold   bool   `json:"hold,omitempty"`  // let the quiet time pass after the peer's Close, and see who ends TCP
	Alive  bool   `json:"alive,omitempty"` // afterwards see that a new connection is served
	Steps  []Step `json:"steps"`
}

// A Step is one thing that the prober does.
type Step struct {
	What     string   `json:"what"`
	ToServer HexBytes `json:"to_server,omitempty"`
	ToClient HexBytes `json:"to_client,omitempty"`
	EachByte bool     `json:"each_byte,omitempty"` // one write for each byte
	Trigger  bool     `json:"trigger,omitempty"`   // send the text that makes the peer close; with the bytes, in one write
	Await    string   `json:"await,omitempty"`     // "close": until a Close is received
	End      string   `json:"end,omitempty"`       // "fin" or "reset"
}

// An Expectation says how to judge the Close frame that a peer answers with,
// and how TCP ended.
type Expectation struct {
	About string            `json:"about"`
	Close Judgment          `json:"close"`
	End   map[Role]Judgment `json:"end"`
}

// A Judgment lists tokens: what is right, wrong, allowed. The first list that
// holds a token that fits decides, in the order right, wrong, allowed; what
// fits nowhere is wrong.
type Judgment struct {
	Right   []string `json:"right"`
	Wrong   []string `json:"wrong,omitempty"`
	Allowed []string `json:"allowed,omitempty"`
	Rule    string   `json:"rule,omitempty"`     // that is broken; by default the scenario's
	MayRule string   `json:"may_rule,omitempty"` // by which it is allowed
}

// HexBytes are bytes that JSON holds in hexadecimal.
type HexBytes []byte

// MarshalText returns the bytes in hexadecimal.
func (h HexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText reads hexadecimal, spaces between bytes allowed.
func (h *HexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(bytes.ReplaceAll(text, []byte(" "), nil)))
	*h = b
	return err
}

// Load returns the scenarios that the binary carries.
func Load() (*Set, error) {
	data, err := testdata.Files.ReadFile("scenarios.json")
	if err != nil {
		return nil, err
	}
	return Parse(data)
}

// Parse reads a file of scenarios and checks that its names hang together.
func Parse(data []byte) (*Set, error) {
	var s Set
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, sc := range s.Scenarios {
		if seen[sc.ID] {
			return nil, fmt.Errorf("scenario %s is there twice", sc.ID)
		}
		seen[sc.ID] = true
		e, ok := s.Expectations[sc.Expect]
		if !ok {
			return nil, fmt.Errorf("scenario %s: no expectation %q", sc.ID, sc.Expect)
		}
		rules := []string{sc.Rule, e.Close.Rule, e.Close.MayRule}
		for _, j := range e.End {
			rules = append(rules, j.Rule, j.MayRule)
		}
		for _, r := range rules {
			if _, ok := s.Rules[r]; r != "" && !ok {
				return nil, fmt.Errorf("scenario %s: no rule %q", sc.ID, r)
			}
		}
		for i, st := range sc.Steps {
			if !slices.Contains([]string{"", "close"}, st.Await) || !slices.Contains([]string{"", "fin", "reset"}, st.End) {
				return nil, fmt.Errorf("scenario %s, step %d: await %q, end %q", sc.ID, i, st.Await, st.End)
			}
			if st.Trigger && sc.Needs != "trigger" {
				return nil, fmt.Errorf("scenario %s, step %d: a trigger that it does not say it needs", sc.ID, i)
			}
		}
	}
	return &s, nil
}
