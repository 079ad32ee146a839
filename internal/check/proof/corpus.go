package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// An input is an input of a fuzz test, with its effects: the statements that it
// runs, and whether each runs once or at least two, four or eight times.
// Fuzzing distinguishes inputs in a similar way.
type input struct {
	name  string
	text  []byte // as in its file; nil for a seed
	marks []string
}

// showCorpus selects the committed corpus from the inputs that fuzzing has
// found, which go test keeps in its cache. It selects the smallest input for
// each effect that no seed and no manual input has.
func showCorpus() (string, error) {
	list, err := targets(root(), "./...")
	if err != nil {
		return "", err
	}
	out, err := command("go", "env", "GOCACHE").Output()
	if err != nil {
		return "", err
	}
	cache := filepath.Join(strings.TrimSpace(string(out)), "fuzz")
	dir, err := os.MkdirTemp("", "corpus")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	found, kept, size := 0, 0, 0
	built := ""
	exe := filepath.Join(dir, "test")
	for _, t := range list {
		if built != t.pkg {
			if err := command("go", "test", "-c", "-o", exe, "-covermode=count", "-coverpkg=./...", t.pkg).Run(); err != nil {
				return "", err
			}
			built = t.pkg
		}
		rel := strings.TrimPrefix(t.pkg, "github.com/closeframe/closeframe")
		corpus := filepath.Join(root(), filepath.FromSlash(rel), "testdata", "fuzz", t.name)
		base, more, err := inputs(corpus, filepath.Join(cache, filepath.FromSlash(t.pkg), t.name))
		if err != nil {
			return "", err
		}
		found += len(more)
		more, err = smallest(t.name, exe, base, more)
		if err != nil {
			return "", fmt.Errorf("%s: %w", t.name, err)
		}
		kept += len(more)
		if err := os.MkdirAll(corpus, 0o777); err != nil {
			return "", err
		}
		for _, in := range more {
			size += len(in.text)
			if err := os.WriteFile(filepath.Join(corpus, in.name), in.text, 0o666); err != nil {
				return "", err
			}
		}
		fmt.Printf("%s: %d\n", t.name, len(more))
	}
	return fmt.Sprintf("%d inputs of %d found by %d targets, %d KiB", kept, found, len(list), (size+1023)/1024), nil
}

// The names that go test gives to inputs it finds.
var foundName = regexp.MustCompile(`^[0-9a-f]{16}$`)

// inputs returns the manual inputs of a target and those that fuzzing has
// found. The latter are removed from the corpus, to be selected again.
func inputs(corpus, cache string) (byHand, found []input, err error) {
	seen := map[string]bool{}
	for _, dir := range []string{corpus, cache} {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, nil, err
		}
		for _, e := range entries {
			file := filepath.Join(dir, e.Name())
			b, err := os.ReadFile(file)
			if err != nil {
				return nil, nil, err
			}
			in := input{name: e.Name(), text: b}
			if dir == corpus && !foundName.MatchString(e.Name()) {
				byHand = append(byHand, in)
				continue
			}
			if dir == corpus {
				err = os.Remove(file)
			}
			if !seen[e.Name()] {
				found = append(found, in)
			}
			if seen[e.Name()] = true; err != nil {
				return nil, nil, err
			}
		}
	}
	return byHand, found, nil
}

// smallest returns the found inputs that have new effects, smallest first.
func smallest(name, exe string, byHand, found []input) (kept []input, err error) {
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	corpus := filepath.Join(dir, "testdata", "fuzz", name)
	if err := os.MkdirAll(corpus, 0o777); err != nil {
		return nil, err
	}
	for _, in := range slices.Concat(byHand, found) {
		if err := os.WriteFile(filepath.Join(corpus, in.name), in.text, 0o666); err != nil {
			return nil, err
		}
	}
	// Seeds have no files. Their names are those of subtests.
	list := exec.Command(exe, "-test.run", "^"+name+"$", "-test.v")
	list.Dir = dir
	out, err := list.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	seeds := []input{}
	for _, m := range regexp.MustCompile(`(?m)^\s+--- PASS: \w+/(seed#\d+) `).FindAllSubmatch(out, -1) {
		seeds = append(seeds, input{name: string(m[1])})
	}
	all := slices.Concat(seeds, byHand, found)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		next int
		errs []error
	)
	for worker := range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			profile := filepath.Join(dir, fmt.Sprint("profile", worker))
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(all) {
					return
				}
				cmd := exec.Command(exe, "-test.run", "^"+name+"$/^"+regexp.QuoteMeta(all[i].name)+"$", "-test.coverprofile", profile)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				if err != nil {
					err = fmt.Errorf("%s: %w\n%s", all[i].name, err, out)
				} else {
					all[i].marks, err = marks(profile)
				}
				if err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	done := map[string]bool{}
	for _, in := range all[:len(seeds)+len(byHand)] {
		for _, m := range in.marks {
			done[m] = true
		}
	}
	found = all[len(seeds)+len(byHand):]
	slices.SortFunc(found, func(a, b input) int {
		return cmp.Or(cmp.Compare(len(a.text), len(b.text)), bytes.Compare(a.text, b.text))
	})
	for _, in := range found {
		fresh := slices.DeleteFunc(in.marks, func(m string) bool { return done[m] })
		if len(fresh) == 0 {
			continue
		}
		for _, m := range fresh {
			done[m] = true
		}
		kept = append(kept, in)
	}
	return kept, nil
}

// marks returns the statements of a coverage profile that were run, each with
// its number of runs, as for an input.
func marks(profile string) ([]string, error) {
	b, err := os.ReadFile(profile)
	if err != nil {
		return nil, err
	}
	set := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		i := strings.LastIndexByte(strings.TrimSpace(line), ' ')
		n, err := strconv.ParseUint(strings.TrimSpace(line[i+1:]), 10, 64)
		if err != nil || n == 0 {
			continue // the first line, or what did not run
		}
		place, _, _ := strings.Cut(path.Base(line[:i]), " ")
		set[fmt.Sprint(line[:strings.LastIndexByte(line[:i], '/')+1], place, " ", min(bits.Len64(n), 4))] = true
	}
	return slices.Collect(maps.Keys(set)), nil
}
