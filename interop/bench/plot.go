package main

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A line is the line of an implementation in a chart.
type line struct {
	name   string
	points [][2]float64
}

// A chart has a line for each implementation.
type chart struct {
	title, x, y    func(say) string
	log            bool
	xTicks, yTicks func(most float64) []tick
	lines          []*line
}

// A tick is a mark on an axis.
type tick struct {
	at    float64
	label string
}

// A say returns the argument in the chart's language.
type say func(en, zh string) string

func english(en, _ string) string { return en }
func chinese(_, zh string) string { return zh }

// words returns a text in the given language.
func words(en, zh string) func(say) string {
	return func(s say) string { return s(en, zh) }
}

func (c *chart) add(name string, x, y float64) {
	for _, l := range c.lines {
		if l.name == name {
			l.points = append(l.points, [2]float64{x, y})
			return
		}
	}
	c.lines = append(c.lines, &line{name, [][2]float64{{x, y}}})
}

// plots writes the charts as SVG files into dir, each in English and Chinese.
func (rep *report) plots(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, c := range rep.charts() {
		for suffix, s := range map[string]say{".svg": english, ".zh-Hans.svg": chinese} {
			if err := os.WriteFile(filepath.Join(dir, name+suffix), c.svg(s), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// charts returns every chart by the name of its file.
func (rep *report) charts() map[string]*chart {
	payload := chart{
		title: words("A masked Close frame with a Chinese reason, parsed and validated", "解析并校验一个带掩码、原因为中文的关闭帧"),
		x:     words("payload, bytes", "载荷，字节"), y: words("time", "时间"), xTicks: every(25), yTicks: durations,
	}
	long := chart{
		title: words("Chinese text, validated", "校验中文文本"),
		x:     words("text, bytes", "文本，字节"), y: words("time", "时间"), log: true, xTicks: sizes, yTicks: decades,
	}
	if g := rep.Growth; g != nil {
		payload.times(g.Payload, g.Empty)
		long.times(g.Text, g.Empty)
	}
	charts := map[string]*chart{"payload": &payload, "text": &long}
	for content, c := range curveCharts(rep.Curves) {
		charts["backends-"+content] = c
	}
	return charts
}

// times adds points, and the time of a call that does nothing.
func (c *chart) times(points []point, empty float64) {
	for _, p := range points {
		c.add(p.Library, float64(p.Bytes), p.Nanos)
	}
	for _, p := range c.lines[0].points {
		c.add(emptyName, p[0], empty)
	}
}

// every returns ticks at the multiples of step.
func every(step float64) func(most float64) []tick {
	return func(most float64) (t []tick) {
		for v := 0.0; v <= most; v += step {
			t = append(t, tick{v, grouped(int(v))})
		}
		return t
	}
}

// durations returns ticks at about five round numbers of nanoseconds.
func durations(most float64) (t []tick) {
	step := 1.0
	for _, factor := range []float64{2, 2.5, 2} { // 1, 2, 5, 10, 20, …
		if most/step > 6 {
			step *= factor
		}
	}
	for most/step > 6 {
		step *= 2
	}
	for v := 0.0; v <= most; v += step {
		t = append(t, tick{v, duration(v)})
	}
	return t
}

// decades returns ticks at 1 ns, 10 ns, 100 ns, …
func decades(most float64) (t []tick) {
	for v := 1.0; v <= most; v *= 10 {
		t = append(t, tick{v, duration(v)})
	}
	return t
}

// duration formats nanoseconds with a unit, such as 40 ns or 1 ms.
func duration(nanos float64) string {
	if nanos == 0 {
		return "0"
	}
	s := time.Duration(nanos).String()
	n := strings.TrimRight(s, "nµms")
	return n + " " + s[len(n):]
}

// sizes returns ticks at powers of 4, labeled as sizes.
func sizes(most float64) (t []tick) {
	for v := 16; float64(v) <= most; v *= 4 {
		label := grouped(v)
		switch {
		case v >= 1<<20:
			label = grouped(v>>20) + " Mi"
		case v >= 1<<10:
			label = grouped(v>>10) + " Ki"
		}
		t = append(t, tick{float64(v), label})
	}
	return t
}
