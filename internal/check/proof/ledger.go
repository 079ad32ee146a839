package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A ledger keeps the results of the parts of a long run, so that an interrupted
// run can continue. It is valid for one set of test binaries: changed code
// starts a new ledger.
type ledger struct {
	file    string
	figures map[string]map[string]int
}

// openLedger opens the ledger for the current tests of a package, without and
// with a build tag.
func openLedger(pkg, tag string) (*ledger, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "closeframe-proof")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	exe := filepath.Join(dir, "test.exe")
	defer os.Remove(exe)
	hash := sha256.New()
	for _, tags := range []string{"", tag} {
		if err := command("go", "test", "-c", "-trimpath", "-tags", tags, "-o", exe, pkg).Run(); err != nil {
			return nil, err
		}
		b, err := os.ReadFile(exe)
		if err != nil {
			return nil, err
		}
		hash.Write(b)
	}
	sum := hash.Sum(nil)
	l := &ledger{file: filepath.Join(dir, hex.EncodeToString(sum[:8])+".json"), figures: map[string]map[string]int{}}
	b, err := os.ReadFile(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	return l, errors.Join(err, json.Unmarshal(b, &l.figures))
}

// add records the result of a part.
func (l *ledger) add(part string, figures map[string]int) error {
	l.figures[part] = figures
	b, err := json.MarshalIndent(l.figures, "", " ")
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(l.file+".new", b, 0o666), os.Rename(l.file+".new", l.file))
}

// close ends a complete run. The next run starts from the beginning.
func (l *ledger) close() error { return os.Remove(l.file) }
