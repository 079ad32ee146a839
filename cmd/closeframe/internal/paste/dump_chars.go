package paste

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

var charDump = recognizer{
	read:    readDump(encoding{"chars", charCells, charCell, false}),
	samples: []sample{{"0000000 210 005 003 351   b   y   e\n0000007\n", "880503e9627965"}},
}

// charCells splits the cells of od -c, four columns each.
func charCells(s string) ([]cell, string) {
	var cells []cell
	i := 0
	for i < len(s) {
		if len(s) < i+4 {
			return nil, s
		}
		cells = append(cells, cell{s[i : i+4], span{i, i + 4}})
		i += 4
	}
	return cells, ""
}

func charCell(s string) ([]byte, bool) {
	c := strings.TrimPrefix(s, " ")
	switch {
	case len(s) != 4 || s[0] != ' ':
		return nil, false
	case isOctal(c[0]) && isOctal(c[1]) && isOctal(c[2]):
		v, err := strconv.ParseUint(c, 8, 8)
		return []byte{byte(v)}, err == nil
	case c[0] == ' ' && c[1] == ' ':
		return []byte{c[2]}, c[2] < utf8.RuneSelf && c[2] >= ' '
	case c[0] == ' ' && c[1] == '\\':
		if i := strings.IndexByte("0abfnrtv", c[2]); i >= 0 {
			return []byte{"\x00\a\b\f\n\r\t\v"[i]}, true
		}
	}
	return nil, false
}
