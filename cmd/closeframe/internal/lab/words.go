package lab

import (
	"slices"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
)

// A vocabulary has the texts of the script.
type vocabulary struct {
	Text    map[string]string `json:"text"`
	Fields  map[string]string `json:"fields"`  // of a frame, by dissect.Field
	Types   map[string]string `json:"types"`   // of frames
	Classes map[string]string `json:"classes"` // of codes, by closecode.Class.String
}

// shared lists the texts of the script that other parts of the command use too.
var shared = map[string]string{
	"colon":    "word.colon",
	"space":    "word.space",
	"or":       "word.or",
	"code":     "word.code",
	"class":    "word.class",
	"means":    "word.meaning",
	"reason":   "decode.reason",
	"rule":     "decode.rule",
	"answer":   "decode.answer",
	"note":     "decode.note",
	"verdict":  "decode.verdict",
	"masked":   "decode.masked",
	"unmasked": "decode.unmasked",
	"frameOf":  "decode.title.frame",
	"bytes":    "decode.bytes",
}

func script(l *catalog.Language) vocabulary {
	v := vocabulary{l.Section("lab.script"), l.Section("decode.field"), l.Section("decode.type"), map[string]string{}}
	for name, key := range shared {
		v.Text[name] = l.Text(key)
	}
	v.Text["oneByte"] = l.Count("decode.bytes", 1)
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		v.Classes[c.String()] = l.Class(c).Title
	}
	return v
}

// why returns the explanation of a case: what happens, and why it ends in this
// way.
func why(l *catalog.Language, id string) string { return l.Text("lab.case." + id + ".why") }

// A namedCase is a case with its texts in one language.
type namedCase struct {
	Case
	Name string `json:"name"`
	Why  string `json:"why"`
}

// A group has the cases under one heading.
type group struct {
	Name  string
	Cases []namedCase
}

// groups returns all cases under their headings.
func groups(l *catalog.Language) []group {
	var all []group
	for _, c := range slices.Concat(cases, ownCases) {
		name := l.Text("lab.group." + c.Group)
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, group{Name: name})
		}
		g := &all[len(all)-1]
		g.Cases = append(g.Cases, namedCase{c, l.Text("lab.case." + c.ID + ".name"), why(l, c.ID)})
	}
	return all
}
