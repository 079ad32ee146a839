// Package catalog holds every text for people, one JSON file per language.
//
// A file has three parts. "classes" and "codes" describe the classes of codes
// and the registered codes. "texts" contains all other texts in sections, one
// per tool or package. The text "none" of the section "decode" has the key
// "decode.none". Add a text to the section of the code that prints it, in every
// file, and print it with [Language.Text]. The tests of this package find keys
// that are used and missing, and keys that are not used.
//
// Rules for texts:
//
//   - Values are inserted with the verbs of package fmt. A translation may
//     reorder them with explicit indexes, as in "%[2]s of %[1]d".
//   - A text that depends on a number has a second text with the suffix
//     ".one"; [Language.Count] chooses. Languages without a singular omit it.
//   - An array of strings is one text of several paragraphs.
//
// A new language is a new file: copy en.json to the language's tag, such as
// fr.json, and translate it. No other change is needed.
package catalog

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/closeframe/closeframe/closecode"
)

// A Description explains one code, or one class of codes. Title is a short
// phrase without a full stop, for a table. What is the meaning in one or two
// sentences. The others are one or more complete sentences.
type Description struct {
	Title    string   `json:"title"`
	What     string   `json:"what"`     // what happened
	Who      string   `json:"who"`      // who sends it
	Causes   []string `json:"causes"`   // usual causes, the most common first
	Operator string   `json:"operator"` // advice for the operator of the server
	Client   string   `json:"client"`   // advice for the author of the client
}

// A Language holds all texts of one language.
type Language struct {
	tag     string
	texts   map[string]string               // by key, "section.name"
	classes map[closecode.Class]Description // all
	codes   map[closecode.Code]Description  // the registered ones
}

// paragraphs is a text, written as a string or as an array of paragraphs.
type paragraphs string

func (p *paragraphs) UnmarshalJSON(b []byte) error {
	var list []string
	if b[0] != '[' {
		list = make([]string, 1)
		if err := json.Unmarshal(b, &list[0]); err != nil {
			return err
		}
	} else if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*p = paragraphs(strings.Join(list, "\n\n"))
	return nil
}

// parse parses the file of a language.
func parse(tag string, b []byte) (*Language, error) {
	var f struct {
		Texts   map[string]map[string]paragraphs `json:"texts"`
		Classes map[string]Description           `json:"classes"` // by Class.String
		Codes   map[closecode.Code]Description   `json:"codes"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("catalog: %s.json: %v", tag, err)
	}
	l := &Language{tag: tag, texts: map[string]string{}, classes: map[closecode.Class]Description{}, codes: f.Codes}
	for section, texts := range f.Texts {
		for name, text := range texts {
			l.texts[section+"."+name] = string(text)
		}
	}
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		l.classes[c] = f.Classes[c.String()]
	}
	return l, nil
}

//go:embed *.json
var files embed.FS

// A set holds the supported languages. Each is parsed when it is first used.
type set struct {
	tags []string // English first, then in alphabetical order
	load map[string]func() *Language
}

func newSet(load map[string]func() *Language) *set {
	tags := slices.Sorted(maps.Keys(load))
	i := slices.Index(tags, "en")
	tags = append([]string{"en"}, slices.Delete(tags, i, i+1)...)
	return &set{tags, load}
}

// added is the set while a language is added, see [Add].
var added atomic.Pointer[set]

// embedded is the set of the files of this package.
var embedded = sync.OnceValue(func() *set {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the files are embedded
	}
	load := map[string]func() *Language{}
	for _, e := range entries {
		tag := strings.TrimSuffix(e.Name(), ".json")
		load[tag] = sync.OnceValue(func() *Language {
			b, err := files.ReadFile(tag + ".json")
			if err != nil {
				panic(err)
			}
			l, err := parse(tag, b)
			if err != nil {
				panic(err) // a test parses every file
			}
			return l
		})
	}
	return newSet(load)
})

func current() *set {
	if s := added.Load(); s != nil {
		return s
	}
	return embedded()
}

// Languages returns the BCP 47 tags of the supported languages, English first,
// then the others in alphabetical order. The caller may modify the slice.
func Languages() []string { return slices.Clone(current().tags) }

// In returns the language with the given tag, one of [Languages]. It returns
// English for any other tag.
func In(tag string) *Language {
	s := current()
	if load, ok := s.load[tag]; ok {
		return load()
	}
	return s.load["en"]()
}

// Add adds a language, given the contents of its file, until remove is called.
// Tests use it to verify that a language needs only one file.
func Add(tag string, file []byte) (remove func(), err error) {
	l, err := parse(tag, file)
	if err != nil {
		return nil, err
	}
	load := maps.Clone(embedded().load)
	load[tag] = func() *Language { return l }
	added.Store(newSet(load))
	return func() { added.Store(nil) }, nil
}

// Tag returns the BCP 47 tag of l.
func (l *Language) Tag() string { return l.tag }

// Code returns the description of c if it is registered, or else that of its
// class.
func (l *Language) Code(c closecode.Code) Description {
	if d, ok := l.codes[c]; ok {
		return d
	}
	return l.classes[c.Class()]
}

// Class returns the description of a class of codes.
func (l *Language) Class(c closecode.Class) Description { return l.classes[c] }

// Text returns the text with the given key, with args inserted as by
// [fmt.Sprintf]. For a key missing in l it returns the English text, and for an
// unknown key the key itself. Tests exclude both. It inserts the errors of
// [NewError] in the language l.
func (l *Language) Text(key string, args ...any) string {
	text, ok := l.texts[key]
	if !ok {
		if text, ok = In("en").texts[key]; !ok {
			text = key
		}
	}
	if len(args) == 0 {
		return text
	}
	args = slices.Clone(args)
	for i, arg := range args {
		if e, ok := arg.(*textError); ok {
			args[i] = l.Text(e.key, e.args...)
		}
	}
	return fmt.Sprintf(text, args...)
}

// A textError is an error whose message is a text.
type textError struct {
	key  string
	args []any
}

// NewError returns an error whose message is a text. Its Error method returns
// the English one; [Language.Text] inserts it in any language.
func NewError(key string, args ...any) error { return &textError{key, args} }

func (e *textError) Error() string { return In("en").Text(e.key, e.args...) }

// Count is like [Language.Text] with n inserted before args. For n = 1 it
// prefers the text with the suffix ".one".
func (l *Language) Count(key string, n int, args ...any) string {
	if one := key + ".one"; n == 1 {
		if _, ok := l.texts[one]; ok {
			key = one
		}
	}
	return l.Text(key, append([]any{n}, args...)...)
}

// Section returns all texts whose keys start with prefix and a dot, by the rest
// of their keys, for templates and scripts.
func (l *Language) Section(prefix string) map[string]string {
	m := map[string]string{}
	for key, text := range l.texts {
		if rest, ok := strings.CutPrefix(key, prefix+"."); ok {
			m[rest] = text
		}
	}
	return m
}

// Has reports whether l has a text with the given key.
func (l *Language) Has(key string) bool {
	_, ok := l.texts[key]
	return ok
}
