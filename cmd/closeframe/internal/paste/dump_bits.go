package paste

import (
	"strconv"
)

var bitDump = recognizer{
	read:    readDump(encoding{"binary", bitCells, bitCell, false}),
	samples: []sample{{"00000000: 10001000 00000010 00000011 11101000                    ....\n", "880203e8"}},
}

func bitCells(s string) ([]cell, string) {
	var cells []cell
	for i := 0; ; {
		j := i
		for j < len(s) && (s[j] == ' ' || s[j] == '\t') {
			j++
		}
		k := j
		for k < len(s) && (s[k] == '0' || s[k] == '1') {
			k++
		}
		if k-j != 8 || k < len(s) && s[k] != ' ' && s[k] != '\t' {
			return cells, s[i:]
		}
		cells = append(cells, cell{s[j:k], span{j, k}})
		i = k
	}
}

func bitCell(s string) ([]byte, bool) {
	v, err := strconv.ParseUint(s, 2, 8)
	return []byte{byte(v)}, err == nil
}
