package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseHex(t *testing.T) {
	bye := "\x88\x05\x03\xe9bye"
	tests := []struct{ name, in, want string }{
		{"digits", "880503e9627965", bye},
		{"upper case", "88 05 03 E9 62 79 65", bye},
		{"groups", "8805 03e9 627965", bye},
		{"colons", "88:05:03:e9:62:79:65", bye},
		{"dashes", "88-05-03-e9-62-79-65", bye},
		{"commas", "88,05,03,e9, 62,79,65,", bye},
		{"0x", "0x88,0x05,0x03,0xe9,0x62,0x79,0x65", bye},
		{"0x, short", "0X88 0x5 0x3 0xE9 0x62 0x79 0x65", bye},
		{"0x, long", "0x880503e9627965", bye},
		{"escapes", `\x88\x05\x03\xe9\x62\x79\x65`, bye},
		{"percent", "%88%05%03%e9%62%79%65", bye},
		{"C", "{0x88, 0x05, 0x03, 0xe9,\n 0x62, 0x79, 0x65};", bye},
		{"Go", "[]byte{0x88, 0x5, 0x3, 0xe9, 0x62, 0x79, 0x65}", bye},
		{"JavaScript", "new Uint8Array([0x88, 0x05, 0x03, 0xe9, 0x62, 0x79, 0x65])", bye},
		{"Node", "{ data: <Buffer 88 05 03 e9 62 79 65> }", bye},
		{"xxd -i", "unsigned char a_bin[] = {\n  0x88, 0x05, 0x03, 0xe9, 0x62, 0x79, 0x65\n};\nunsigned int a_bin_len = 7;\n", bye},
		{"string", `"\x88\x05\x03\xe9bye"`, bye},
		{"string, Python", `b'\x88\x05\x03\xe9bye'`, bye},
		{"string, octal", `"\210\5\3\351bye"`, bye},
		{"strings, Wireshark", "\"\\x88\\x05\\x03\" \\\n\"\\xe9\\x62\\x79\\x65\"\n", bye},
		{"string, all escapes", `"\a\b\f\n\r\t\v\\\'\"\0"`, "\a\b\f\n\r\t\v\\'\"\x00"},
		{"string, empty", `""`, ""},
		{"string of digits", `"8805 03e9 627965"`, bye},
		{"string of digits, JSON", "'880503e9627965'\n", bye},
		{"string of an odd number of digits", `"880"`, "880"},
		{"string of digits and an escape", `"88\x30"`, "880"},
		{"string of separators", `", "`, ", "},
		{"nothing", " \n", ""},
		{"braces, nothing", "{}", ""},

		{"hexdump -C", "00000000  88 05 03 e9 62 79 65                              |....bye|\n00000007\n", bye},
		{"hexdump -C, in the middle", "00000040  88 05 03 e9 62 79 65                              |....bye|\n", bye},
		{"hexdump -C, bars", "00000000  7c 7c 7c 7c                                       ||||||\n00000004\n", "||||"},
		{"xxd", "00000000: 8805 03e9 6279 65                        ....bye\n", bye},
		{"xxd -g1", "00000000: 88 05 03 e9 62 79 65                             ....bye\n", bye},
		{"xxd, text like hex", "00000000: 6162 6364                                abcd\n", "abcd"},
		{"od -t x1", "0000000 88 05 03 e9 62 79 65\n0000007\n", bye},
		{"od -A x -t x1", "000000 88 05 03 e9 62 79 65\n000007\n", bye},
		{"tcpdump -X", "\t0x0000:  8805 03e9 6279 65                        ....bye\n", bye},
		{"Wireshark", "0000   88 05 03 e9 62 79 65                              ....bye\n", bye},
		{"tshark -x", "0000  88 05 03 e9 62 79 65                              ....bye\r\n\r\n", bye},
		{"Wireshark, eight bytes", "0000   61 62 63 64 65 66 61 62                           abcdefab\n", "abcdefab"},
		{"gdb", "0x7ffe0010:\t0x88\t0x05\t0x03\t0xe9\t0x62\t0x79\t0x65\n", bye},
		{"zeros before pairs", "0000 88 05 03 e9 62 79 65", bye},

		{"no dump: a code first", "03e8  62 79 65", "\x03\xe8bye"},
		{"no dump: a header first", "8885  01 02 03 04", "\x88\x85\x01\x02\x03\x04"},
		{"no dump: zeros, but groups", "0000 0000", "\x00\x00\x00\x00"},
		{"no dump: frames, as if one were the offset of the other", "8802 03e8\n8804 03e9 6f6b\n", "\x88\x02\x03\xe8\x88\x04\x03\xe9ok"},
		{"no dump: headers, as if one were the offset of the other", "8802 03 e8\n8804 03 e9 6f 6b\n", "\x88\x02\x03\xe8\x88\x04\x03\xe9ok"},
		{"od -A x -t x1, in the middle", "000010 88 05 03 e9\n000014 62 79 65\n000017\n", bye},
		{"tshark -x, in the middle", "0010  88 05 03 e9 62 79 65                              ....bye\n0017\n", bye},
		{"no dump: offsets that do not follow", "8802 03 e8\n8802 03 e9\n", "\x88\x02\x03\xe8\x88\x02\x03\xe9"},
	}
	for _, tt := range tests {
		got, err := parseHex(tt.in)
		if string(got) != tt.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestParseHexErrors(t *testing.T) {
	tests := []struct {
		in  string
		pos int
		msg string
	}{
		{"88 0", 3, `"0" has an odd number of hex digits`},
		{"88 0g", 4, `'g' is not a hex digit`},
		{"8 8", 0, `"8" has an odd number`},
		{"880203e", 0, `"880203e" has an odd number`},
		{"8000000000000000000000000", 0, `"80000000000000000000..." has an odd number`},
		{"0x", 2, "the hex digits are missing at the end"},
		{"88 0x 02", 5, `' ' is not a hex digit`},
		{"88 \x1b[31m", 4, `"[" is not closed`},
		{"88 \x1b", 3, `'\x1b' is not a hex digit`},
		{"88 é", 3, `'é' is not a hex digit`},
		{`\x88\x02bye`, 9, `'y' is not a hex digit`},
		{"{88", 0, `"{" is not closed`},
		{"[]byte{88", 6, `"{" is not closed`},
		{"<Buffer 88", 0, `"<Buffer" is not closed`},
		{"<Buffer 88 05 ... 5 more bytes>", 14, "'.' is not a hex digit"},
		{`"\x8"`, 1, `"\\x" is not an escape sequence`},
		{`"\9"`, 1, `"\\9" is not an escape sequence`},
		{`"\400"`, 1, `"\\4" is not an escape sequence`},
		{`"\`, 1, `"\\" is not an escape sequence`},
		{`"abc`, 0, `the string is not closed by '"'`},
		{`"abc" def`, 6, `'d' comes after the end of the string`},
		{"0000000 0588 e903\n", 0, "this dump is of words, not bytes"},
		{"000000 0588 e903\n000004\n", 0, "this dump is of words, not bytes"},
		{"000000 03020588\n000004\n", 0, "this dump is of words, not bytes"},
		{"0000000 042610 164403\n0000004\n", 0, "this dump is of words, not bytes"},
		{"00000000: 88\n00000002: 05\n", 13, "the offset 00000002 does not follow"},
		{"00000000  88  |.|\n00000010  05  |.|\n", 18, "the offset 00000010 does not follow"},
		{"00000000  88 05\n00000004  03 e9\n", 16, "the offset 00000004 does not follow"},
		{"0000000 " + strings.Repeat(" 88", 16) + "\n0000020 05\n0000050 03\n", 68, "the offset 0000050 does not follow"},
		{"00000000: 88\n*\n", 13, `the dump ends with "*"`},
		{"00000000: 88\n*\nffffffff\n", 15, "the offset ffffffff is too far away"},
		{"00000000: 88\n00000001:\n00000001: 02\n", 13, "no bytes come after the offset 00000001"},
		{"00000000: 88\nffffffffffffffff1: 02\n", 8, "':' is not"},
	}
	for _, tt := range tests {
		b, err := parseHex(tt.in)
		var bad *hexError
		if !errors.As(err, &bad) {
			t.Errorf("%q: % x, %v", tt.in, b, err)
			continue
		}
		if tt.in == tests[len(tests)-1].in {
			continue // only that it is an error
		}
		if bad.pos != tt.pos || !strings.HasPrefix(bad.msg, tt.msg) {
			t.Errorf("%q: at %d: %s, want at %d: %s", tt.in, bad.pos, bad.msg, tt.pos, tt.msg)
		}
	}
}

func TestParseHexStar(t *testing.T) {
	in := "00000000  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61  |aaaaaaaaaaaaaaaa|\n*\n" +
		"00000040  62                                                |b|\n00000041\n"
	got, err := parseHex(in)
	if want := strings.Repeat("a", 64) + "b"; string(got) != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// forms are ways to write bytes down; those of hexdump, xxd, od and tshark are
// as these programs write them.
var forms = map[string]func(b []byte) string{
	"plain":      func(b []byte) string { return hex.EncodeToString(b) },
	"spaced":     func(b []byte) string { return hexOf(b) },
	"upper case": func(b []byte) string { return fmt.Sprintf("%X", b) },
	"colons":     func(b []byte) string { return strings.ReplaceAll(hexOf(b), " ", ":") },
	"Go":         func(b []byte) string { return fmt.Sprintf("%#v", b) },
	"string":     func(b []byte) string { return fmt.Sprintf("%+q", strings.ToValidUTF8(string(b), "")) },
	"dump":       hex.Dump,
	"xxd": func(b []byte) string {
		return dump(b, "%08x:", " ", 2, " ")
	},
	"tcpdump": func(b []byte) string {
		return dump(b, "\t0x%04x:", "  ", 2, " ")
	},
	"tshark": func(b []byte) string {
		return dump(b, "%04x", "  ", 1, "  ")
	},
	"od":      func(b []byte) string { return od(b, "%07o") },
	"od -A x": func(b []byte) string { return od(b, "%06x") },
	"od -A d": func(b []byte) string { return od(b, "%07d") },
}

// od writes what od -t x1 does, with offsets in the given format.
func od(b []byte, offset string) string {
	var s strings.Builder
	for i := 0; i < len(b); i += 16 {
		fmt.Fprintf(&s, offset+" % x\n", i, b[i:min(i+16, len(b))])
	}
	if len(b) > 0 {
		fmt.Fprintf(&s, offset+"\n", len(b))
	}
	return s.String()
}

// dump writes rows of 16 bytes: the offset in the given format, space, the
// bytes in groups of the given size, and the text after a gap of two and
// whatever is added.
func dump(b []byte, offset, space string, group int, gap string) string {
	var s strings.Builder
	for i := 0; i < len(b); i += 16 {
		fmt.Fprintf(&s, offset+space, i)
		row := b[i:min(i+16, len(b))]
		n := 0
		for j, c := range row {
			if j > 0 && j%group == 0 {
				s.WriteByte(' ')
				n++
			}
			fmt.Fprintf(&s, "%02x", c)
			n += 2
		}
		s.WriteString(strings.Repeat(" ", 32+16/group-1-n) + " " + gap)
		for _, c := range row {
			if c < ' ' || c > '~' {
				c = '.'
			}
			s.WriteByte(c)
		}
		s.WriteByte('\n')
	}
	return s.String()
}

func checkForms(t *testing.T, b []byte) {
	t.Helper()
	for name, form := range forms {
		want := b
		if name == "string" {
			want = bytes.ToValidUTF8(b, nil)
			if !bytes.Equal(want, []byte(strings.Map(ascii, string(want)))) {
				continue // Go's \u is not read
			}
			if b, err := parseGroups(string(want), 0, len(want)); len(b) > 0 && err == nil {
				continue // digits in quotes are digits
			}
		}
		text := form(b)
		got, err := parseHex(text)
		if !bytes.Equal(got, want) || err != nil {
			t.Errorf("%s: % x, %v, want % x, from\n%s", name, got, err, want, text)
		}
	}
}

func ascii(r rune) rune {
	if r > 0x7f {
		return -1
	}
	return r
}

func TestForms(t *testing.T) {
	b := []byte("\x88\x7e\x00\xff\x0f\xa0")
	for i := range 250 {
		b = append(b, byte(i*7))
		checkForms(t, b)
	}
	for _, s := range []string{"", "a", "abcdefab", "ab cd ef", "  ab  cd  ef 0123", "||||||||||||||||||", "\x00\x00", "0123456789abcdef\x00\x00abcdefabcdefabcd"} {
		checkForms(t, []byte(s))
	}
}

// FuzzHex reads any text, which must not be more than an error that points
// into it, and then the text's own bytes in every form.
func FuzzHex(f *testing.F) {
	f.Add("88 02 03 e8")
	f.Add("00000000  88 05 03 e9 62 79 65                              |....bye|\n*\n00000040\n")
	f.Add("00000000: 8805 03e9 6279 65                        ....bye\n")
	f.Add("0000000 88 05\n0000002\n")
	f.Add(`b"\x88\210\n" "a"`)
	f.Add("[]byte{0x8, %88, \\x02}")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := parseHex(text)
		var bad *hexError
		if err != nil && (!errors.As(err, &bad) || bad.pos < 0 || bad.pos > len(text) || bad.msg == "" || b != nil) {
			t.Errorf("% x, %#v", b, err)
		}
		if len(b) > len(text) && !strings.Contains(text, "*") {
			t.Errorf("%d bytes from %d characters", len(b), len(text))
		}
		if bad != nil {
			if s := where(text, bad.pos, nil); !strings.HasPrefix(s, "line ") {
				t.Error(s)
			}
			where(text, bad.pos, strings.Split(text, " "))
		}
		checkForms(t, []byte(text))
	})
}
