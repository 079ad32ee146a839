// Package names finds the close code in a text: a library's constant, an error
// message, a log line, or a dump of a CloseEvent.
//
// It never guesses. If a text has several codes or none, it returns an error.
package names

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/closeframe/closeframe/closecode"
)

// A Library has the names of codes in one library or document.
type Library struct {
	Library string `json:"library"`
	Source  string `json:"source"` // URL
	Read    string `json:"read"`   // date

	// Qualifier, if not empty, is the name that must precede names that are
	// common words.
	Qualifier string                    `json:"qualifier,omitempty"`
	Names     map[string]closecode.Code `json:"names"`
}

// A phrase is an error message that implies a code without naming it.
type phrase struct {
	Text    string         `json:"text"`
	Code    closecode.Code `json:"code"`
	Library string         `json:"library"`
	Source  string         `json:"source"`
	Read    string         `json:"read"`
}

var (
	//go:embed names.json
	namesJSON []byte
	//go:embed phrases.json
	phrasesJSON []byte
)

// Libraries returns the table of names.
var Libraries = sync.OnceValue(func() []Library { return load[Library](namesJSON) })

var phrases = sync.OnceValue(func() []phrase { return load[phrase](phrasesJSON) })

func load[T any](b []byte) []T {
	var list []T
	if err := json.Unmarshal(b, &list); err != nil {
		panic(err) // embedded and tested
	}
	return list
}

// A use is a library's use of a name.
type use struct {
	library *Library
	name    string // in the library's spelling
	code    closecode.Code
}

// byKey maps the key of a name to its uses.
var byKey = sync.OnceValue(func() map[string][]use {
	m := map[string][]use{}
	libraries := Libraries()
	for i := range libraries {
		l := &libraries[i]
		for name, code := range l.Names {
			for i, f := range forms(split(name), false) {
				k := f.key
				if f.general && i > 0 {
					continue
				}
				if !slices.ContainsFunc(m[k], func(u use) bool { return u.library == l && u.code == code }) {
					m[k] = append(m[k], use{l, name, code})
				}
			}
		}
	}
	for _, uses := range m {
		slices.SortFunc(uses, func(a, b use) int { return strings.Compare(a.library.Library, b.library.Library) })
	}
	return m
})

// split splits a name into lower-case words, at case changes and at all
// characters other than letters and digits: "SRStatusCodeGoingAway" is sr,
// status, code, going, away.
func split(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	r := []rune(name)
	for i, c := range r {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			flush()
			continue
		case i == 0:
		case unicode.IsUpper(c) && (!unicode.IsUpper(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1])):
			flush()
		case unicode.IsDigit(c) != unicode.IsDigit(r[i-1]):
			flush()
		}
		word = append(word, c)
	}
	flush()
	return words
}

// prefixes are words that only qualify a name that follows them, as in
// WSLAY_CODE_GOING_AWAY or NSURLSessionWebSocketCloseCodeGoingAway.
var prefixes = []string{"ws", "web", "socket", "websocket", "close", "code", "codes", "status", "reason", "lws", "wslay", "soup", "swoole",
	"sr", "ns", "url", "session", "task", "nw", "protocol", "http", "net", "boost", "beast", "qt", "q", "k", "frame", "state", "the",
	"error", "err", "exception", "enum", "const", "types", "kind", "wamp", "websockets", "rfc", "tungstenite", "gorilla", "jetty", "netty", "spring",
	"okhttp", "curl", "poco", "websocketpp", "nsurl", "urlsession", "io", "system", "java", "javax", "jakarta", "org", "aiohttp", "starlette", "win", "hybi"}

// suffixes are words that may follow a name, as in NormalClosureCode or
// WEB_SOCKET_SUCCESS_CLOSE_STATUS.
var suffixes = []string{"code", "error", "err", "exception", "close", "status", "event", "frame"}

// A form is a key for looking up a name: its words joined, without words that
// only qualify it.
type form struct {
	key     string
	general bool // all its words only qualify names
	typed   bool // the omitted words name the type of codes, as in CloseCode::Size
}

// forms returns the forms of a name, from the whole name to the shortest.
// Words at the end are omitted only if short is set.
func forms(words []string, short bool) []form {
	var list []form
	for start := 0; ; start++ {
		for end := len(words); end > start; end-- {
			part := words[start:end]
			list = append(list, form{
				key:     strings.Join(part, ""),
				general: isGeneral(part),
				typed:   isType(words[:start]) || isType(words[end:]),
			})
			if !short || !slices.Contains(suffixes, words[end-1]) {
				break
			}
		}
		if len(words)-start < 2 || !slices.Contains(prefixes, words[start]) && !isNumber(words[start]) {
			return list
		}
	}
}

// isGeneral reports whether all words only qualify names and do not form a
// registered name.
func isGeneral(words []string) bool {
	for _, w := range words {
		if !slices.Contains(prefixes, w) && !slices.Contains(suffixes, w) {
			return false
		}
	}
	return !slices.Contains(registered(), strings.Join(words, ""))
}

// registered returns the registered names as keys.
var registered = sync.OnceValue(func() []string {
	var list []string
	for n := range 5000 { // no higher code has a name
		if name := closecode.Code(n).Name(); name != "" {
			list = append(list, strings.Join(split(name), ""))
		}
	}
	return list
})

// isType reports whether words are the name of a type of codes.
func isType(words []string) bool {
	k := strings.Join(words, "")
	for _, t := range []string{"closecode", "closestatus", "closereason", "statuscode", "closeframe", "closeerr"} {
		if strings.Contains(k, t) {
			return true
		}
	}
	return false
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// everyday lists names that are too general to imply a code, unless the name of
// their type precedes them.
var everyday = []string{"again", "bad", "close", "closed", "code", "data", "empty", "error", "event", "extension", "frame", "internal",
	"invalid", "library", "message", "none", "null", "ok", "protocol", "reason", "size", "status", "success"}

// constants lists the everyday names that imply a code if they are in upper
// case.
var constants = []string{"empty", "extension", "ok", "protocol", "success"}

// A Name is a name of a code.
type Name struct {
	Text  string // as given
	Code  closecode.Code
	Uses  []Use // the libraries that have the name
	Other []Use // the libraries that use it for another code
}

// A Use is a library's use of a name.
type Use struct {
	Library, Source, Name string
	Code                  closecode.Code
}

// Lookup returns the code that a name means: a registered name, a name of
// package closecode, or a library's constant in any spelling. If libraries
// disagree, the registered names decide.
func Lookup(name string) (Name, bool) {
	return lookup(strings.TrimSpace(name), false)
}

// lookup implements Lookup. labeled is set if a label before the name shows
// that it is the name of a code.
func lookup(text string, labeled bool) (Name, bool) {
	words := split(text)
	if len(words) == 0 || len(words) > 12 {
		return Name{}, false
	}
	var number closecode.Code // in the name, as in WS_1001_GOING_AWAY
	for _, w := range words {
		if c, ok := closecode.Lookup(w); ok && isNumber(w) && c >= 1000 && c < 5000 {
			number = c
		}
	}
	if number != 0 && numbered(text, words) {
		return Name{Text: text, Code: number}, true
	}
	for _, f := range forms(words, true) {
		uses := byKey()[f.key]
		if len(uses) == 0 {
			continue
		}
		if (f.general || slices.Contains(everyday, f.key)) && !labeled && !f.typed &&
			!(text == strings.ToUpper(text) && slices.Contains(constants, f.key)) {
			continue
		}
		code := decide(text, uses)
		if number != 0 && number != code {
			return Name{}, false
		}
		n := Name{Text: text, Code: code}
		for _, u := range uses {
			v := Use{u.library.Library, u.library.Source, u.name, u.code}
			if u.code == code {
				n.Uses = append(n.Uses, v)
			} else {
				n.Other = append(n.Other, v)
			}
		}
		return n, true
	}
	if c, ok := closecode.Lookup(text); ok && !isNumber(text) {
		return Name{Text: text, Code: c}, true
	}
	return Name{}, false
}

// numbered reports whether a constant names its code by the number alone, as
// WS_CLOSE_1006 does.
func numbered(text string, words []string) bool {
	label := false
	for _, w := range words {
		if !isNumber(w) && !slices.Contains(prefixes, w) && !slices.Contains(suffixes, w) {
			return false
		}
		label = label || w == "close" || w == "code"
	}
	return label && strings.Trim(text, "_.:-") == text && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '_' && r != '.' && r != ':' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// decide returns the code for a name that libraries use for several codes. It
// chooses the code whose registered name has the most words of the name, then
// the one that most libraries use, then the lowest.
func decide(name string, uses []use) closecode.Code {
	if c, ok := closecode.Lookup(name); ok {
		return c
	}
	count := map[closecode.Code]int{}
	for _, u := range uses {
		count[u.code]++
	}
	var best closecode.Code
	score := func(c closecode.Code) (n int) {
		registered := split(c.Name())
		for _, w := range split(name) {
			if s, ok := synonyms[w]; ok {
				w = s
			}
			if slices.Contains(registered, w) {
				n++
			}
		}
		return n
	}
	for c := range count {
		switch a, b := score(c), score(best); {
		case best == 0 || a > b:
			best = c
		case a < b:
		case count[c] > count[best] || count[c] == count[best] && c < best:
			best = c
		}
	}
	return best
}

// synonyms maps words in names of libraries to words of registered names.
var synonyms = map[string]string{"bad": "invalid", "wrong": "invalid", "malformed": "invalid", "large": "big", "close": "closure"}

// All returns every name, for suggestions.
var All = sync.OnceValue(func() []string {
	var all []string
	for _, l := range Libraries() {
		for name := range l.Names {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
})
