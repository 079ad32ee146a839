package paste

import (
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var bits = recognizer{
	read: readBits,
	samples: []sample{
		{"10001000 00000010 00000011 11101000", "880203e8"},
		{"10001000000000100000001111101000", "880203e8"},
	},
}

var bitsRE = regexp.MustCompile(`(?:^|[\s:=>\["'|])([01]{4,}[bB]?(?:[ \t_,:|]+[01]{4,}[bB]?)*)(?:$|[\s\]"'.|])`)

// readBits reads binary digits.
func readBits(t *text, opt Options, r *result) {
	s := t.norm
	var digits strings.Builder
	var used []span
	loose, whole := false, true
	for n, l := range t.lines {
		quiet := t.quiet[n]
		quiet = quiet[:t.ends[n]]
		m := bitsRE.FindStringSubmatchIndex(quiet)
		if m == nil {
			loose = loose || hasWord(quiet)
			continue
		}
		line := strings.NewReplacer(" ", "", "\t", "", "_", "", ",", "", ":", "", "|", "", "b", "", "B", "").Replace(quiet[m[2]:m[3]])
		whole = whole && len(line)%8 == 0
		loose = loose || hasWord(quiet[:m[2]]+quiet[m[3]:])
		digits.WriteString(line)
		used = append(used, span{l.from + m[2], l.from + m[3]})
	}
	d := digits.String()
	if d == "" || len(d)%8 != 0 || loose && !whole {
		return
	}
	var data []byte
	for i := 0; i < len(d); i += 8 {
		b, _ := bitCell(d[i : i+8])
		data = append(data, b...)
	}
	r.add(Reading{Form: "binary", Chunks: []envelope.Chunk{{Data: data}}, used: used, of: s, rank: natural, loose: loose, at: used[0].from})
}

// hasWord reports whether s has letters or digits.
func hasWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 || isWord(byte(r)) }) >= 0
}
