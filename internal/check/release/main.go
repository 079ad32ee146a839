// Command release packs the test vectors for users of other languages:
//
//	go run ./internal/check/release [-o DIR]
//
// It writes closeframe-vectors-VERSION.tar.gz, and prints the name of the
// archive and its SHA-256. The archive is reproducible: the names are sorted,
// and no entry has a time, an owner or a host name.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/closeframe/closeframe/testdata"
)

func main() {
	dir := flag.String("o", ".", "write the archive to `DIR`")
	flag.Parse()
	if err := run("testdata", "LICENSE", *dir); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(from, license, dir string) error {
	b, err := pack(from, license)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, base()+".tar.gz")
	if err := os.WriteFile(name, b, 0o666); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, SHA-256 %x\n", name, len(b), sha256.Sum256(b))
	return nil
}

func base() string { return "closeframe-vectors-" + testdata.Version }

// pack returns the archive of the vectors in the folder from.
func pack(from, license string) ([]byte, error) {
	var names []string
	for _, pattern := range []string{"*.md", "*.json", "schemas/*.json", "profiles/*.json", "captures/*.json"} {
		list, err := filepath.Glob(filepath.Join(from, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("%s: no %s (run it in the root of the module)", from, pattern)
		}
		names = append(names, list...)
	}
	slices.Sort(names)
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	w := tar.NewWriter(z)
	for _, name := range append(names, license) {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(from, name)
		if name == license {
			rel, err = "LICENSE", nil
		}
		if err != nil {
			return nil, err
		}
		h := &tar.Header{
			Name: base() + "/" + filepath.ToSlash(rel), Mode: 0o644, Size: int64(len(b)),
			ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(b); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
