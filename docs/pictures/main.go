// Command pictures draws the pictures of the documentation: SVG files that
// are legible on a light and on a dark page, in every language of the catalog.
//
//	go generate ./docs/pictures
//
// The pictures show what the packages do: the bits of a frame that package
// frame made, the classes of package closecode, and the states of a Handshake
// of package closeevent, found by trying every sequence of calls. A test
// compares the committed files with the output of this program.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/closeframe/closeframe/internal/catalog"
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

// pictures returns every picture in every language by the name of its file.
// The English pictures have no tag in their names.
func pictures() (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, tag := range catalog.Languages() {
		suffix := "." + tag + ".svg"
		if tag == "en" {
			suffix = ".svg"
		}
		for name, draw := range map[string]func(*catalog.Language) (*canvas, error){
			"frame": drawFrame, "codes": drawCodes, "handshake": drawHandshake,
		} {
			c, err := draw(catalog.In(tag))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			files[name+suffix] = c.svg()
		}
	}
	return files, nil
}
