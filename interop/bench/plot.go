package main

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// ink is the color of axes and text. The plot library knows one color only, so it
// stands for a variable that is dark on light and light on dark.
var ink = color.RGBA{1, 2, 3, 255}

const inkHex, gridHex = "#010203", "#040506"

var grid = color.RGBA{4, 5, 6, 255}

const style = `<style>
:root { --ink: #1f2328; --grid: #d1d9e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --grid: #3d444d; } }
</style>
`

// lines are the colors of the contenders, to be told apart on light and dark
// and by the color-blind (after Okabe and Ito), and each one's dashes.
var lines = []struct {
	color  color.RGBA
	dashes []vg.Length
}{
	{color.RGBA{0, 114, 178, 255}, nil},
	{color.RGBA{213, 94, 0, 255}, []vg.Length{6, 2}},
	{color.RGBA{0, 158, 115, 255}, []vg.Length{2, 2}},
	{color.RGBA{204, 121, 167, 255}, []vg.Length{8, 2, 2, 2}},
	{color.RGBA{128, 128, 128, 255}, []vg.Length{1, 2}},
}

// plots writes how cost grows as SVG files into dir.
func (rep *report) plots(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	g := rep.Growth
	err := drawPlot(filepath.Join(dir, "payload.svg"), "A masked Close with a Chinese reason, parsed and validated",
		"payload, bytes", g.Payload, g.Empty, false)
	if err != nil {
		return err
	}
	return drawPlot(filepath.Join(dir, "text.svg"), "Chinese text validated", "text, bytes", g.Text, g.Empty, true)
}

// drawPlot draws time by length, one line a contender; empty is what a call costs
// that does nothing.
func drawPlot(file, title, x string, points []point, empty float64, log bool) error {
	p := plot.New()
	p.BackgroundColor = nil // of what it stands on
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = x, "time"
	p.Y.Tick.Marker = linear{}
	p.Title.TextStyle.Color, p.Legend.TextStyle.Color = ink, ink
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Label.TextStyle.Color, a.Tick.Color, a.Tick.Label.Color = ink, ink, ink, ink
		if log {
			a.Scale, a.Tick.Marker = plot.LogScale{}, decades{}
		}
	}
	p.X.Tick.Marker = steps{}
	if log {
		p.X.Tick.Marker = sizes{}
	}
	p.Legend.Top, p.Legend.Left = true, true
	gridLines := plotter.NewGrid()
	gridLines.Horizontal.Color, gridLines.Vertical.Color = grid, grid
	p.Add(gridLines)

	var names []string
	by := map[string]plotter.XYs{}
	for _, q := range points {
		if !slices.Contains(names, q.Contender) {
			names = append(names, q.Contender)
		}
		by[q.Contender] = append(by[q.Contender], plotter.XY{X: float64(q.Bytes), Y: q.Nanos})
	}
	all := by[names[0]]
	by["empty call"] = plotter.XYs{{X: all[0].X, Y: empty}, {X: all[len(all)-1].X, Y: empty}}
	names = append(names, "empty call")
	for i, name := range names {
		l, err := plotter.NewLine(by[name])
		if err != nil {
			return err
		}
		s := lines[min(i, len(lines)-1)]
		l.Color, l.Dashes, l.Width = s.color, s.dashes, vg.Points(1.8)
		if i >= len(lines) {
			l.Dashes = []vg.Length{4, 4}
		}
		p.Add(l)
		p.Legend.Add(name, l)
	}
	if !log {
		p.Y.Min = 0
	}

	w, h := 7.2*vg.Inch, 4.2*vg.Inch
	c := vgsvg.New(w, h)
	p.Draw(draw.Crop(draw.New(c), 6, -24, 6, -6)) // room for the last label
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	svg := b.String()
	head, body, ok := strings.Cut(svg, "<g ")
	if !ok {
		return fmt.Errorf("%s: the drawing has no group", file)
	}
	svg = head + style + "<g " + body
	svg = strings.NewReplacer(inkHex, "var(--ink)", gridHex, "var(--grid)").Replace(svg)
	return os.WriteFile(file, []byte(svg), 0o644)
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

// decades marks 1, 10, 100, … nanoseconds.
type decades struct{}

func (decades) Ticks(lo, hi float64) []plot.Tick {
	var t []plot.Tick
	for v := 1.0; v <= hi*1.01; v *= 10 {
		if v >= lo*0.99 {
			t = append(t, plot.Tick{Value: v, Label: time.Duration(v).String()})
		}
	}
	return t
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
