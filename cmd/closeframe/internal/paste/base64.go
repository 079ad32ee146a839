package paste

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var base64Text = recognizer{
	read: readBase64,
	samples: []sample{
		{"iAID6A==", "880203e8"},
		{`{"data":"iAUD6WJ5ZQ=="}`, "880503e9627965"},
	},
}

var base64RE = regexp.MustCompile(`[A-Za-z0-9+/_-]{2,}={0,2}`)

// readBase64 reads base64, standard or for URLs, padded or not.
func readBase64(t *text, opt Options, r *result) {
	s := t.norm
	if joined := strings.Join(strings.Fields(s), ""); strings.ContainsAny(strings.TrimSpace(s), "\n") {
		if b, ok := unbase64(joined); ok && base64RE.FindString(joined) == joined && sameWidth(s) {
			r.add(Reading{Form: "base64", Chunks: []envelope.Chunk{{Data: b}}, used: []span{{0, len(s)}}, of: s, rank: natural,
				loose: !strings.HasSuffix(joined, "=")})
		}
	}
	if strings.Contains(s, "!!binary") { // readYAML reads it
		return
	}
	out := Reading{Form: "base64", of: s, rank: natural}
	padded := true
	for end := 0; ; {
		m := word64(s, end)
		if m == nil {
			break
		}
		end = m[1]
		if m[0] > 0 && (isWord(s[m[0]-1]) || strings.IndexByte(`\.%&$@=`, s[m[0]-1]) >= 0 && !(s[m[0]-1] == '=')) || m[1] < len(s) && (isWord(s[m[1]]) || strings.IndexByte(`.:=\`, s[m[1]]) >= 0 && m[1]+1 < len(s) && !isSpace(s[m[1]+1])) {
			continue
		}
		b, ok := unbase64(s[m[0]:m[1]])
		if !ok || len(b) == 0 {
			continue
		}
		f := envelope.Open([]envelope.Chunk{{Data: b}}).Fits(opt.Payload)
		pad := s[m[1]-1] == '='
		whole := strings.TrimSpace(s) == s[m[0]:m[1]]
		if f < envelope.Frames || !pad && f < envelope.Faulty && !fenced64(s, m) || opt.Payload && f < envelope.Complete && !(pad && whole) {
			continue
		}
		padded = padded && pad
		if len(out.used) == 0 {
			out.at = m[0]
		}
		out.used = append(out.used, span{m[0], m[1]})
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: b})
		out.loose = !(pad && whole)
	}
	if len(out.Chunks) == 0 {
		return
	}
	out.label()
	r.add(out)
}

// word64 returns the span of the first match of base64RE in s[i:], or nil.
func word64(s string, i int) []int {
	for ; i < len(s); i++ {
		n := digits(s[i:], len(s), is64)
		if n < 2 {
			i += n
			continue
		}
		return []int{i, i + n + digits(s[i+n:], 2, func(c byte) bool { return c == '=' })}
	}
	return nil
}

func is64(c byte) bool {
	return isDigit(c) || isLetter(c) || c == '+' || c == '/' || c == '_' || c == '-'
}

// sameWidth reports whether all lines of s except the last have the same width.
func sameWidth(s string) bool {
	f := strings.Fields(s)
	for _, l := range f[:len(f)-1] {
		if len(l) != len(f[0]) || len(l)%4 != 0 {
			return false
		}
	}
	return true
}

// fenced64 reports whether the word is marked as base64.
func fenced64(s string, m []int) bool {
	const mark = "base64,"
	return strings.EqualFold(s[max(0, m[0]-len(mark)):m[0]], mark)
}

func unbase64(s string) ([]byte, bool) {
	s = strings.TrimRight(s, "=")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "-", "+"), "_", "/")
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	return b, err == nil
}
