package paste

import (
	"strconv"
)

func octalCell(s string) ([]byte, bool) {
	v, err := strconv.ParseUint(s, 8, 8)
	return []byte{byte(v)}, err == nil && (len(s) >= 3 || s[0] == '0')
}
