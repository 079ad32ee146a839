package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
)

// style is the style of docs/pictures, which a test compares, and of the lines.
// The colors are from the palette of Okabe and Ito for color-blind readers.
// Each line also has its own dashes.
const style = `
text{font-family:ui-sans-serif,system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;font-size:13px;fill:#1f2328}
.small{font-size:12px}
.big{font-size:16px;font-weight:600}
.mid{text-anchor:middle}
.end{text-anchor:end}
.dim{fill:#59636e}
.page{fill:#fff;stroke:#d1d9e0}
.line{fill:none;stroke:#59636e}
.grid{fill:none;stroke:#e4e8ec}
.k{fill:none;stroke-width:2;stroke-linejoin:round}
.k0{stroke:#0072b2;stroke-width:3}
.k1{stroke:#d55e00;stroke-dasharray:7 3}
.k2{stroke:#00845f;stroke-dasharray:3 2}
.k3{stroke:#b5528b;stroke-dasharray:10 3 2 3}
.k4{stroke:#3b8fc2;stroke-dasharray:5 2 1 2}
.k5{stroke:#b57a00;stroke-dasharray:12 4}
.floor{stroke:#7d8590;stroke-dasharray:2 3}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.dim{fill:#a3abb5}
.page{fill:#0d1117;stroke:#3d444d}
.line{stroke:#8b949e}
.grid{stroke:#262c34}
.k0{stroke:#58a6ff}
.k1{stroke:#ff8c4b}
.k2{stroke:#3fc79a}
.k3{stroke:#e59fc9}
.k4{stroke:#8fd0f5}
.k5{stroke:#e6b450}
.floor{stroke:#8b949e}
}
`

// The chart's size and that of the plot in it, in CSS pixels.
const (
	chartW, chartH = 860, 440
	plotX, plotY   = 78, 60
	plotW, plotH   = 590, 310
)

// svg draws c in the language of s.
func (c *chart) svg(s say) []byte {
	var b bytes.Buffer
	title := c.title(s)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", chartW, chartH, chartW, chartH)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n<style>%s</style>\n", title,
		s("A chart with a line for each implementation; lower is faster.", "折线图，每种实现一条线，越低越快。"), style)
	fmt.Fprintf(&b, `<rect class="page" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>`+"\n", chartW-1, chartH-1)
	label := func(class string, x, y float64, text string) {
		fmt.Fprintf(&b, `<text class="%s" x="%.1f" y="%.1f">`, class, x, y)
		xml.EscapeText(&b, []byte(text)) // a bytes.Buffer returns no error
		b.WriteString("</text>\n")
	}
	path := func(class, format string, args ...any) {
		fmt.Fprintf(&b, `<path class="%s" d="%s"/>`+"\n", class, fmt.Sprintf(format, args...))
	}

	x, y := c.scales()
	label("big", 24, 34, title)
	label("small dim", 24, plotY-8, c.y(s))
	label("small dim mid", plotX+plotW/2, plotY+plotH+44, c.x(s))
	for _, t := range c.xTicks(x.hi) {
		if at := x.at(t.at); t.at >= x.lo {
			path("grid", "M%.1f %dV%d", at, plotY, plotY+plotH)
			label("small dim mid", at, plotY+plotH+20, t.label)
		}
	}
	for _, t := range c.yTicks(y.hi) {
		if at := y.at(t.at); t.at >= y.lo {
			path("grid", "M%d %.1fH%d", plotX, at, plotX+plotW)
			label("small dim end", plotX-8, at+4, t.label)
		}
	}
	path("line", "M%d %dV%dH%d", plotX, plotY, plotY+plotH, plotX+plotW)

	var ends []end
	for i, l := range c.lines {
		class := fmt.Sprintf("k k%d", i%6)
		if l.name == emptyName || l.name == copyName {
			class = "k floor"
		}
		var d strings.Builder
		for i, p := range l.points {
			fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], x.at(p[0]), y.at(p[1]))
		}
		path(class, "%s", d.String())
		ends = append(ends, end{l.name, class, y.at(l.points[len(l.points)-1][1])})
	}
	for _, e := range spread(ends) {
		path(e.class, "M%d %.1fh22", plotX+plotW+12, e.y)
		label("small", plotX+plotW+40, e.y+4, nameIn(s, e.name))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// nameIn translates names other than those of libraries.
func nameIn(s say, name string) string {
	switch name {
	case emptyName:
		return s(name, "空调用")
	case copyName:
		return s(name, "单纯复制")
	}
	return name
}

// An end is the right end of a line, with its label.
type end struct {
	name, class string
	y           float64
}

// spread moves the ends apart so that their labels do not overlap.
func spread(ends []end) []end {
	const apart = 18
	slices.SortStableFunc(ends, func(a, b end) int { return int(math.Copysign(1, a.y-b.y)) })
	for i := range ends {
		if i > 0 {
			ends[i].y = max(ends[i].y, ends[i-1].y+apart)
		}
	}
	for i := len(ends) - 1; i >= 0; i-- {
		most := float64(plotY + plotH)
		if i+1 < len(ends) {
			most = ends[i+1].y - apart
		}
		ends[i].y = min(ends[i].y, most)
	}
	return ends
}

// A scale maps a value to a position in the chart.
type scale struct {
	lo, hi   float64
	from, to float64
	log      bool
}

func (s scale) at(v float64) float64 {
	lo, hi := s.lo, s.hi
	if s.log {
		v, lo, hi = math.Log(v), math.Log(lo), math.Log(hi)
	}
	return s.from + (v-lo)/(hi-lo)*(s.to-s.from)
}

// scales returns scales for all lines. A linear scale starts at 0.
func (c *chart) scales() (x, y scale) {
	x = scale{math.Inf(1), math.Inf(-1), plotX, plotX + plotW, c.log}
	y = scale{math.Inf(1), math.Inf(-1), plotY + plotH, plotY, c.log}
	for _, l := range c.lines {
		for _, p := range l.points {
			x.lo, x.hi = min(x.lo, p[0]), max(x.hi, p[0])
			y.lo, y.hi = min(y.lo, p[1]), max(y.hi, p[1])
		}
	}
	y.hi *= 1.04
	if !c.log {
		x.lo, y.lo = 0, 0
	}
	return x, y
}
