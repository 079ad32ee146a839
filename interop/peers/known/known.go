// Package known reads and writes divergences.json, which lists where other
// libraries differ from RFC 6455 or from closeframe.
package known

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/internal/probe"
)

// Path is the path of the file.
var Path = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "divergences.json")
}()

// A Key identifies a peer whose divergences are known.
type Key struct {
	Peer, Version string
	Role          probe.Role
}

// A Divergence is a difference between a peer and the RFC or closeframe.
type Divergence struct {
	In    string   `json:"in"` // "probe": of a scenario; "close": of an exchange with the stack; "fuzz": of a parser
	ID    string   `json:"id"`
	Rule  string   `json:"rule,omitempty"`
	What  string   `json:"what"`
	Cause string   `json:"-"`               // if In is "probe": equal for scenarios with the same cause
	Cases []string `json:"cases,omitempty"` // if In is "close": the codes or vectors

	// Sometimes is set if the divergence depends on a race and does not occur
	// in every run.
	Sometimes bool `json:"sometimes,omitempty"`
}

func (d Divergence) String() string {
	s := d.In + " " + d.ID
	if d.Rule != "" {
		s += " (" + d.Rule + ")"
	}
	if len(d.Cases) > 0 {
		s += " " + strings.Join(d.Cases, ", ")
	}
	return s + ": " + d.What
}

// A File is divergences.json.
type File struct {
	About string  `json:"about"`
	Peers []Entry `json:"peers"`
}

type Entry struct {
	Peer        string       `json:"peer"`
	Version     string       `json:"version"`
	Role        probe.Role   `json:"role"`
	Divergences []Divergence `json:"divergences"`
}

func (e *Entry) is(k Key) bool {
	return e.Peer == k.Peer && e.Version == k.Version && e.Role == k.Role
}

// Read reads the file. A missing file has no divergences.
func Read() (*File, error) {
	var f File
	err := readJSON(Path, &f)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return &f, err
}

func (f *File) find(k Key) *Entry {
	for i := range f.Peers {
		if f.Peers[i].is(k) {
			return &f.Peers[i]
		}
	}
	return nil
}

// Version reports whether the version of the peer is known.
func (f *File) Version(k Key) bool { return f.find(k) != nil }

// Has reports whether d is known.
func (f *File) Has(k Key, d Divergence) bool {
	e := f.find(k)
	return e != nil && slices.ContainsFunc(e.Divergences, d.Same)
}

// Same reports whether two divergences are the same: in a probe, the same
// scenario and the same rule, even with different descriptions.
func (d Divergence) Same(o Divergence) bool {
	if d.In != o.In || d.ID != o.ID || d.Rule != o.Rule {
		return false
	}
	return d.In == "probe" || d.What == o.What && (d.Sometimes || slices.Equal(d.Cases, o.Cases))
}

// Missing returns the known divergences of the given kinds that are not in
// found.
func (f *File) Missing(k Key, found []Divergence, kinds ...string) []Divergence {
	e := f.find(k)
	if e == nil {
		return nil
	}
	var list []Divergence
	for _, d := range e.Divergences {
		if slices.Contains(kinds, d.In) && !d.Sometimes && !slices.ContainsFunc(found, d.Same) {
			list = append(list, d)
		}
	}
	return list
}

// Update replaces the known divergences of the given kinds with those found. It
// keeps divergences that occur only sometimes and those of other kinds, and
// sorts the peers in the order of names.
func (f *File) Update(found map[Key][]Divergence, names []string, kinds ...string) {
	for k, list := range found {
		e := f.find(k)
		if e == nil {
			f.Peers = append(f.Peers, Entry{Peer: k.Peer, Version: k.Version, Role: k.Role})
			e = f.find(k)
		}
		for _, d := range e.Divergences {
			if i := slices.IndexFunc(list, d.Same); i >= 0 {
				list[i].Sometimes = d.Sometimes
			} else if d.Sometimes || !slices.Contains(kinds, d.In) {
				list = append(list, d)
			}
		}
		if list == nil {
			list = []Divergence{}
		}
		e.Divergences = list
	}
	order := map[string]int{}
	for i, name := range names {
		order[name] = i
	}
	slices.SortStableFunc(f.Peers, func(a, b Entry) int {
		if a.Peer != b.Peer {
			return order[a.Peer] - order[b.Peer]
		}
		return -bytes.Compare([]byte(a.Role), []byte(b.Role))
	})
	f.About = "What the peers at these versions do other than RFC 6455 asks, or than closeframe does, as found by interop/peers/run. " +
		"in: probe (a scenario of testdata/scenarios.json), close (a connection closed between the peer and closeframe's reference stack) or fuzz (the same bytes given to both parsers). " +
		"rule: of testdata/rules.json. sometimes: depends on which of two things happens first."
}

// Write writes the file.
func (f *File) Write() error {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		return err
	}
	return os.WriteFile(Path, buf.Bytes(), 0o666)
}

func readJSON(name string, v any) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}
