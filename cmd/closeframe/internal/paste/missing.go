package paste

import (
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var (
	// addedRE and addsRE match an expression that is joined to a literal, behind
	// it and in front of it. A dot may end a sentence.
	addedRE = regexp.MustCompile(`^\s*(?:(?:\+\+?|<>)\s*[A-Za-z_(\[]|\.\s*(?:\$\w|\w+\())[^\n]*`)
	addsRE  = regexp.MustCompile(`[\w)\]]\s*(?:\+\+?|<>)\s*$`)
	// pairsRE matches a line of pairs of hex digits.
	pairsRE = regexp.MustCompile(`^(?:0x)?[0-9a-fA-F]{2}(?:[ ,:]+(?:0x)?[0-9a-fA-F]{2})+$`)
)

// missing returns an error if the frame that r has is incomplete, and the text
// has something that may be the rest of it.
func missing(t *text, r *Reading) *Error {
	if r.Fit != envelope.Partial || r.Cut != 0 {
		return nil
	}
	if r.Form != "hex" && r.Form != "decimal" {
		for _, u := range r.used {
			if m := addedRE.FindString(r.of[u.to:]); m != "" {
				return &Error{Rune: t.rune(r.of, u.to), Kind: "expression", Args: []any{clip(strings.TrimSpace(m))}}
			}
			before := labelBefore(r.of, u.from)
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
