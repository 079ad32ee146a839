package catalog

import (
	"encoding/json"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
)

// keys returns which codes and which classes there have to be stories of.
func keys() (codes, classes []string) {
	seen := make(map[closecode.Class]bool)
	for n := range 1 << 16 {
		c := closecode.Code(n)
		if c.Name() != "" {
			codes = append(codes, strconv.Itoa(n))
		}
		if !seen[c.Class()] {
			seen[c.Class()] = true
			classes = append(classes, c.Class().String())
		}
	}
	slices.Sort(codes)
	slices.Sort(classes)
	return codes, classes
}

func TestLanguages(t *testing.T) {
	got := Languages()
	if len(got) < 2 || got[0] != "en" || !slices.Contains(got, "zh-Hans") || !slices.IsSorted(got[1:]) {
		t.Errorf("Languages() = %q, want en first, then the others in order, zh-Hans among them", got)
	}
}

// TestComplete demands that every language has every string, and none twice.
func TestComplete(t *testing.T) {
	codes, classes := keys()
	if len(codes) != 19 || len(classes) != 8 {
		t.Fatalf("there are %d named codes and %d classes, want 19 and 8", len(codes), len(classes))
	}
	for tag, l := range load() {
		t.Run(tag, func(t *testing.T) {
			if got := slices.Sorted(maps.Keys(l.Codes)); !slices.Equal(got, codes) {
				t.Errorf("codes are %q,\nwant %q", got, codes)
			}
			if got := slices.Sorted(maps.Keys(l.Classes)); !slices.Equal(got, classes) {
				t.Errorf("classes are %q,\nwant %q", got, classes)
			}
			w := reflect.ValueOf(l.Words)
			for i := range w.NumField() {
				name := w.Type().Field(i).Name
				if w.Field(i).String() == "" && name != "Space" {
					t.Errorf("the word %s is missing", name)
				}
			}
			titles := make(map[string]string)
			for key, s := range stories(l) {
				checkStory(t, key, s)
				if other, ok := titles[s.Title]; ok {
					t.Errorf("%s and %s have the same title %q", key, other, s.Title)
				}
				titles[s.Title] = key
			}
		})
	}
}

// stories returns all stories of l, classes under their names and codes under
// their numbers.
func stories(l *file) map[string]Story {
	m := maps.Clone(l.Classes)
	maps.Copy(m, l.Codes)
	return m
}

func checkStory(t *testing.T, key string, s Story) {
	t.Helper()
	if len(s.Causes) == 0 {
		t.Errorf("%s: no causes", key)
	}
	for field, text := range fields(s) {
		switch {
		case text == "":
			t.Errorf("%s: no %s", key, field)
		case strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\t") || strings.Contains(text, "  "):
			t.Errorf("%s: %s has stray space: %q", key, field, text)
		case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
			t.Errorf("%s: %s is not UTF-8: %q", key, field, text)
		case field == "title" && utf8.RuneCountInString(text) > 24:
			t.Errorf("%s: the title is too long for a table: %q", key, text)
		case (field == "title") == endsSentence(text):
			t.Errorf("%s: %s: only titles end without a full stop: %q", key, field, text)
		}
	}
}

func endsSentence(s string) bool {
	return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "。")
}

// fields returns the strings of s by what to call them.
func fields(s Story) map[string]string {
	m := map[string]string{
		"title": s.Title, "what": s.What, "who": s.Who,
		"operator": s.Operator, "client": s.Client,
	}
	for i, c := range s.Causes {
		m["cause "+strconv.Itoa(i+1)] = c
	}
	return m
}

// TestSameShape demands that a translation has as many causes as English, so
// that none is left out.
func TestSameShape(t *testing.T) {
	english := stories(load()["en"])
	for tag, l := range load() {
		for key, s := range stories(l) {
			e := english[key]
			if len(s.Causes) != len(e.Causes) {
				t.Errorf("%s: %s has %d causes, English has %d", tag, key, len(s.Causes), len(e.Causes))
			}
			if tag == "en" {
				continue
			}
			for field, text := range fields(s) {
				if text == fields(e)[field] {
					t.Errorf("%s: %s: %s is English still: %q", tag, key, field, text)
				}
				// What is a number to one reader is one to the other, but for
				// those that a language likes to write out.
				if got, want := numbers(text), numbers(fields(e)[field]); !slices.Equal(got, want) && !strings.HasPrefix(field, "cause") {
					t.Errorf("%s: %s: %s has the numbers %q, English has %q", tag, key, field, got, want)
				}
			}
		}
	}
}

var number = regexp.MustCompile(`[0-9]+`)

func numbers(s string) []string {
	n := number.FindAllString(s, -1)
	slices.Sort(n)
	return n
}

// latin are the only words in Latin letters that Chinese texts may contain.
var latin = map[string]bool{
	"ArrayBuffer": true, "Blob": true, "GBK": true, "HTTP": true, "KiB": true, "Latin": true,
	"MiB": true, "RFC": true, "Sec-WebSocket-Extensions": true, "TCP": true, "TLS": true,
	"UTF": true, "Upgrade": true, "WebSocket": true, "Wi-Fi": true, "close": true, "https": true,
	"openssl": true, "pong": true, "s_client": true, "wasClean": true, "wss": true,
}

var (
	latinWord = regexp.MustCompile(`[A-Za-z][A-Za-z_]*(-[A-Za-z][A-Za-z_]*)*`)
	// ASCII punctuation beside a Chinese character, and no space between
	// Chinese and Latin or a number, are slips of an English keyboard.
	asciiPunct = regexp.MustCompile(`\p{Han}[,.;:!?()]|[,;!?]\p{Han}`)
	noSpace    = regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9)]\p{Han}`)
)

// TestChinese demands that the Chinese texts are Chinese throughout.
func TestChinese(t *testing.T) {
	l := load()["zh-Hans"]
	check := func(key, field, text string) {
		if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %s is not Chinese: %q", key, field, text)
		}
		for _, w := range latinWord.FindAllString(text, -1) {
			if !latin[w] {
				t.Errorf("%s: %s has the English word %q: %q", key, field, w, text)
			}
		}
		for _, re := range []*regexp.Regexp{asciiPunct, noSpace} {
			if m := re.FindString(text); m != "" {
				t.Errorf("%s: %s: look at %q: %q", key, field, m, text)
			}
		}
	}
	for key, s := range stories(l) {
		for field, text := range fields(s) {
			check(key, field, text)
		}
	}
	w := reflect.ValueOf(l.Words)
	for i := range w.NumField() {
		if name := w.Type().Field(i).Name; name != "Colon" && name != "Space" {
			check("words", name, w.Field(i).String())
		}
	}
}

// TestFiles demands that no file says a thing twice under one key: a decoder
// would keep the later one without a word.
func TestFiles(t *testing.T) {
	for _, tag := range Languages() {
		f, err := files.Open(tag + ".json")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		d := json.NewDecoder(f)
		if err := noDuplicates(d, tag); err != nil {
			t.Error(err)
		}
		if d.More() {
			t.Errorf("%s: something follows the JSON object", tag)
		}
	}
}

type duplicate string

func (d duplicate) Error() string { return string(d) + " stands there twice" }

func noDuplicates(d *json.Decoder, at string) error {
	tok, err := d.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		seen := make(map[string]bool)
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name := path.Join(at, key.(string))
			if seen[name] {
				return duplicate(name)
			}
			seen[name] = true
			if err := noDuplicates(d, name); err != nil {
				return err
			}
		}
		_, err = d.Token()
	case json.Delim('['):
		for d.More() {
			if err := noDuplicates(d, at); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}

// TestOf demands a registered code's own story, and its class's for another.
func TestOf(t *testing.T) {
	for _, tag := range Languages() {
		l := load()[tag]
		for n := range 1 << 16 {
			c := closecode.Code(n)
			want, own := l.Codes[strconv.Itoa(n)]
			if !own {
				want = l.Classes[c.Class().String()]
			}
			if own != (c.Name() != "") {
				t.Fatalf("%s: %v has a story of its own: %v", tag, c, own)
			}
			if got := Of(tag, c); !reflect.DeepEqual(got, want) || got.What == "" {
				t.Fatalf("Of(%q, %v) = %+v, want %+v", tag, c, got, want)
			}
		}
	}
}
