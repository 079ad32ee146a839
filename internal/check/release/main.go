// Command release builds the files of a release:
//
//	go run ./internal/check/release [-o DIR] [-platforms all | "GOOS/GOARCH …"]
//
// It writes the test vectors, for users of other languages, the command for
// each platform, and SHA256SUMS. The output is reproducible for a commit and a
// Go version: names are sorted, and no entry has a time, an owner or a local
// path.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/closeframe/closeframe/testdata"
)

// released are the platforms that a release has binaries for.
const released = "darwin/amd64 darwin/arm64 freebsd/amd64 linux/amd64 linux/arm64 linux/386 windows/amd64 windows/arm64"

func main() {
	dir := flag.String("o", ".", "write the archives to `DIR`")
	platforms := flag.String("platforms", "", "build the command for these `PAIRS`, or for all that a release has")
	flag.Parse()
	if *platforms == "all" {
		*platforms = released
	}
	if err := run(*dir, strings.Fields(*platforms)); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run writes everything into dir.
func run(dir string, platforms []string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	archives := map[string][]byte{}
	files, err := vectors("testdata", "LICENSE")
	if err != nil {
		return err
	}
	name := "closeframe-vectors-" + testdata.Version
	if archives[name+".tar.gz"], err = tarball(name, files); err != nil {
		return err
	}
	for _, p := range platforms {
		name, files, err := command(p)
		if err != nil {
			return err
		}
		if strings.HasPrefix(p, "windows/") {
			archives[name+".zip"], err = zipped(name, files)
		} else {
			archives[name+".tar.gz"], err = tarball(name, files)
		}
		if err != nil {
			return err
		}
	}
	var sums strings.Builder
	for _, name := range sorted(archives) {
		if err := os.WriteFile(filepath.Join(dir, name), archives[name], 0o666); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archives[name]), name)
	}
	fmt.Print(sums.String())
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o666)
}

// vectors returns the files of the test vectors in the folder from, by name.
func vectors(from, license string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, pattern := range []string{"*.md", "*.json", "schemas/*.json", "profiles/*.json", "captures/*.json"} {
		list, err := filepath.Glob(filepath.Join(from, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("%s: no %s (run it in the root of the module)", from, pattern)
		}
		for _, path := range list {
			rel, err := filepath.Rel(from, path)
			if err != nil {
				return nil, err
			}
			if files[filepath.ToSlash(rel)], err = os.ReadFile(path); err != nil {
				return nil, err
			}
		}
	}
	b, err := os.ReadFile(license)
	files["LICENSE"] = b
	return files, err
}

// command builds the command for a platform, such as linux/amd64. It returns
// the name of the archive and its files.
func command(platform string) (name string, files map[string][]byte, err error) {
	goos, goarch, ok := strings.Cut(platform, "/")
	if !ok {
		return "", nil, fmt.Errorf("platform %q is not GOOS/GOARCH", platform)
	}
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(dir)
	bin := "closeframe"
	if goos == "windows" {
		bin += ".exe"
	}
	path := filepath.Join(dir, bin)
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", path, "./cmd/closeframe")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0",
		"GOAMD64=v1", "GOARM64=v8.0", "GO386=sse2", "GOEXPERIMENT=", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("%s: %v\n%s", platform, err, out)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	files = map[string][]byte{}
	for to, from := range map[string]string{bin: path, "LICENSE": "LICENSE", "README.md": "README.md", "CHANGELOG.md": "CHANGELOG.md"} {
		if files[to], err = os.ReadFile(from); err != nil {
			return "", nil, err
		}
	}
	version := info.Main.Version // of the tag, or made of the commit
	return fmt.Sprintf("closeframe-%s-%s-%s", version, goos, goarch), files, nil
}

func sorted(files map[string][]byte) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func mode(name string) int64 {
	if name == "closeframe" {
		return 0o755
	}
	return 0o644
}

// tarball packs files into a folder of the given name.
func tarball(folder string, files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, name := range sorted(files) {
		h := &tar.Header{
			Name: folder + "/" + name, Mode: mode(name), Size: int64(len(files[name])),
			ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
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

// zipped is tarball for Windows.
func zipped(folder string, files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range sorted(files) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: folder + "/" + name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
