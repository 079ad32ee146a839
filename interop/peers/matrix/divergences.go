package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/interop/peers"
)

var divergencesFile = filepath.Join(peers.Dir, "..", "divergences.json")

// A key is what divergences are known of.
type key struct {
	peer, version string
	role          probe.Role
}

// A divergence is something that a peer does other than the RFC or than
// closeframe.
type divergence struct {
	In    string   `json:"in"` // "probe": of a scenario; "close": of an exchange with the stack; "fuzz": of a parser
	ID    string   `json:"id"`
	Rule  string   `json:"rule,omitempty"`
	What  string   `json:"what"`
	Cases []string `json:"cases,omitempty"` // of "close": the codes or vectors

	// Sometimes says that it depends on which of two events comes first, and
	// is not seen in every run.
	Sometimes bool `json:"sometimes,omitempty"`

	group string
}

func (d divergence) String() string {
	s := d.In + " " + d.ID
	if d.Rule != "" {
		s += " (" + d.Rule + ")"
	}
	if len(d.Cases) > 0 {
		s += " " + strings.Join(d.Cases, ", ")
	}
	return s + ": " + d.What
}

// file is divergences.json.
type file struct {
	About string  `json:"about"`
	Peers []entry `json:"peers"`
}

type entry struct {
	Peer        string       `json:"peer"`
	Version     string       `json:"version"`
	Role        probe.Role   `json:"role"`
	Divergences []divergence `json:"divergences"`
}

func (e *entry) is(k key) bool {
	return e.Peer == k.peer && e.Version == k.version && e.Role == k.role
}

func readDivergences(name string) (*file, error) {
	var f file
	err := readJSON(name, &f)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return &f, err
}

func (f *file) find(k key) *entry {
	for i := range f.Peers {
		if f.Peers[i].is(k) {
			return &f.Peers[i]
		}
	}
	return nil
}

// version reports whether that version of the peer is known.
func (f *file) version(k key) bool { return f.find(k) != nil }

// has reports whether d is known.
func (f *file) has(k key, d divergence) bool {
	e := f.find(k)
	return e != nil && slices.ContainsFunc(e.Divergences, d.same)
}

// same reports whether two are the same difference: in a probe, the same
// scenario that breaks the same rule; in words that may tell more.
func (d divergence) same(o divergence) bool {
	if d.In != o.In || d.ID != o.ID || d.Rule != o.Rule {
		return false
	}
	return d.In == "probe" || d.What == o.What && (d.Sometimes || slices.Equal(d.Cases, o.Cases))
}

// missing returns what is known but not among found.
func (f *file) missing(k key, found []divergence) []divergence {
	e := f.find(k)
	if e == nil {
		return nil
	}
	var list []divergence
	for _, d := range e.Divergences {
		if d.In != "fuzz" && !d.Sometimes && !slices.ContainsFunc(found, d.same) {
			list = append(list, d)
		}
	}
	return list
}

// update sets what is known to what was found. What is only sometimes seen,
// and what other programs look for, stays.
func (f *file) update(found map[key][]divergence) {
	for k, list := range found {
		e := f.find(k)
		if e == nil {
			f.Peers = append(f.Peers, entry{Peer: k.peer, Version: k.version, Role: k.role})
			e = f.find(k)
		}
		for _, d := range e.Divergences {
			if i := slices.IndexFunc(list, d.same); i >= 0 {
				list[i].Sometimes = d.Sometimes
			} else if d.Sometimes || d.In == "fuzz" {
				list = append(list, d)
			}
		}
		if list == nil {
			list = []divergence{}
		}
		e.Divergences = list
	}
	order := map[string]int{}
	for i, p := range peers.All() {
		order[p.Name] = i
	}
	slices.SortStableFunc(f.Peers, func(a, b entry) int {
		if a.Peer != b.Peer {
			return order[a.Peer] - order[b.Peer]
		}
		return -bytes.Compare([]byte(a.Role), []byte(b.Role))
	})
	f.About = "What the peers at these versions do other than RFC 6455 asks, or than closeframe does, as found by interop/peers/run. " +
		"in: probe (a scenario of testdata/scenarios.json), close (a connection closed between the peer and closeframe's reference stack) or fuzz (the same bytes given to both parsers). " +
		"rule: of testdata/rules.json. sometimes: depends on which of two things happens first."
}

func (f *file) write(name string) error {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		return err
	}
	return os.WriteFile(name, buf.Bytes(), 0o666)
}
