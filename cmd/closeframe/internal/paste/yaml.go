package paste

import (
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var base64YAML = recognizer{
	read:    readYAML,
	samples: []sample{{"  - packet: 4\n    peer: 1\n    data: !!binary |\n      iAID6A==\n", "880203e8"}},
}

// readYAML reads the blocks of base64 in YAML, as Wireshark's Follow Stream
// and tshark write them.
func readYAML(t *text, opt Options, r *result) {
	s := t.norm
	out := Reading{Form: "base64", Name: "YAML", of: s, rank: marked}
	if !strings.Contains(s, "!!binary") {
		return
	}
	all := t.lines
	for i := 0; i < len(all); i++ {
		l := all[i]
		at := strings.Index(l.s, "!!binary")
		if at < 0 {
			continue
		}
		indent := len(l.s) - len(strings.TrimLeft(l.s, " -"))
		digits := []byte(strings.Trim(l.s[at+len("!!binary"):], " \t|>-\""))
		first := l.from + at
		end := l.from + len(l.s)
		for i+1 < len(all) {
			next := all[i+1]
			body := strings.TrimSpace(next.s)
			if body == "" || len(next.s)-len(strings.TrimLeft(next.s, " ")) < indent || base64RE.FindString(body) != body {
				break
			}
			digits = append(digits, body...)
			end = next.from + len(next.s)
			i++
		}
		b, ok := unbase64(string(digits))
		if !ok {
			r.fail(t, s, first, marked, "base64")
			return
		}
		out.used = append(out.used, span{first, end})
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: b})
	}
	if len(out.Chunks) > 0 {
		out.label()
		out.at = out.used[0].from
		r.add(out)
	}
}
