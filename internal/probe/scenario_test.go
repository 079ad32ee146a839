package probe

import "testing"

// TestScenarios verifies the properties of scenarios.json.
func TestScenarios(t *testing.T) {
	set := load(t)
	used := map[string]bool{}
	for _, sc := range set.Scenarios {
		used[sc.Expect] = true
		for _, role := range []Role{Server, Client} {
			if sc.Of != "" && sc.Of != role {
				continue
			}
			if _, ok := set.Expectations[sc.Expect].End[role]; !ok {
				t.Errorf("%s: missing expectation of how a %s closes TCP", sc.ID, role)
			}
		}
		for _, st := range sc.Steps {
			if len(st.ToServer) > 2048 || len(st.ToClient) > 2048 {
				t.Errorf("%s: a step of more than 2048 bytes", sc.ID)
			}
		}
		// Valid frames are masked for a server and unmasked for a client, and
		// are otherwise equal.
		if sc.Expect != "answered" && sc.Expect != "answered between fragments" || len(sc.Steps) != 1 || sc.ID == "then-garbage" {
			continue
		}
		s, c := sc.Steps[0].ToServer, sc.Steps[0].ToClient
		for len(s) > 0 && len(c) > 0 {
			var a, b *wireFrame
			a, s = new(parser).next(s)
			b, c = new(parser).next(c)
			if a == nil || b == nil || !a.masked || b.masked || a.opcode != b.opcode || a.fin != b.fin || string(a.payload) != string(b.payload) {
				t.Errorf("%s: the bytes for the two roles differ", sc.ID)
				break
			}
		}
		if len(s) != len(c) {
			t.Errorf("%s: the bytes for the two roles differ in number of frames", sc.ID)
		}
	}
	for name := range set.Expectations {
		if !used[name] {
			t.Errorf("expectation %q is used nowhere", name)
		}
	}
	bad := []string{
		`{"scenarios":[{"id":"x","expect":"y"}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y","rule":"z"}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y"},{"id":"x","expect":"y"}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y","steps":[{"await":"x"}]}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y","steps":[{"trigger":true}]}]}`,
		`{"nonsense":1}`,
	}
	for _, s := range bad {
		if _, err := Parse([]byte(s)); err == nil {
			t.Errorf("%s: no error", s)
		}
	}
}
