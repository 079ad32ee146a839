package paste

import (
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var pascal = recognizer{
	read: readPascal,
	samples: []sample{
		{"const Frame = #136#2#3#232;\n", "880203e8"},
		{"S := #$88#$05#$03#$E9'bye';\n", "880503e9627965"},
	},
}

var (
	pascalRE     = regexp.MustCompile(`(?:^|[\s(=:])((?:#(?:\$[0-9a-fA-F]{1,2}|[0-9]{1,3}))+(?:'(?:[^'\n]|'')*'|\s*\+\s*|#(?:\$[0-9a-fA-F]{1,2}|[0-9]{1,3}))*)`)
	pascalPartRE = regexp.MustCompile(`#\$([0-9a-fA-F]+)|#([0-9]+)|'((?:[^'\n]|'')*)'`)
)

// readPascal reads strings of Pascal: characters by number, and literals.
func readPascal(t *text, opt Options, r *result) {
	s := t.norm
	out := Reading{Form: "escapes", Name: "Pascal", of: s, rank: marked}
	for _, m := range pascalRE.FindAllStringSubmatchIndex(s, -1) {
		var data []byte
		parts := pascalPartRE.FindAllStringSubmatch(s[m[2]:m[3]], -1)
		for _, p := range parts {
			switch v := number(p[2], 10); {
			case p[1] != "":
				data = append(data, byte(number(p[1], 16)))
			case p[2] == "":
				data = append(data, strings.ReplaceAll(p[3], "''", "'")...)
			case v > 255:
				r.fail(t, s, m[2], natural, "range", p[2])
				return
			default:
				data = append(data, byte(v))
			}
		}
		if len(parts) < 2 { // a reference such as #123
			continue
		}
		out.used = append(out.used, span{m[2], m[3]})
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: data})
	}
	if len(out.Chunks) == 0 {
		return
	}
	out.at = out.used[0].from
	out.label()
	r.add(out)
}
