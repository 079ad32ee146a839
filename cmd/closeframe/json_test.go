package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestJSON verifies that docs/json.md lists every field that the commands
// print as JSON, with its type, and no other.
func TestJSON(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	const text = "received 1011 (internal error) bye; then sent 1011 (internal error) bye"
	url := closer(t)
	samples := map[string][]string{
		"decode": {"decode|88 82 37 fa 21 3d 34 12", "decode|88 05 03 e9 62 79 65 81 01 61", "decode|88 01 03", "decode|-payload|03e8ff", "decode|8805",
			"decode|c802 03e8"},
		"encode":     {"encode|1001|bye", "encode|-mask|4001"},
		"codes":      {"codes", "codes|1012|4000-4999"},
		"explain":    {"explain|" + text, "explain|CloseUnsupportedData", "explain|-app|discord|4014", "explain|-after|60s|1006", "explain|-after|350s|1006"},
		"probe":      {"probe|-run|^code-1000$|" + url, "probe|-run|^starts$|" + url},
		"autopsy":    captures("bad-code", "clean-server", "idle-nginx", "ipv6", "tls.keys", "tls-idle", "tls-untrusted", "http2.keys", "ping-timeout", "peer-vanished", "half-message", "refused-403", "restart", "killed-server", "both-at-once", "ignored-close", "reset-unread", "violation-1002", "tls"),
		"version":    {"version"},
		"completion": {"completion|bash"},
		"help":       {"help"},
	}
	for _, c := range commands {
		_, section, ok := strings.Cut(string(doc), "\n## "+c.name+"\n")
		if !ok {
			t.Errorf("docs/json.md has no section %s", c.name)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		want, optional := map[string]string{}, map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^\| (\S+) \| ([a-z ]+) \|(.*)`).FindAllStringSubmatch(section, -1) {
			if m[1] != "field" {
				path := strings.TrimPrefix(m[1], "(top)")
				want[path] = m[2]
				parent := path[:max(strings.LastIndexAny(path, ".["), 0)]
				optional[path] = strings.Contains(m[3], "absent") || optional[parent]
			}
		}
		got := map[string]map[string]bool{}
		for _, sample := range samples[c.name] {
			args := strings.Split(sample, "|")
			r := runWith(nil, "", append(args, "-json")...)
			var v any
			if err := json.Unmarshal([]byte(r.stdout), &v); err != nil {
				t.Errorf("%s: %v: %s", sample, err, r.stderr)
			}
			collect(got, "", v)
			// The flag may also precede the name of the command. Only random
			// keys and times differ.
			if c.name != "probe" && !slices.Contains(args, "-mask") {
				if before := runWith(nil, "", append([]string{"-json"}, args...)...); before.stdout != r.stdout {
					t.Errorf("%s: -json before and after the name differ", sample)
				}
			}
		}
		if c.name == "decode" { // each kind of input has other fields
			for _, p := range append(pasteCases(t, "paste.jsonl"), pasteCases(t, "tools.jsonl")...) {
				r := runWith(nil, p.Stdin, append(append([]string{"decode"}, p.Args...), "-json")...)
				if r.status == exitUsage {
					continue
				}
				var v any
				if err := json.Unmarshal([]byte(r.stdout), &v); err != nil {
					t.Errorf("%s: %v: %s", p.ID, err, r.stderr)
				}
				collect(got, "", v)
			}
		}
		if c.name == "relay" { // it prints one object per connection
			for _, steps := range relayCases() {
				out := runRelayed(t, "en", true, false, steps)
				var v any
				if err := json.Unmarshal([]byte(out), &v); err != nil {
					t.Errorf("relay: %v: %s", err, out)
				}
				collect(got, "", v)
			}
		}
		if c.name == "lab" { // it prints JSON and continues
			collect(got, "", map[string]any{"url": "http://127.0.0.1:6455/"})
		}
		for path, types := range got {
			if have := strings.Join(slices.Sorted(maps.Keys(types)), " or "); want[path] == "" {
				t.Errorf("docs/json.md: %s: no field %q, %s", c.name, path, have)
			} else if !covers(want[path], types) {
				t.Errorf("docs/json.md: %s: %q is %s, not %s", c.name, path, have, want[path])
			}
		}
		for path := range want {
			if got[path] == nil && !optional[path] {
				t.Errorf("docs/json.md: %s: no command here prints %q", c.name, path)
			}
		}
	}
}

// captures returns the command lines for recorded captures.
func captures(names ...string) (list []string) {
	for _, name := range names {
		list = append(list, "autopsy|../../testdata/pcap/tshark/"+name+".tsv")
	}
	return list
}

// covers reports whether a type of the documentation, such as "object or
// null", has all types.
func covers(want string, types map[string]bool) bool {
	list := strings.Split(want, " or ")
	for t := range types {
		if !slices.Contains(list, t) {
			return false
		}
	}
	return true
}

// collect adds the paths and types of v to m.
func collect(m map[string]map[string]bool, path string, v any) {
	name := map[string]string{"string": "string", "float64": "number", "bool": "boolean", "<nil>": "null"}[fmt.Sprintf("%T", v)]
	switch v := v.(type) {
	case map[string]any:
		name = "object"
		for key, x := range v {
			collect(m, strings.TrimPrefix(path+"."+key, "."), x)
		}
	case []any:
		name = "array"
		for _, x := range v {
			collect(m, path+"[]", x)
		}
	}
	if m[path] == nil {
		m[path] = map[string]bool{}
	}
	m[path][name] = true
}
