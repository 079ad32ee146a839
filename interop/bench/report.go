package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// A report is everything that a run found.
type report struct {
	Machine machineInfo `json:"machine"`
	Rounds  int         `json:"rounds"`
	Turn    string      `json:"turn"`
	Seconds float64     `json:"seconds"`
	Goals   []verdict   `json:"goals"`
	Results []result    `json:"results"`
	Growth  *growth     `json:"growth,omitempty"`
	Curves  []curve     `json:"curves,omitempty"`
	Memory  []load      `json:"memory,omitempty"`
}

type machineInfo struct {
	Go       string            `json:"go"`
	OS       string            `json:"os"`
	Arch     string            `json:"arch"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	Kernel   string            `json:"kernel"` // closeframe's backend
	Versions map[string]string `json:"versions"`
}

// rivals are the modules whose versions go with the figures.
var rivals = []string{
	"github.com/gorilla/websocket", "github.com/gobwas/ws", "github.com/coder/websocket", "github.com/lxzan/gws",
	"golang.org/x/net", "github.com/segmentio/asm", "github.com/bytedance/sonic",
}

func machine() machineInfo {
	m := machineInfo{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpu(), Cores: runtime.NumCPU(), Kernel: bestBackend,
		Versions: map[string]string{},
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			for _, r := range rivals {
				if d.Path == r {
					m.Versions[r] = d.Version
				}
			}
		}
	}
	return m
}

// cpu returns what Linux calls the processor, or "".
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
	for _, r := range rivals {
		if m.Versions[r] != "" {
			v = append(v, strings.TrimPrefix(strings.TrimPrefix(r, "github.com/"), "golang.org/")+" "+m.Versions[r])
		}
	}
	return fmt.Sprintf("%s, %s/%s, %d cores, %s; closeframe's kernel is %s. %s.", m.Go, m.OS, m.Arch, m.Cores, m.CPU, m.Kernel, strings.Join(v, ", "))
}

// markdown writes the whole report: the goals, then a table for each kind of
// work.
func (rep *report) markdown(w io.Writer) {
	fmt.Fprintf(w, "# Benchmarks\n\nWritten by `go run ./bench` in %.0f s: medians of %d rounds of %s, interleaved in one process.\n"+
		"A ratio is the median of the rounds' own ratios; a spread is how wide the middle half of the rounds is.\n\n%s\n",
		rep.Seconds, rep.Rounds, rep.Turn, rep.Machine)
	if len(rep.Goals) > 0 {
		fmt.Fprintf(w, "\n## Goals\n\nHow many times as long the rival takes.\n\n")
		rows := [][]string{{"work", "against", "reached", "at least", "aim", "met"}}
		for _, v := range rep.Goals {
			rows = append(rows, []string{v.Work, v.Against, v.Reached, v.Least, v.Aim, v.Met})
		}
		table(w, rows)
	}
	kind := ""
	var rows [][]string
	var notes []string
	flush := func() {
		if rows == nil {
			return
		}
		fmt.Fprintf(w, "\n## %s\n\n", kind)
		table(w, append([][]string{{"work", "contender", "ns", "spread", "ratio", "spread", "GB/s", "allocs", "bytes"}}, rows...))
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
		rows = append(rows, []string{rest, r.Contender, nanos(r.Nanos), percent(r.Spread), times(r.Ratio), percent(r.RatioSpread), speed,
			fmt.Sprintf("%.3g", r.Allocs), fmt.Sprintf("%.0f", r.AllocSize)})
		if n := r.Contender + ": " + r.Note + "."; r.Note != "" && !noted[k+n] {
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

// memoryTable writes how many bytes a connection takes, by how many there are.
func (rep *report) memoryTable(w io.Writer) {
	if rep.Memory == nil {
		return
	}
	var rows [][]string
	most := 0
	for _, l := range rep.Memory {
		if l.Connections == 1 {
			rows = append(rows, []string{l.Contender, l.Note})
		}
		last := &rows[len(rows)-1]
		*last = append(*last, grouped(int(math.Round(l.Bytes))))
		most = max(most, l.Connections)
	}
	head := []string{"kept", "which is"}
	for n := 1; n <= most; n *= 10 {
		head = append(head, grouped(n))
	}
	for i := range rows {
		for len(rows[i]) < len(head) {
			rows[i] = append(rows[i], "")
		}
	}
	fmt.Fprint(w, "\n## memory\n\nBytes a connection while it is open, on the heap and on stacks, by how many connections there are. "+
		"The connections of the others have\nbuffers in them, which a stack built on closeframe has elsewhere; "+
		"gobwas/ws keeps nothing.\n\n")
	table(w, append([][]string{head}, rows...))
}

// summary returns what the README shows: the goals as a table.
func (rep *report) summary() string {
	var b strings.Builder
	rows := [][]string{{"work", "closeframe", "rival", "", "ratio"}}
	for _, v := range rep.Goals {
		row := []string{v.Work, v.Against + ": " + v.Reached, "", "", ""}
		if v.Scenario != "" {
			row = []string{v.Work, rep.nanosOf(v.Scenario, ours), v.Against, rep.nanosOf(v.Scenario, v.Against), times(v.Ratio)}
		}
		rows = append(rows, row)
	}
	table(&b, rows)
	fmt.Fprintf(&b, "\n%s Medians of %d rounds, interleaved in one process over %d different buffers; a ratio is the median of the rounds' ratios.\n", rep.Machine, rep.Rounds, poolSize)
	if most := rep.mostConnections(); most != nil {
		fmt.Fprintf(&b, "\nAn open connection takes so many bytes (those of the libraries have their buffers in them): %s.\n", strings.Join(most, ", "))
	}
	return b.String()
}

// mostConnections says how much memory a connection takes where each library has
// the most connections.
func (rep *report) mostConnections() (all []string) {
	for i, l := range rep.Memory {
		if l.Contender != smallest && (i+1 == len(rep.Memory) || rep.Memory[i+1].Contender != l.Contender) {
			all = append(all, fmt.Sprintf("%s %s", l.Contender, grouped(int(math.Round(l.Bytes)))))
		}
	}
	return all
}

func (rep *report) nanosOf(scenario, contender string) string {
	for _, r := range rep.Results {
		if r.Scenario == scenario && r.Contender == contender {
			return nanos(r.Nanos) + " ns"
		}
	}
	return ""
}

// table writes a Markdown table; the first row is its head. Columns of
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
