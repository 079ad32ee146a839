// Command sample prints random sentences of the repository, to be read against
// the style rules in CONTRIBUTING.md:
//
//	go run ./internal/check/sample [-n N] [-seed N] [PATH...]
//
// It takes comments of Go, assembly, C, JavaScript, Python and shell files,
// Markdown, and string values of JSON files. Each line of output has the file,
// the line and one sentence. The same seed prints the same sentences. With
// -n 0 it prints every sentence. A PATH limits it to files below PATH.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	n := flag.Int("n", 200, "print `N` sentences; 0 for all")
	seed := flag.Uint64("seed", 0, "start the random numbers with `N`; 0 for the time")
	flag.Parse()
	if err := run(*n, *seed, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "sample:", err)
		os.Exit(1)
	}
}

func run(n int, seed uint64, paths []string) error {
	out, err := exec.Command("git", append([]string{"ls-files", "-z", "--"}, paths...)...).Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	var all []sentence
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if generated(name) {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		all = append(all, sentences(name, string(b))...)
	}
	if n > 0 {
		if seed == 0 {
			seed = uint64(time.Now().UnixNano())
		}
		fmt.Printf("%d of %d sentences, seed %d\n", min(n, len(all)), len(all), seed)
		r := rand.New(rand.NewPCG(seed, 0))
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:min(n, len(all))]
	}
	w := bufio.NewWriter(os.Stdout)
	for _, s := range all {
		fmt.Fprintf(w, "%s:%d: %s\n", s.file, s.line, s.text)
	}
	return w.Flush()
}

// generated reports whether the named file has text from programs or from other
// projects.
func generated(name string) bool {
	switch name {
	case "interop/bench/results.json", "interop/bench/results.md", "interop/divergences.json",
		"interop/peers/further/results.json", "internal/check/proof/mutants.json":
		return true
	}
	for _, part := range []string{"testdata/captures/", "testdata/pcap/", "testdata/profiles/", "/fuzz/Fuzz", "package-lock.json"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
