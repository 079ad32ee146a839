package kernel

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// The expected results come from unicode/utf8, by plain and slow code.

// wantIndex returns what IndexInvalid must return.
func wantIndex(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// completable reports whether some bytes after s make it valid UTF-8.
func completable(s string) bool {
	i := wantIndex(s)
	if i < 0 {
		return true
	}
	// If the rest is the beginning of a character, one of these completes it:
	// a second byte of each range, and more continuation bytes.
	for _, second := range [...]string{"", "\x80", "\x90", "\xA0"} {
		for _, more := range [...]string{"", "\x80", "\x80\x80"} {
			if utf8.ValidString(s[i:] + second + more) {
				return true
			}
		}
	}
	return false
}

// masked returns s with byte i XORed with byte i%4 of key, the lowest first.
func masked(s string, key uint32) string {
	b := []byte(s)
	for i := range b {
		b[i] ^= byte(key >> (8 * (i & 3)))
	}
	return string(b)
}

// borders has the first and the last byte of every range that the grammar of
// UTF-8 distinguishes, and a few more.
const borders = "\x00A\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xF7\xF8\xFF"

var alphabets = [...]string{"closing frame ", "Привет мир ", "caffè è già ", "正在关闭连接。", "😀🚀👩‍💻", "a–é漢😀 "}

// randomText returns n bytes of valid UTF-8 in a random script.
func randomText(r *rand.Rand, n int) string {
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

// corrupted returns s, in half of the calls with one or two bytes changed.
func corrupted(r *rand.Rand, s string) string {
	b := []byte(s)
	if len(b) > 0 && r.IntN(2) == 0 {
		for range 1 + r.IntN(2) {
			b[r.IntN(len(b))] = borders[r.IntN(len(borders))]
		}
	}
	return string(b)
}

// unfinishedTexts are chunks that end at every place in a character.
var unfinishedTexts = [...]string{
	"", "A", "é", "漢", "😀", "abc\xC2", "abc\xDF", "\xE0", "\xE1", "\xED", "\xEF",
	"\xE0\xA0", "\xE1\x80", "\xED\x9F", "x\xEF\xBF", "\xF0", "\xF1", "\xF4",
	"\xF0\x90", "\xF1\x80", "\xF4\x8F", "漢\xF4\x8F", "\xF0\x90\x80", "\xF1\x80\x80", "\xF4\x8F\xBF", "12345678\xF4\x8F\xBF",
}

// bytesOf has every byte once.
var bytesOf = func() string {
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	return string(all[:])
}()
