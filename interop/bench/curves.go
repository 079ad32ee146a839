package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/internal/kernel"
)

// A curve is the time of one validation for every length from 0 to
// curveLengths-1 bytes. A step in it is a length at which an implementation
// changes to a slower path.
type curve struct {
	Backend string `json:"backend"` // a backend of closeframe's kernel, or "unicode/utf8"
	Content string `json:"content"`
	Nanos   series `json:"ns_per_op"`
}

const (
	curveLengths = 1101
	stdName      = "unicode/utf8"

	// curveTexts is the number of texts of a length, a power of two. They all
	// fit into an L1 cache of 32 KiB: otherwise there would be steps where the
	// pool becomes larger than the cache.
	curveTexts = 16

	// cliffLengths and mostStep are the goal: for ASCII up to cliffLengths
	// bytes, no length takes mostStep nanoseconds more than the length before
	// it.
	cliffLengths = 1024
	mostStep     = 1.25
)

// A series is written as one JSON string, so that a curve is not 1,101 lines.
type series []float64

func (s series) MarshalText() ([]byte, error) {
	var text []byte
	for i, x := range s {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendFloat(text, x, 'f', 2, 64)
	}
	return text, nil
}

func (s *series) UnmarshalText(text []byte) error {
	*s = nil
	for _, f := range strings.Fields(string(text)) {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return err
		}
		*s = append(*s, x)
	}
	return nil
}

// measureCurves measures every backend and unicode/utf8 in turn at every
// length. Each round measures all lengths, so a short slowdown of the machine
// affects one round of many lengths. If it affected all rounds of one length,
// it would look like a step. A figure is the lower quartile of its rounds.
func measureCurves(e effort, p *progress) (all []curve) {
	names := append(kernel.Backends(), stdName)
	rounds, turn := max(1, e.rounds/3), e.turn/20
	for k, content := range []string{"ascii", "chinese"} {
		p.show(k, 2, "curves/"+content)
		lanes := make([][]lane, curveLengths)
		for n := range lanes {
			pool := aligned(texts(named(content), n)[:curveTexts])
			for _, name := range names {
				c := closeframeValidOn(name, pool)
				if name == stdName {
					c = stdValid(pool)
				}
				lanes[n] = append(lanes[n], lane{implementation: c, n: c.calibrate(turn)})
			}
		}
		runtime.GC()
		for range rounds {
			for _, byName := range lanes {
				byName[0].timed(curveTexts) // loads the pool into the cache
				for i := range byName {
					l := &byName[i]
					l.nanos = append(l.nanos, float64(l.timed(l.n))/float64(l.n))
				}
			}
		}
		for i, name := range names {
			c := curve{Backend: name, Content: content}
			for _, byName := range lanes {
				c.Nanos = append(c.Nanos, quantile(byName[i].nanos, 0.25))
			}
			all = append(all, c)
		}
	}
	p.done()
	return all
}

// aligned copies texts to 0, 16, 32 and 48 bytes after a multiple of 64, in
// turn, whatever their length. A load across two cache lines takes longer: if
// the alignment depended on the length, that would look like a step.
func aligned(pool [][]byte) [][]byte {
	stride := (len(pool[0])+63)&^63 + 16
	all := make([]byte, len(pool)*stride)
	copies := make([][]byte, len(pool))
	for i, p := range pool {
		copies[i] = append(all[i*stride:][:0:stride], p...)
	}
	return copies
}

// findCurve returns the curve of a backend, or nil.
func findCurve(all []curve, backend, content string) series {
	for _, c := range all {
		if c.Backend == backend && c.Content == content {
			return c.Nanos
		}
	}
	return nil
}

// checkCurves returns the verdicts on the default backend's curves: whether one
// has a step, and the lowest ratio to unicode/utf8 above the length of a
// reason.
func checkCurves(all []curve, backend string) (verdicts []verdict) {
	ours, std := findCurve(all, backend, "ascii"), findCurve(all, stdName, "ascii")
	if len(ours) <= cliffLengths || len(std) <= cliffLengths {
		return nil
	}
	step, at := 0.0, 0
	ratio, of := std[126]/ours[126], 126
	for n := 1; n <= cliffLengths; n++ {
		if d := ours[n] - ours[n-1]; d > step {
			step, at = d, n
		}
		if r := std[n] / ours[n]; n >= 126 && r < ratio {
			ratio, of = r, n
		}
	}
	v := verdict{
		Work: "ASCII of 126 to 1,024 bytes", Against: stdName, Reached: fmt.Sprintf("%s at %d bytes, the worst", times(ratio), of),
		Least: times(1.8), Aim: times(3), Met: met(ratio, 1.8, 3), Margin: rounded(ratio / 1.8),
	}
	cliff := verdict{
		Work: "ASCII up to 1,024 bytes: each length", Against: "the length before", Reached: fmt.Sprintf("%+.2f ns at %d bytes, the worst", step, at),
		Least: fmt.Sprintf("at most %+.2f ns", mostStep), Met: "yes", Margin: rounded(mostStep / max(step, 0.01)),
	}
	if step > mostStep {
		cliff.Met = "no"
	}
	return append(verdicts, v, cliff)
}

// curveCharts returns a chart for each content. unicode/utf8 and the Go backend
// have a separate chart if they are so slow that steps of the others would not
// be visible.
func curveCharts(all []curve) map[string]*chart {
	charts := map[string]*chart{}
	vector := false
	for _, c := range all {
		vector = vector || !isSlow(c.Backend)
	}
	for _, c := range all {
		name, title := c.Content, words("Chinese text validated, by backend", "校验中文文本，按后端")
		switch {
		case c.Content == "ascii":
			title = words("ASCII text validated, by backend", "校验 ASCII 文本，按后端")
		case vector && isSlow(c.Backend):
			name, title = name+"-go", words("Chinese text validated, backend go", "校验中文文本，后端 go")
		}
		k := charts[name]
		if k == nil {
			k = &chart{
				title: title, x: words("text, bytes", "文本，字节"), y: words("time", "时间"), xTicks: every(200), yTicks: durations,
			}
			charts[name] = k
		}
		for n, t := range c.Nanos {
			k.add(c.Backend, float64(n), t)
		}
	}
	return charts
}

func isSlow(backend string) bool { return backend == "go" || backend == stdName }
