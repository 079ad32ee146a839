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

// A ledger keeps the figures of the parts of a long run, so that a run that
// was stopped goes on where it was. It belongs to the binaries of the tests: another code is
// another ledger.
type ledger struct {
	file    string
	figures map[string]map[string]int
}

// openLedger opens the ledger for the tests of a package as they are now, without and with a build tag.
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

// add enters what a part has come to.
func (l *ledger) add(part string, figures map[string]int) error {
	l.figures[part] = figures
	b, err := json.MarshalIndent(l.figures, "", " ")
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(l.file+".new", b, 0o666), os.Rename(l.file+".new", l.file))
}

// close is for a run that came to its end: the next begins anew.
func (l *ledger) close() error { return os.Remove(l.file) }
