package paste

import (
	"slices"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var literalStrings = recognizer{
	read: readLiteral,
	samples: []sample{
		{`b'\x88\x05\x03\xe9bye'`, "880503e9627965"},
		{`"\x88\x05" "\x03\xe9" "bye"`, "880503e9627965"},
		{`"\u0088\u0005\u0003\u00e9bye"`, "880503e9627965"},
		{`"\136\005\003\233bye"`, "880503e9627965"},
		{`"\136\STX\ETX\232"`, "880203e8"},
		{`write(7, "\210\f\3\363db is gone", 14) = 14`, "880c03f3646220697320676f6e65"},
		{`$1 = "\210\t\003\363", 'a' <repeats 5 times>, "bc"`, "880903f361616161616263"},
		{`$1 = "\210\002\003", <incomplete sequence \350>`, "880203e8"},
		{"\"\x88\\2\\3\xe8\"", "880203e8"}, // Lua's %q does not escape bytes above 127
	},
}

// readLiteral reads string literals with escape sequences, and bytes literals.
func readLiteral(t *text, opt Options, r *result) {
	s := t.raw
	all := slices.Clone(t.literals())
	// A literal joined to a bytes literal is one too.
	for i := 1; i < len(all); i++ {
		all[i].data = all[i].data || !all[i].raw && all[i-1].data && joins(s, all[i-1], all[i])
	}
	for i := len(all) - 2; i >= 0; i-- {
		all[i].data = all[i].data || !all[i].raw && all[i+1].data && joins(s, all[i], all[i+1])
	}
	var data []literal
	for _, l := range all {
		if l.data && !within(t.chainSpans(), l.from) {
			data = append(data, l)
		}
	}
	// In a line with an opcode is a payload, after a line with the frame.
	if frames := slices.DeleteFunc(slices.Clone(data), func(l literal) bool { return opcodeRE.MatchString(nearBefore(s, l.from)) }); len(frames) > 0 {
		data = frames
	}
	if len(data) == 0 {
		if len(all) == 1 {
			characters(t, opt, all[0], r)
		}
		return
	}
	for _, l := range data {
		inside := s[l.inside.from:l.inside.to]
		if i := strings.Index(inside, "\ufffd"); i >= 0 {
			r.fail(t, s, l.inside.from+i, marked, "replaced")
			return
		}
		if l.open {
			r.fail(t, s, l.from, marked, "quote", string(l.quote))
			return
		}
	}
	readDialects(t, data, r, func(l literal) string { return s[l.inside.from:l.inside.to] }, marked)
	// A log may have escaped the backslashes again.
	if strings.Contains(s, `\\`) {
		readDialects(t, data, r, func(l literal) string {
			return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(s[l.inside.from:l.inside.to])
		}, natural)
	}
	if len(data) == 1 && !escapedRE.MatchString(s[data[0].inside.from:data[0].inside.to]) {
		for i := range r.readings {
			r.readings[i].rank = natural
			if r.readings[i].Form == "escapes" {
				r.readings[i].Form = "text"
			}
		}
	}
}

// joins reports whether the text between two literals of s joins them. In gdb's
// output that is a comma, next to a part with repetitions.
func joins(s string, a, b literal) bool {
	between := s[a.to:b.from]
	return joinRE.MatchString(between) || between == ", " && (a.repeat > 1 || b.repeat > 1)
}

// characters reads a lone literal without escape sequences as its characters.
func characters(t *text, opt Options, l literal, r *result) {
	s := t.raw
	inside := s[l.inside.from:l.inside.to]
	if l.open || inside == "" && !opt.Payload || strings.TrimSpace(s[:l.from]+s[l.to:]) != "" {
		return
	}
	if l.raw && escapedRE.MatchString(inside) {
		r.fail(t, s, l.from, marked, "raw", l.prefix)
		return
	}
	r.add(Reading{Form: "text", Chunks: []envelope.Chunk{{Data: []byte(inside)}}, used: []span{l.span}, of: s,
		rank: natural, at: l.from})
}

// labelBefore returns the text before s[i:] on its line.
func labelBefore(s string, i int) string {
	return s[strings.LastIndexByte(s[:i], '\n')+1 : i]
}
