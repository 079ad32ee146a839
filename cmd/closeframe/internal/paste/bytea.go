package paste

import (
	"regexp"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var bytea = recognizer{
	read:    readBytea,
	samples: []sample{{`\x880203e8`, "880203e8"}, {`E'\\x880203e8'::bytea`, "880203e8"}},
}

var byteaRE = regexp.MustCompile(`(?:^|['"\s(,])(\\{1,2}x((?:[0-9a-fA-F]{2}){2,}))(?:['"\s),;:]|$)`)

// readBytea reads the hex format of PostgreSQL's bytea: digits after one \x, in
// an escape string after \\x.
func readBytea(t *text, opt Options, r *result) {
	s := t.norm
	out := Reading{Form: "hex", Name: "PostgreSQL bytea", of: s, rank: natural}
	for _, m := range byteaRE.FindAllStringSubmatchIndex(s, -1) {
		out.used = append(out.used, span{m[2], m[3]})
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: hexBytes(s[m[4]:m[5]])})
	}
	if len(out.Chunks) == 0 {
		return
	}
	out.at = out.used[0].from
	out.label()
	r.add(out)
}
