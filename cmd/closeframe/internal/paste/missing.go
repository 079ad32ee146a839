package paste

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var (
	// addedRE and addsRE match an expression that is joined to a literal,
	// after it and before it. A dot may end a sentence.
	addedRE = regexp.MustCompile(`^\s*(?:(?:\+\+?|<>)\s*[A-Za-z_(\[]|\.\s*(?:\$\w|\w+\())[^\n]*`)
	addsRE  = regexp.MustCompile(`[\w)\]]\s*(?:\+\+?|<>)\s*$`)
	// pairsRE matches a line of pairs of hex digits.
	pairsRE = regexp.MustCompile(`^(?:0x)?[0-9a-fA-F]{2}(?:[ ,:]+(?:0x)?[0-9a-fA-F]{2})+$`)
)

var (
	expectedRE = regexp.MustCompile(`(?i)\b(?:expected|expect|want|wanted)\b`)
	versusRE   = regexp.MustCompile(`(?i)^[\s"'\])}]*(?:!=|vs\.?|versus|instead of|rather than|but (?:want|expect|got)\w*)[\s"'\[({]*$`)
	actualRE   = regexp.MustCompile(`(?i)\b(?:actual|got|received|but was)\b`)
)

// compared returns an error if the text shows two inputs with a difference, as
// the output of a failed test and of diff does.
func compared(t *text, r *Reading) *Error {
	for i := 1; i < min(len(r.used), 16); i++ {
		a, b := nearBefore(r.of, r.used[i-1].from), nearBefore(r.of, r.used[i].from)
		if between := r.of[min(r.used[i-1].to, r.used[i].from):r.used[i].from]; versusRE.MatchString(between) ||
			a != b && expectedRE.MatchString(a) && actualRE.MatchString(b) && !actualRE.MatchString(a) ||
			a != b && actualRE.MatchString(a) && expectedRE.MatchString(b) && !expectedRE.MatchString(a) ||
			strings.TrimSpace(a) == "-" && strings.TrimSpace(b) == "+" {
			return &Error{Rune: t.rune(r.of, r.used[i].from), Kind: "compared"}
		}
	}
	return nil
}

// nearBefore returns the text before s[i:] on its line, at most 100 bytes.
func nearBefore(s string, i int) string {
	return labelBefore(s[max(0, i-100):], min(i, 100))
}

// replaced returns an error if the bytes of r begin with the encoding of U+FFFD:
// a program decoded the frame as text, and its first byte is lost.
func replaced(t *text, r *Reading) *Error {
	if bytes.HasPrefix(r.Bytes(), []byte("\ufffd")) && r.Fit < envelope.Partial {
		return &Error{Rune: t.rune(r.of, r.at), Kind: "replaced"}
	}
	return nil
}

// missing returns an error if the frame in r is incomplete and the text
// contains something that may be the rest of the frame.
func missing(t *text, r *Reading) *Error {
	if r.Fit != envelope.Partial || r.Cut != 0 {
		return nil
	}
	for _, u := range r.used {
		if r.Form != "hex" && r.Form != "decimal" || u.to > 0 && strings.IndexByte(")]}>", r.of[u.to-1]) >= 0 {
			if m := addedRE.FindString(r.of[u.to:]); m != "" {
				return &Error{Rune: t.rune(r.of, u.to), Kind: "expression", Args: []any{clip(strings.TrimSpace(m))}}
			}
			before := nearBefore(r.of, u.from)
			if addsRE.MatchString(before) {
				return &Error{Rune: t.rune(r.of, u.from-len(before)), Kind: "expression", Args: []any{clip(strings.TrimSpace(before))}}
			}
		}
	}
	for _, s := range r.Skipped {
		if pairsRE.MatchString(s.Text) {
			return &Error{Rune: s.Rune, Kind: "leftover", Args: []any{clip(s.Text)}}
		}
	}
	return nil
}
