package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	short := flag.Bool("short", false, "a few milliseconds a scenario: to see that all work and closeframe does not allocate")
	write := flag.Bool("write", false, "write results.json, results.md and the plots beside the source, and the figures in the README and docs/performance.md")
	pattern := flag.String("run", "", "measure only the scenarios that match this regular `expression`")
	rounds := flag.Int("rounds", 30, "how many times each implementation takes its turn")
	turn := flag.Duration("turn", time.Millisecond, "how long a turn is")
	flag.Parse()

	e := effort{rounds: *rounds, turn: *turn}
	if *short {
		e = effort{rounds: 1, turn: 50 * time.Microsecond}
	}
	if err := run(os.Stdout, newProgress(os.Stderr), e, *pattern, *write, *short); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, p *progress, e effort, pattern string, write, short bool) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	if write && (short || pattern != "") {
		return errors.New("-write needs all measurements: leave out -short and -run")
	}
	rep := report{Machine: machine(), Rounds: e.rounds, Turn: e.turn.String()}
	begin := time.Now()
	var all []scenario
	for _, s := range scenarios() {
		if re.MatchString(s.id) {
			all = append(all, s)
		}
	}
	known := len(all)
	if pattern == "" {
		all = append(all, growthScenarios()...)
	}
	bouts := measure(all, e, p)
	for _, b := range bouts[:known] {
		rep.Results = append(rep.Results, b.results()...)
	}
	if pattern == "" {
		rep.Growth = grown(bouts[known:])
		rep.Curves = measureCurves(e, p)
		rep.Memory = memory(short)
	}
	rep.Goals = append(checkGoals(rep.Results), checkCurves(rep.Curves, rep.Machine.Kernel)...)
	rep.Seconds = time.Since(begin).Seconds()

	// The file has rounded figures. The tables and charts use the rounded
	// figures, too.
	data, err := rep.encode()
	if err != nil {
		return err
	}
	rounded, err := decode(data)
	if err != nil {
		return err
	}
	rep = *rounded

	var md bytes.Buffer
	rep.markdown(&md)
	if _, err := out.Write(md.Bytes()); err != nil {
		return err
	}
	if write {
		if err := rep.write(data, md.Bytes()); err != nil {
			return err
		}
	}
	if faults := allocFaults(rep.Results); faults != nil {
		return errors.New(strings.Join(faults, "\n"))
	}
	return nil
}

// write writes the results of a run to interop/bench and to the README.
func (rep *report) write(data, md []byte) error {
	dir := "bench"
	if _, err := os.Stat(filepath.Join(dir, "measure.go")); err != nil {
		return errors.New("run it in interop/, as go run ./bench -write")
	}
	if err := os.WriteFile(filepath.Join(dir, "results.json"), data, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.md"), md, 0o644); err != nil {
		return err
	}
	if err := rep.plots(filepath.Join("..", "docs", "bench")); err != nil {
		return err
	}
	for name, s := range readmes {
		if err := replaceBlock(filepath.Join("..", name), "bench", rep.summary(s)); err != nil {
			return err
		}
	}
	return replaceBlock(filepath.Join("..", "docs", "performance.md"), "bench", rep.chapter())
}

// replaceBlock puts text between the comments <!-- name --> and <!-- /name -->
// of a file.
func replaceBlock(file, name, text string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	open, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, ok := strings.Cut(string(b), open)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no block %s", file, name)
	}
	return os.WriteFile(file, []byte(before+open+text+end+after), 0o644)
}
