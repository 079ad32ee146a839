//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A shape generates an input of about n bytes.
type shape struct {
	name string
	text func(n int) string
}

// repeat returns a shape of copies of s, each followed by sep.
func repeat(name, before, s, sep, behind string) shape {
	return shape{name, func(n int) string {
		return before + strings.Repeat(s+sep, max(1, n/len(s+sep))) + behind
	}}
}

// of returns a shape of random characters of an alphabet.
func of(name, alphabet string) shape {
	return shape{name, func(n int) string {
		r := rand.New(rand.NewPCG(1, 2))
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(b)
	}}
}

const ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// dumpOf returns a shape of a dump with lines of 16 bytes.
func dumpOf(name string, line func(at int) string) shape {
	return shape{name, func(n int) string {
		var b strings.Builder
		for at := 0; b.Len() < n; at += 16 {
			b.WriteString(line(at))
			b.WriteByte('\n')
		}
		return b.String()
	}}
}

var shapes = []shape{
	repeat("digits", "", "88", "", ""),
	repeat("zeros", "", "0", "", ""),
	repeat("ones", "", "1", "", ""),
	repeat("letters", "", "a", "", ""),
	repeat("pairs", "", "88", " ", ""),
	repeat("pairs in lines", "", "88", "\n", ""),
	repeat("0x", "", "0x88", ", ", ""),
	repeat("0x lines", "", "0x88,", "\n", ""),
	repeat("decimals", "", "136", ", ", ""),
	repeat("decimals lines", "", "136", "\n", ""),
	repeat("labels", "", "got 88 02 03 e8", "\n", ""),
	repeat("labels in a line", "", "got 88 02 03 e8", "; ", ""),
	repeat("array", "[", "136", ", ", "136]"),
	repeat("open array", "[", "136", ", ", ""),
	repeat("objects", "{", `"0":136`, ", ", "}"),
	repeat("small arrays", "", "[136, 2, 3, 232]", " ", ""),
	repeat("small arrays lines", "", "sent [136, 2, 3, 232]", "\n", ""),
	repeat("single arrays", "", "[136]", " ", ""),
	repeat("array of words", "[", "word", ", ", "]"),
	repeat("array, then words", "[136, 2, ", "word", ", ", "]"),
	repeat("brackets", "", "[", "", ""),
	repeat("closing brackets", "", "]", "", ""),
	repeat("brackets with a number", "", "[1,", "", ""),
	repeat("parentheses with a number", "", "(1,", "", ""),
	repeat("braces with a number", "", "{1,", "", ""),
	repeat("angles with a number", "", "<1 ", "", ""),
	repeat("double angles", "", "<<1,", "", ""),
	repeat("angles", "", "<", "", ""),
	repeat("all brackets", "", "[{(<", "", ""),
	repeat("nested", "", "[[1,2],", "", ""),
	repeat("properties", "", "[1, a:", " ", ""),
	repeat("comments", "", "[1/*", " ", ""),
	repeat("comments with numbers", "", "1/* */", " ", ""),
	repeat("slashes", "", "/", "", ""),
	repeat("elisions", "[1", "... 1", " ", ""),
	repeat("literals", "", `"\x88\x02"`, " ", ""),
	repeat("literals with +", "", `"\x88\x02"`, " + ", `""`),
	repeat("literals with + in lines", "", `"\x88\x02" +`, "\n", `""`),
	repeat("plain literals", "", `"bye"`, " ", ""),
	repeat("plain literals with +", "", `"bye"`, " + ", `"\x88"`),
	repeat("a literal before plain ones", `"\x88"`, `"bye"`, " ", ""),
	repeat("long literal", `"`, `\x88`, "", `"`),
	repeat("long plain literal", `"`, `bye`, "", `"`),
	repeat("open literal", `"`, `\x88`, "", ""),
	repeat("apostrophes", "", "'", "", ""),
	repeat("apostrophes in words", "", "it's", " ", ""),
	repeat("quotes", "", `"`, "", ""),
	repeat("odd quotes", `"`, `"`, "", `"'`),
	repeat("triple quotes", "", `"""`, " ", `'`),
	repeat("curly quotes", "", "“", "", ""),
	repeat("quotes and escapes", "", `'\x88`, " ", ""),
	repeat("backslashes", "", `\`, "", ""),
	repeat("escapes", "", `\x88`, "", ""),
	repeat("escapes with spaces", "", `\x88`, " ", ""),
	repeat("octal", "", `\210`, "", ""),
	repeat("escapes in lines", "", `recv: \x88\x02\x03\xe8`, "\n", ""),
	repeat("percent", "", "%88", "", ""),
	repeat("caret", "", "M-^H", "", ""),
	repeat("caret lines", "", "M-^H$", "\n", ""),
	repeat("calls", "", "chr(136)", " . ", `""`),
	repeat("calls and literals", "", `chr(136) + "\x03"`, " + ", `""`),
	repeat("open calls", "", "chr(136,", " ", ""),
	repeat("packs", "", `struct.pack("!H", 1000)`, " + ", `""`),
	repeat("open packs", "", `struct.pack("`, " ", ""),
	repeat("ruby packs", "", `[0x88, `, "", ""),
	repeat("methods", "", "136.chr", " + ", ""),
	repeat("repeats", "", `"a" <repeats 9 times>`, ", ", ""),
	repeat("pascal", "", "#136#2", "", ""),
	repeat("bits", "", "10001000", " ", ""),
	repeat("bits in lines", "", "10001000", "\n", ""),
	repeat("dots", "", "136", ".", "2"),
	repeat("addresses", "", "192.0.2.1:443 > 192.0.2.2:80", " ", ""),
	repeat("base64", "", "iAID6A", "", "=="),
	repeat("base64 words", "", "iAID6A==", " ", ""),
	repeat("base64 lines", "", strings.Repeat("iAID", 19), "\n", ""),
	repeat("base64 urls", "", "data:;base64,iAID6A==", " ", ""),
	repeat("yaml", "", "- peer: 1\n  data: !!binary |\n    iAID6A==", "\n", ""),
	repeat("yaml with long block", "- peer: 1\n  data: !!binary |\n", "    "+strings.Repeat("iAID", 15), "\n", ""),
	repeat("index lines", "", "0: 136", "\n", ""),
	repeat("words", "", "lorem ipsum dolor", " ", ""),
	repeat("words with digits", "", "conn7 of 12 at 0x1234", " ", ""),
	repeat("underscores", "", "88_02_03_e8", " ", ""),
	repeat("Verilog", "", "32'h880203e8", ", ", ""),
	repeat("bytea", "", `\x880203e8`, "\n", ""),
	repeat("assignments", "", "b[0]=136", " ", ""),
	repeat("joined binaries", "", "<<136, 2>>", " <> ", ""),
	repeat("binary and strings", "<<136>>", ` <> "bye"`, "", ""),
	repeat("fields", "", "opcode: 8, payload: 03 e8", "\n", ""),
	repeat("fields in a line", "", "opcode: 8, payload: 03 e8", "; ", ""),
	repeat("fields and a long payload", "opcode: 8, payload: ", "03", " ", ""),
	repeat("spaces", "88", " ", "", "02"),
	repeat("empty lines", "88", "\n", "", "02"),
	repeat("dashes", "88", "-", "", "02"),
	repeat("commas", "[1", ",", "", "2]"),
	repeat("timestamps", "", "2026-01-02T03:04:05.678Z", " ", ""),
	repeat("log lines", "", "2026-01-02T03:04:05.678Z INFO [conn 7] read 4 bytes: 88 02 03 e8", "\n", ""),
	repeat("http", "", "GET / HTTP/1.1\nHost: a\n", "\n", ""),
	repeat("colors", "", "\x1b[31m88\x1b[0m", " ", ""),
	repeat("full width", "", "１３６，", "", ""),
	repeat("bytes that are not UTF-8", "", "\x88\x02\xff", "", ""),
	repeat("invalid UTF-8 in quotes", "", "\"\xff\"", " ", ""),
	dumpOf("hexdump", func(at int) string {
		return fmt.Sprintf("%08x  82 0e 88 88 88 88 88 88  88 88 88 88 88 88 88 88  |................|", at)
	}),
	dumpOf("xxd", func(at int) string {
		return fmt.Sprintf("%08x: 820e 8888 8888 8888 8888 8888 8888 8888  ................", at)
	}),
	dumpOf("tcpdump", func(at int) string {
		return fmt.Sprintf("\t0x%04x:  820e 8888 8888 8888 8888 8888 8888 8888", at&0xffff)
	}),
	dumpOf("od", func(at int) string {
		return fmt.Sprintf("%07o 202 016 210 210 210 210 210 210 210 210 210 210 210 210 210 210", at)
	}),
	dumpOf("od -c", func(at int) string { return fmt.Sprintf("%07o", at) + strings.Repeat(" 210", 16) }),
	dumpOf("od -An -c", func(at int) string { return strings.Repeat(" 210", 16) }),
	dumpOf("packets", func(at int) string {
		return "write\n0000  88 02 03 e8"
	}),
	dumpOf("packets of two sides", func(at int) string {
		return "write\n0000  88 02 03 e8\nread\n0000  88 02 03 e8"
	}),
	dumpOf("dump without data", func(at int) string { return fmt.Sprintf("%08x", at) }),
	dumpOf("stars", func(at int) string { return "00000000  88 88 88 88\n*" }),
	of("random text", ascii),
	of("random text in lines", ascii+"\n"),
	of("random digits", "0123456789abcdef"),
	of("random bits", "01 "),
	of("random brackets", "[](){}<>,1 "),
	of("random quotes", "\"'`\\x0 "),
	of("random quotes in lines", "\"'`\\x0 \n"),
	of("random numbers", "0123456789,- "),
	of("random operators", `"'+.&<>,(1)`+"\\"),
	of("random words", "abcdefghij \n0123"),
}

// cpuTime returns the CPU time that the process has used.
func cpuTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestGrowth verifies that the time to read a text grows with its size, and not
// with the square of its size, which would be 64 times as long for 8 times the
// size. It compares the shortest of several runs in CPU time, because other
// processes do not matter then.
func TestGrowth(t *testing.T) {
	const size, factor, most, tries = 1 << 9, 8, 32, 5
	for i, s := range shapes {
		if testing.Short() && i%16 != 0 {
			continue
		}
		texts := [2]string{s.text(size), s.text(factor * size)}
		var best [2]time.Duration
		for try := range tries {
			for k, text := range texts {
				start := cpuTime(t)
				runWith(nil, text, "decode")
				if d := cpuTime(t) - start; try == 0 || d < best[k] {
					best[k] = d
				}
			}
			if best[1] <= most*best[0] {
				break
			}
		}
		if best[1] > most*best[0] {
			t.Errorf("%s: %v for %d bytes, %v for %d", s.name, best[0], len(texts[0]), best[1], len(texts[1]))
		}
	}
}
