package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/internal/vectors"
)

// A line of a test's comment that starts with "Shows:" lists what the test
// verifies: IDs of rules, and files of testdata/ whose vectors it runs. A
// vector names its own rule.

// A test is a test function.
type test struct {
	name string // of the package and the function
	file string
}

// A place is a declaration with a comment that quotes a section.
type place struct{ name, file string }

// A tree has the references to rules in the sources.
type tree struct {
	tests  map[string][]test         // by rule or file of testdata/
	places map[string][]place        // by "RFC 6455 5.5.1"
	counts map[string]map[string]int // rule, file: how many vectors
	all    int                       // vectors
}

// quoted has the packages whose comments are searched.
var quoted = []string{"closecode", "utf8check", "frame", "closeevent", "closeconn", "internal/kernel", "examples/stack", "examples/eventloop"}

func readTree(dir string) (*tree, error) {
	tr := &tree{tests: map[string][]test{}, places: map[string][]place{}, counts: map[string]map[string]int{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != dir && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := rel[:max(0, strings.LastIndexByte(rel, '/'))]
		if strings.HasSuffix(name, "_test.go") {
			tr.addTests(f, pkg, rel)
		} else if slices.Contains(quoted, pkg) {
			tr.addPlaces(f, rel)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return tr, tr.countVectors(dir)
}

func (tr *tree) addTests(f *ast.File, pkg, rel string) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Doc == nil || !isTest(fn.Name.Name) {
			continue
		}
		for line := range strings.Lines(fn.Doc.Text()) {
			ids, ok := strings.CutPrefix(line, "Shows:")
			if !ok {
				continue
			}
			for _, id := range strings.Fields(ids) {
				tr.tests[id] = append(tr.tests[id], test{pkg + "." + fn.Name.Name, rel})
			}
		}
	}
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example")
}

// A section follows the name of its RFC. Without a name it belongs to the RFC
// named last, or to RFC 6455.
var quotation = regexp.MustCompile(`RFC (\d+)|§\s*(\d+(?:\.\d+)*)`)

func (tr *tree) addPlaces(f *ast.File, rel string) {
	for _, group := range f.Comments {
		rfc := "6455"
		for _, m := range quotation.FindAllStringSubmatch(group.Text(), -1) {
			if m[1] != "" {
				rfc = m[1]
				continue
			}
			section := "RFC " + rfc + " " + m[2]
			p := place{f.Name.Name + declared(f, group), rel}
			if strings.HasSuffix(p.name, "._") {
				continue // a gap in a list
			}
			if !slices.Contains(tr.places[section], p) {
				tr.places[section] = append(tr.places[section], p)
			}
		}
	}
}

// declared returns a dot and the name of the declaration that a comment belongs
// to, or "" for the package.
func declared(f *ast.File, group *ast.CommentGroup) string {
	for _, d := range f.Decls {
		if group.End() < d.Pos() && docOf(d) != group || group.Pos() > d.End() {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				t := d.Recv.List[0].Type
				if star, ok := t.(*ast.StarExpr); ok {
					t = star.X
				}
				return "." + t.(*ast.Ident).Name + "." + d.Name.Name
			}
			return "." + d.Name.Name
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.ValueSpec); ok && group.Pos() <= specEnd(s) {
					return "." + s.Names[0].Name
				} else if s, ok := spec.(*ast.TypeSpec); ok && group.Pos() <= s.End() {
					return "." + s.Name.Name
				}
			}
		}
	}
	return ""
}

// specEnd returns the end of a specification and of its trailing comment.
func specEnd(s *ast.ValueSpec) token.Pos {
	if s.Comment != nil {
		return s.Comment.End()
	}
	return s.End()
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// countVectors counts the vectors and scenarios of each file, by rule.
func (tr *tree) countVectors(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "testdata", "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var v struct{ Vectors, Scenarios []struct{ Rule string } }
		if err := json.Unmarshal(b, &v); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		name := filepath.Base(file)
		if name == "corpus.json" {
			continue // inputs without expectations, so without rules
		}
		for _, o := range append(v.Vectors, v.Scenarios...) {
			if tr.counts[o.Rule] == nil {
				tr.counts[o.Rule] = map[string]int{}
			}
			tr.counts[o.Rule][name]++
			tr.all++
		}
	}
	return nil
}

// shownBy returns the tests for a rule: those that name it, and for each file
// of testdata/ that a test runs, the number of its vectors for the rule.
func (tr *tree) shownBy(id string) (tests []test, files []string) {
	for name := range tr.counts[id] {
		if len(tr.tests[name]) > 0 {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	return tr.tests[id], files
}

// check returns an error that lists rules without a test, and names in tests
// that do not exist.
func (tr *tree) check() error {
	var errs []error
	known := map[string]bool{}
	for _, r := range vectors.Rules() {
		known[r.ID] = true
		if r.Level == "" || r.Role == "" {
			errs = append(errs, fmt.Errorf("%s: no level, or no role", r.ID))
		}
		tests, files := tr.shownBy(r.ID)
		if r.Untestable == "" && len(tests) == 0 && len(files) == 0 {
			errs = append(errs, fmt.Errorf("no test shows %s (%s §%s), and it is not marked untestable", r.ID, r.Spec, r.Section))
		}
	}
	for id, rules := range tr.counts {
		for file := range rules {
			known[file] = true
			if len(tr.tests[file]) == 0 {
				errs = append(errs, fmt.Errorf("no test runs the vectors of %s", file))
			}
		}
		if !known[id] {
			errs = append(errs, fmt.Errorf("vectors name %s, which is not in rules.json", id))
		}
	}
	for id, tests := range tr.tests {
		if !known[id] {
			errs = append(errs, fmt.Errorf("%s shows %s, which does not exist", tests[0].name, id))
		}
	}
	return errors.Join(errs...)
}

// conformance returns docs/conformance.md.
func (tr *tree) conformance() string {
	var b strings.Builder
	b.WriteString(`# Conformance

` + "`go run ./internal/check/proof rules -write`" + ` generates this page from
[rules.json](../testdata/rules.json), from the comments of tests that name rules, and from the
sections that the code quotes. A test fails if a rule that can be tested has no test, and if this
page is not up to date.

Each rule is in our own words; the specification decides. *Shown by* lists the tests that name the
rule, and the files of [testdata](../testdata/README.md) with the number of their vectors for it.
The end of the page lists the tests that run each file, and the declarations that quote each
section.
`)
	spec := ""
	for _, r := range vectors.Rules() {
		if r.Spec != spec {
			spec = r.Spec
			fmt.Fprintf(&b, "\n## %s\n\n| id | section | level | who | rule | shown by |\n|---|---|---|---|---|---|\n", spec)
		}
		rule := r.Rule
		if r.Limit != "" {
			rule += ". *Not shown:* " + r.Limit
		}
		tests, files := tr.shownBy(r.ID)
		var shown []string
		if r.Untestable != "" {
			shown = append(shown, "*not testable:* "+r.Untestable)
		}
		for _, t := range tests {
			shown = append(shown, link(t.name, t.file))
		}
		for _, f := range files {
			shown = append(shown, fmt.Sprintf("%s: %d", f, tr.counts[r.ID][f]))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.ID, r.Section, r.Level, r.Role, cell(rule), cell(strings.Join(shown, ", ")))
	}

	b.WriteString("\n## Vectors\n\n| file | vectors | run by |\n|---|---|---|\n")
	var files []string
	for f := range tr.tests {
		if strings.HasSuffix(f, ".json") {
			files = append(files, f)
		}
	}
	slices.Sort(files)
	for _, f := range files {
		n := 0
		for _, c := range tr.counts {
			n += c[f]
		}
		var run []string
		for _, t := range tr.tests[f] {
			run = append(run, link(t.name, t.file))
		}
		fmt.Fprintf(&b, "| [%s](../testdata/%s) | %d | %s |\n", f, f, n, strings.Join(run, ", "))
	}

	b.WriteString("\n## Code\n\n| section | declarations that quote it |\n|---|---|\n")
	seen := map[string]bool{}
	for _, r := range vectors.Rules() {
		for _, section := range sections(r) {
			var places []string
			for _, p := range tr.places[section] {
				places = append(places, link(p.name, p.file))
			}
			if len(places) > 0 && !seen[section] {
				fmt.Fprintf(&b, "| %s | %s |\n", section, strings.Join(places, ", "))
			}
			seen[section] = true
		}
	}
	return b.String()
}

func link(name, file string) string { return "[" + name + "](../" + file + ")" }

// cell escapes text for a cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;").Replace(s)
}

// sections returns the sections of a rule.
func sections(r vectors.Rule) (list []string) {
	for _, section := range strings.FieldsFunc(r.Section, func(c rune) bool { return strings.ContainsRune(",/ ", c) }) {
		list = append(list, r.Spec+" "+section)
	}
	return list
}

func showRules() (string, error) {
	tr, err := readTree(root())
	if err != nil {
		return "", err
	}
	if err := tr.check(); err != nil {
		return "", err
	}
	if err := made("docs/conformance.md", tr.conformance()); err != nil {
		return "", err
	}
	rules, untestable, named := vectors.Rules(), 0, map[test]bool{}
	for _, r := range rules {
		if r.Untestable != "" {
			untestable++
		}
	}
	for _, tests := range tr.tests {
		for _, t := range tests {
			named[t] = true
		}
	}
	return fmt.Sprintf("%d rules, %d of them not testable, all others shown by %d tests and %d vectors", len(rules), untestable, len(named), tr.all), nil
}
