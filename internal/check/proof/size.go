package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// showSize builds two programs for linux/arm, which has no vector backend: one
// that copies its input, and one that also parses it as a masked Close frame.
// The figures are the growth, in bytes of code and data. It fails if a table
// is linked that only the vector backends read.
func showSize() (string, error) {
	plain, err := symbols("")
	if err != nil {
		return "", err
	}
	parsing, err := symbols(`
	c, _, err := frame.ParseMasked(b[:0], b[:n])
	if err != nil {
		os.Exit(int(c.Code))
	}`)
	if err != nil {
		return "", err
	}
	total := func(of map[string]int) (sum int) {
		for _, size := range of {
			sum += size
		}
		return sum
	}
	const module = "github.com/closeframe/closeframe/"
	var ours []string
	for name := range parsing {
		if rest, ok := strings.CutPrefix(name, module); ok {
			ours = append(ours, rest)
		}
	}
	for _, table := range []string{"prevHigh", "prevLow", "currHigh", "leadInfo", "rangeOf"} {
		if slices.Contains(ours, "internal/kernel."+table) {
			return "", fmt.Errorf("%s is linked on arm, where nothing reads it", table)
		}
	}
	if !slices.Contains(ours, "internal/kernel.dfa") {
		return "", errors.New("the program for arm does not have the kernel's DFA")
	}
	slices.SortFunc(ours, func(a, b string) int { return parsing[module+b] - parsing[module+a] })
	var largest []string
	for _, name := range ours[:3] {
		largest = append(largest, fmt.Sprintf("%s %d", name, parsing[module+name]))
	}
	return fmt.Sprintf("linux/arm: parsing masked Close frames adds %d bytes; the largest are %s; no table of a vector backend",
		total(parsing)-total(plain), strings.Join(largest, ", ")), nil
}

// symbols returns the size of every symbol of a program for linux/arm with these
// statements. The source is an overlay, since it is no part of the module.
func symbols(statements string) (map[string]int, error) {
	dir, err := os.MkdirTemp("", "proof-size")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	imports := `"os"`
	if statements != "" {
		imports += "\n" + `"github.com/closeframe/closeframe/frame"`
	}
	source, overlay, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "main")
	const program = "package main\nimport (\n%s\n)\nfunc main() {\nvar b [256]byte\nn, _ := os.Stdin.Read(b[:])%s\nos.Stdout.Write(b[:n])\n}\n"
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root(), "internal", "check", "proof", "arm", "main.go"): source,
	}})
	if err != nil {
		return nil, err
	}
	err = errors.Join(os.WriteFile(source, fmt.Appendf(nil, program, imports, statements), 0o666), os.WriteFile(overlay, replace, 0o666))
	if err != nil {
		return nil, err
	}
	build := command("go", "build", "-overlay", overlay, "-o", binary, "./internal/check/proof/arm")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm", "CGO_ENABLED=0", "GOFLAGS=")
	if err := build.Run(); err != nil {
		return nil, err
	}
	out, err := command("go", "tool", "nm", "-size", binary).Output()
	if err != nil {
		return nil, err
	}
	sizes := map[string]int{}
	for line := range strings.Lines(string(out)) {
		// ADDRESS SIZE TYPE NAME
		f := strings.Fields(line)
		if len(f) < 4 || !strings.Contains("TtRrDd", f[2]) {
			continue
		}
		size, err := strconv.Atoi(f[1])
		if err != nil {
			return nil, fmt.Errorf("go tool nm: %w", err)
		}
		sizes[strings.Join(f[3:], " ")] += size
	}
	return sizes, nil
}
