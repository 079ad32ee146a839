package paste

import (
	"strings"
)

var hexDump = recognizer{
	read: readDump(encoding{"hex", hexCells, hexCell, false}),
	samples: []sample{
		{"00000000  88 05 03 e9 62 79 65                              |....bye|\n00000007\n", "880503e9627965"},
		{"00000000: 8805 03e9 6279 65                        ....bye\n", "880503e9627965"},
		{"\t0x0000:  8805 03e9 6279 65                        ....bye\n", "880503e9627965"},
		{"0000000 88 05 03 e9 62 79 65\n0000007\n", "880503e9627965"},
		{"|00000000| 88 05 03 e9 62 79 65                            |....bye         |\n", "880503e9627965"},
	},
}

// hexCells splits groups of an even number of hex digits, with or without 0x.
func hexCells(s string) ([]cell, string) {
	var cells []cell
	i := 0
	for {
		j := i
		for j < len(s) && (s[j] == ' ' || s[j] == '\t') {
			j++
		}
		if j < len(s) && len(cells) > 0 {
			switch { // between the eighth and the ninth byte
			case s[j] == '-' && (j+1 < len(s)) && len(cells) == 8:
				j++
				for j < len(s) && s[j] == ' ' {
					j++
				}
			case s[j] == ':' && len(cells) == 8, s[j] == '|' && len(cells) == 8 && len(s) > j+3 && isHex(s[j+2]) && isHex(s[j+3]) && strings.Count(s[j:], "|") > 1:
				j++
				for j < len(s) && s[j] == ' ' {
					j++
				}
			case strings.HasPrefix(s[j:], "┊"), strings.HasPrefix(s[j:], "│") && len(cells) == 8 && len(s) > j+4 && isHex(s[j+4]):
				j += len("┊")
				for j < len(s) && s[j] == ' ' {
					j++
				}
			}
		}
		k := j
		if strings.HasPrefix(s[k:], "0x") || strings.HasPrefix(s[k:], "0X") {
			k += 2
		}
		begin := k
		for k < len(s) && isHex(s[k]) {
			k++
		}
		n := k - begin
		end := k == len(s) || strings.IndexByte(" \t|-", s[k]) >= 0 || strings.HasPrefix(s[k:], "│") || strings.HasPrefix(s[k:], "┊")
		if n == 0 || !end || n%2 != 0 {
			return cells, s[i:]
		}
		cells = append(cells, cell{s[begin:k], span{j, k}})
		i = k
	}
}

func hexCell(s string) ([]byte, bool) { return hexBytes(s), true }
