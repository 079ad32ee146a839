// Package probe plays scenarios of RFC 6455's closing rules against any
// WebSocket server or client, and checks its answers on the wire.
//
// [Set.Dial] and [Set.Listen] play every scenario; [Set.Server] and
// [Set.Client] play one and return its [Result].
//
// The package may test this module, so it shares little with it: it has its own
// framing, and imports only the list of codes that may be sent, and texts.
package probe

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/closeframe/closeframe/testdata"
)

// A Role is the side of the connection that is probed.
type Role string

// The roles.
const (
	Server Role = "server"
	Client Role = "client"
)

// A Set is a file of scenarios.
type Set struct {
	Version      string                 `json:"version"`
	About        string                 `json:"about"`
	Schema       map[string]string      `json:"schema"`
	Rules        map[string]Rule        `json:"rules"`
	Always       map[string]Always      `json:"always"`
	Expectations map[string]Expectation `json:"expectations"`
	Scenarios    []Scenario             `json:"scenarios"`
}

// A Rule is one sentence of a specification.
type Rule struct {
	Section string `json:"section"` // "RFC 6455 §5.5.1"
	Level   string `json:"level"`   // MUST, SHOULD, MAY, … or "definition"
	Text    string `json:"text"`
}

// must reports whether violating the rule is a FAIL.
func (r Rule) must() bool { return r.Level == "MUST" || r.Level == "MUST NOT" }

// An Always is a finding that may occur in every scenario.
type Always struct {
	About string `json:"about"`
	Rule  string `json:"rule"`
}

// A Scenario has the steps on one connection and the expected outcome.
type Scenario struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Rule   string `json:"rule"`
	Of     Role   `json:"of,omitempty"`    // role that it probes; both if empty
	Needs  string `json:"needs,omitempty"` // "deflate" or "trigger"
	Echo   string `json:"echo,omitempty"`  // answer of an endpoint that accepts the Close frame
	Expect string `json:"expect"`
	Pong   string `json:"pong,omitempty"`  // a Ping is sent whose Pong is "due" or "wrong"
	Hold   bool   `json:"hold,omitempty"`  // let the quiet time pass after the peer's Close frame, and check who closes TCP
	Alive  bool   `json:"alive,omitempty"` // check afterwards that a new connection is accepted
	Steps  []Step `json:"steps"`
}

// A Step is one action of the prober.
type Step struct {
	What     string   `json:"what"`
	ToServer HexBytes `json:"to_server,omitempty"`
	ToClient HexBytes `json:"to_client,omitempty"`
	EachByte bool     `json:"each_byte,omitempty"` // one write for each byte
	Trigger  bool     `json:"trigger,omitempty"`   // send the text that makes the peer close, in the same write as the bytes
	Await    string   `json:"await,omitempty"`     // "close": until a Close is received; "quiet": that, and then the quiet time
	End      string   `json:"end,omitempty"`       // "fin" or "reset"
}

// An Expectation has the rules for the Close frame of a peer and for the end of
// TCP.
type Expectation struct {
	About string            `json:"about"`
	Close Judgment          `json:"close"`
	End   map[Role]Judgment `json:"end"`

	// Ping makes the prober send a Ping to a silent peer. A Pong shows that the
	// peer has not failed the connection, without waiting for the time limit.
	Ping bool `json:"ping,omitempty"`
}

// A Judgment lists tokens. The first list with a matching token decides, in the
// order Pass, Fail, Warn. An outcome in no list violates Rule. Violating a rule
// is a FAIL if its level is MUST or MUST NOT, and otherwise a WARN.
type Judgment struct {
	Pass     []string `json:"pass"`
	Fail     []string `json:"fail,omitempty"`
	Warn     []string `json:"warn,omitempty"`
	Rule     string   `json:"rule,omitempty"`      // by default the scenario's
	WarnRule string   `json:"warn_rule,omitempty"` // of Warn; by default Rule

	// Immediately is set if the rule requires immediate action. Otherwise a
	// timeout is a WARN.
	Immediately bool `json:"immediately,omitempty"`
}

// HexBytes are bytes that are hexadecimal in JSON.
type HexBytes []byte

// MarshalText returns the bytes in hexadecimal.
func (h HexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText parses hexadecimal digits. Spaces between bytes are allowed.
func (h *HexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(bytes.ReplaceAll(text, []byte(" "), nil)))
	*h = b
	return err
}

// Load returns the embedded scenarios.
func Load() (*Set, error) { return Parse(testdata.Scenarios) }

// Parse reads a file of scenarios and checks that every name in it is defined.
func Parse(data []byte) (*Set, error) {
	var s Set
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, err
	}
	for name, a := range s.Always {
		if _, ok := s.Rules[a.Rule]; !ok {
			return nil, fmt.Errorf("always %s: no rule %q", name, a.Rule)
		}
	}
	seen := map[string]bool{}
	for _, sc := range s.Scenarios {
		if seen[sc.ID] {
			return nil, fmt.Errorf("scenario %s: duplicate id", sc.ID)
		}
		seen[sc.ID] = true
		if err := s.check(&sc); err != nil {
			return nil, fmt.Errorf("scenario %s: %w", sc.ID, err)
		}
	}
	return &s, nil
}

// check returns an error if a scenario is invalid.
func (s *Set) check(sc *Scenario) error {
	e, ok := s.Expectations[sc.Expect]
	if !ok {
		return fmt.Errorf("no expectation %q", sc.Expect)
	}
	rules := []string{sc.Rule, e.Close.Rule, e.Close.WarnRule}
	for _, j := range e.End {
		rules = append(rules, j.Rule, j.WarnRule)
	}
	for _, r := range rules {
		if _, ok := s.Rules[r]; r != "" && !ok {
			return fmt.Errorf("no rule %q", r)
		}
	}
	for i, st := range sc.Steps {
		if !slices.Contains([]string{"", "close", "quiet"}, st.Await) || !slices.Contains([]string{"", "fin", "reset"}, st.End) {
			return fmt.Errorf("step %d: await %q, end %q", i, st.Await, st.End)
		}
		if st.Trigger && sc.Needs != "trigger" {
			return fmt.Errorf("step %d: a trigger, but needs is %q", i, sc.Needs)
		}
	}
	return nil
}
