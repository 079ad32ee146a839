package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/autopsy"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
)

var cmdAutopsy = &command{
	name: "autopsy",
	examples: []string{
		"closeframe autopsy capture.pcapng",
		"closeframe autopsy -cause lost -sort duration capture.pcap.gz",
		"closeframe autopsy -keylog keys.txt -conn 3 capture.pcapng",
		"tcpdump -i eth0 -w - port 443 | closeframe autopsy -",
	},
	run: runAutopsy,
}

// An autopsyQuery selects the connections to print and their order.
type autopsyQuery struct {
	cause autopsy.Cause
	code  int
	id    string
	sort  string
}

func runAutopsy(s *session, fs *flag.FlagSet, args []string) int {
	var ts autopsy.Tshark
	var q autopsyQuery
	var causes []string
	for _, c := range autopsy.Causes() {
		causes = append(causes, string(c))
	}
	fs.StringVar(&ts.Keylog, "keylog", "", "")
	fs.StringVar(&ts.Filter, "r", "", "")
	cause := fs.String("cause", "", "")
	code := fs.String("code", "", "")
	fs.StringVar(&q.id, "conn", "", "")
	fs.StringVar(&q.sort, "sort", "time", "")
	tls := fs.Bool("tls", false, "")
	fs.StringVar(&ts.Path, "tshark", "tshark", "")
	printCommand := fs.Bool("print-tshark", false, "")
	fs.IntVar(&ts.Memory, "memory", 4096, "")
	timeout := fs.Duration("timeout", 30*time.Minute, "")
	args, status, ok := s.parse(fs, args)
	if !ok {
		return status
	}
	q.cause = autopsy.Cause(*cause)
	switch {
	case *cause != "" && !slices.Contains(causes, *cause):
		return s.notOneOf("autopsy.error.cause", *cause, causes)
	case autopsyOrders[q.sort] == nil:
		return s.notOneOf("autopsy.error.sort", q.sort, []string{"time", "duration", "frames", "by", "cause", "code"})
	case ts.Memory < 0 || *timeout <= 0:
		return s.usage("autopsy.error.limits")
	}
	if *code != "" {
		c, ok := findCode(*code)
		if !ok || c == 0 {
			return s.notACode(*code, "autopsy.error.code")
		}
		q.code = int(c)
	}
	if *printCommand {
		if ts.TwoPass() {
			return s.usage("autopsy.error.printTwice")
		}
		file := "capture.pcapng"
		if len(args) > 0 {
			file = args[0]
		}
		fmt.Fprintln(s.stdout, ts.CommandLine(file))
		return exitOK
	}
	if len(args) == 0 {
		return s.usage("autopsy.error.file")
	}
	if ts.Keylog != "" { // tshark ignores a file without secrets
		b, err := os.ReadFile(ts.Keylog)
		if err != nil {
			return s.usage("error.is", err)
		}
		if !autopsy.HasSecrets(b) {
			return s.usage("autopsy.error.keylog", ts.Keylog)
		}
	}
	if i := slices.Index(args, "-"); i >= 0 && slices.Contains(args[i+1:], "-") {
		return s.usage("autopsy.error.stdin")
	}
	signaled, stop := interruptible()
	defer stop()
	ctx, cancel := context.WithTimeoutCause(signaled, *timeout, errText("autopsy.error.timeout", *timeout))
	defer cancel()
	exit := exitOK
	for i, name := range args {
		if len(args) > 1 && !s.asJSON {
			if i > 0 {
				fmt.Fprintln(s.stdout)
			}
			fmt.Fprintf(s.stdout, "%s\n\n", s.style().cyan("==> "+name+" <=="))
		}
		result, err := s.autopsyFile(ctx, name, ts, *tls)
		if err != nil {
			err = autopsyError(err, ts.Memory)
			if len(args) > 1 {
				err = errText("autopsy.say", name, err)
			}
		}
		if err != nil && (result == nil || len(result.Connections) == 0) {
			s.errorf("error.is", err)
			exit = exitUsage
		} else {
			result.File = name
			if err != nil {
				result.Partial = s.text.Text("error.is", err)
			}
			exit = max(exit, s.autopsyResult(result, q))
			if err != nil {
				exit = max(exit, s.invalid("autopsy.error.partial", err))
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	if sig, ok := errors.AsType[interrupt](context.Cause(ctx)); ok {
		return sig.status()
	}
	return exit
}

// notOneOf reports that a flag's value is none of a list, with the nearest one
// or else with the list.
func (s *session) notOneOf(key, value string, list []string) int {
	if guess := near.Find(value, list); guess != "" {
		return s.usage(key+"Near", value, guess)
	}
	return s.usage(key, value, strings.Join(list, ", "))
}

// autopsyError returns err with a message in the session's language, if the
// cause is known. memory is the limit for tshark.
func autopsyError(err error, memory int) error {
	if m, ok := errors.AsType[*autopsy.MemoryError](err); ok {
		if m.Killed {
			return errText("autopsy.error.killed")
		}
		return errText("autopsy.error.memory", memory, err)
	}
	if sig, ok := errors.AsType[interrupt](err); ok {
		return errText("autopsy.error.signal", sig.Signal)
	}
	if err == io.ErrUnexpectedEOF {
		return errText("autopsy.error.cut")
	}
	return err
}

// autopsyFile reads one capture, or the output of tshark for one.
func (s *session) autopsyFile(ctx context.Context, name string, ts autopsy.Tshark, tls bool) (*autopsy.Result, error) {
	r, closeFile, err := s.openCapture(name)
	if err != nil {
		return nil, err
	}
	defer func() { closeFile() }()
	reader := autopsy.Reader{TLS: tls, Keys: ts.Keylog != ""}
	b, err := r.Peek(len(autopsy.FirstField))
	switch {
	case string(b) == autopsy.FirstField:
		return reader.Read(r)
	case len(b) < 4 && err != io.EOF:
		return nil, err
	case len(b) < 4: // tshark accepts an empty file
		return nil, errText("autopsy.error.short", name, len(b))
	}
	if _, err := ts.Check(ctx); err != nil {
		return nil, err
	}
	if ts.TwoPass() {
		if name == "-" {
			return nil, errText("autopsy.error.twice")
		}
		if err := ts.Select(ctx, r); err != nil {
			return nil, err
		}
		closeFile()
		if r, closeFile, err = s.openCapture(name); err != nil {
			return nil, err
		}
	}
	var result *autopsy.Result
	err = ts.Run(ctx, r, func(fields io.Reader) (err error) {
		result, err = reader.Read(fields)
		return err
	})
	return result, err
}

// openCapture opens a file, or standard input if the name is "-", and shows on
// a terminal how much of it has been read. The reader decompresses gzip.
func (s *session) openCapture(name string) (r *bufio.Reader, closeFile func(), err error) {
	in, size := s.stdin, int64(0)
	var f *os.File // nil: standard input
	if name != "-" {
		if f, err = os.Open(name); err != nil {
			return nil, nil, err
		}
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			size = info.Size()
		}
		in = f
	}
	bar := s.newProgress(size)
	closeFile = func() {
		bar.clear()
		if f != nil {
			f.Close()
		}
	}
	r = bufio.NewReaderSize(io.TeeReader(in, bar), 1<<16)
	if b, _ := r.Peek(2); string(b) == "\x1f\x8b" {
		z, err := gzip.NewReader(r)
		if err != nil {
			closeFile()
			return nil, nil, err
		}
		r = bufio.NewReaderSize(z, 1<<16)
	}
	return r, closeFile, nil
}

// autopsyOrders maps the values of -sort to functions that compare connections.
var autopsyOrders = map[string]func(a, b *autopsy.Connection) int{
	"time":     func(a, b *autopsy.Connection) int { return a.Start.Compare(b.Start) },
	"duration": func(a, b *autopsy.Connection) int { return cmp.Compare(b.Duration, a.Duration) },
	"frames": func(a, b *autopsy.Connection) int {
		return cmp.Compare(b.Frames[0]+b.Frames[1], a.Frames[0]+a.Frames[1])
	},
	"by":    func(a, b *autopsy.Connection) int { return cmp.Compare(a.EndedBy, b.EndedBy) },
	"cause": func(a, b *autopsy.Connection) int { return cmp.Compare(a.Cause, b.Cause) },
	"code":  func(a, b *autopsy.Connection) int { return cmp.Compare(a.Code, b.Code) },
}

// autopsyResult prints the connections that the query selects, and returns the
// exit status.
func (s *session) autopsyResult(r *autopsy.Result, q autopsyQuery) int {
	all := len(r.Connections)
	r.Connections = slices.DeleteFunc(r.Connections, func(c *autopsy.Connection) bool {
		return q.cause != "" && c.Cause != q.cause || q.code != 0 && c.Code != q.code || q.id != "" && c.ID != q.id
	})
	slices.SortStableFunc(r.Connections, autopsyOrders[q.sort])
	if s.asJSON {
		s.json(r)
		if len(r.Connections) == 0 {
			return exitInvalid
		}
		return exitOK
	}
	w := autopsy.Writer{Language: s.text}
	switch {
	case len(r.Connections) == 0 && q.id != "":
		return s.invalid("autopsy.error.conn", q.id)
	case len(r.Connections) == 0 && all > 0:
		return s.invalid("autopsy.error.noMatch", all)
	case len(r.Connections) == 0:
		return s.invalid("autopsy.error.none", r.Packets)
	case len(r.Connections) == 1:
		s.autopsyOne(w, r.Connections[0])
	default:
		s.autopsyTable(w, r.Connections)
	}
	if shown := r.Connections[0].TLS && r.Connections[0].Cause == autopsy.Unknown; r.Hidden > 0 && !shown {
		fmt.Fprintln(s.stdout, "\n"+s.text.Count("autopsy.hidden", r.Hidden))
	}
	if r.Dropped > 0 {
		fmt.Fprintln(s.stdout, "\n"+s.text.Count("autopsy.dropped", r.Dropped))
	}
	return exitOK
}

// autopsyOne prints everything known about a connection.
func (s *session) autopsyOne(w autopsy.Writer, c *autopsy.Connection) {
	st, width := s.style(), s.width()
	for _, line := range wrap(w.Sentence(c), width) {
		fmt.Fprintln(s.stdout, st.bold(line))
	}
	head := func(key string) { fmt.Fprintln(s.stdout, "\n"+st.cyan(s.text.Text(key))) }
	paragraph := func(first, text string) {
		for _, line := range wrap(text, width-2-columns(first)) {
			fmt.Fprintf(s.stdout, "  %s%s\n", first, line)
			first = strings.Repeat(" ", columns(first))
		}
	}
	if len(c.Timeline) > 0 {
		head("autopsy.head.timeline")
		var t table
		for i := range c.Timeline {
			step := &c.Timeline[i]
			text := w.StepText(step)
			if step.What == "close" {
				text += " " + s.closeAt(w, c, step)
			}
			t.row(fmt.Sprintf("  +%.6f", step.At), w.Side(step.From), text)
			if i == 1 && c.Earlier > 0 {
				t.row("", "", s.text.Count("autopsy.earlier", c.Earlier))
			}
		}
		t.print(s.stdout, nil)
	}
	if c.Violation != nil {
		head("autopsy.head.violation")
		paragraph("", w.Violation(c.Violation))
	}
	if len(c.Findings) > 0 {
		head("autopsy.head.findings")
		for i := range c.Findings {
			f := &c.Findings[i]
			paragraph(pad(s.text.Text("autopsy.confidence."+f.Confidence), 10), w.Finding(f))
		}
	}
	if told := w.Told(c); told != "" {
		head("autopsy.head.told")
		paragraph("", told)
	}
	if next := w.Next(c); len(next) > 0 {
		head("autopsy.head.next")
		for _, text := range next {
			paragraph("- ", text)
		}
	}
	head("autopsy.head.limits")
	for _, text := range w.Limits(c) {
		paragraph("- ", text)
	}
	for i := range c.Closes {
		cl := &c.Closes[i]
		fmt.Fprintln(s.stdout, "\n"+st.cyan(s.text.Text("autopsy.head.close", w.Side(cl.From))))
		opt := dissect.Options{Lang: s.text.Tag(), From: dissect.Server}
		if cl.From == autopsy.Client {
			opt.From = dissect.Client
		}
		p := renderer{w: s.stdout, st: st, l: s.text, width: 2, columns: width, perRow: 8}
		frames := dissect.Bytes(cl.Raw(), opt).Frames
		for i := range frames {
			p.spans(&frames[i])
			fmt.Fprintln(s.stdout)
			p.summary(&frames[i])
		}
	}
}

// closeAt describes the Close frame of a step.
func (s *session) closeAt(w autopsy.Writer, c *autopsy.Connection, step *autopsy.Step) string {
	for i := range c.Closes {
		if c.Closes[i].From == step.From && c.Closes[i].Bytes == step.Note {
			return w.CloseText(&c.Closes[i])
		}
	}
	return ""
}

// autopsyTable prints a line for each connection, and then the counts.
func (s *session) autopsyTable(w autopsy.Writer, list []*autopsy.Connection) {
	st := s.style()
	text := func(name string) string { return s.text.Text("autopsy.col." + name) }
	var t table
	t.row(text("id"), text("conn"), text("duration"), text("frames"), text("by"), text("cause"), text("code"))
	causes, codes := map[string]int{}, map[string]int{}
	for _, c := range list {
		code := "-"
		if c.Code > 0 {
			code = strconv.Itoa(c.Code)
			codes[code]++
		}
		causes[string(c.Cause)]++
		where := c.Client + " → " + c.Server
		t.row(c.ID, where, strconv.FormatFloat(c.Duration, 'f', 1, 64), fmt.Sprintf("%d/%d", c.Frames[0], c.Frames[1]), w.Side(c.EndedBy), string(c.Cause), code)
	}
	t.print(s.stdout, func(row, col int, cell string) string {
		switch {
		case row == 0:
			return st.bold(cell)
		case col != 5:
			return cell
		case cell == string(autopsy.Clean):
			return st.green(cell)
		case cell == string(autopsy.Open) || cell == string(autopsy.Unknown):
			return st.yellow(cell)
		}
		return st.red(cell)
	})
	fmt.Fprintf(s.stdout, "\n%s\n", s.text.Count("autopsy.count", len(list)))
	s.autopsyCounts("autopsy.byCause", causes)
	s.autopsyCounts("autopsy.byCode", codes)
	// A finding of several connections is printed once.
	seen := map[string]int{}
	for _, c := range list {
		for i := range c.Findings {
			if c.Findings[i].Together() {
				seen[c.Server+"\x00"+w.Finding(&c.Findings[i])]++
			}
		}
	}
	for _, c := range list {
		for i := range c.Findings {
			said := w.Finding(&c.Findings[i])
			if seen[c.Server+"\x00"+said] > 0 {
				delete(seen, c.Server+"\x00"+said)
				fmt.Fprintln(s.stdout)
				for _, line := range wrap(s.text.Text("autopsy.say", c.Server, said), s.width()) {
					fmt.Fprintln(s.stdout, line)
				}
			}
		}
	}
	fmt.Fprintln(s.stdout, "\n"+st.dim(s.text.Text("autopsy.hint", list[0].ID)))
}

// autopsyCounts prints counts in one line, the largest first.
func (s *session) autopsyCounts(key string, counts map[string]int) {
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
	}
	if len(parts) > 0 {
		fmt.Fprintf(s.stdout, "%s%s%s\n", s.text.Text(key), s.text.Text("word.colon"), strings.Join(parts, s.text.Text("word.comma")))
	}
}

// A progress is a progress bar on a terminal for reading a capture.
type progress struct {
	s          *session
	size, done int64
	start      time.Time
	last       time.Time
	shown      bool
}

// newProgress returns a progress bar for the given number of bytes, or 0 if the
// number is unknown. It prints nothing unless standard error is a terminal.
func (s *session) newProgress(size int64) *progress {
	now := time.Now()
	return &progress{s: s, size: size, start: now, last: now}
}

const progressEvery = 200 * time.Millisecond

// Write counts the bytes that were read.
func (p *progress) Write(b []byte) (int, error) {
	p.done += int64(len(b))
	if now := time.Now(); now.Sub(p.last) >= progressEvery && terminal(p.s.stderr) {
		p.last, p.shown = now, true
		fmt.Fprint(p.s.stderr, "\r\x1b[K"+p.line(now))
	}
	return len(b), nil
}

// line returns the bar.
func (p *progress) line(now time.Time) string {
	if p.size <= 0 {
		return p.s.text.Text("autopsy.progress.bytes", p.done>>20)
	}
	const cells = 30
	part := float64(min(p.done, p.size)) / float64(p.size)
	full := int(part * cells)
	left := time.Duration(0)
	if part > 0 {
		left = time.Duration(float64(now.Sub(p.start)) * (1 - part) / part).Round(time.Second)
	}
	bar := "[" + strings.Repeat("#", full) + strings.Repeat(".", cells-full) + "]"
	return p.s.text.Text("autopsy.progress", bar, int(part*100), p.size>>20, left)
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.s.stderr, "\r\x1b[K")
	}
}
