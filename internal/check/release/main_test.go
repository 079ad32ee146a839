package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

const root = "../../.."

// TestPack verifies that the archive has every file of the vectors, and that
// it does not depend on the time and the directory.
func TestPack(t *testing.T) {
	first, err := pack(filepath.Join(root, "testdata"), filepath.Join(root, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(filepath.Join(root, "testdata"))); err != nil {
		t.Fatal(err)
	}
	if again, err := pack(copied, filepath.Join(root, "LICENSE")); err != nil || !bytes.Equal(again, first) {
		t.Errorf("the archive of a copy of the files differs (%v)", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if got[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"README.md", "CHANGELOG.md", "payloads.json", "scenarios.json", "corpus.json", "schemas/frames.schema.json", "captures/ws-server.json", "profiles/firefox.json"} {
		want, err := os.ReadFile(filepath.Join(root, "testdata", filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(got[base()+"/"+name], want) {
			t.Errorf("%s: the archive has no copy of the file (%v)", name, err)
		}
	}
	if len(got[base()+"/LICENSE"]) == 0 {
		t.Error("the archive has no LICENSE")
	}
}
