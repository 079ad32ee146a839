package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
)

// drawCodes draws all 65,536 codes, colored by closecode.Class, at three
// scales: each as one square pixel, with the high byte of the code downward
// and the low byte across; the rows up to the last that has a valid code,
// larger; and the sixteen codes from 1000, each with its number.
func drawCodes(l *catalog.Language) (*canvas, error) {
	name := func(class closecode.Class) string { return l.Class(class).Title }
	c := &canvas{
		w: 900, h: 560,
		title: l.Text("picture.codes.title"),
		desc:  l.Text("picture.codes.alt"),
	}
	const left = 24
	c.text("big", left, 34, c.title)

	// All codes, one pixel each.
	const all, top = 24, 80
	c.text("small dim", all, 68, l.Text("picture.codes.all"))
	runs(0, 65535, func(class closecode.Class, first, last int) {
		cells(c, class, first, last, all, top, 1, 1)
		if last-first > 30*256 { // room for a label
			c.text("mid", all+128, top+(first+last)/512+5, fmt.Sprintf("%s %d–%d", name(class), first, last))
		}
	})
	c.rect("faint", all, top, 256, 256)

	// The rows up to the last code that may be sent.
	zoom := 0
	for n := range 1 << 16 {
		if closecode.Code(n).Valid() {
			zoom = n/256 + 1
		}
	}
	const x, w, rowH = 364, 2, 13
	c.text("small dim", x, 68, l.Text("picture.codes.rows", zoom, zoom*256-1))
	c.rect("line crisp", all, top, 256, zoom)
	c.path("faint", "M%d %dL%d %dM%d %dL%d %d", all+256, top, x, top, all+256, top+zoom, x, top+zoom*rowH)
	runs(0, zoom*256-1, func(class closecode.Class, first, last int) {
		cells(c, class, first, last, x, top, w, rowH)
		if last-first < 3*256 {
			return // no room for a label
		}
		c.text("mid", x+128*w, top+(first+last)*rowH/512+5, fmt.Sprintf("%s %d–%d", name(class), first, last))
	})
	c.rect("faint", x, top, 256*w, zoom*rowH)

	// The codes that RFC 6455 and the registry define.
	const strip, cell = 372, 53
	c.text("small dim", left, strip-10, l.Text("picture.codes.defined"))
	for n := 1000; n < 1016; n++ {
		at := left + (n-1000)*cell
		c.rect("c"+strconv.Itoa(int(closecode.Code(n).Class())), at, strip, cell, 30)
		c.rect("faint", at, strip, cell, 30)
		c.text("mid mono small", at+cell/2, strip+20, strconv.Itoa(n))
	}

	// The legend: two columns of four.
	for class := range closecode.OutOfRange + 1 {
		at, y := left+int(class)/4*440, 436+int(class)%4*29
		c.rect("c"+strconv.Itoa(int(class)), at, y, 22, 18)
		c.rect("faint", at, y, 22, 18)
		ranges, count, valid := summary(class)
		sent := l.Text("picture.codes.notSent")
		if valid {
			sent = l.Text("picture.codes.sent")
		}
		c.text("strong", at+32, y+14, name(class))
		c.text("small dim", at+136, y+14, l.Text("picture.codes.legend", strings.Join(ranges, l.Text("word.comma")), count, sent))
	}
	return c, nil
}

// runs calls f for each run of codes of one class from first to last.
func runs(first, last int, f func(class closecode.Class, first, last int)) {
	for first <= last {
		class, n := closecode.Code(first).Class(), first
		for n < last && closecode.Code(n+1).Class() == class {
			n++
		}
		f(class, first, n)
		first = n + 1
	}
}

// cells fills the cells of the codes from first to last on a map of 256
// columns.
func cells(c *canvas, class closecode.Class, first, last, x, y, w, h int) {
	for first <= last {
		row, col := first/256, first%256
		// Whole rows at once.
		if rows := (last - first + 1) / 256; col == 0 && rows > 0 {
			c.rect("c"+strconv.Itoa(int(class)), x, y+row*h, 256*w, rows*h)
			first += rows * 256
			continue
		}
		width := min(last-first+1, 256-col)
		c.rect("c"+strconv.Itoa(int(class)), x+col*w, y+row*h, width*w, h)
		first += width
	}
}

// summary returns the ranges of the codes of a class, the number of these
// codes, and whether they may be sent.
func summary(class closecode.Class) (ranges []string, count int, valid bool) {
	runs(0, 65535, func(c closecode.Class, first, last int) {
		if c != class {
			return
		}
		count += last - first + 1
		valid = closecode.Code(first).Valid()
		switch last {
		case first:
			ranges = append(ranges, strconv.Itoa(first))
		default:
			ranges = append(ranges, fmt.Sprintf("%d–%d", first, last))
		}
	})
	return ranges, count, valid
}
