package main

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	doc := flag.String("doc", "", "write the table into this `file`")
	flag.Parse()
	table, err := run()
	fmt.Print(table)
	if err == nil && *doc != "" {
		err = write(*doc, table)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "downstream:", err)
		os.Exit(1)
	}
}

// The marks in a document between which the table is.
const begin, end = "<!-- downstream: go run ./downstream, in interop -->\n", "<!-- end of downstream -->\n"

// write replaces what is between the marks in a document.
func write(file, table string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(b), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for the table", file)
	}
	return os.WriteFile(file, []byte(before+begin+"\n"+table+"\n"+end+after), 0o666)
}

// run runs the tests of every library and returns the table.
func run() (string, error) {
	var rows, notes strings.Builder
	var errs []error
	for _, l := range libraries {
		r, err := l.run()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", l.module, err))
			continue
		}
		fmt.Fprintf(&rows, "| %s %s | %d of %d | %d of %d | %d |\n", l.module, r.version,
			r.before.passed(), len(r.before), r.after.passed(), len(r.after), len(r.differ))
		for _, test := range r.differ {
			why := l.differs[test]
			if why == "" {
				why = "not explained"
				errs = append(errs, fmt.Errorf("%s: %s passes with the library's own code only:\n%s", l.module, test, r.output[test]))
			}
			fmt.Fprintf(&notes, "- `%s` of %s: %s.\n", test, l.module, why)
		}
		for test := range l.differs {
			if !slices.Contains(r.differ, test) {
				errs = append(errs, fmt.Errorf("%s: %s is listed as different, but is not", l.module, test))
			}
		}
	}
	table := "| library | tests that pass | with closeframe | different |\n|---|---|---|---|\n" + rows.String()
	if notes.Len() > 0 {
		table += "\n" + notes.String()
	}
	return table, errors.Join(errs...)
}

//go:embed testdata
var testdata embed.FS

// results has the result of each test, "pass", "fail" or "skip", by the package within
// the module, a space, and its name.
type results map[string]string

func (r results) passed() (n int) {
	for _, result := range r {
		if result == "pass" {
			n++
		}
	}
	return n
}

// An outcome says how the tests of a library ended.
type outcome struct {
	version       string
	before, after results
	differ        []string          // tests with another result, sorted
	output        map[string]string // the output of these tests
}

// run runs the tests of l, without and with closeframe.
func (l *library) run() (*outcome, error) {
	version, source, err := locate(l.module)
	if err != nil {
		return nil, err
	}
	_, closeframe, err := locate("github.com/closeframe/closeframe")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "downstream")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		return nil, err
	}
	// A workspace lets the library import closeframe. Both runs compile with the same
	// version of the language.
	for _, args := range [][]string{{"mod", "edit", "-go=1.26"}, {"work", "init", ".", closeframe}} {
		if out, err := in(dir, args...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	o := &outcome{version: version}
	if o.before, _, err = l.test(dir); err != nil {
		return nil, err
	}
	if err := patch(dir, l.edits); err != nil {
		return nil, err
	}
	swap, err := fs.Sub(testdata, "testdata/"+l.swap)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, swap); err != nil {
		return nil, err
	}
	if o.after, o.output, err = l.test(dir); err != nil {
		return nil, err
	}
	for test, result := range o.before {
		if o.after[test] != result {
			o.differ = append(o.differ, test)
		}
	}
	for test := range o.after {
		if o.before[test] == "" {
			return nil, fmt.Errorf("the test %s is new", test)
		}
	}
	// A test with subtests fails if one of them does.
	o.differ = slices.DeleteFunc(o.differ, func(test string) bool {
		return slices.ContainsFunc(o.differ, func(sub string) bool { return strings.HasPrefix(sub, test+"/") })
	})
	slices.Sort(o.differ)
	return o, nil
}

// locate returns the version of a module that interop requires, and its folder.
func locate(module string) (version, dir string, err error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", module)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return "", "", fmt.Errorf("go list -m %s: %w", module, err)
	}
	version, dir, _ = strings.Cut(strings.TrimSpace(string(b)), " ")
	if dir == "" {
		return "", "", fmt.Errorf("%s is not in the module cache: run go mod download", module)
	}
	return version, dir, nil
}

// patch makes edits in dir. It fails if the text that an edit replaces is not in the
// file exactly once: the library has changed then.
func patch(dir string, edits []edit) error {
	for _, e := range edits {
		file := filepath.Join(dir, filepath.FromSlash(e.file))
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if e.old == "" {
			if err := os.Remove(file); err != nil {
				return err
			}
			continue
		}
		if n := bytes.Count(b, []byte(e.old)); n != 1 {
			return fmt.Errorf("%s has %q %d times, want once", e.file, e.old, n)
		}
		if err := os.WriteFile(file, bytes.Replace(b, []byte(e.old), []byte(e.new), 1), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// in returns a go command that runs in dir.
func in(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=")
	return cmd
}

// test runs the tests in dir. It returns their results and their output.
func (l *library) test(dir string) (results, map[string]string, error) {
	// With -trimpath, the build cache does not depend on the name of dir.
	cmd := in(dir, "test", "-json", "-trimpath", "-vet=off", "-count=1", "-timeout=5m", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, runErr := cmd.Output()
	r, output := results{}, map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var event struct{ Action, Package, Test, Output, ImportPath string }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return nil, nil, fmt.Errorf("%w\n%s%s", err, lines.Bytes(), stderr.Bytes())
		}
		pkg := strings.TrimPrefix(strings.TrimPrefix(event.Package, l.module), "/")
		name := strings.TrimSpace(pkg + " " + event.Test)
		switch {
		case event.Action == "build-fail":
			return nil, nil, fmt.Errorf("%s does not compile:\n%s", event.ImportPath, output["build"])
		case event.Action == "build-output":
			output["build"] += event.Output
		case event.Test == "":
		case event.Action == "output":
			output[name] += event.Output
		case event.Action == "pass" || event.Action == "fail" || event.Action == "skip":
			r[name] = event.Action
		}
	}
	if len(r) == 0 {
		return nil, nil, fmt.Errorf("no tests were run: %w\n%s", runErr, stderr.Bytes())
	}
	return r, output, lines.Err()
}
