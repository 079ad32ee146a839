package main

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/apps"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/names"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/timeouts"
	"github.com/closeframe/closeframe/internal/catalog"
)

// TestThirdLanguage verifies that a language needs only one file of the
// catalog. It generates a language without Latin letters, and verifies that
// only names in the output of the commands are in English.
func TestThirdLanguage(t *testing.T) {
	remove, err := catalog.Add("fi", catalog.Pseudo())
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	var lines []string
	for _, c := range commands {
		lines = append(lines, "help "+c.name, c.name+" -nonsense", c.name+" -color blue", c.name+" -json=x")
	}
	lines = append(lines, "help", "help help help", "nonsense", "explian", "version", "version x", "completion", "-lang", "-color",
		"decode 88 05 03 e9 62 79 65", "decode 88 82 37 fa 21 3d 34 12", "decode 88 01 03", "decode c8 02 03 e8", "decode 08 02 03 e8",
		"decode 88 02 03 ee", "decode 88 02 07 d0", "decode 88 02 ff ff", "decode 88 04 03 e8 c3 28", "decode 88 05 03", "decode 88 7e 00 02 03 e8",
		"decode 81 01 61 88 00 89 00 88 00", "decode -payload 03 e8", "decode", "decode bananas", "decode -from me 88 00",
		"codes", "codes 1000-1015", "codes 70000", "codes 2-1", "codes goign-away",
		"encode", "encode 1006", "encode 70000", "encode 1000 -key 1", "encode 1000 -key zz", "encode 1000 -payload -mask", "encode -raw -json 1000",
		"encode 1000 "+strings.Repeat("x", 124), "encode 1005 x", "encode 1000 \xff", "encode -truncate 1000 \xff",
		"explain", "explain bananas", "explain -app x", "explain -app discrod", "explain -app discord 4999", "explain -after x", "explain -after 60s",
		"explain -after 47s", "explain -after 2h", "explain -app discord", "explain -app discord 4014", "explain CloseUnsupportedData",
		"explain received 1001 (going away); then sent 1001", "explain sent 1011 (internal error); no close frame received",
		"explain closed with 1000, then with 1006")
	for _, tag := range []string{"0", "1000", "1001", "1006", "1012", "1015", "1999", "2000", "3000", "3500", "4004", "5000"} {
		lines = append(lines, "explain "+tag)
	}
	lines = append(lines, "lab -addr 0.0.0.0:0", "lab -addr 1", "autopsy -")
	lines = append(lines, "probe", "probe -H x -list", "probe -list -run empty|one|utf8|starts|code-10", "probe -all "+closer(t)+" -run "+
		"^(code-1000|code-1005|code-1014|rsv1|utf8-f5|minimal-16|starts)$", "probe -v -run ^rsv1$ "+closer(t))
	for _, line := range lines {
		r := runWith([]string{"LANG=fi_FI.UTF-8"}, "", strings.Fields(line)...)
		if out := latin(r.stdout + r.stderr); out != "" {
			t.Errorf("%s prints %s", line, out)
		}
		if r.stdout+r.stderr == "" {
			t.Errorf("%s prints nothing", line)
		}
	}
}

var (
	// fixed are the parts of the output that are the same in all languages.
	fixed = []*regexp.Regexp{
		// Verdicts of probe, ids of scenarios, and titles that are only a code.
		regexp.MustCompile(`(?m)^[a-z0-9-]+ {2,}|\b(PASS|WARN|FAIL|SKIP)\b(  [a-z0-9-]+( [a-z0-9-]+)*(:|$))?|\bClose \d+`),
		regexp.MustCompile(`https://\S+|en, fi, zh-Hans`),
		regexp.MustCompile(`(?m)^  .*closeframe .*$`),                // examples
		regexp.MustCompile(`(?m)^  (RFC|WHATWG|hybi).*(\n    .*)*$`), // titles of specifications
		regexp.MustCompile(`"(?:[^"\\]|\\.)*"`),                      // quoted from the input
		regexp.MustCompile(`-[A-Za-z]+`),                             // flags
		regexp.MustCompile(`closeframe[a-z ]*:`),                     // prefix of errors
		regexp.MustCompile(`closeframe( help| explain| -app| [a-z]+)*`),
		regexp.MustCompile(`github\.com/\S+|\(devel\)|go1\S+ \S+|v[0-9]\S+|\b[0-9a-f]{40}\b`), // version
		regexp.MustCompile(`close\(\)|JSON|\bGo\b|RSV[123]`),
		regexp.MustCompile(`\b[0-9a-f]{2}\b|\bbye\b`),                                                                      // bytes and a reason
		regexp.MustCompile(`ws://\S+|“[^”]*”|\b(RFC \d+|MUST|NOT|SHOULD|MAY)\b|IANA WebSocket Close Code Number Registry`), // rules of probe
	}
	word = regexp.MustCompile(`[A-Za-z]{2,}`)
)

// known returns the names that the output may contain: of codes, applications,
// libraries, products and their settings, and values of flags.
var known = sync.OnceValue(func() map[string]bool {
	text := append([]string{"ADDR NAME VALUE auto text ms tshark"}, commandNames()...)
	text = append(append(text, names.All()...), catalog.Languages()...)
	for n := range 5000 {
		text = append(text, closecode.Code(n).Name())
	}
	for _, a := range apps.All() {
		text = append(text, a.ID, a.Title)
		for _, c := range a.Codes {
			text = append(text, c.Name)
		}
	}
	for _, l := range timeouts.Limits() {
		text = append(text, l.Product, l.Setting, l.Change)
	}
	for _, l := range names.Libraries() {
		text = append(text, l.Library)
	}
	words := map[string]bool{}
	for _, w := range word.FindAllString(strings.Join(text, " "), -1) {
		words[w] = true
	}
	return words
})

// latin returns the first line of an output with a Latin word that is not a
// name.
func latin(out string) string {
	for _, re := range fixed {
		out = re.ReplaceAllString(out, "")
	}
	for line := range strings.Lines(out) {
		for _, w := range word.FindAllString(line, -1) {
			if !known()[w] {
				return w + " in " + line
			}
		}
	}
	return ""
}
