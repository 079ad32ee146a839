package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// methods are the methods whose first argument is a key: those of Language,
// the function NewError, and those of the command and of package probe that
// take a key and its arguments.
var methods = []string{"Text", "Count", "Section", "NewError", "usage", "invalid", "errorf", "say"}

// TestUsed verifies that every key in the Go code of the module has a text,
// and that every text is used: its key is a string constant somewhere, or
// matches a key that is concatenated from constants and variables.
func TestUsed(t *testing.T) {
	constants := map[string]bool{}
	var patterns []*regexp.Regexp
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "interop" || d.Name() == "testdata" || d.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					constants[s] = true
				}
			case *ast.BinaryExpr:
				if p, ok := pattern(n); ok {
					patterns = append(patterns, p)
				}
			case *ast.CallExpr:
				name, arg := call(n)
				if !slices.Contains(methods, name) {
					break
				}
				if key, ok := arg.(*ast.BasicLit); ok && key.Kind == token.STRING {
					s, _ := strconv.Unquote(key.Value)
					if name == "Section" && len(In("en").Section(s)) == 0 || name != "Section" && !In("en").Has(s) {
						t.Errorf("%v: no text %q", fset.Position(n.Pos()), s)
					}
					if name == "Section" {
						patterns = append(patterns, regexp.MustCompile("^"+regexp.QuoteMeta(s)+`\.`))
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range In("en").texts {
		base := strings.TrimSuffix(key, ".one")
		if !constants[base] && !slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(base) }) {
			t.Errorf("the text %q is not used", key)
		}
	}
	if _, err := os.Stat("../../go.mod"); err != nil || len(constants) < 1000 {
		t.Errorf("%d string constants in the module, %v: is the path right?", len(constants), err)
	}
}

// call returns the name of the called method and its first argument.
func call(n *ast.CallExpr) (name string, arg ast.Expr) {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || len(n.Args) == 0 {
		return "", nil
	}
	return sel.Sel.Name, n.Args[0]
}

// pattern returns a pattern for the keys that a concatenation of strings may
// yield, if it starts with a constant "section.".
func pattern(n *ast.BinaryExpr) (*regexp.Regexp, bool) {
	if n.Op != token.ADD {
		return nil, false
	}
	var parts []string
	var walk func(e ast.Expr)
	walk = func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.BinaryExpr:
			walk(e.X)
			walk(e.Y)
		case *ast.BasicLit:
			s, _ := strconv.Unquote(e.Value)
			parts = append(parts, regexp.QuoteMeta(s))
		default:
			parts = append(parts, ".+")
		}
	}
	walk(n)
	if !regexp.MustCompile(`^[a-z]+\\\.`).MatchString(parts[0]) {
		return nil, false
	}
	p, err := regexp.Compile("^" + strings.Join(parts, "") + "$")
	return p, err == nil
}
