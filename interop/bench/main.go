package main

import (
	"bytes"
	"encoding/json"
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
	write := flag.Bool("write", false, "write results.json, results.md and the plots beside the source, and the figures of the README")
	pattern := flag.String("run", "", "measure only the scenarios that match this regular `expression`")
	rounds := flag.Int("rounds", 15, "how many times each contender takes its turn")
	turn := flag.Duration("turn", 2*time.Millisecond, "how long a turn is")
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
		return errors.New("-write wants everything measured: leave out -short and -run")
	}
	rep := report{Machine: machine(), Rounds: e.rounds, Turn: e.turn.String()}
	start := time.Now()
	all := scenarios()
	var faults []string
	for i, s := range all {
		if !re.MatchString(s.id) {
			continue
		}
		p.show(i+1, len(all), s.id)
		results := measure(s, e)
		rep.Results = append(rep.Results, results...)
		if a := results[0].Allocs; a > wantAllocs(s.id) {
			faults = append(faults, fmt.Sprintf("%s: closeframe allocates %.2f times", s.id, a))
		}
	}
	if pattern == "" {
		p.show(len(all), len(all), "growth/how cost grows with length")
		rep.Growth = grow(e)
	}
	p.done()
	rep.Goals = judge(rep.Results)
	rep.Seconds = time.Since(start).Seconds()

	var md bytes.Buffer
	rep.markdown(&md)
	if _, err := out.Write(md.Bytes()); err != nil {
		return err
	}
	if write {
		if err := rep.write(md.Bytes()); err != nil {
			return err
		}
	}
	if faults != nil {
		return errors.New(strings.Join(faults, "\n"))
	}
	return nil
}

// wantAllocs is how many allocations closeframe may make in a scenario: the
// reason of a CloseEvent is a string of its own, and nothing else is.
func wantAllocs(id string) float64 {
	if strings.HasPrefix(id, "answer/") || strings.HasPrefix(id, "handshake/") {
		return 1
	}
	return 0
}

// write writes everything that a run leaves behind, in the folder interop/bench
// and in the README two folders above.
func (rep *report) write(md []byte) error {
	dir := "bench"
	if _, err := os.Stat(filepath.Join(dir, "measure.go")); err != nil {
		return errors.New("run it in interop/, as go run ./bench -write")
	}
	data, err := json.MarshalIndent(rep, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.json"), append(data, '\n'), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.md"), md, 0o644); err != nil {
		return err
	}
	if err := rep.plots(filepath.Join("..", "docs", "bench")); err != nil {
		return err
	}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		err := replaceBlock(filepath.Join("..", name), "bench", rep.summary())
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
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
