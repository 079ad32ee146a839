package paste

import (
	"strconv"
)

var octalDump = recognizer{
	read:    readDump(encoding{"octal", numberCells, octalCell, false}),
	samples: []sample{{"0000000 210 005 003 351 142 171 145\n0000007\n", "880503e9627965"}},
}

func octalCell(s string) ([]byte, bool) {
	v, err := strconv.ParseUint(s, 8, 8)
	return []byte{byte(v)}, err == nil && (len(s) >= 3 || s[0] == '0')
}
