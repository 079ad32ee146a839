package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

const root = "../../.."

// packed returns the archive of the vectors in the folder from.
func packed(t *testing.T, from string) []byte {
	t.Helper()
	files, err := vectors(from, filepath.Join(root, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := tarball("vectors", files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVectors verifies that the archive has every file of the vectors, and that
// it does not depend on when and where it is made.
func TestVectors(t *testing.T) {
	first := packed(t, filepath.Join(root, "testdata"))
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(filepath.Join(root, "testdata"))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(packed(t, copied), first) {
		t.Error("a copy of the files makes a different archive")
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
		if err != nil || !bytes.Equal(got["vectors/"+name], want) {
			t.Errorf("%s is not in the archive unchanged, %v", name, err)
		}
	}
	if len(got["vectors/LICENSE"]) == 0 {
		t.Error("no license")
	}
}

// TestZip verifies that the archive for Windows has every file, and that it does
// not depend on when it is made. .ci/run release verifies that two builds
// make the same binary.
func TestZip(t *testing.T) {
	files := map[string][]byte{"closeframe.exe": bytes.Repeat([]byte("MZ"), 1000), "LICENSE": []byte("MIT")}
	b, err := zipped("closeframe-v1", files)
	if err != nil {
		t.Fatal(err)
	}
	again, err := zipped("closeframe-v1", files)
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("packing the same files makes a different archive, %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		f, err := z.Open("closeframe-v1/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not in the archive unchanged, %v", name, err)
		}
	}
}

// TestPlatform verifies that a platform without a slash is an error.
func TestPlatform(t *testing.T) {
	if _, _, err := command("linux"); err == nil {
		t.Error(`command("linux") found a platform`)
	}
}
