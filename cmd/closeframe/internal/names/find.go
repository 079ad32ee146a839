package names

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
)

// A Result is the code in a text, with other facts from the text.
type Result struct {
	Code  closecode.Code
	Quote string // the part of the text with the code; "" for a plain number
	Name  *Name  // the name with which the code was found, if any

	// Library and Source are those of the error message with which the code was
	// found, if any.
	Library, Source string

	Reason string // "" if the text has none

	// Received and Sent are the codes of the Close frames of the two sides,
	// from the view of the text's author; 0 if unknown.
	Received, Sent closecode.Code
	SentFirst      bool // both are known, and the text says that Sent was first
	NoneReceived   bool // the text says that no Close frame was received
	NoneSent       bool // the text says that no Close frame was sent
}

// An Error is the reason why a text has no single code.
type Error struct {
	Text    string
	Codes   []closecode.Code // more than one
	Unclear []closecode.Code // numbers that may be something else
	Near    string           // a similar name or number, or ""
}

func (e *Error) Error() string {
	switch {
	case len(e.Codes) > 0:
		return fmt.Sprintf("%q has several codes: %v", e.Text, e.Codes)
	case len(e.Unclear) > 0:
		return fmt.Sprintf("%q has %v, but not clearly as a close code", e.Text, e.Unclear)
	case e.Near != "":
		return fmt.Sprintf("%q is not the name of a code; did you mean %q?", e.Text, e.Near)
	}
	return fmt.Sprintf("no close code in %q", e.Text)
}

// Find returns the code in a text. Its error is an *Error.
func Find(text string) (Result, error) {
	text = strings.TrimSpace(ascii.Replace(text))
	if response.MatchString(text) {
		return Result{}, &Error{Text: text} // HTTP's reason phrase is no name of a close code
	}
	bare := strings.Trim(text, " \t\r\n\"'`.,;:!?#")
	if n, err := strconv.ParseUint(bare, 0, 16); err == nil && prefixed.MatchString(bare) {
		return Result{Code: closecode.Code(n), Quote: bare}, nil
	}
	if isNumber(bare) && bare != "" {
		if bare == "0" {
			return Result{}, nil
		}
		if c, ok := closecode.Lookup(bare); ok {
			return Result{Code: c}, nil
		}
		return Result{}, notFound(text, bare)
	}
	if n, ok := Lookup(bare); ok {
		return Result{Code: n.Code, Quote: bare, Name: &n}, nil
	}
	r, err := search(text)
	if err == nil {
		r.Reason = reason(text)
	}
	return r, err
}

// ascii replaces the punctuation of Chinese texts and typographic quotes.
var ascii = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "（", "(", "）", ")", "：", ": ", "，", ", ", "；", "; ", "。", ". ")

// response matches the status line of HTTP.
var response = regexp.MustCompile(`^(?:< )?HTTP/[0-9.]+ [1-5][0-9]{2}\b`)

// prefixed matches a hexadecimal number as debuggers print it.
var prefixed = regexp.MustCompile(`^0[xX][0-9a-fA-F]{3,4}$`)

func notFound(text, bare string) error {
	e := &Error{Text: text}
	if len(split(bare)) <= 5 {
		e.Near = Near(bare)
	}
	return e
}

// Near returns the known name or number that is most similar to a misspelled
// one, or "".
func Near(text string) string { return near.Find(text, suggestions()) }

// suggestions returns the known words to suggest: first the registered codes
// and names, then the names of libraries.
func suggestions() []string {
	var numbers, list []string
	for n := range 5000 { // no higher code has a name
		if name := closecode.Code(n).Name(); name != "" {
			numbers = append(numbers, strconv.Itoa(n))
			list = append(list, name)
		}
	}
	return slices.Concat(numbers, list, All())
}

// A candidate is a part of a text that may be the code.
type candidate struct {
	code  closecode.Code
	quote string
	name  *Name
}

// search searches for the code in a text of several words. It tries the kinds
// of evidence from the strongest to the weakest. The first one with a match
// decides.
func search(text string) (Result, error) {
	clean, numbers := setAside(quotedReason.ReplaceAllString(text, "reason "))
	if r, ok := sides(clean); ok {
		return r, nil
	}
	for _, find := range []func(string) []candidate{labeled, paired, constantsIn, phrased, leading, sentences, loose} {
		list := find(clean)
		var codes []closecode.Code
		for _, c := range list {
			if !slices.Contains(codes, c.code) {
				codes = append(codes, c.code)
			}
		}
		for _, m := range another.FindAllStringSubmatch(clean, -1) {
			if n, _ := strconv.Atoi(m[1]); len(codes) > 0 && isCode(n) && !slices.Contains(codes, closecode.Code(n)) {
				codes = append(codes, closecode.Code(n))
			}
		}
		switch len(codes) {
		case 0:
			continue
		case 1:
			r := Result{Code: list[0].code, Quote: list[0].quote, Name: list[0].name}
			if p, ok := phraseIn(clean); ok && p.Code == r.Code && p.Text == r.Quote {
				r.Library, r.Source = p.Library, p.Source
			}
			if receivedFrame.MatchString(clean) {
				r.Received = r.Code
			}
			return r, nil
		}
		slices.Sort(codes)
		return Result{}, &Error{Text: text, Codes: codes}
	}
	if list := unclear(clean, numbers); len(list) > 0 && strings.IndexFunc(text, unicode.IsLetter) >= 0 {
		return Result{}, &Error{Text: text, Unclear: list}
	}
	return Result{}, notFound(text, text)
}

// quotedReason matches the reason in a dump. Its digits are not a code.
var quotedReason = regexp.MustCompile(`(?i)\b(?:reason|description|text)["']?\s*[:=]\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`)

// another matches a second code of a list: "1000, then with 1006", "1000/1006".
var another = regexp.MustCompile(`(?i)(?:\b(?:then|or|and|later|not)\b[ ,]*(?:with |code |by )*|[0-9]{4}[ ,/|]+)([0-9]{4})` + after)

// after matches what may follow a code: the end, or a character that does not
// make it part of a longer number, a date, an address or a word.
const after = `(?:$|[^0-9A-Za-z_.:/-]|[.:,;-](?:$|[^0-9A-Za-z]))`

var (
	receivedFrame = regexp.MustCompile(`(?i)\breceived (?:a )?close (?:frame|code|message)\b`)
	noneReceived  = regexp.MustCompile(`(?i)\bno close frame (?:was )?received\b`)
	noneSent      = regexp.MustCompile(`(?i)\bno close frame (?:(?:was )?received or )?sent\b`)
	received      = side(`(?:received|rcvd|recvd?|got)`)
	sent          = side(`sent`)
)

func side(verb string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b` + verb + `[\s:=(]+(?:(?:a|the|close|frame|code|status|with)[\s:=(]+)*([0-9]{4})` + after)
}

// sides finds the codes of the two sides, as in Python's "received 1001 (going
// away); then sent 1001 (going away)". The received code is the one in the
// application's event.
func sides(text string) (r Result, ok bool) {
	in, out := received.FindStringSubmatchIndex(text), sent.FindStringSubmatchIndex(text)
	r.NoneReceived, r.NoneSent = noneReceived.MatchString(text), noneSent.MatchString(text)
	code := func(m []int) closecode.Code {
		n, _ := strconv.Atoi(text[m[2]:m[3]])
		return closecode.Code(n)
	}
	if out != nil {
		r.Sent = code(out)
		r.Code, r.Quote = r.Sent, strings.TrimRight(text[out[0]:out[3]], " ")
	}
	if in != nil {
		r.Received = code(in)
		r.Code, r.Quote = r.Received, strings.TrimRight(text[in[0]:in[3]], " ")
	}
	r.SentFirst = in != nil && out != nil && out[0] < in[0]
	return r, in != nil || out != nil
}

// label matches a word that precedes a code, with the characters between it and
// the number.
var label = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(?:close|closed|closes|closing|closure|code|codes|status|data|remote|rawvalue|error|err|errno|` +
	`disconnect|disconnected|disconnection|terminated|(?:private|application|protocol)code|\p{Han}*码|(?:ws|web ?socket|close|status|error|exit|reason)[ _-]?(?:code|status|reason|frame|event|error|close))` +
	`["'\x60]?(?:[\s:=>\[({,#<"'\x60-]|\b(?:with|code|status|is|was|of|by|the|frame|event|error|reason|close|closed|received|peer|server|client|remote|library|iana|` +
	`statuscode|closecode|private|registered|other|and|unassigned|an?|to|due|connection|websocket|socket|unexpectedly|abnormally)\b)*?` +
	`([0-9]{1,5})` + after)

// labeled finds numbers after a label: "close 1006", "code=1006",
// "CloseReason[1011,boom]".
func labeled(text string) (list []candidate) {
	for at := 0; at < len(text); {
		m := label.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		digits := text[at+m[2] : at+m[3]]
		quote := strings.TrimLeft(text[at+m[0]:at+m[3]], " \t.,;:([{<\"'`/-")
		n, _ := strconv.Atoi(digits)
		strict := regexp.MustCompile(`(?i)(?:clos\w*|bad|invalid|\{|,)\W*(?:status\W*)?code\W*$`).MatchString(text[:at+m[2]])
		if isCode(n) || strict && n < 1<<16 && len(digits) > 2 {
			list = append(list, candidate{code: closecode.Code(n), quote: quote})
		}
		at += m[3]
	}
	return list
}

// isCode reports whether n is a close code even with little context:
// registered, or in the ranges for libraries and applications.
func isCode(n int) bool { return isStandard(n) || n >= 3000 && n <= 4999 }

// isStandard reports whether n is registered and below 3000.
func isStandard(n int) bool { return n < 3000 && closecode.Code(n).Name() != "" }

var four = regexp.MustCompile(`(?:^|[^0-9A-Za-z_.:/-])([0-9]{4})` + after)

// paired finds numbers beside their names: "1006 (abnormal closure)" and
// "GOING_AWAY (1001)".
func paired(text string) (list []candidate) {
	for _, m := range four.FindAllStringSubmatchIndex(text, -1) {
		n, _ := strconv.Atoi(text[m[2]:m[3]])
		next, before := words(text[m[3]:], false), words(text[:m[2]], true)
		var phrases []string
		for k := len(next); k > 0; k-- {
			phrases = append(phrases, strings.Join(next[:k], " "))
		}
		for k := range before {
			phrases = append(phrases, strings.Join(before[k:], " "))
		}
		for _, phrase := range phrases {
			if name, ok := lookup(phrase, true); ok && int(name.Code) == n {
				list = append(list, candidate{name.Code, text[m[2]:m[3]] + " " + phrase, &name})
				break
			}
		}
	}
	return list
}

// words returns the first words of s, or with last set the last ones, in the
// order of the text: at most five, of letters, not across a sentence.
func words(s string, last bool) []string {
	cut := func(r rune) bool { return strings.ContainsRune(" \t([:=,\"'{", r) }
	var list []string
	if last {
		s = strings.TrimRightFunc(s, cut)
		if i := strings.LastIndexAny(s, ";.!?\n|"); i >= 0 {
			s = s[i+1:]
		}
		list = strings.Fields(s)
		return list[max(0, len(list)-5):]
	}
	s = strings.TrimLeftFunc(s, cut)
	if i := strings.IndexAny(s, ";)]!?\n|:,\""); i >= 0 {
		s = s[:i]
	}
	list = strings.Fields(s)
	return list[:min(5, len(list))]
}

var identifier = regexp.MustCompile(`\.?[A-Za-z_][A-Za-z0-9_]*(?:(?:::|\.|->)[A-Za-z_][A-Za-z0-9_]*)*`)

// beforeName matches the words that may precede the name of a code, even a
// common word.
var beforeName = regexp.MustCompile(`(?i)(?:code|status|closecode|close_code|closestatus)["']?\s*(?:=|:|=>|is|was)\s*(?:some\()?["']?\s*$`)

var exception = regexp.MustCompile(`(?:Exception|Error)$`)

// constantsIn finds constants of libraries in a sentence or a dump.
func constantsIn(text string) (list []candidate) {
	for _, m := range identifier.FindAllStringIndex(text, -1) {
		token := text[m[0]:m[1]]
		labeled := beforeName.MatchString(text[:m[0]])
		name, ok := lookup(token, labeled)
		if !ok {
			continue
		}
		// A plain word is not a constant unless a label says so.
		if plain := len(split(token)) < 2 || token == strings.ToLower(token) && !strings.ContainsAny(token, "_.:"); plain && !labeled {
			continue
		}
		// An exception such as SocketTimeoutException names no close code.
		if name.Code >= 3000 && !labeled && exception.MatchString(token) {
			continue
		}
		list = append(list, candidate{name.Code, token, &name})
	}
	return list
}

// phraseIn returns the first error message that the text contains.
func phraseIn(text string) (phrase, bool) {
	lower := strings.ToLower(text)
	for _, p := range phrases() {
		if strings.Contains(lower, strings.ToLower(p.Text)) {
			return p, true
		}
	}
	return phrase{}, false
}

// phrased finds an error message that means a code.
func phrased(text string) []candidate {
	if p, ok := phraseIn(text); ok {
		return []candidate{{code: p.Code, quote: p.Text}}
	}
	return nil
}

// first matches a text that starts with a code before a reason of at least two
// words. An unregistered code needs punctuation between the two.
var first = regexp.MustCompile(`^["'\x60(\[]?([0-9]{4})(?:(\s*(?::|-|=|\)|\])\s*)|\s+)["'\x60(]?\pL+[^\s]*\s+\S`)

// leading finds a code at the beginning of a text: "1011 keepalive ping timeout".
func leading(text string) []candidate {
	m := first.FindStringSubmatchIndex(text)
	if m == nil {
		return nil
	}
	digits := text[m[2]:m[3]]
	n, _ := strconv.Atoi(digits)
	c, marked := closecode.Code(n), m[4] >= 0
	if marked && isCode(n) || !marked && c.Name() != "" && !sentence.MatchString(text[m[3]:]) {
		return []candidate{{code: c, quote: digits}}
	}
	return nil
}

// about matches a text that is about a connection.
var about = regexp.MustCompile(`(?i)web ?socket|\bwss?\b|clos|disconnect|connection|handshake`)

// sentences finds names of several words in a sentence about a connection, as
// in "connection closed: going away".
func sentences(text string) (list []candidate) {
	if !about.MatchString(text) {
		return nil
	}
	all := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;:()[]{}\"'=.", r) })
	for i := 0; i < len(all); i++ {
		for k := min(5, len(all)-i); k >= 2; k-- {
			phrase := strings.Join(all[i:i+k], " ")
			w := split(phrase)
			uses := byKey()[strings.Join(w, "")]
			if len(w) != k || len(uses) == 0 || slices.Contains(prefixes, w[0]) && !slices.Contains(registered(), strings.Join(w, "")) {
				continue
			}
			if name, ok := lookup(phrase, false); ok {
				list = append(list, candidate{name.Code, phrase, &name})
				i += k - 1
				break
			}
		}
	}
	return list
}

var hint = regexp.MustCompile(`(?i)web ?socket|\bwss?\b|clos|disconnect|error|code|关闭|断开|错误`)

// loose finds a number of the standard anywhere in a text about a connection.
func loose(text string) (list []candidate) {
	if !hint.MatchString(text) {
		return nil
	}
	for _, m := range four.FindAllStringSubmatchIndex(text, -1) {
		digits := text[m[2]:m[3]]
		n, _ := strconv.Atoi(digits)
		if isStandard(n) && !subjectRE.MatchString(text[m[3]:]) && !(n == 1000 && period.MatchString(text[:m[2]])) {
			list = append(list, candidate{code: closecode.Code(n), quote: digits})
		}
	}
	return list
}
