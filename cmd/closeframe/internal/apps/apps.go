// Package apps provides the close codes that known applications define, one
// file per application in the directory data. The meanings are in the catalog
// of texts, under "apps.ID.CODE".
package apps

import (
	"embed"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/closeframe/closeframe/closecode"
)

// An App is an application, or a protocol between applications.
type App struct {
	ID      string   `json:"-"` // the file's name
	Title   string   `json:"title"`
	Aliases []string `json:"aliases,omitempty"`
	Source  string   `json:"source"` // URL of the documentation
	Read    string   `json:"read"`   // date
	Codes   []Code   `json:"codes"`
}

// A Code is a code as an application defines it.
type Code struct {
	Code      closecode.Code `json:"code"`
	Name      string         `json:"name"`
	Reconnect string         `json:"reconnect"` // "yes", "no", or "" if the documentation does not say
}

// Key returns the key of the code's meaning in the catalog.
func (a *App) Key(c closecode.Code) string { return "apps." + a.ID + "." + itoa(c) }

func itoa(c closecode.Code) string {
	s, _, _ := strings.Cut(c.String(), " ")
	return s
}

//go:embed data/*.json
var files embed.FS

// All returns the applications, by ID.
var All = sync.OnceValue(func() []App {
	entries, err := files.ReadDir("data")
	if err != nil {
		panic(err) // embedded
	}
	var all []App
	for _, e := range entries {
		b, err := files.ReadFile(path.Join("data", e.Name()))
		a := App{ID: strings.TrimSuffix(e.Name(), ".json")}
		if err == nil {
			err = json.Unmarshal(b, &a)
		}
		if err != nil {
			panic(err) // a test parses every file
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b App) int { return strings.Compare(a.ID, b.ID) })
	return all
})

// Find returns the application with the given ID, title or alias.
func Find(name string) (*App, bool) {
	all := All()
	for i := range all {
		a := &all[i]
		if slices.ContainsFunc(append([]string{a.ID, a.Title}, a.Aliases...), func(s string) bool { return strings.EqualFold(s, name) }) {
			return a, true
		}
	}
	return nil, false
}

// Lookup returns how the application defines a code.
func (a *App) Lookup(c closecode.Code) (Code, bool) {
	i := slices.IndexFunc(a.Codes, func(x Code) bool { return x.Code == c })
	if i < 0 {
		return Code{}, false
	}
	return a.Codes[i], true
}

// Using returns the applications that define a code.
func Using(c closecode.Code) (list []*App) {
	all := All()
	for i := range all {
		if _, ok := all[i].Lookup(c); ok {
			list = append(list, &all[i])
		}
	}
	return list
}

// Names returns the IDs and aliases of all applications.
func Names() (list []string) {
	for _, a := range All() {
		list = append(append(list, a.ID), a.Aliases...)
	}
	return list
}
