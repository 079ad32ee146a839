package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/internal/vectors"
)

// A span is a range of codes that RFC 6455 §7.4.2 and §11.7 define as a whole.
type span struct {
	first, last         int
	class, rule, source string
}

var spans = []span{
	{0, 999, "unused", "R51", "RFC 6455 §7.4.2"},
	{1000, 1999, "reserved", "P04", "RFC 6455 §7.4.2: the protocol and its future revisions"},
	{2000, 2999, "extension", "P04", "RFC 6455 §7.4.2: extensions"},
	{3000, 3999, "registered", "R51", "RFC 6455 §7.4.2"},
	{4000, 4999, "private", "R51", "RFC 6455 §7.4.2"},
	{5000, 65535, "out of range", "R54", "RFC 6455 §11.7"},
}

// codes returns the rows of codes.json: one for each entry of registry.json, and
// one for each range of codes between them.
func codes() []vectors.Codes {
	entries, _ := vectors.Registry()
	var list []vectors.Codes
	for _, s := range spans {
		next := s.first
		for _, e := range entries {
			c := int(e.Code)
			if c < s.first || c > s.last {
				continue
			}
			if next < c {
				list = append(list, s.row(next, c-1))
			}
			list = append(list, s.entry(e))
			next = c + 1
		}
		if next <= s.last {
			list = append(list, s.row(next, s.last))
		}
	}
	return list
}

// row returns the row of the codes from first to last, none of which has an
// entry.
func (s span) row(first, last int) vectors.Codes {
	id := fmt.Sprintf("codes/%d", first)
	if first < last {
		id += fmt.Sprintf("-%d", last)
	}
	free := first >= 3000 && last <= 4999 // "reserved for use by libraries", "for private use" (§7.4.2)
	return vectors.Codes{
		Origin: vectors.Origin{ID: id, Source: s.source, Rule: s.rule},
		First:  uint16(first), Last: uint16(last), Class: s.class,
		Valid: free, Scriptable: free,
	}
}

// entry returns the row of a registered code.
func (s span) entry(e vectors.Entry) vectors.Codes {
	r := s.row(int(e.Code), int(e.Code))
	r.Name, r.Valid = e.Name, e.OnWire
	r.Scriptable = r.Scriptable || e.Code == 1000 // WHATWG, close(code, reason)
	ofRFC := slices.Contains(e.Reference, "RFC6455")
	switch r.Source = "RFC 6455 §7.4.1"; {
	case !ofRFC:
		r.Rule, r.Source = "I01", "IANA registry"
		for _, url := range e.Reference {
			r.Source += ", " + strings.Replace(strings.TrimSuffix(path.Base(url), ".html"), "msg", "hybi list msg", 1)
		}
	case e.SentBy == "client":
		r.Rule = "R49"
	case e.OnWire:
		r.Rule = "R50"
	case e.Name == "Reserved":
		r.Rule = "R48"
	default:
		r.Rule = "R47"
	}
	switch {
	case e.Code >= 3000:
	case e.OnWire:
		r.Class = "standard"
	case e.Name != "Reserved":
		r.Class = "local"
	}
	return r
}
