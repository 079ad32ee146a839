package paste

// wordCell returns the bytes of a little-endian word.
func wordCell(s string) ([]byte, bool) {
	b := hexBytes(s)
	for i := range len(b) / 2 {
		b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
	}
	return b, true
}
