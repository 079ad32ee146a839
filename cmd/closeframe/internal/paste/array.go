package paste

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var arrays = recognizer{
	read: readArray,
	samples: []sample{
		{"new byte[4] { 136, 2, 3, 232 }", "880203e8"},
		{"[-120, 2, 3, -24]", "880203e8"},
		{"{0x88, 0x02, 0x03, 0xe8}", "880203e8"},
		{"<Buffer 88 02 03 e8>", "880203e8"},
		{"<<136,2,1000:16>>", "880203e8"},
		{`{"type":"Buffer","data":[136,2,3,232]}`, "880203e8"},
		{`{"0":136,"1":2,"2":3,"3":232}`, "880203e8"},
		{"$1 = {[0x0] = 0x88, [0x1] = 0x2, [0x2] = 0x3, [0x3] = 0xe8}", "880203e8"},
		{"$1 = {10001000, 10, 11, 11101000}", "880203e8"},
		{"String.fromCharCode(136, 2, 3, 232)", "880203e8"},
	},
}

// maxAlone is the maximum number of arrays each of which may be the only one of
// bytes.
const maxAlone = 64

// readArray reads arrays of numbers, in the brackets of any language.
func readArray(t *text, opt Options, r *result) {
	s := t.norm
	if m := javaRE.FindStringIndex(s); m != nil {
		r.fail(t, s, m[0], natural, "identity", s[m[0]:m[1]])
	}
	var lists []list
	empty := -1
	emptySpan := span{}
	for _, l := range t.lists() {
		i := l.from
		if l.deep {
			r.fail(t, s, i, certain, "deep")
			return
		}
		if l.fault >= 0 {
			r.fail(t, s, l.fault, natural, "element", clip(token(s[l.fault:])))
			continue
		}
		if l.unclosed && l.open != "(" && l.open != "<" && !(l.open == "<<" && strings.TrimSpace(labelBefore(s, i)) == "") {
			r.fail(t, s, i, certain, "unclosed", l.open)
			return
		}
		switch {
		case l.unclosed:
		case len(l.elements) == 0:
			if empty < 0 && (l.open != "(" && l.open != "<") {
				empty, emptySpan = i, l.span
			}
		case !weak(s, l):
			lists = append(lists, l)
		}
	}
	if l, ok := indexedLines(t); ok && len(lists) == 0 {
		lists = append(lists, l)
	}
	if len(lists) == 0 {
		if empty >= 0 {
			if opt.Payload {
				r.add(Reading{Form: "decimal", Chunks: []envelope.Chunk{{Data: []byte{}}}, used: []span{emptySpan}, of: s, rank: natural})
			} else {
				r.fail(t, s, empty, natural, "empty-array")
			}
		}
		return
	}
	readLists(t, lists, r)
	if n := len(lists); n > 1 && n <= maxAlone {
		// Some of the arrays may contain other data than bytes.
		sensible := false
		for i := range r.readings {
			x := r.readings[i]
			sensible = sensible || envelope.Open(x.Chunks).Fits(opt.Payload) >= envelope.Partial
		}
		if !sensible {
			for i := range lists {
				n := len(r.readings)
				readLists(t, lists[i:i+1], r)
				for j := n; j < len(r.readings); j++ {
					r.readings[j].loose = true
					r.readings[j].rank = max(r.readings[j].rank, natural)
				}
			}
		}
	}
}

// token returns the word at the start of s.
func token(s string) string {
	n := strings.IndexAny(s, ", \t\n;]})>")
	if n <= 0 {
		n = min(len(s), 8)
	}
	return s[:n]
}

// weak reports whether l is more likely a size, an index or a word in brackets
// than an array.
func weak(s string, l list) bool {
	if l.open == "(" && len(l.elements) == 2 && !l.commas && !l.indexed {
		return true // "(4 B)"
	}
	if len(l.elements) > 1 || l.open == "<<" || l.open == "<Buffer" || l.indexed {
		return false
	}
	e := l.elements[0]
	before, behind := s[:l.from], s[l.to:]
	switch l.open {
	case "{", "[|":
		return false
	case "<":
		return len(e.bare) < 4 || len(e.bare)%2 != 0
	case "(":
		return true
	}
	if b := before[max(0, len(before)-utf8.UTFMax):]; sizedRE.MatchString(b) || typedRE.MatchString(behind) || strings.HasPrefix(strings.TrimLeft(behind, " \t\r\n"), "[") {
		return true
	}
	return e.bare != "" && !strings.HasPrefix(e.bare, "-") && len(e.bare) != 2 && len(e.bare) != 3
}

// arrayName returns the language or type whose arrays look like l, or "".
func arrayName(s string, l list) string {
	before := s[:l.from]
	for _, known := range []string{"Uint8Array", "Int8Array", "ByteString", "bytearray", "ArrayBuffer", "[]byte", "byte[]", "byteArrayOf", "bytes", "Buffer"} {
		if strings.Contains(before[max(0, len(before)-40):], known) {
			return known
		}
	}
	switch l.open {
	case "<<":
		return "Erlang binary"
	case "<Buffer", "<SlowBuffer":
		return "Node Buffer"
	}
	return ""
}

var (
	// sizedRE matches the text before a bracket with a size or an index.
	sizedRE = regexp.MustCompile(`[\w\])*]$`)
	typedRE = regexp.MustCompile(`^[ \t]*[\w:]`)
	javaRE  = regexp.MustCompile(`\[B@[0-9a-f]+\b|HeapByteBuffer\[|\[object (?:ArrayBuffer|Blob|Uint8Array)\]|ByteArray@|System\.Byte\[\]`)
)
