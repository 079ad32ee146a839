package paste

var wordDump = recognizer{
	read: readDump(encoding{"words-le", hexCells, wordCell, true}),
	samples: []sample{
		{"00000000: 0588 e903 7962   65                      ....bye\n", "880503e9627965"},
		{"0000000 0588 e903 7962 0065 >....bye.<\n0000010\n", "880503e962796500"},
	},
}

// wordCell returns the bytes of a little-endian word.
func wordCell(s string) ([]byte, bool) {
	b := hexBytes(s)
	for i := range len(b) / 2 {
		b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
	}
	return b, true
}
