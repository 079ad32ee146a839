package paste

import (
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// readLiteral reads string literals with escape sequences, and bytes literals.
func readLiteral(t *text, opt Options, r *result) {
	s := t.raw
	all := literals(s)
	// A literal joined to a bytes literal is one too.
	for changed := true; changed; {
		changed = false
		for i := range all {
			if all[i].data || all[i].raw {
				continue
			}
			before := i > 0 && all[i-1].data && joins(s[all[i-1].to:all[i].from])
			behind := i+1 < len(all) && all[i+1].data && joins(s[all[i].to:all[i+1].from])
			if before || behind {
				all[i].data, changed = true, true
			}
		}
	}
	var data []literal
	for _, l := range all {
		if l.data {
			data = append(data, l)
		}
	}
	if len(data) == 0 {
		if len(all) == 1 {
			characters(t, opt, all[0], r)
		}
		return
	}
	for _, l := range data {
		inside := s[l.inside.from:l.inside.to]
		if i := strings.IndexRune(inside, utf8.RuneError); i >= 0 {
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

func joins(s string) bool { return joinRE.MatchString(s) }

// characters reads a lone literal without escape sequences as its characters.
func characters(t *text, opt Options, l literal, r *result) {
	s := t.raw
	inside := s[l.inside.from:l.inside.to]
	if l.open || inside == "" && !opt.Payload || strings.TrimSpace(s[:l.from]+s[l.to:]) != "" {
		return
	}
	r.add(Reading{Form: "text", Chunks: []envelope.Chunk{{Data: []byte(inside)}}, used: []span{l.span}, of: s,
		rank: natural, at: l.from})
}

// labelBefore returns the text before s[i:] on its line.
func labelBefore(s string, i int) string {
	return s[strings.LastIndexByte(s[:i], '\n')+1 : i]
}
