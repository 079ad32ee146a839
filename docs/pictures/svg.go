package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

// A canvas collects the elements of an SVG picture. Its units are CSS pixels.
type canvas struct {
	w, h        int
	title, desc string // for screen readers
	body        bytes.Buffer
}

// style has the colors of each class of shapes on a light and on a dark page.
// The contrast of text with its background is at least 4.5 to 1.
const style = `
text{font-family:ui-sans-serif,system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;font-size:13px;fill:#1f2328}
.small{font-size:12px}
.mono{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
.big{font-size:16px;font-weight:600}
.strong{font-weight:600}
.mid{text-anchor:middle}
.end{text-anchor:end}
.dim{fill:#59636e}
.page{fill:#fff;stroke:#d1d9e0}
.line{fill:none;stroke:#59636e}
.faint{fill:none;stroke:#b4bcc6}
.dash{fill:none;stroke:#59636e;stroke-dasharray:4 3}
.tip{fill:#59636e}
.box{fill:#f6f8fa;stroke:#59636e}
.fixed{fill:#f6d6a8;stroke:#59636e}
.either{fill:#dccbf7;stroke:#59636e}
.number{fill:#9fcdfb;stroke:#59636e}
.reason{fill:#a9e2b8;stroke:#59636e}
.bad{fill:#ffb3a8;stroke:#59636e}
.c0,.c1,.c2,.c3,.c4,.c5,.c6,.c7,.crisp{shape-rendering:crispEdges}
.c0{fill:#dfe3e8}.c1{fill:#8fdba3}.c2{fill:#ffa99d}.c3{fill:#f3dca2}
.c4{fill:#dccbf7}.c5{fill:#9fcdfb}.c6{fill:#7fdcd2}.c7{fill:#f0f2f4}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.dim{fill:#a3abb5}
.page{fill:#0d1117;stroke:#3d444d}
.line,.box,.fixed,.either,.number,.reason,.bad,.dash{stroke:#8b949e}
.faint{stroke:#4a525c}
.tip{fill:#8b949e}
.box{fill:#161b22}
.fixed{fill:#5f4310}
.either{fill:#4e3a7a}
.number{fill:#1d4f8a}
.reason{fill:#1c5c30}
.bad{fill:#8e2b26}
.c0{fill:#333a43}.c1{fill:#1f6f38}.c2{fill:#98302a}.c3{fill:#6b5314}
.c4{fill:#4e3a7a}.c5{fill:#1d4f8a}.c6{fill:#12635c}.c7{fill:#1c2128}
}
`

// svg returns the whole picture.
func (c *canvas) svg() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n",
		c.w, c.h, c.w, c.h)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n<style>%s</style>\n", escape(c.title), escape(c.desc), style)
	fmt.Fprintf(&b, `<rect class="page" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>`+"\n", c.w-1, c.h-1)
	b.Write(c.body.Bytes())
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder returns no error
	return b.String()
}

func (c *canvas) rect(class string, x, y, w, h int) {
	fmt.Fprintf(&c.body, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`+"\n", class, x, y, w, h)
}

// round draws a rectangle with round corners.
func (c *canvas) round(class string, x, y, w, h int) {
	fmt.Fprintf(&c.body, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", class, x, y, w, h)
}

// text writes s with the left end of its baseline at x, y. The class mid moves
// its middle there, and the class end its right end.
func (c *canvas) text(class string, x, y int, s string) {
	fmt.Fprintf(&c.body, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, x, y, escape(s))
}

// path draws SVG path data, formatted as by fmt.Sprintf.
func (c *canvas) path(class, format string, args ...any) {
	fmt.Fprintf(&c.body, `<path class="%s" d="%s"/>`+"\n", class, fmt.Sprintf(format, args...))
}

// line draws an arrow from one point to another.
func (c *canvas) line(x1, y1, x2, y2 int) {
	c.path("line", "M%d %dL%d %d", x1, y1, x2, y2)
	// The tip is a triangle, 9 long and 8 wide, in the direction of the line.
	dx, dy := float64(x2-x1), float64(y2-y1)
	n := math.Sqrt(dx*dx + dy*dy)
	dx, dy = dx/n, dy/n
	bx, by := float64(x2)-9*dx, float64(y2)-9*dy
	c.path("tip", "M%d %dL%.1f %.1fL%.1f %.1fZ", x2, y2, bx-4*dy, by+4*dx, bx+4*dy, by-4*dx)
}
