// Package story holds what each close code means to people: one JSON file for
// each language, which a translator reads and extends without touching Go.
//
// A new language is a new file: copy en.json to the language's tag, such as
// fr.json, translate every string in it, and run the tests of this package
// and of closecode/describe. It is offered from then on.
package catalog

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/closeframe/closeframe/closecode"
)

// A Story is what there is to say about one code, or about one class of codes.
// Title is a few words without a full stop, for a table. What is the meaning
// in a sentence or two. The others are one or more whole sentences.
type Story struct {
	Title    string   `json:"title"`
	What     string   `json:"what"`     // what happened
	Who      string   `json:"who"`      // who sends it
	Causes   []string `json:"causes"`   // what usually causes it, the commonest first
	Operator string   `json:"operator"` // what to do for whoever operates the server
	Client   string   `json:"client"`   // what to do for whoever wrote the client
}

// Words are the few words that stand around a Story: the headings of its
// parts and of what the code itself tells.
type Words struct {
	What       string `json:"what"`
	Who        string `json:"who"`
	Causes     string `json:"causes"`
	Operator   string `json:"operator"`
	Client     string `json:"client"`
	Colon      string `json:"colon"` // between a heading and its text, with the space that belongs there
	Space      string `json:"space"` // between two sentences: may be empty
	Code       string `json:"code"`
	Name       string `json:"name"`
	Class      string `json:"class"`
	Codes      string `json:"codes"`      // the heading of a class's range
	Meaning    string `json:"meaning"`    // the heading of titles in a table
	Sendable   string `json:"sendable"`   // may it be in a Close frame
	Scriptable string `json:"scriptable"` // may it be given to a browser's close()
	Reconnect  string `json:"reconnect"`  // is reconnecting sensible
	Sections   string `json:"sections"`   // what to read
	Yes        string `json:"yes"`
	No         string `json:"no"`
}

// A file is what there is in one language.
type file struct {
	Words   Words            `json:"words"`
	Classes map[string]Story `json:"classes"` // by Class.String
	Codes   map[string]Story `json:"codes"`   // by decimal number
}

//go:embed *.json
var files embed.FS

// load reads every file. The files are part of the program and the tests read
// them all, so a fault in one can only be met while writing it.
var load = sync.OnceValue(func() map[string]*file {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("story: " + err.Error())
	}
	m := make(map[string]*file, len(entries))
	for _, e := range entries {
		b, err := files.ReadFile(e.Name())
		if err != nil {
			panic("story: " + err.Error())
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		l := new(file)
		if err := d.Decode(l); err != nil {
			panic(fmt.Sprintf("story: %s: %v", e.Name(), err))
		}
		m[strings.TrimSuffix(e.Name(), ".json")] = l
	}
	return m
})

// Languages returns the BCP 47 tags of the languages that there are: English
// first, then the others in alphabetical order.
func Languages() []string {
	tags := []string{"en"}
	for tag := range load() {
		if tag != "en" {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags[1:])
	return tags
}

// Of returns the story of c in the language that tag names, which must be one
// of [Languages]: the code's own story if it is registered, else its class's.
func Of(tag string, c closecode.Code) Story {
	if s, ok := load()[tag].Codes[strconv.Itoa(int(c))]; ok {
		return s
	}
	return OfClass(tag, c.Class())
}

// OfClass is like [Of] for a whole class of codes.
func OfClass(tag string, c closecode.Class) Story {
	return load()[tag].Classes[c.String()]
}

// WordsOf returns the headings in the language that tag names, which must be
// one of [Languages].
func WordsOf(tag string) Words {
	return load()[tag].Words
}
