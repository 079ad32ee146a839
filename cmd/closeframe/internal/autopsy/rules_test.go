package autopsy

import (
	"bytes"
	"slices"
	"testing"

	"github.com/closeframe/closeframe/internal/catalog"
)

// made lists rules that apply to no capture, with facts to which they apply.
var made = map[string]facts{
	"close-faulty":       {"violation_in_close": true, "violation_by": "server", "violation": "short"},
	"violation":          {"violation": "masked", "violation_by": "server", "violation_in_close": false, "cause": "failed"},
	"ended-by-peer":      {"cause": "unanswered", "after_close": "peer-fin", "first_close": "client", "code": 1000},
	"not-delivered":      {"cause": "unanswered", "after_close": "closer-fin", "close_acknowledged": false, "first_close": "client"},
	"reset-after-fin":    {"cause": "unanswered", "reset_to_data": "after_fin", "reset_by": "server"},
	"server-partly-gone": {"together": 3, "remaining": 2, "closes": "none", "by": "server"},
	"idle-timeout-near":  {"timeout": "nginx", "closes": "none", "timeout_off": 1.0, "by": "server"},
	"lifetime":           {"lifetime": "Google Cloud Run", "closes": "none", "by": "server"},
	"refused-path":       {"opening": "refused", "status": 404},
	"refused-handshake":  {"opening": "refused", "status": 426},
	"refused-busy":       {"opening": "refused", "status": 503},
	"refused-redirect":   {"opening": "refused", "status": 301},
	"refused-other":      {"opening": "refused", "status": 200},
	"unaccepted":         {"opening": "unaccepted"},
	"tls-notify":         {"opening": "hidden", "notify_sure": true, "notify_by": "server"},
	"tls-cut":            {"opening": "hidden", "how": "reset", "by": "server"},
}

// TestRules verifies that each rule is complete, that it applies to a capture
// or to the facts in made, and that every fact it names is documented.
func TestRules(t *testing.T) {
	applied := map[string]bool{}
	known := map[string]bool{}
	for _, c := range captureCases(t) {
		var r Reader
		result, err := r.Read(bytes.NewReader(c.recorded(t)))
		if err != nil {
			t.Fatal(err)
		}
		for _, conn := range result.Connections {
			for name := range conn.facts {
				known[name] = true
			}
			for _, f := range conn.Findings {
				applied[f.Rule] = true
			}
		}
	}
	file := rules()
	for name := range known {
		if file.Facts[name] == "" {
			t.Errorf("the fact %s is not explained", name)
		}
	}
	ids := map[string]bool{}
	for _, r := range file.Rules {
		if ids[r.ID] {
			t.Errorf("%s occurs twice", r.ID)
		}
		ids[r.ID] = true
		if !slices.Contains([]string{"certain", "likely", "possible"}, r.Confidence) || r.Source == "" || len(r.When) == 0 {
			t.Errorf("%s: confidence %q, source %q, %d conditions", r.ID, r.Confidence, r.Source, len(r.When))
		}
		names := slices.Clone(r.Evidence)
		for name := range r.When {
			names = append(names, name)
		}
		for _, name := range names {
			if file.Facts[name] == "" {
				t.Errorf("%s: the fact %s is not explained", r.ID, name)
			}
		}
		for _, tag := range catalog.Languages() {
			l := catalog.In(tag)
			if !l.Has("autopsy.rule." + r.ID) {
				t.Errorf("%s: no text in %s", r.ID, tag)
			}
			for _, next := range r.Next {
				if !l.Has("autopsy.next." + next) {
					t.Errorf("%s: no text %s in %s", r.ID, next, tag)
				}
			}
		}
		f, ok := made[r.ID]
		switch {
		case ok && applied[r.ID]:
			t.Errorf("%s applies to a capture, so it needs no facts made for it", r.ID)
		case ok && !r.applies(f):
			t.Errorf("%s does not apply to the facts made for it", r.ID)
		case !ok && !applied[r.ID]:
			t.Errorf("%s applies to no capture", r.ID)
		}
		// A rule does not apply if a fact is missing.
		for name, test := range r.When {
			if test.absent || !ok {
				continue
			}
			without := facts{}
			for k, v := range f {
				if k != name {
					without[k] = v
				}
			}
			if r.applies(without) {
				t.Errorf("%s applies without %s", r.ID, name)
			}
		}
	}
	for id := range made {
		if !ids[id] {
			t.Errorf("made has facts for %s, which is not a rule", id)
		}
	}
}
