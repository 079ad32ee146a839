package paste

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// A printer writes bytes in one form. multi is set if its output is a dump of
// several lines, which must not get log prefixes of varying width.
type printer struct {
	name  string
	print func(b []byte) string
	dump  bool // several lines that belong together
	text  bool // a string, in which other spaces would be other bytes
}

// join formats each byte and puts sep between them.
func join(b []byte, format, sep string) string {
	var parts []string
	for _, c := range b {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, sep)
}

func signed(b []byte) string {
	var parts []string
	for _, c := range b {
		parts = append(parts, fmt.Sprint(int8(c)))
	}
	return strings.Join(parts, ", ")
}

// escaped writes a string in double quotes; format is for bytes that are not
// printable ASCII.
func escaped(b []byte, format string) string {
	var s strings.Builder
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			s.WriteByte('\\')
			s.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&s, format, c)
		default:
			s.WriteByte(c)
		}
	}
	return `"` + s.String() + `"`
}

// rows writes a dump with 16 bytes per line.
func rows(b []byte, line func(at int, row []byte) string) string {
	var s strings.Builder
	for i := 0; i < len(b); i += 16 {
		s.WriteString(line(i, b[i:min(i+16, len(b))]) + "\n")
	}
	return s.String()
}

func shown(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, string(latin1(b)))
}

// latin1 returns a character for each byte.
func latin1(b []byte) []rune {
	var r []rune
	for _, c := range b {
		r = append(r, rune(c))
	}
	return r
}

// listed69 writes b as sed -n l does.
func listed69(b []byte) string {
	var s strings.Builder
	column := 0
	put := func(c string) {
		if column+len(c) > 69 {
			s.WriteString("\\\n")
			column = 0
		}
		s.WriteString(c)
		column += len(c)
	}
	for _, c := range b {
		switch i := strings.IndexByte("\a\b\f\r\t\v\\", c); {
		case c == '\n':
			s.WriteString("$\n")
			column = 0
		case i >= 0:
			put(`\` + `abfrtv\`[i:i+1])
		case c < ' ' || c > '~':
			put(fmt.Sprintf(`\%03o`, c))
		default:
			put(string(rune(c)))
		}
	}
	return s.String() + "$\n"
}

var printers = []printer{
	{name: "digits", print: func(b []byte) string { return hex.EncodeToString(b) }},
	{name: "pairs", print: func(b []byte) string { return join(b, "%02x", " ") }},
	{name: "upper", print: func(b []byte) string { return join(b, "%02X", " ") }},
	{name: "colons", print: func(b []byte) string { return join(b, "%02x", ":") }},
	{name: "dashes", print: func(b []byte) string { return join(b, "%02X", "-") }},
	{name: "0x", print: func(b []byte) string { return join(b, "0x%02x", ", ") }},
	{name: "C", print: func(b []byte) string { return "uint8_t f[] = {" + join(b, "0x%02x", ", ") + "};" }},
	{name: "Go", print: func(b []byte) string { return fmt.Sprintf("%#v", b) }},
	{name: "Go %v", print: func(b []byte) string { return fmt.Sprint(b) }},
	{name: "Java", print: func(b []byte) string { return "[" + signed(b) + "]" }},
	{name: "Kotlin", print: func(b []byte) string { return "byteArrayOf(" + signed(b) + ")" }},
	{name: "C#", print: func(b []byte) string { return "new byte[] { " + join(b, "%d", ", ") + " }" }},
	{name: "JSON", print: func(b []byte) string { return `{"type":"Buffer","data":[` + join(b, "%d", ",") + "]}" }},
	{name: "Erlang", print: func(b []byte) string { return "<<" + join(b, "%d", ",") + ">>" }},
	{name: "Node", print: func(b []byte) string { return "<Buffer " + join(b, "%02x", " ") + ">" }},
	{name: "Chrome", print: func(b []byte) string {
		return fmt.Sprintf("Uint8Array(%d) [%s, buffer: ArrayBuffer(%[1]d), byteLength: %[1]d]", len(b), join(b, "%d", ", "))
	}},
	{name: "Rust", print: func(b []byte) string { return "[" + join(b, "%02x", ", ") + "]" }},
	{name: "bits", print: func(b []byte) string { return join(b, "%08b", " ") }},
	{name: "base64", print: func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }},
	{name: "Python", text: true, print: func(b []byte) string { return "b" + escaped(b, `\x%02x`) }},
	{name: "Ruby", text: true, print: func(b []byte) string { return escaped(b, `\x%02X`) }},
	{name: "octal", text: true, print: func(b []byte) string { return escaped(b, `\%03o`) }},
	{name: "Lua", text: true, print: func(b []byte) string { return escaped(b, `\%03d`) }},
	{name: "JSON string", text: true, print: func(b []byte) string { return escaped(b, `\u%04x`) }},
	{name: "hexdump -C", dump: true, text: true, print: hex.Dump},
	{name: "xxd", dump: true, text: true, print: func(b []byte) string {
		return rows(b, func(at int, row []byte) string {
			var s strings.Builder
			for i, c := range row {
				if i > 0 && i%2 == 0 {
					s.WriteByte(' ')
				}
				fmt.Fprintf(&s, "%02x", c)
			}
			return fmt.Sprintf("%08x: %-39s  %s", at, s.String(), shown(row))
		})
	}},
	{name: "tshark -x", dump: true, text: true, print: func(b []byte) string {
		return rows(b, func(at int, row []byte) string {
			return fmt.Sprintf("%04x  %-47s   %s", at, join(row, "%02x", " "), shown(row))
		})
	}},
	{name: "od -t x1", dump: true, print: func(b []byte) string {
		return rows(b, func(at int, row []byte) string { return fmt.Sprintf("%07o %s", at, join(row, "%02x", " ")) }) + fmt.Sprintf("%07o\n", len(b))
	}},
	{name: "od -t u1", dump: true, print: func(b []byte) string {
		return rows(b, func(at int, row []byte) string { return fmt.Sprintf("%07o %s", at, join(row, "%3d", " ")) }) + fmt.Sprintf("%07o\n", len(b))
	}},
	{name: "od -An -b", dump: true, print: func(b []byte) string {
		return rows(b, func(_ int, row []byte) string { return " " + join(row, "%03o", " ") })
	}},
	{name: "od -An -c", dump: true, text: true, print: func(b []byte) string {
		return rows(b, func(_ int, row []byte) string {
			s := ""
			for _, c := range row {
				switch i := strings.IndexByte("\x00\a\b\f\n\r\t\v", c); {
				case i >= 0:
					s += `  \` + "0abfnrtv"[i:i+1]
				case c < ' ' || c > '~':
					s += fmt.Sprintf(" %03o", c)
				default:
					s += "   " + string(rune(c))
				}
			}
			return s
		})
	}},
	{name: "sed -n l", dump: true, text: true, print: listed69},
	{name: "%vd", print: func(b []byte) string { return join(b, "%d", ".") }},
	{name: "chr", print: func(b []byte) string { return join(b, "chr(%d)", " . ") + ";" }},
	{name: "Pascal", print: func(b []byte) string { return "F := " + join(b, "#%d", "") + ";" }},
	{name: "gdb p/t", print: func(b []byte) string { return "$1 = {" + join(b, "%b", ", ") + "}" }},
	{name: "Netty", dump: true, text: true, print: func(b []byte) string {
		bar := "+--------+" + strings.Repeat("-", 49) + "+" + strings.Repeat("-", 16) + "+\n"
		return "         +" + strings.Repeat("-", 49) + "+\n         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n" + bar +
			rows(b, func(at int, row []byte) string {
				return fmt.Sprintf("|%08x| %-47s |%-16s|", at, join(row, "%02x", " "), shown(row))
			}) + bar
	}},
}

// A surrounding is text around bytes.
type surrounding struct {
	name string
	line bool // only for forms of one line
	word bool // not for strings, in which spaces are significant
	wrap func(s string) string
}

var surroundings = []surrounding{
	{name: "nothing", wrap: func(s string) string { return s }},
	{name: "time", line: true, wrap: func(s string) string { return "10:15:01 " + s }},
	{name: "date", line: true, wrap: func(s string) string { return "2020-05-15 10:15:01.123 " + s }},
	{name: "ISO 8601", line: true, wrap: func(s string) string { return "2024-11-29T17:06:40.123Z DEBUG ws: " + s }},
	{name: "tags", line: true, wrap: func(s string) string { return "[2020-05-15 22:01:32] [devel] Processing Bytes: " + s }},
	{name: "syslog", line: true, wrap: func(s string) string { return "Nov 29 17:06:40 host app[123]: rx: " + s }},
	{name: "arrow", line: true, wrap: func(s string) string { return "<- " + s }},
	{name: "indented", wrap: func(s string) string {
		return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ") + "\n"
	}},
	{name: "fenced", wrap: func(s string) string { return "```\n" + strings.TrimRight(s, "\n") + "\n```\n" }},
	{name: "prose", wrap: func(s string) string {
		return "This is what the server sends:\n\n" + strings.TrimRight(s, "\n") + "\n\nAny idea?\n"
	}},
	{name: "CRLF", wrap: func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") + "\r\n" }},
	{name: "byte order mark", wrap: func(s string) string { return "\ufeff" + s }},
	{name: "UTF-16", wrap: func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}},
	{name: "no-break spaces", word: true, wrap: func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }},
	{name: "colors", line: true, wrap: func(s string) string { return "\x1b[32mrecv:\x1b[0m " + s }},
}

// randomFrames returns frames of one side that end with a Close frame.
func randomFrames(r *rand.Rand) []byte {
	var b []byte
	masked := r.IntN(2) == 0
	var key [4]byte
	for i := range key {
		key[i] = byte(r.Uint32())
	}
	for range r.IntN(3) {
		p := []byte(reasons[r.IntN(len(reasons))])
		head := []byte{[]byte{0x81, 0x89, 0x8a}[r.IntN(3)], byte(len(p))}
		if masked {
			head[1] |= 0x80
			head = append(head, key[:]...)
			frame.Mask(p, key, 0)
		}
		b = append(append(b, head...), p...)
	}
	codes := []closecode.Code{1000, 1001, 1002, 1008, 1011, 3000, 3999, 4000, 4321, 4999}
	code, reason := codes[r.IntN(len(codes))], reasons[r.IntN(len(reasons))]
	var err error
	if masked {
		b, err = frame.AppendMasked(b, key, code, reason)
	} else {
		b, err = frame.Append(b, code, reason)
	}
	if err != nil {
		panic(err)
	}
	return b
}

// reasons contain characters that are difficult in some form: quotes,
// backslashes, digits, trailing spaces, non-ASCII characters.
var reasons = []string{"", "bye", "dead beef", "server going down", `it's a "quoted" \ reason`, "88 02 03 e8", "0123456789", "再见", "é ", "|bars| > and <", " x",
	"10:15:01 2024-11-29", "a\tb\nc", "%41+b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "// no comment # either", "[1, 2, 3]", `\x41\101`, "...", "= 0"}

// TestForms verifies that bytes in each form, with each surrounding, are read
// correctly or rejected, and limits the number rejected.
func TestForms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	n := 8
	if testing.Short() {
		n = 1
	}
	for _, p := range printers {
		for _, s := range surroundings {
			if s.line && p.dump || s.word && p.text {
				continue
			}
			refused := 0
			for range n {
				b := randomFrames(r)
				text := s.wrap(p.print(b))
				got, err := Read([]byte(text), Options{})
				switch {
				case err != nil:
					refused++
				case !bytes.Equal(got.Bytes(), b):
					t.Errorf("%s, %s: read % x as %s, want % x, from\n%s", p.name, s.name, got.Bytes(), got.Form, b, text)
				}
			}
			if refused > 0 && !testing.Short() { // of one input, every refusal counts too much
				t.Errorf("%s, %s: %d of %d refused", p.name, s.name, refused, n)
			}
		}
	}
}

// TestSeveral verifies that several frames on separate lines are all read.
func TestSeveral(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, p := range printers {
		if p.dump {
			continue
		}
		refused := 0
		const n = 8
		for range n {
			a, b := randomFrames(r), randomFrames(r)
			text := p.print(a) + "\n" + p.print(b) + "\n"
			got, err := Read([]byte(text), Options{})
			want := append(bytes.Clone(a), b...)
			switch {
			case err != nil:
				refused++
			case !bytes.Equal(got.Bytes(), want):
				t.Errorf("%s: read % x as %s, want % x, from\n%s", p.name, got.Bytes(), got.Form, want, text)
			}
		}
		if refused > n/8 {
			t.Errorf("%s: %d of %d refused", p.name, refused, n)
		}
	}
}

// FuzzRead verifies that no text causes a panic, that errors point into it,
// and that a Close frame with the text as its reason, in each form, is read
// correctly or rejected.
func FuzzRead(f *testing.F) {
	f.Add("88 02 03 e8", false, uint8(0))
	f.Add("00000000  88 05 03 e9 62 79 65                              |....bye|\n*\n00000040\n", false, uint8(0))
	f.Add("0000000 88 05\n0000002\n", true, uint8(0))
	f.Add(`b"\x88\210\n" "a"`, true, uint8(0))
	f.Add("[]byte{0x8, %88, \\x02}", false, uint8(0))
	f.Add("<<136,5,1001:16,\"bye\">>", false, uint8(0))
	f.Add("[-120, 2, 3, -24", true, uint8(0))
	f.Add(`("1":0 "2":0 "3":`, true, uint8(0))
	for _, x := range recognizers {
		for _, s := range x.samples {
			f.Add(s.text, false, uint8(0))
		}
	}
	f.Fuzz(func(t *testing.T, text string, payload bool, form uint8) {
		if len(text) > 4096 {
			return
		}
		opt := Options{Payload: payload}
		r, err := Read([]byte(text), opt)
		var bad *Error
		var two *Ambiguity
		switch {
		case errors.As(err, &bad):
			if bad.Kind == "" || bad.Rune > len(text) {
				t.Errorf("%+v", bad)
			}
		case errors.As(err, &two):
			if len(two.Readings) < 2 {
				t.Errorf("%d readings", len(two.Readings))
			}
		case err != nil:
			t.Errorf("%T", err)
		case len(r.Bytes()) > maxBytes || r.Form == "":
			t.Errorf("%d bytes, form %q", len(r.Bytes()), r.Form)
		default:
			for _, s := range r.Skipped {
				if s.Rune < 0 || s.Rune > utf8.RuneCountInString(text)*2 {
					t.Errorf("skipped %+v", s)
				}
			}
		}
		// The text as the reason of a Close frame.
		reason := text[:min(len(text), 123)]
		b, err := frame.Append(nil, 1000, reason)
		if err != nil {
			return
		}
		p := printers[int(form)%len(printers)]
		got, err := Read([]byte(p.print(b)), Options{})
		if err == nil && !bytes.Equal(got.Bytes(), b) {
			t.Errorf("%s: read % x as %s, want % x, from\n%s", p.name, got.Bytes(), got.Form, b, p.print(b))
		}
	})
}
