package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var fill = regexp.MustCompile(`(?m)(?:^|\})(?:(text)|\.(\w+))\{[^}]*?fill:#([0-9a-f]{3,6})`)

// fills returns the fill colors of the classes in a part of the style.
func fills(css string) map[string]string {
	m := make(map[string]string)
	for _, f := range fill.FindAllStringSubmatch(css, -1) {
		name := f[1] + f[2]
		if len(f[3]) == 3 {
			f[3] = strings.Repeat(f[3][:1], 2) + strings.Repeat(f[3][1:2], 2) + strings.Repeat(f[3][2:], 2)
		}
		m[name] = f[3]
	}
	return m
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(hex string) float64 {
	n, err := strconv.ParseUint(hex, 16, 24)
	if err != nil {
		panic(err)
	}
	channel := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(n>>16) + 0.7152*channel(n>>8) + 0.0722*channel(n)
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast verifies the contrast of text on every background, on a light
// and on a dark page: WCAG 2.2 requires 4.5 to 1.
func TestContrast(t *testing.T) {
	if c := contrast("000000", "ffffff"); fmt.Sprintf("%.1f", c) != "21.0" {
		t.Fatalf("black on white has a contrast of %v, want 21", c)
	}
	light, dark, ok := strings.Cut(style, "@media")
	if !ok {
		t.Fatal("there is no dark style")
	}
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		color := fills(css)
		for _, pair := range []string{
			"text page", "dim page", "text box", "text fixed", "text either", "text number", "text reason", "text bad",
			"text c0", "text c1", "text c2", "text c3", "text c4", "text c5", "text c6", "text c7",
		} {
			fg, bg, _ := strings.Cut(pair, " ")
			if color[fg] == "" || color[bg] == "" {
				t.Errorf("%s: no color for %q", scheme, pair)
			} else if c := contrast(color[fg], color[bg]); c < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.1f", scheme, fg, bg, c)
			}
		}
	}
}
