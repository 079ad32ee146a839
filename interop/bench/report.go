package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

// A report has the results of a run.
type report struct {
	Machine machineInfo `json:"machine"`
	Rounds  int         `json:"rounds"`
	Turn    string      `json:"turn"`
	Seconds float64     `json:"seconds"`
	Goals   []verdict   `json:"goals"`
	Results resultList  `json:"results"`
	Growth  *growth     `json:"growth,omitempty"`
	Curves  []curve     `json:"curves,omitempty"`
	Memory  []load      `json:"memory,omitempty"`
}

type machineInfo struct {
	Commit   string            `json:"commit,omitempty"` // of closeframe
	Go       string            `json:"go"`
	OS       string            `json:"os"`
	Arch     string            `json:"arch"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	Kernel   string            `json:"kernel"` // closeframe's backend
	Versions map[string]string `json:"versions"`
}

// libraries lists the modules whose versions are reported with the figures.
var libraries = []string{
	"github.com/gorilla/websocket", "github.com/gobwas/ws", "github.com/coder/websocket", "github.com/lxzan/gws",
	"golang.org/x/net", "github.com/segmentio/asm", "github.com/bytedance/sonic",
}

func machine() machineInfo {
	m := machineInfo{
		Commit: commit(),
		Go:     runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpu(), Cores: runtime.NumCPU(), Kernel: bestBackend,
		Versions: map[string]string{},
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			for _, r := range libraries {
				if d.Path == r {
					m.Versions[r] = d.Version
				}
			}
		}
	}
	return m
}

// commit returns the commit that was measured, with "-dirty" after it if files
// have changed since, or "" outside of a repository.
func commit() string {
	out, _ := exec.Command("git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*").Output()
	return strings.TrimSpace(string(out))
}

// cpu returns the name of the processor on Linux, or "".
func cpu() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	fields := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		name, value, _ := strings.Cut(s.Text(), ":")
		if name = strings.TrimSpace(name); fields[name] == "" {
			fields[name] = strings.TrimSpace(value)
		}
	}
	text := fields["model name"]
	if fields["cpu family"] != "" {
		text += fmt.Sprintf(" (%s family %s model %s)", fields["vendor_id"], fields["cpu family"], fields["model"])
	}
	if strings.Contains(fields["flags"], "avx512_vbmi2") {
		text += ", AVX-512 VBMI2"
	} else if strings.Contains(fields["flags"], "avx2") {
		text += ", AVX2"
	}
	return text
}

func (m machineInfo) String() string {
	var v []string
	for _, r := range libraries {
		if m.Versions[r] != "" {
			v = append(v, strings.TrimPrefix(strings.TrimPrefix(r, "github.com/"), "golang.org/")+" "+m.Versions[r])
		}
	}
	return fmt.Sprintf("closeframe at commit %s, %s, %s/%s, %d cores, %s; closeframe's kernel is %s. %s.",
		m.Commit, m.Go, m.OS, m.Arch, m.Cores, m.CPU, m.Kernel, strings.Join(v, ", "))
}

// markdown writes the whole report: the goals, then a table for each kind of
// work.
func (rep *report) markdown(w io.Writer) {
	fmt.Fprintf(w, "# Benchmarks\n\nWritten by `go run ./bench` in %.0f s: medians of %d rounds of %s, interleaved in one process.\n"+
		"A ratio is the median of the rounds' own ratios; a spread is how wide the middle half of the rounds is.\n\n%s\n",
		rep.Seconds, rep.Rounds, rep.Turn, rep.Machine)
	if len(rep.Goals) > 0 {
		fmt.Fprint(w, "\n## Goals\n\n")
		if v, good, ok := worstGoal(rep.Goals); ok {
			fmt.Fprintf(w, "%d of %d met. The least margin: %s, compared with %s, reached %s of %s.\n\n",
				good, len(rep.Goals), v.Work, v.Against, v.Reached, v.Least)
		}
		fmt.Fprint(w, "How many times as long the other takes.\n\n")
		rep.goalTable(w)
	}
	kind := ""
	var rows [][]string
	var notes []string
	flush := func() {
		if rows == nil {
			return
		}
		fmt.Fprintf(w, "\n## %s\n\n", kind)
		table(w, append([][]string{{"work", "library", "ns", "spread", "ratio", "spread", "GB/s", "allocs", "bytes"}}, rows...))
		for _, n := range notes {
			fmt.Fprintf(w, "\n- %s", n)
		}
		if notes != nil {
			fmt.Fprintln(w)
		}
		rows, notes = nil, nil
	}
	noted := map[string]bool{}
	for _, r := range rep.Results {
		k, rest, _ := strings.Cut(r.Scenario, "/")
		if k != kind {
			flush()
			kind = k
		}
		speed := ""
		if r.Bytes >= 31 {
			speed = fmt.Sprintf("%.1f", float64(r.Bytes)/r.Nanos)
		}
		rows = append(rows, []string{rest, r.Library, nanos(r.Nanos), percent(r.Spread), times(r.Ratio), percent(r.RatioSpread), speed,
			fmt.Sprintf("%.3g", r.Allocs), fmt.Sprintf("%.0f", r.AllocSize)})
		if n := r.Library + ": " + r.Note + "."; r.Note != "" && !noted[k+n] {
			noted[k+n] = true
			notes = append(notes, n)
		}
	}
	flush()
	if g := rep.Growth; g != nil {
		fmt.Fprintf(w, "\n## The floor\n\nA call that does nothing takes %s ns.\n", nanos(g.Empty))
	}
	rep.memoryTable(w)
}

// goalTable writes a row for each goal.
func (rep *report) goalTable(w io.Writer) {
	rows := [][]string{{"work", "compared with", "reached", "at least", "aim", "met"}}
	for _, v := range rep.Goals {
		rows = append(rows, []string{v.Work, v.Against, v.Reached, v.Least, v.Aim, v.Met})
	}
	table(w, rows)
}

// memoryTable writes the bytes per connection, by the number of connections.
func (rep *report) memoryTable(w io.Writer) {
	if rep.Memory == nil {
		return
	}
	head := []string{"kept", "which is"}
	var rows [][]string
	for _, l := range rep.Memory {
		if l.Connections == 1 {
			rows = append(rows, []string{l.Library, l.Note})
		}
		if len(rows) == 1 {
			head = append(head, grouped(l.Connections))
		}
		last := &rows[len(rows)-1]
		*last = append(*last, grouped(int(math.Round(l.Bytes))))
	}
	fmt.Fprint(w, "\n## memory\n\nBytes that a Handshake takes on the heap, by how many there are. A library's connection has its I/O\n"+
		"buffers in it, which closeframe leaves to its user, so the two are not compared.\n\n")
	table(w, append([][]string{head}, rows...))
}

func (rep *report) nanosOf(scenario, implementation string) string {
	for _, r := range rep.Results {
		if r.Scenario == scenario && r.Library == implementation {
			return nanos(r.Nanos) + " ns"
		}
	}
	return ""
}

// table writes a Markdown table. The first row is its header. Columns of
// numbers are aligned right.
func table(w io.Writer, rows [][]string) {
	for i, row := range rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		if i > 0 {
			continue
		}
		for j := range row {
			line := "|---"
			if first := rows[1][j]; first == "" || '0' <= first[0] && first[0] <= '9' {
				line = "|--:"
			}
			fmt.Fprint(w, line)
		}
		fmt.Fprintln(w, "|")
	}
}

// grouped writes a number with commas.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// nanos writes nanoseconds with three digits.
func nanos(x float64) string {
	switch {
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

func percent(x float64) string { return fmt.Sprintf("%.0f %%", 100*x) }

// times writes a ratio.
func times(x float64) string {
	if x < 10 {
		return fmt.Sprintf("%.2f×", x)
	}
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.1f×", x)
}
