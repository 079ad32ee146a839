package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/interop/peers"
)

// furtherPath is the file with the results of the further peers, which are not
// run for every change.
var furtherPath = filepath.Join(peers.Dir, "further", "results.json")

// A furtherSuite has the results for one of the further peers in one role.
type furtherSuite struct {
	Peer     string                `json:"peer"`
	Language string                `json:"language"`
	Version  string                `json:"version"`
	Source   string                `json:"source"`
	File     string                `json:"file"`
	Note     string                `json:"note,omitempty"`
	Role     probe.Role            `json:"role"`
	Counts   map[probe.Verdict]int `json:"counts"`
	Failures []furtherFailure      `json:"failures"`
	Stopped  string                `json:"stopped,omitempty"`
}

// A furtherFailure is a cause of FAILs, and the scenarios that show it.
type furtherFailure struct {
	Got         string   `json:"got"`
	Expected    string   `json:"expected"`
	Section     string   `json:"section"`
	Level       string   `json:"level"`
	IDs         []string `json:"ids"`
	Unconfirmed []string `json:"unconfirmed,omitempty"` // that a raw socket did not reproduce
}

// runFurther probes the further peers whose names match, confirms each FAIL,
// and writes the results. Results of peers that were not run stay.
func runFurther(set *probe.Set, filter *regexp.Regexp) {
	list, err := readFurther()
	check(err)
	limit := make(chan struct{}, *parallel)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, p := range peers.Further() {
		if !filter.MatchString(p.Name) {
			continue
		}
		version, err := p.Version()
		if err != nil {
			fmt.Printf("%s cannot be run: %v\n", p.Name, err)
			continue
		}
		for _, role := range []probe.Role{probe.Server, probe.Client} {
			if role == probe.Server && p.Server == nil || role == probe.Client && p.Client == nil {
				continue
			}
			wg.Go(func() {
				limit <- struct{}{}
				defer func() { <-limit }()
				began := time.Now()
				f, err := furtherOf(set, p, version, role)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					fmt.Printf("%s %s %s cannot be run: %v\n", p.Name, version, role, err)
					return
				}
				fmt.Printf("%s %s %s: %v in %.0f s %s\n", p.Name, version, role, f.Counts, time.Since(began).Seconds(), f.Stopped)
				for _, g := range f.Failures {
					fmt.Printf("    got %s, expected %s (%s, %s) in %s; unconfirmed: %s\n", g.Got, g.Expected, g.Section, g.Level,
						strings.Join(g.IDs, " "), strings.Join(g.Unconfirmed, " "))
				}
				list = slices.DeleteFunc(list, func(o furtherSuite) bool { return o.Peer == p.Name && o.Role == role })
				list = append(list, f)
			})
		}
	}
	wg.Wait()
	order := map[string]int{}
	for i, p := range peers.Further() {
		order[p.Name] = i
	}
	slices.SortFunc(list, func(a, b furtherSuite) int {
		if a.Peer != b.Peer {
			return order[a.Peer] - order[b.Peer]
		}
		return -strings.Compare(string(a.Role), string(b.Role))
	})
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	check(e.Encode(list))
	check(os.WriteFile(furtherPath, buf.Bytes(), 0o666))
	check(writeFurther())
}

// docPath is the document with the results of all peers.
var docPath = filepath.Join(peers.Dir, "..", "..", "docs", "peers.md")

// writeFurther writes the section about the further peers, which is the last
// of the document, anew.
func writeFurther() error {
	b, err := os.ReadFile(docPath)
	if err != nil {
		return err
	}
	others, _, _ := strings.Cut(string(b), furtherHeading)
	return os.WriteFile(docPath, []byte(others+furtherMarkdown()), 0o666)
}

// furtherHeading is the heading of the section about the further peers.
const furtherHeading = "\n## Further libraries\n\n"

// readFurther reads the results of the further peers.
func readFurther() (list []furtherSuite, err error) {
	b, err := os.ReadFile(furtherPath)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &list)
	}
	return list, err
}

func furtherOf(set *probe.Set, p *peers.Peer, version string, role probe.Role) (furtherSuite, error) {
	f := furtherSuite{
		Peer: p.Name, Language: p.Language, Version: version, Source: p.Source, File: p.File, Note: p.Note, Role: role,
		Failures: []furtherFailure{},
	}
	s := &suite{peer: p, version: version, role: role}
	rep, err := s.probe(set, nil, 3*time.Second)
	if err != nil {
		return f, err
	}
	f.Counts, f.Stopped = rep.Counts, rep.Stopped
	var failed []probe.Result
	for _, r := range rep.Results {
		if r.Verdict == probe.Fail {
			failed = append(failed, r)
		}
	}
	confirmed := map[string]bool{}
	// A result that depends on a race may need several tries.
	for range 3 {
		missing := slices.DeleteFunc(slices.Clone(failed), func(r probe.Result) bool { return confirmed[r.ID] })
		if len(missing) == 0 {
			break
		}
		again, err := s.confirm(missing)
		if err != nil {
			return f, err
		}
		maps.Copy(confirmed, again)
	}
	for _, g := range rep.Groups() {
		if g.Verdict != probe.Fail {
			continue
		}
		failure := furtherFailure{Got: g.Got, Expected: g.Expected, Section: g.Section, Level: g.Level, IDs: g.IDs}
		for _, id := range g.IDs {
			if !confirmed[id] {
				failure.Unconfirmed = append(failure.Unconfirmed, id)
			}
		}
		f.Failures = append(f.Failures, failure)
	}
	return f, nil
}

// confirm returns the ids of the results that a raw socket reproduces.
func (s *suite) confirm(failed []probe.Result) (map[string]bool, error) {
	b, err := json.Marshal(failed)
	if err != nil {
		return nil, err
	}
	var r *peers.Running
	url, listening := "-listen", func(url string) { r, err = s.peer.Client(url) }
	if s.role == probe.Server {
		if r, err = s.peer.Server(); err != nil {
			return nil, err
		}
		url, listening = r.URL, nil
	}
	out, confirmErr := peers.Confirm(b, url, listening)
	if r != nil {
		r.Stop()
	}
	if err == nil {
		err = confirmErr
	}
	ids := map[string]bool{}
	for _, id := range strings.Fields(out) {
		ids[id] = true
	}
	return ids, err
}

// furtherMarkdown returns the section of docs/peers.md about the further
// peers.
func furtherMarkdown() string {
	list, err := readFurther()
	check(err)
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	p := func(format string, a ...any) { fmt.Fprintf(&b, format, a...) }
	p(furtherHeading + "These were probed apart from CI, by `peers/run further`, and closed no connections with closeframe. " +
		"Each FAIL was confirmed, unless the list says otherwise, by a [script](../interop/peers/further/confirm.py) that shares no code with probe: it sends the same bytes over a raw socket and compares what comes back. " +
		"Each library was used by an echo program of a few lines, named in the table; that program decides nothing about closing.\n\n")
	p("| library | version | from | used as in | role | PASS | WARN | FAIL | SKIP |\n|---|---|---|---|---|--:|--:|--:|--:|\n")
	for _, f := range list {
		c := f.Counts
		p("| %s (%s) | %s | %s | [%s](../interop/peers/%s) | %s | %d | %d | %d | %d |\n", f.Peer, f.Language, f.Version, f.Source,
			filepath.Base(f.File), f.File, f.Role, c[probe.Pass], c[probe.Warn], c[probe.Fail], c[probe.Skip])
	}
	p("\n")
	for i, f := range list {
		if f.Note != "" && (i == 0 || list[i-1].Peer != f.Peer) {
			p("- %s: %s\n", f.Peer, f.Note)
		}
		for _, g := range f.Failures {
			var ids []string
			for _, id := range g.IDs {
				id = "`" + id + "`"
				if slices.Contains(g.Unconfirmed, strings.Trim(id, "`")) {
					id += " (not confirmed)"
				}
				ids = append(ids, id)
			}
			p("- %s %s, %s: got %s, expected %s (%s, %s) in %s\n", f.Peer, f.Version, f.Role, g.Got, g.Expected, g.Section, g.Level, strings.Join(ids, ", "))
		}
	}
	return b.String()
}
