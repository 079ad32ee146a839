package main

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// ink is the color of axes and text, and grid that of the lines behind all. They are for light
// ground, which is all that some programs know; themes has the others.
var (
	ink  = color.RGBA{0x1f, 0x23, 0x28, 255}
	grid = color.RGBA{0xd1, 0xd9, 0xe0, 255}
)

const themes = `<style>
@media (prefers-color-scheme: dark) {
[style*="fill:#1F2328"] { fill: #e6edf3 !important; }
[style*="stroke:#1F2328"] { stroke: #e6edf3 !important; }
[style*="stroke:#D1D9E0"] { stroke: #3d444d !important; }
}
</style>
`

// colors are those of the contenders, to be told apart on light and dark and by
// the color-blind (after Okabe and Ito), and each one's dashes.
var colors = []style{
	{color.RGBA{0, 114, 178, 255}, nil},
	{color.RGBA{213, 94, 0, 255}, []vg.Length{6, 2}},
	{color.RGBA{0, 158, 115, 255}, []vg.Length{2, 2}},
	{color.RGBA{204, 121, 167, 255}, []vg.Length{8, 2, 2, 2}},
	{color.RGBA{86, 180, 233, 255}, []vg.Length{4, 2, 1, 2}},
	{color.RGBA{230, 159, 0, 255}, []vg.Length{10, 3}},
}

// floors are what cannot be beaten.
var floors = map[string]style{
	"plain copy": {color.RGBA{128, 128, 128, 255}, []vg.Length{1, 2}},
	emptyName:    {color.RGBA{128, 128, 128, 255}, []vg.Length{4, 4}},
	smallest:     {color.RGBA{128, 128, 128, 255}, []vg.Length{4, 4}},
}

type style struct {
	color  color.RGBA
	dashes []vg.Length
}

// A chart has a line for each contender.
type chart struct {
	title, x, y    string
	xTicks, yTicks plot.Ticker
	log            bool
	legendRight    bool
	names          []string // of the lines, in order
	lines          map[string]plotter.XYs
}

func (c *chart) add(name string, x, y float64) {
	if c.lines == nil {
		c.lines = map[string]plotter.XYs{}
	}
	if c.lines[name] == nil {
		c.names = append(c.names, name)
	}
	c.lines[name] = append(c.lines[name], plotter.XY{X: x, Y: y})
}

// plots writes how cost grows as SVG files into dir.
func (rep *report) plots(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	g := rep.Growth
	payload := chart{
		title: "A masked Close with a Chinese reason, parsed and validated",
		x:     "payload, bytes", y: "time", xTicks: steps{}, yTicks: linear{},
	}
	payload.times(g.Payload, g.Empty)
	text := chart{
		title: "Chinese text validated",
		x:     "text, bytes", y: "time", log: true, xTicks: sizes{}, yTicks: decades{func(v int) string { return time.Duration(v).String() }},
	}
	text.times(g.Text, g.Empty)
	count := chart{
		title: "Memory of open connections; those of the others have their buffers in it",
		x:     "connections", y: "bytes a connection", log: true, legendRight: true, xTicks: decades{grouped}, yTicks: decades{grouped},
	}
	for _, l := range rep.Memory {
		count.add(l.Contender, float64(l.Connections), l.Bytes)
	}
	charts := map[string]*chart{"payload": &payload, "text": &text, "memory": &count}
	for content, c := range curveCharts(rep.Curves) {
		charts["backends-"+content] = c
	}
	for name, c := range charts {
		if err := c.draw(filepath.Join(dir, name+".svg")); err != nil {
			return err
		}
	}
	return nil
}

// times adds points, and what a call costs that does nothing.
func (c *chart) times(points []point, empty float64) {
	for _, p := range points {
		c.add(p.Contender, float64(p.Bytes), p.Nanos)
	}
	for _, p := range c.lines[c.names[0]] {
		c.add(emptyName, p.X, empty)
	}
}

// draw writes c as an SVG file.
func (c *chart) draw(file string) error {
	p := plot.New()
	p.BackgroundColor = nil // of what it stands on
	p.Title.Text = c.title
	p.X.Label.Text, p.Y.Label.Text = c.x, c.y
	p.Title.TextStyle.Color, p.Legend.TextStyle.Color = ink, ink
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Label.TextStyle.Color, a.Tick.Color, a.Tick.Label.Color = ink, ink, ink, ink
		if c.log {
			a.Scale = plot.LogScale{}
		}
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = c.xTicks, c.yTicks
	p.Legend.Top, p.Legend.Left = true, !c.legendRight
	p.Legend.Padding = vg.Points(2)
	gridLines := plotter.NewGrid()
	gridLines.Horizontal.Color, gridLines.Vertical.Color = grid, grid
	p.Add(gridLines)
	for i, name := range c.names {
		l, err := plotter.NewLine(c.lines[name])
		if err != nil {
			return err
		}
		s, ok := floors[name]
		if !ok {
			s = colors[i]
		}
		l.Color, l.Dashes, l.Width = s.color, s.dashes, vg.Points(1.8)
		p.Add(l)
		p.Legend.Add(name, l)
	}
	if !c.log {
		p.Y.Min = 0
	}

	w, h := 7.2*vg.Inch, 4.2*vg.Inch
	canvas := vgsvg.New(w, h)
	p.Draw(draw.Crop(draw.New(canvas), 6, -24, 6, -6)) // room for the last label
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return err
	}
	head, body, ok := strings.Cut(b.String(), "<g ")
	if !ok {
		return fmt.Errorf("%s: the drawing has no group", file)
	}
	return os.WriteFile(file, []byte(head+themes+"<g "+body), 0o644)
}

// steps marks every 25.
type steps struct{}

func (steps) Ticks(lo, hi float64) []plot.Tick {
	var t []plot.Tick
	for v := 0.0; v <= hi; v += 25 {
		if v >= lo {
			t = append(t, plot.Tick{Value: v, Label: fmt.Sprint(v)})
		}
	}
	return t
}

// decades marks 1, 10, 100, … as label writes them.
type decades struct{ label func(int) string }

func (d decades) Ticks(lo, hi float64) []plot.Tick {
	var t []plot.Tick
	for v := 1; float64(v) <= hi*1.01; v *= 10 {
		if float64(v) >= lo*0.99 {
			t = append(t, plot.Tick{Value: float64(v), Label: d.label(v)})
		}
	}
	return t
}

// grouped writes a number with commas.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// linear marks nanoseconds.
type linear struct{}

func (linear) Ticks(lo, hi float64) []plot.Tick {
	t := plot.DefaultTicks{}.Ticks(lo, hi)
	for i := range t {
		if t[i].Label != "" {
			t[i].Label = time.Duration(t[i].Value).String()
		}
	}
	return t
}

// sizes marks powers of 4 as people write sizes.
type sizes struct{}

func (sizes) Ticks(lo, hi float64) []plot.Tick {
	var t []plot.Tick
	for v := 16; float64(v) <= hi*1.01; v *= 4 {
		label := fmt.Sprint(v)
		switch {
		case v >= 1<<20:
			label = fmt.Sprintf("%d Mi", v>>20)
		case v >= 1<<10:
			label = fmt.Sprintf("%d Ki", v>>10)
		}
		if float64(v) >= lo*0.99 {
			t = append(t, plot.Tick{Value: float64(v), Label: label})
		}
	}
	return t
}
