package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/vectors"
)

const goingDown = "88 13 03 e9 73 65 72 76 65 72 20 67 6f 69 6e 67 20 64 6f 77 6e"

// decodings lists runs of decode and their exit status. The output is in
// testdata/decode.txt.
var decodings = []step{
	{"decode " + goingDown, exitOK},
	{"decode 888d37fa213d34125258458c444f179d4e5459", exitOK},
	{"decode 8800", exitOK},
	{"decode 8816 03e8 f09f918b20 e5868de8a781 20d0bfd0bed0bad0b0", exitOK},
	{"decode 880b 03e8 61616161616161 c3a9", exitOK},
	{"decode 880d 0fa1 1b5b33316d e280ae 00 0a 7f", exitOK},
	{"decode 887d 0fa0" + strings.Repeat("61", 123), exitOK},
	{"decode 8900 8103616263 880203e8 810161 82fe0100000000", exitInvalid},
	{"decode c103616263 880203e8 8a00 888200000000 03e8", exitOK},
	{"decode 8900", exitInvalid},
	{"decode 8300", exitInvalid},
	{"decode 817f8000000000000000", exitInvalid},
	{"decode d8 02 03e8", exitInvalid},
	{"decode 08 02 03e8", exitInvalid},
	{"decode -from client 880203e8", exitInvalid},
	{"decode -from server 888200000000 03e8", exitInvalid},
	{"decode 887e0080 0fa0" + strings.Repeat("61", 126), exitInvalid},
	{"decode 887e0002 03e8", exitInvalid},
	{"decode 88ffffffffffffffffff 01020304", exitInvalid},
	{"decode 887f0000", exitInvalid},
	{"decode 8801 03", exitInvalid},
	{"decode 8802 03ed", exitInvalid},
	{"decode 8802 03ec", exitInvalid},
	{"decode 8802 03e7", exitInvalid},
	{"decode 8802 07d0", exitInvalid},
	{"decode 8802 1388", exitInvalid},
	{"decode 8808 03e8 6162 c328 6364", exitInvalid},
	{"decode 888837fa213d 3412 4098 82fa 213d", exitInvalid},
	{"decode 88", exitInvalid},
	{"decode 8882 0102", exitInvalid},
	{"decode 8813 03e9 7365", exitInvalid},
	{"decode 8813 03", exitInvalid},
	{"decode -payload 03e8 627965", exitOK},
	{"decode -payload ''", exitOK},
	{"decode -payload 03", exitInvalid},
	{"decode -payload 0fa0" + strings.Repeat("61", 124), exitInvalid},
	{"decode -json 8885 01020304 02eaff6464", exitInvalid},
}

func TestDecode(t *testing.T) {
	transcript(t, "decode.txt", []string{"LANG=en_US.UTF-8"}, decodings)
	transcript(t, "decode.zh.txt", []string{"LANG=zh_CN.UTF-8"}, decodings)
}

func TestDecodeColors(t *testing.T) {
	for _, tt := range decodings {
		if strings.Contains(tt.args, "-json") {
			continue
		}
		args := split(tt.args)
		plain := runWith(nil, "", append(args, "-color", "never")...).stdout
		colored := runWith(nil, "", append(args, "-color", "always")...).stdout
		if !strings.Contains(colored, "\x1b[") {
			t.Errorf("%s: no colors", tt.args)
		}
		if got := uncolor(colored); got != plain {
			t.Errorf("%s: with the colors taken out:\n%s\nwant\n%s", tt.args, got, plain)
		}
	}
}

// uncolor returns s without colors and without spaces at the ends of lines.
func uncolor(s string) string {
	var b strings.Builder
	for {
		head, tail, ok := strings.Cut(s, "\x1b[")
		b.WriteString(head)
		if !ok {
			break
		}
		_, s, _ = strings.Cut(tail, "m")
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func TestDecodeInput(t *testing.T) {
	bytes := func(out string) string { // removes the lines about the input
		head, rest, _ := strings.Cut(out, "\n")
		_, rest, _ = strings.Cut(rest, "\n\n")
		return head + "\n" + rest
	}
	want := bytes(runWith(nil, "", "decode", goingDown).stdout)
	raw := "\x88\x13\x03\xe9server going down"
	tests := []struct {
		name  string
		args  []string
		stdin string
	}{
		{"arguments", strings.Fields("decode " + goingDown), ""},
		{"stdin", []string{"decode"}, goingDown + "\n"},
		{"raw", []string{"decode", "-raw"}, raw},
		{"literal", []string{"decode"}, fmt.Sprintf("%q", raw)},
		{"Go", []string{"decode"}, fmt.Sprintf("%#v", []byte(raw))},
		{"upper case", []string{"decode"}, fmt.Sprintf("%X", raw)},
	}
	for _, tt := range tests {
		if r := runWith(nil, tt.stdin, tt.args...); bytes(r.stdout) != want || r.status != exitOK {
			t.Errorf("%s: status %d, %s%s", tt.name, r.status, r.stderr, r.stdout)
		}
	}
}

func TestDecodeUsage(t *testing.T) {
	tests := []struct{ args, stdin, want string }{
		{"decode", "", "no bytes to decode"},
		{"decode", " \n", "no bytes to decode"},
		{"decode -raw", "", "no bytes to decode"},
		{"decode -raw 88", "", "-raw reads standard input and takes no arguments"},
		{"decode -from me 88", "", `-from takes client or server, not "me"`},
		{"decode -payload -from client 88", "", "-from is about frames and cannot be combined with -payload"},
		{"decode -lang 1 88", "", `the language "1" is not supported; the languages are ` + strings.Join(catalog.Languages(), ", ")},
		{"decode 88 0g 03", "", `argument 2, character 1: "0g" is not a whole number of bytes in hexadecimal`},
		{"decode 88 02 3", "", `argument 3, character 1: "3" is not a whole number of bytes in hexadecimal`},
		{"decode 88 {02", "", `argument 2, character 1: "{" is not closed`},
		{"decode", "88 02\n 03 §", "found no bytes of a WebSocket frame in the text; give the bytes alone, or name their form with -as"},
		{"decode", "88 02\n 03 0x", `line 2, column 5: "0x" is not a whole number of bytes in hexadecimal`},
		{"decode", "\"\\x88\\q\"", `line 1, column 6: "\\q" is not an escape sequence`},
		{"decode", "\"\\x88\n", `line 1, column 1: the string is not closed by "`},
		{"decode", "00000000: 88\n00000010: 02\n", "line 2, column 1: the offset 00000010 does not follow from the line before it"},
	}
	for _, tt := range tests {
		r := runWith(nil, tt.stdin, strings.Fields(tt.args)...)
		want := "closeframe decode: " + tt.want + "\nRun \"closeframe help decode\" for help.\n"
		if r.status != exitUsage || r.stderr != want || r.stdout != "" {
			t.Errorf("%s, %q: status %d\n got %q\nwant %q\n%s", tt.args, tt.stdin, r.status, r.stderr, want, r.stdout)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestDecodeTooMuch(t *testing.T) {
	var stderr strings.Builder
	status := run([]string{"decode", "-raw"}, zeros{}, &strings.Builder{}, &stderr, func(string) string { return "" })
	if status != exitUsage || !strings.Contains(stderr.String(), "standard input is longer than 16 MiB") {
		t.Errorf("status %d, %s", status, stderr.String())
	}
}

// FuzzDecode verifies that the output for any bytes fits the screen and
// contains only text, and that only bytes of another protocol are refused.
func FuzzDecode(f *testing.F) {
	for i, v := range vectors.Frames() {
		if i%40 == 0 { // only some, because all seeds run before the fuzzing starts
			f.Add([]byte(v.Bytes), false)
		}
	}
	for i, v := range vectors.Payloads() {
		if i%40 == 0 {
			f.Add([]byte(v.Bytes), true)
		}
	}
	f.Add([]byte{0xff, 0x00}, false) // the closing frame of hixie-76
	f.Fuzz(func(t *testing.T, b []byte, payload bool) {
		args := []string{"decode", "-raw", "-lang", "en"}
		if payload {
			args = append(args, "-payload")
		}
		refused := len(b) == 0 || envelope.Open([]envelope.Chunk{{Data: b}}).Foreign != ""
		for _, lang := range []string{"en", "zh"} {
			args[3] = lang
			r := runWith(nil, string(b), args...)
			if got, want := r.status == exitUsage, refused && !payload; got != want {
				t.Errorf("status %d, %s", r.status, r.stderr)
			}
			checkScreen(t, r.stdout, true)
		}
	})
}
