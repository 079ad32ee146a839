package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/internal/vectors"
)

const (
	kuhn  = "Markus Kuhn, UTF-8 decoder capability and stress test, "
	table = "Unicode Standard, table 3-7, Well-Formed UTF-8 Byte Sequences"
	abnf  = "RFC 3629 §4, UTF8-octets"
)

// A fault is an ill-formed sequence.
type fault struct {
	bytes  string
	kind   string
	rule   string
	source string
	at     int  // the offset of the fault in bytes
	unfin  bool // bytes may be the beginning of well-formed text
}

// faults lists every kind of ill-formed sequence.
var faults = []fault{
	// Overlong forms of NUL, of a slash, and of the greatest character of each
	// size.
	{bytes: "\xc0\x80", kind: "overlong", rule: "U01", source: kuhn + "4.3.1"},
	{bytes: "\xe0\x80\x80", kind: "overlong", rule: "U01", source: kuhn + "4.3.2"},
	{bytes: "\xf0\x80\x80\x80", kind: "overlong", rule: "U01", source: kuhn + "4.3.3"},
	{bytes: "\xf8\x80\x80\x80\x80", kind: "overlong", rule: "U01", source: kuhn + "4.3.4"},
	{bytes: "\xfc\x80\x80\x80\x80\x80", kind: "overlong", rule: "U01", source: kuhn + "4.3.5"},
	{bytes: "\xc0\xaf", kind: "overlong", rule: "U01", source: kuhn + "4.1.1"},
	{bytes: "\xe0\x80\xaf", kind: "overlong", rule: "U01", source: kuhn + "4.1.2"},
	{bytes: "\xf0\x80\x80\xaf", kind: "overlong", rule: "U01", source: kuhn + "4.1.3"},
	{bytes: "\xf8\x80\x80\x80\xaf", kind: "overlong", rule: "U01", source: kuhn + "4.1.4"},
	{bytes: "\xfc\x80\x80\x80\x80\xaf", kind: "overlong", rule: "U01", source: kuhn + "4.1.5"},
	{bytes: "\xc1\xbf", kind: "overlong", rule: "U01", source: kuhn + "4.2.1"},
	{bytes: "\xe0\x9f\xbf", kind: "overlong", rule: "U01", source: kuhn + "4.2.2"},
	{bytes: "\xf0\x8f\xbf\xbf", kind: "overlong", rule: "U01", source: kuhn + "4.2.3"},
	{bytes: "\xf8\x87\xbf\xbf\xbf", kind: "overlong", rule: "U01", source: kuhn + "4.2.4"},
	{bytes: "\xfc\x83\xbf\xbf\xbf\xbf", kind: "overlong", rule: "U01", source: kuhn + "4.2.5"},

	// Surrogates, single and in pairs.
	{bytes: "\xed\xa0\x80", kind: "surrogate", rule: "U02", source: kuhn + "5.1.1"},
	{bytes: "\xed\xad\xbf", kind: "surrogate", rule: "U02", source: kuhn + "5.1.2"},
	{bytes: "\xed\xae\x80", kind: "surrogate", rule: "U02", source: kuhn + "5.1.3"},
	{bytes: "\xed\xaf\xbf", kind: "surrogate", rule: "U02", source: kuhn + "5.1.4"},
	{bytes: "\xed\xb0\x80", kind: "surrogate", rule: "U02", source: kuhn + "5.1.5"},
	{bytes: "\xed\xbe\x80", kind: "surrogate", rule: "U02", source: kuhn + "5.1.6"},
	{bytes: "\xed\xbf\xbf", kind: "surrogate", rule: "U02", source: kuhn + "5.1.7"},
	{bytes: "\xed\xa0\x80\xed\xb0\x80", kind: "surrogate-pair", rule: "U02", source: kuhn + "5.2.1"},
	{bytes: "\xed\xaf\xbf\xed\xbf\xbf", kind: "surrogate-pair", rule: "U02", source: kuhn + "5.2.8"},

	// Above U+10FFFF.
	{bytes: "\xf4\x90\x80\x80", kind: "above", rule: "U03", source: kuhn + "2.3.5"},
	{bytes: "\xf4\xbf\xbf\xbf", kind: "above", rule: "U03", source: table},
	{bytes: "\xf5\x80\x80\x80", kind: "above", rule: "U03", source: table},
	{bytes: "\xf7\xbf\xbf\xbf", kind: "above", rule: "U03", source: kuhn + "2.2.4"},
	{bytes: "\xf8\x88\x80\x80\x80", kind: "above", rule: "U03", source: kuhn + "2.1.5"},
	{bytes: "\xfb\xbf\xbf\xbf\xbf", kind: "above", rule: "U03", source: kuhn + "2.2.5"},
	{bytes: "\xfc\x84\x80\x80\x80\x80", kind: "above", rule: "U03", source: kuhn + "2.1.6"},
	{bytes: "\xfd\xbf\xbf\xbf\xbf\xbf", kind: "above", rule: "U03", source: kuhn + "2.2.6"},

	// Bytes that never occur in UTF-8.
	{bytes: "\xc0", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xc1", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xf5", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xf6", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xf7", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xf8", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xfb", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xfc", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xfd", kind: "never", rule: "U04", source: abnf},
	{bytes: "\xfe", kind: "never", rule: "U04", source: kuhn + "3.5.1"},
	{bytes: "\xff", kind: "never", rule: "U04", source: kuhn + "3.5.2"},
	{bytes: "\xfe\xfe\xff\xff", kind: "never", rule: "U04", source: kuhn + "3.5.3"},

	// Continuation bytes without a lead byte, and sequences with one
	// continuation byte too many.
	{bytes: "\x80", kind: "lonely", rule: "U04", source: kuhn + "3.1.1"},
	{bytes: "\xbf", kind: "lonely", rule: "U04", source: kuhn + "3.1.2"},
	{bytes: "\x80\xbf", kind: "lonely", rule: "U04", source: kuhn + "3.1.3"},
	{bytes: "\x80\xbf\x80", kind: "lonely", rule: "U04", source: kuhn + "3.1.4"},
	{bytes: "\x80\xbf\x80\xbf\x80\xbf\x80", kind: "lonely", rule: "U04", source: kuhn + "3.1.8"},
	{bytes: "a\x80", kind: "extra", rule: "U04", source: abnf, at: 1},
	{bytes: "\xc3\xa9\x80", kind: "extra", rule: "U04", source: abnf, at: 2},
	{bytes: "\xe4\xb8\xad\xbf", kind: "extra", rule: "U04", source: abnf, at: 3},
	{bytes: "\xf0\x9f\x98\x80\x90", kind: "extra", rule: "U04", source: abnf, at: 4},

	// Truncated at each length, valid so far.
	{bytes: "\xc2", kind: "truncated", rule: "U04", source: kuhn + "3.2.1", unfin: true},
	{bytes: "\xdf", kind: "truncated", rule: "U04", source: kuhn + "3.3.6", unfin: true},
	{bytes: "\xe0", kind: "truncated", rule: "U04", source: kuhn + "3.2.2", unfin: true},
	{bytes: "\xe0\xa0", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xe4\xb8", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xed", kind: "truncated", rule: "U04", source: kuhn + "3.2.2", unfin: true},
	{bytes: "\xed\x9f", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xef", kind: "truncated", rule: "U04", source: kuhn + "3.2.2", unfin: true},
	{bytes: "\xef\xbf", kind: "truncated", rule: "U04", source: kuhn + "3.3.7", unfin: true},
	{bytes: "\xf0", kind: "truncated", rule: "U04", source: kuhn + "3.2.3", unfin: true},
	{bytes: "\xf0\x90", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xf0\x9f\x98", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xf1\x80\x80", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xf4", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xf4\x8f", kind: "truncated", rule: "U04", source: table, unfin: true},
	{bytes: "\xf4\x8f\xbf", kind: "truncated", rule: "U04", source: table, unfin: true},

	// Truncated, and already invalid.
	{bytes: "\xe0\x80", kind: "truncated-overlong", rule: "U01", source: kuhn + "3.3.2"},
	{bytes: "\xe0\x9f", kind: "truncated-overlong", rule: "U01", source: table},
	{bytes: "\xf0\x80\x80", kind: "truncated-overlong", rule: "U01", source: kuhn + "3.3.3"},
	{bytes: "\xf0\x8f", kind: "truncated-overlong", rule: "U01", source: table},
	{bytes: "\xed\xa0", kind: "truncated-surrogate", rule: "U02", source: table},
	{bytes: "\xed\xbf", kind: "truncated-surrogate", rule: "U02", source: table},
	{bytes: "\xf4\x90", kind: "truncated-above", rule: "U03", source: table},
	{bytes: "\xf4\xbf\xbf", kind: "truncated-above", rule: "U03", source: table},

	// Interrupted by a byte that is not a continuation byte, at each position.
	{bytes: "\xc2\x20", kind: "broken", rule: "U04", source: kuhn + "3.2.1"},
	{bytes: "\xc3\x28", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xc2\xc0", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xdf\x7f", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xe1\x28\x80", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xe1\x80\x28", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xe1\x80\xe1\x80\x80", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xef\xbf\xc0", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xf1\x28\x80\x80", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xf1\x80\x28\x80", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xf1\x80\x80\x28", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xf4\x8f\xbf\xc0", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xc2\xc2\x80", kind: "broken", rule: "U04", source: abnf},
	{bytes: "\xf0\x9f\xf0\x9f\x98\x80", kind: "broken", rule: "U04", source: abnf},
	{bytes: "a\xf1\x80\x80\xe1\x80\xc2b\x80c\x80\xbfd", kind: "broken", rule: "U04", source: "Unicode Standard, table 3-8, U+FFFD for ill-formed sequences", at: 1},
}

func (f fault) id() string { return fmt.Sprintf("%s-%x", f.kind, f.bytes) }

// A text is well-formed.
type text struct {
	name   string
	text   string
	rule   string
	source string
}

// wellFormed lists the first and last character of every row of the table of
// well-formed sequences, and characters that software often rejects or removes:
// NUL, the byte order mark, noncharacters, combining marks.
var wellFormed = []text{
	{"empty", "", "U04", abnf},
	{"u+0000", "\u0000", "U04", kuhn + "2.1.1"},
	{"u+007f", "\u007f", "U04", kuhn + "2.2.1"},
	{"u+0080", "\u0080", "U04", kuhn + "2.1.2"},
	{"u+07ff", "\u07ff", "U04", kuhn + "2.2.2"},
	{"u+0800", "\u0800", "U04", kuhn + "2.1.3"},
	{"u+0fff", "\u0fff", "U04", table},
	{"u+1000", "\u1000", "U04", table},
	{"u+cfff", "\ucfff", "U04", table},
	{"u+d000", "\ud000", "U04", table},
	{"u+d7ff", "\ud7ff", "U02", kuhn + "2.3.1"},
	{"u+e000", "\ue000", "U02", kuhn + "2.3.2"},
	{"u+fffd", "\ufffd", "U04", kuhn + "2.3.3"},
	{"u+fffe", "\ufffe", "U04", kuhn + "5.3.1"},
	{"u+ffff", "\uffff", "U04", kuhn + "5.3.2"},
	{"u+10000", "\U00010000", "U04", kuhn + "2.1.4"},
	{"u+3ffff", "\U0003ffff", "U04", table},
	{"u+40000", "\U00040000", "U04", table},
	{"u+fffff", "\U000fffff", "U04", table},
	{"u+100000", "\U00100000", "U04", table},
	{"u+10ffff", "\U0010ffff", "U03", kuhn + "2.3.4"},
	{"bom-first", "\ufeffgoing away", "U05", "RFC 3629 §6"},
	{"bom-alone", "\ufeff", "U05", "RFC 3629 §6"},
	{"bom-middle", "going\ufeffaway", "U05", "RFC 3629 §6"},
	{"nul-middle", "going\u0000away", "R15", "RFC 6455 §5.5.1: the reason has a length, no terminator"},
	{"nul-last", "going away\u0000", "R15", "RFC 6455 §5.5.1: the reason has a length, no terminator"},
	{"nul-first", "\u0000going away", "R15", "RFC 6455 §5.5.1: the reason has a length, no terminator"},
	{"controls", "\u0001\u001b[31m\r\n\u0085\u2028", "R15", "RFC 6455 §5.5.1: any UTF-8"},
	{"english", "server going down", "R15", "a reason as servers send it"},
	{"chinese", "服务器即将关闭", "R15", "a reason in Chinese"},
	{"russian", "Сервер завершает работу", "R15", "a reason in Russian"},
	{"german", "Server wird heruntergefahren, schöne Grüße", "R15", "a reason in German"},
	{"greek", "κόσμε", "R15", kuhn + "1"},
	{"japanese", "サーバーを停止します", "R15", "a reason in Japanese"},
	{"arabic", "الخادم قيد الإيقاف", "R15", "a reason in Arabic, right to left"},
	{"hindi", "सर्वर बंद हो रहा है", "R15", "a reason in Hindi, with combining marks"},
	{"emoji", "👋🏽 👩‍👩‍👧‍👦 🏳️‍🌈", "R15", "a reason of emoji, joined and with modifiers"},
	{"each-size", "aé中😀", "U04", "one character of each size"},
}

// Characters of one, two, three and four bytes.
var fillers = []struct{ name, char string }{
	{"ascii", "x"}, {"cyrillic", "ж"}, {"chinese", "关"}, {"emoji", "😀"},
}

// fill returns a text of n bytes: as many of char as fit, after dots for the
// remaining bytes.
func fill(char string, n int) string {
	return strings.Repeat(".", n%len(char)) + strings.Repeat(char, n/len(char))
}

// cut returns the length of the longest prefix of s of at most 123 bytes that
// ends with a whole character. s must be well-formed.
func cut(s string) int {
	n := 0
	for i, r := range s {
		if end := i + len(string(r)); end <= 123 {
			n = end
		}
	}
	return n
}

func texts() []vectors.UTF8 {
	var list []vectors.UTF8
	valid := func(name, s, rule, source string) {
		list = append(list, vectors.UTF8{
			Origin: vectors.Origin{ID: "utf8/" + name, Source: source, Rule: rule},
			Bytes:  vectors.Hex(s), Valid: true, Offset: -1, Truncate: cut(s),
		})
	}
	for _, t := range wellFormed {
		valid(t.name, t.text, t.rule, t.source)
	}
	// The limit of a reason, and the sizes around it and around the sizes of
	// vector registers, in each size of character.
	for _, f := range fillers {
		for _, n := range []int{7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 200} {
			valid(fmt.Sprintf("%s-%d", f.name, n), fill(f.char, n), "P07", fmt.Sprintf("%d bytes; a reason has at most 123", n))
		}
		for over := range len(f.char) - 1 {
			s := strings.Repeat(".", 122-over) + f.char + "more"
			valid(fmt.Sprintf("%s-across-%d", f.name, 122-over), s, "P07", "the 123 bytes end inside a character")
		}
	}

	invalid := func(place string, f fault, before, after string) {
		s := before + f.bytes + after
		list = append(list, vectors.UTF8{
			Origin: vectors.Origin{ID: "utf8/" + f.id() + "/" + place, Source: f.source, Rule: f.rule},
			Bytes:  vectors.Hex(s), Offset: len(before) + f.at,
			Incomplete: f.unfin && after == "",
			Truncate:   cut(before + f.bytes[:f.at]),
		})
	}
	for _, f := range faults {
		invalid("alone", f, "", "")
		invalid("start", f, "", " going away")
		invalid("middle", f, "aé中😀", "中é😀a")
		invalid("end", f, "going away ", "")
		// Across the ends of blocks of 16, 32 and 64 bytes.
		if len(f.bytes) > 1 {
			invalid("across-16", f, fill("x", 15-f.at), fill("x", 16))
			invalid("across-32", f, fill("ж", 31-f.at), fill("关", 30))
			invalid("across-64", f, fill("关", 63-f.at), fill("关", 33))
		}
		invalid("at-the-limit", f, fill("x", 123-len(f.bytes)), "")
		invalid("past-the-limit", f, fill("x", 123), "")
	}
	// All bytes that cannot start a character, and all that can, at the end.
	for b := 0x80; b <= 0xff; b++ {
		s := string([]byte{byte(b)})
		if slices.ContainsFunc(faults, func(f fault) bool { return f.bytes == s }) {
			continue
		}
		f := fault{bytes: s, kind: "lonely", rule: "U04", source: kuhn + "3.1.9"}
		if b >= 0xc2 {
			f = fault{bytes: s, kind: "truncated", rule: "U04", source: kuhn + "3.2", unfin: b < 0xf5}
		}
		invalid("alone", f, "", "")
	}
	return list
}
