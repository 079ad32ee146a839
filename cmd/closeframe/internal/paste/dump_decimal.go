package paste

import (
	"strconv"
	"strings"
)

var decimalDump = recognizer{
	read: readDump(encoding{"decimal", numberCells, decimalCell, false}),
	samples: []sample{
		{"0000000 136   5   3 233  98 121 101\n0000007\n", "880503e9627965"},
		{"0x7ffe0010:\t-120\t5\t3\t-23\t98\t121\t101\n", "880503e9627965"},
		{"0x7ffe0010:\t-120 '\\210'\t2 '\\002'\t3 '\\003'\t-24 '\\350'\n", "880203e8"},
	},
}

func decimalCell(s string) ([]byte, bool) {
	v, err := strconv.Atoi(s)
	if len(s) > 1 && s[0] == '0' {
		return nil, false
	}
	return []byte{byte(v)}, err == nil && -128 <= v && v <= 255
}

// numberCells splits numbers of up to three digits, perhaps negative.
func numberCells(s string) ([]cell, string) {
	var cells []cell
	for i := 0; ; {
		j := i
		for j < len(s) && (s[j] == ' ' || s[j] == '\t') {
			j++
		}
		k := j
		if k < len(s) && s[k] == '-' {
			k++
		}
		n := 0
		for k < len(s) && isDigit(s[k]) {
			k++
			n++
		}
		if n == 0 || n > 4 || k < len(s) && s[k] != ' ' && s[k] != '\t' {
			return cells, s[i:]
		}
		cells = append(cells, cell{s[j:k], span{j, k}})
		// gdb's x/c has a number and a character
		if rest := s[k:]; len(rest) > 2 && rest[0] == ' ' && rest[1] == '\'' {
			if n := strings.IndexByte(rest[3:], '\''); n >= 0 && n < 5 {
				k += 3 + n + 1
				if strings.HasPrefix(s[k:], "'") {
					k++
				}
			}
		}
		i = k
	}
}
