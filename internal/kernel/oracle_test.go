package kernel

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// The oracles: plain, slow, and by unicode/utf8.

// index is what IndexInvalid returns.
func index(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// mendable reports whether some bytes after s would make it well-formed.
func mendable(s string) bool {
	i := index(s)
	if i < 0 {
		return true
	}
	rest := s[i:]
	// A proper prefix of a well-formed sequence: try second bytes from every range, and tails after it.
	for _, b := range [...]string{"\x80", "\x90", "\xA0"} {
		for _, more := range [...]string{"", "\x80", "\x80\x80"} {
			if utf8.ValidString(rest+b+more) || utf8.ValidString(rest+more) && more != "" {
				return true
			}
		}
	}
	return false
}

// masked returns s with every byte XORed with its byte of key.
func masked(s string, key uint32) string {
	b := []byte(s)
	for i := range b {
		b[i] ^= byte(key >> (8 * (i & 3)))
	}
	return string(b)
}

// borders are the first and last bytes of every range that UTF-8 tells apart, and
// some more.
const borders = "\x00A\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xF7\xF8\xFF"

var alphabets = [...]string{"closing frame ", "Привет мир ", "caffè è già ", "正在关闭连接。", "😀🚀👩‍💻", "a–é漢😀 "}

// text returns random well-formed text of n bytes.
func text(r *rand.Rand, n int) string {
	alphabet := []rune(alphabets[r.IntN(len(alphabets))])
	var b strings.Builder
	for b.Len() < n {
		c := alphabet[r.IntN(len(alphabet))]
		if b.Len()+utf8.RuneLen(c) > n {
			c = 'x'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// spoiled returns s, in half of the calls with a byte or two of it changed.
func spoiled(r *rand.Rand, s string) string {
	b := []byte(s)
	if len(b) > 0 && r.IntN(2) == 0 {
		for range 1 + r.IntN(2) {
			b[r.IntN(len(b))] = borders[r.IntN(len(borders))]
		}
	}
	return string(b)
}
