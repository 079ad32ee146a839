package lab

import (
	"encoding/json"
	"fmt"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
)

// words are all texts of the page in one language: a file of the folder words.
type words struct {
	Name   string              `json:"name"`   // of the language, in itself
	Page   map[string]string   `json:"page"`   // what stands in the HTML
	Script map[string]string   `json:"script"` // what the script puts there
	Fields map[string]string   `json:"fields"` // of a frame: see dissect.Field
	Types  map[string]string   `json:"types"`  // of frames
	Groups map[string]string   `json:"groups"` // headings of the cases
	Cases  map[string]caseText `json:"cases"`
}

// A caseText is what there is to say about a case.
type caseText struct {
	Name string `json:"name"` // for the list
	Why  string `json:"why"`  // one sentence: what happens, and why it ends as it does
}

// tags are the languages of the page, English first; a language is one file.
var tags = []string{"en", "zh-Hans"}

var texts = func() map[string]*words {
	m := map[string]*words{}
	for _, t := range tags {
		b, err := files.ReadFile("words/" + t + ".json")
		if err == nil {
			m[t] = new(words)
			err = json.Unmarshal(b, m[t])
		}
		if err != nil {
			panic(fmt.Sprintf("lab: %v", err)) // the files are embedded, and tested
		}
	}
	return m
}()

func wordsOf(tag string) *words { return texts[tag] }

// A vocabulary is what the script is given.
type vocabulary struct {
	Text    map[string]string `json:"text"`
	Fields  map[string]string `json:"fields"`
	Types   map[string]string `json:"types"`
	Classes map[string]string `json:"classes"` // of codes, by closecode.Class.String
}

func script(tag string) vocabulary {
	w := wordsOf(tag)
	v := vocabulary{w.Script, w.Fields, w.Types, map[string]string{}}
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		v.Classes[c.String()] = catalog.In(tag).Class(c).Title
	}
	return v
}

// A namedCase is a case with its text in one language.
type namedCase struct {
	Case
	caseText
}

// A group is the cases under one heading.
type group struct {
	Name  string
	Cases []namedCase
}

// groups returns all cases under their headings.
func groups(tag string) []group {
	w := wordsOf(tag)
	var all []group
	for _, c := range cases {
		name := w.Groups[c.Group]
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, group{Name: name})
		}
		g := &all[len(all)-1]
		g.Cases = append(g.Cases, namedCase{c, w.Cases[c.ID]})
	}
	return all
}
