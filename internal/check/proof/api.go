package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// public has the library packages whose names must have a comment with a source
// and appear in an example. The names in listed are only listed.
var (
	public = []string{"closecode", "closecode/describe", "utf8check", "frame", "closeevent", "closeconn"}
	listed = []string{"closetap", "closetest"}
)

// A name is an exported name of a public package.
type name struct {
	pkg    string // its path in the module
	js     bool   // it exists where GOOS is js, and nowhere else
	owner  string // the type, of a method or a field
	name   string
	decl   string // without comments and bodies
	doc    string // its comment
	kind   string // const, type, func, method, field
	sample string // how an example mentions it
}

func (n name) line() string {
	where := "pkg " + n.pkg
	if n.js {
		where += " (js)"
	}
	return where + ", " + n.decl
}

// exported returns the exported names of a package, in the order of the
// listing.
func exported(pkg string) ([]name, error) {
	dir := filepath.Join(root(), filepath.FromSlash(pkg))
	var list []name
	for _, goos := range []string{"linux", "js"} {
		ctx := build.Default
		ctx.GOOS, ctx.GOARCH = goos, map[string]string{"linux": "amd64", "js": "wasm"}[goos]
		p, err := ctx.ImportDir(dir, 0)
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		var files []*ast.File
		for _, f := range p.GoFiles {
			file, err := parser.ParseFile(fset, filepath.Join(dir, f), nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
		// Values of constants need no imports, so errors about missing imports
		// are ignored.
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
		conf := types.Config{Error: func(error) {}, Importer: noImporter{}}
		conf.Check(pkg, fset, files, info)
		for _, file := range files {
			for _, d := range file.Decls {
				for _, n := range namesOf(fset, d, info) {
					n.pkg = pkg
					n.js = goos == "js"
					if n.kind == "func" || n.kind == "type" || n.kind == "const" {
						n.sample = p.Name + "." + n.name
					} else {
						n.sample = "." + n.name
					}
					if !slices.ContainsFunc(list, func(m name) bool { return m.decl == n.decl }) {
						list = append(list, n)
					}
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b name) int { return cmp.Compare(a.line(), b.line()) })
	return list, nil
}

type noImporter struct{}

func (noImporter) Import(path string) (*types.Package, error) { return nil, fs.ErrNotExist }

// namesOf returns the exported names that d declares.
func namesOf(fset *token.FileSet, d ast.Decl, info *types.Info) (list []name) {
	show := func(node any) string {
		var b bytes.Buffer
		if err := printer.Fprint(&b, fset, node); err != nil {
			panic(err)
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() {
			return nil
		}
		n := name{name: d.Name.Name, doc: d.Doc.Text(), kind: "func"}
		if d.Recv != nil {
			n.owner = show(d.Recv.List[0].Type)
			if !ast.IsExported(strings.TrimPrefix(n.owner, "*")) {
				return nil
			}
			n.kind = "method"
		}
		f := *d
		f.Doc, f.Body = nil, nil
		n.decl = show(&f)
		if n.owner != "" {
			n.decl = "method (" + n.owner + ") " + n.decl[strings.Index(n.decl, ") ")+2:]
		}
		return []name{n}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.ValueSpec:
				for _, id := range s.Names {
					if !id.IsExported() {
						continue
					}
					n := name{name: id.Name, kind: "const", doc: s.Doc.Text() + s.Comment.Text()}
					if d.Lparen == token.NoPos {
						n.doc = d.Doc.Text()
					}
					n.decl = "var " + id.Name
					if c, ok := info.Defs[id].(*types.Const); ok {
						t := types.TypeString(c.Type(), func(*types.Package) string { return "" })
						n.decl = "const " + id.Name + " " + t + " = " + constant.ToInt(c.Val()).String()
					}
					list = append(list, n)
				}
			case *ast.TypeSpec:
				if !s.Name.IsExported() {
					continue
				}
				n := name{name: s.Name.Name, kind: "type", doc: s.Doc.Text()}
				if d.Lparen == token.NoPos {
					n.doc = d.Doc.Text()
				}
				st, ok := s.Type.(*ast.StructType)
				if !ok {
					n.decl = "type " + show(s)
					list = append(list, n)
					break
				}
				n.decl = "type " + s.Name.Name + " struct"
				list = append(list, n)
				for _, field := range st.Fields.List {
					for _, id := range field.Names {
						if id.IsExported() {
							f := name{name: id.Name, owner: s.Name.Name, kind: "field", doc: field.Doc.Text() + field.Comment.Text()}
							f.decl = "type " + s.Name.Name + " struct, " + id.Name + " " + show(field.Type)
							if field.Tag != nil {
								f.decl += " " + field.Tag.Value
							}
							list = append(list, f)
						}
					}
				}
			}
		}
	}
	return list
}

// undocumented returns the problem with the comment of n, or "".
func (n name) undocumented() string {
	if n.doc == "" {
		return "has no comment"
	}
	if n.kind != "func" && n.kind != "method" && n.kind != "type" {
		return ""
	}
	inGo := n.kind == "method" && (n.name == "String" || n.name == "Error" || n.name == "Is") || n.name == "Supported"
	if !inGo && !strings.Contains(n.doc, "§") && !strings.Contains(n.doc, "WHATWG") {
		return "has a comment that does not tell where in the standards it comes from"
	}
	first, _, _ := strings.Cut(strings.TrimSpace(n.doc), "\n")
	for _, article := range []string{"", "A ", "An ", "The "} {
		if strings.HasPrefix(first, article+n.name+" ") || strings.HasPrefix(first, article+n.name+",") {
			return ""
		}
	}
	return "begins its comment with " + first
}

// examples returns the text of all examples, without their comments.
func examples() (string, error) {
	var all bytes.Buffer
	err := filepath.WalkDir(root(), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root() || d.Name() == "interop") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			// Functions that an example calls are part of it in the
			// documentation if it is the only example of its file.
			if fn, ok := d.(*ast.FuncDecl); ok && (strings.HasPrefix(fn.Name.Name, "Example") || strings.HasPrefix(path, filepath.Join(root(), "docs"))) {
				if err := printer.Fprint(&all, fset, fn); err != nil {
					return err
				}
				all.WriteByte('\n')
			}
		}
		return nil
	})
	return all.String(), err
}

// unexemplified has the names that no runnable example can show.
var unexemplified = map[string]string{
	"closeevent.FromJS": "examples do not run in a browser",
	".JS":               "examples do not run in a browser",
}

func showAPI() (string, error) {
	text, err := examples()
	if err != nil {
		return "", err
	}
	var listing strings.Builder
	var errs []error
	n, shown := 0, 0
	for _, pkg := range public {
		names, err := exported(pkg)
		if err != nil {
			return "", err
		}
		for _, x := range names {
			n++
			listing.WriteString(x.line() + "\n")
			if s := x.undocumented(); s != "" {
				errs = append(errs, fmt.Errorf("%s %s", x.line(), s))
			}
			// A type also counts as shown by its constants.
			if mentioned(text, x.sample) || x.kind == "type" && slices.ContainsFunc(names, func(c name) bool {
				return strings.HasPrefix(c.decl, "const "+c.name+" "+x.name+" ") && mentioned(text, c.sample)
			}) {
				shown++
			} else if x.kind != "const" && x.kind != "field" && unexemplified[x.sample] == "" {
				errs = append(errs, fmt.Errorf("%s is in no example", x.line()))
			}
		}
	}
	others := 0
	for _, pkg := range listed {
		names, err := exported(pkg)
		if err != nil {
			return "", err
		}
		others += len(names)
		for _, x := range names {
			listing.WriteString(x.line() + "\n")
		}
	}
	if err := made("internal/check/proof/api.txt", listing.String()); err != nil {
		errs = append(errs, err)
	}
	return fmt.Sprintf("%d exported names in %d packages, all documented, %d of them used by examples; %d in closetap and closetest", n, len(public), shown, others), errors.Join(errs...)
}

// mentioned reports whether the text has the name as a whole word.
func mentioned(text, name string) bool {
	for i := 0; ; {
		j := strings.Index(text[i:], name)
		if j < 0 {
			return false
		}
		i += j + len(name)
		if i == len(text) || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", rune(text[i])) {
			return true
		}
	}
}
