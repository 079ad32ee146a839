// Command pictures makes the pictures of the documentation: SVG files that
// are legible on a light and on a dark page, in English and in Chinese.
//
//	go generate ./docs/pictures
//
// Nothing in them is drawn by hand. What they show is asked of the packages:
// the bits of a frame of package frame, the classes of package closecode, and
// the states of the closing handshake of package closeevent, whose Handshake
// is put through everything that can happen to it. A test compares the
// committed files with what this program makes.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run . .

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pictures directory")
		os.Exit(2)
	}
	files, err := pictures()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
	for name, svg := range files {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), svg, 0o666); err != nil {
			fmt.Fprintln(os.Stderr, "pictures:", err)
			os.Exit(1)
		}
	}
}

// A say returns the one of its arguments that is in the picture's language.
type say func(en, zh string) string

func english(en, _ string) string { return en }
func chinese(_, zh string) string { return zh }

// pictures returns every picture in every language by its file's name.
func pictures() (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, p := range []struct {
		name string
		draw func(say) (*canvas, error)
	}{
		{"frame", drawFrame},
		{"codes", drawCodes},
		{"handshake", drawHandshake},
	} {
		for suffix, say := range map[string]say{".svg": english, ".zh-Hans.svg": chinese} {
			c, err := p.draw(say)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			files[p.name+suffix] = c.svg()
		}
	}
	return files, nil
}
