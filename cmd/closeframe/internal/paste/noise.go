package paste

import (
	"bytes"
	"regexp"
	"strings"
)

// noise matches parts of log lines that have digits but are not data. A line
// without any of the characters in needs has no match, which is quick to find.
var noise = []struct {
	needs string
	*regexp.Regexp
}{
	{`:`, regexp.MustCompile(`^\s*\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(?:\s+\d+\s+\d+)? [VDIWEFA][ /][^:]*:`)}, // logcat
	{"`~", regexp.MustCompile("^\\s*(?:`{3,}|~{3,}).*$")},
	{`/`, regexp.MustCompile(`\b\d{1,2}/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?`)},
	{`-/.`, regexp.MustCompile(`\b\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ,_]+\d\d?:\d\d(?::\d\d(?:[.,:]\d+)?)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d)\b)?`)},
	{`/.`, regexp.MustCompile(`\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)\b(?:[T ,]+\d\d?:\d\d(?::\d\d(?:[.,:]\d+)?)?(?: ?[AP]M)?)?`)},
	{`JFMASOND`, regexp.MustCompile(`\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +\d{1,2}|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*)(?:,? \d{4})?,? +\d\d:\d\d:\d\d(?:[.,]\d+)?(?: [A-Z]{3,4})?(?: \d{4})?`)},
	{`:`, regexp.MustCompile(`(?:^|[\s\[(T])(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,:]\d+)?(?: ?[AP]M\b)?(?:Z|[+-]\d\d:?\d\d)?(?:[\s\])|,;]|$)`)},
	{`T`, regexp.MustCompile(`\b\d{8}T\d{6}(?:\.\d+)?Z?`)},
	{`1`, regexp.MustCompile(`\b1[5-9]\d{8}(?:\d{3})?(?:\.\d+)?\b`)}, // Unix time
	{`.`, regexp.MustCompile(`\[ *\d+\.\d+\]`)},
	{`-`, regexp.MustCompile(`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`)},
	{`.`, regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}(?:[:.]\d{1,5})?\b`)},
	{`.`, regexp.MustCompile(`\b\d+(?:\.\d+)+(?: ?(?:ms|s|us|µs|ns|sec|seconds))?\b`)},
	{`sStTmM`, regexp.MustCompile(`(?i)\b\d+ ?(?:bytes?|octets?|bits?|ms|us|µs|ns|secs?|seconds?|chars|frames?|packets?)\b`)},
	{`B`, regexp.MustCompile(`(?:^|\s)\d+ ?B:(?:\s|$)`)},
	{`[`, regexp.MustCompile(`\b[A-Za-z_][\w]*\[\d+\]`)},
	{`:`, regexp.MustCompile(`\b[A-Za-z_][\w./-]*\.[a-z]{1,4}:\d+(?::\d+)?`)}, // main.go:42
	{`#`, regexp.MustCompile(`#\d+\b`)},
	{`(`, regexp.MustCompile(`\(\d+\)`)},
	{letters, regexp.MustCompile(`(?i)\b(?:fd[=:#]|len(?:gth)?|size|count|opcode|op|fin|masked|mask|rsv[123]?|pid|tid|seq|ack|port|status|line|thread|stream|id|conn(?:ection)?|session|client|user|device|peer|request|frame|packet|message|msg|n|nr|no|attempt)\s?[=:#]?\s?\d+\b(?: ?\(0x[0-9a-fA-F]+\))?(?:[,;)\]]|:(?:\s|$)|\s+(?:[A-Fa-f]{0,4}[G-Zg-z]|[(\[])|\s*$)`)},
	{`05`, regexp.MustCompile(`(?i)\b(?:sha-?\d+|md5)[:=][0-9a-f]{16,}\b`)}, // a hash
	{`\`, regexp.MustCompile(`((?:\\[nrt])+)(?:["'\s,}\]]|$)`)},             // the end of a line in a JSON string
	{`]`, regexp.MustCompile(`^\s*(\[\d+\]) +[0-9a-fA-F]{2}(?: |$)`)},       // R's index
	{`:`, regexp.MustCompile(`^\s*\d+:\s`)},
	{`UuSsMRrHhIi`, regexp.MustCompile(`\b(?:UTF|utf|SHA|sha|MD|RFC|rfc|HTTP|http|IPv|ISO|iso)[- /]?\d[\d.-]*\b`)},
	{"'\"", regexp.MustCompile(`\b[bB]['"]`)},                                    // the prefix of a bytes literal
	{`$`, regexp.MustCompile(`^\s*\$ .*$`)},                                      // a prompt and the command after it
	{`^\`, regexp.MustCompile(`(?:\^\[|\\(?:x1[bB]|033|e|u001[bB]))\[[0-9;]*m`)}, // a color code, pasted as text
	{"\x01", regexp.MustCompile(`\x01\t(\d{1,5})(?:\t|$)`)},                      // a port after its address: tshark -T fields
}

// letters are those that are not hex digits, and the marks behind a label.
const letters = "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ=:#"

// silence returns s with each byte of noise replaced by the byte 1.
func silence(s string) string {
	b := []byte(s)
	for _, re := range noise {
		if re.needs != "" && !bytes.ContainsAny(b, re.needs) {
			continue
		}
		for _, m := range re.FindAllSubmatchIndex(b, -1) {
			if len(m) > 2 { // only the group is noise
				for i := m[2]; i < m[3]; i++ {
					b[i] = 1
				}
				continue
			}
			from, to := m[0], m[1]
			for from < to && (isSpace(b[from]) || b[from] == '[' || b[from] == '(') {
				from++
			}
			for to > from && !isDigit(b[to-1]) && !isLetter(b[to-1]) && b[to-1] != 'Z' && b[to-1] != '`' && b[to-1] != '~' && b[to-1] != ')' && b[to-1] != '\'' && b[to-1] != '"' {
				to--
			}
			if to-from > 1 && isLetter(b[to-1]) && to >= 2 && isSpace(b[to-2]) {
				to -= 2 // the first letter of the next word
			}
			for i := from; i < to; i++ {
				b[i] = 1
			}
		}
	}
	return string(b)
}

// comment returns the index of a comment in s, or len(s).
func comment(s string) int {
	for _, mark := range []string{" #", "\t#", "//", "/*", " ;", "\t;", " -- ", "<!--"} {
		if i := strings.Index(s, mark); i >= 0 {
			s = s[:i]
		}
	}
	return len(s)
}
