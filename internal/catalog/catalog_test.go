package catalog

import (
	"encoding/json"
	"fmt"
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

func TestLanguages(t *testing.T) {
	got := Languages()
	if len(got) < 2 || got[0] != "en" || !slices.Contains(got, "zh-Hans") || !slices.IsSorted(got[1:]) {
		t.Errorf("Languages() = %q, want en first, then the others in order, zh-Hans among them", got)
	}
}

// TestCodes verifies that each language describes every registered code and
// every class, and that a code without a description has that of its class.
func TestCodes(t *testing.T) {
	for _, tag := range Languages() {
		l := In(tag)
		for n := range 1 << 16 {
			c := closecode.Code(n)
			want, own := l.codes[c]
			if !own {
				want = l.classes[c.Class()]
			}
			if own != (c.Name() != "") {
				t.Fatalf("%s: %v has its own description: %v", tag, c, own)
			}
			if got := l.Code(c); !reflect.DeepEqual(got, want) || got.What == "" {
				t.Fatalf("%s: Code(%v) = %+v, want %+v", tag, c, got, want)
			}
		}
	}
}

// descriptions returns all descriptions of l, by the name of the class or the
// number of the code.
func descriptions(l *Language) map[string]Description {
	m := map[string]Description{}
	for c, d := range l.classes {
		m[c.String()] = d
	}
	for c, d := range l.codes {
		m[strconv.Itoa(int(c))] = d
	}
	return m
}

// fields returns the strings of d by name.
func fields(d Description) map[string]string {
	m := map[string]string{"title": d.Title, "what": d.What, "who": d.Who, "operator": d.Operator, "client": d.Client}
	for i, c := range d.Causes {
		m["cause "+strconv.Itoa(i+1)] = c
	}
	return m
}

// TestDescriptions verifies the form of each description.
func TestDescriptions(t *testing.T) {
	for _, tag := range Languages() {
		titles := map[string]string{}
		for key, d := range descriptions(In(tag)) {
			if len(d.Causes) == 0 {
				t.Errorf("%s: %s: no causes", tag, key)
			}
			if other, ok := titles[d.Title]; ok {
				t.Errorf("%s: %s and %s have the same title %q", tag, key, other, d.Title)
			}
			titles[d.Title] = key
			for field, text := range fields(d) {
				full := strings.HasSuffix(text, ".") || strings.HasSuffix(text, "。")
				switch {
				case text == "":
					t.Errorf("%s: %s: no %s", tag, key, field)
				case field == "title" && utf8.RuneCountInString(text) > 24:
					t.Errorf("%s: %s: the title is too long for a table: %q", tag, key, text)
				case (field == "title") == full:
					t.Errorf("%s: %s: %s: only titles end without a full stop: %q", tag, key, field, text)
				}
			}
		}
	}
}

// TestClassNames verifies that the English title of a class is the name that
// the API gives it, so that a class has one name everywhere.
func TestClassNames(t *testing.T) {
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		if got := In("en").Class(c).Title; got != c.String() {
			t.Errorf("the title of class %v is %q", c, got)
		}
	}
}

// TestSameDescriptions verifies that translations have as many causes as
// English, and the same numbers.
func TestSameDescriptions(t *testing.T) {
	english := descriptions(In("en"))
	for _, tag := range Languages()[1:] {
		for key, d := range descriptions(In(tag)) {
			if len(d.Causes) != len(english[key].Causes) {
				t.Errorf("%s: %s has %d causes, English has %d", tag, key, len(d.Causes), len(english[key].Causes))
			}
			for field, text := range fields(d) {
				en := fields(english[key])[field]
				if text == en {
					t.Errorf("%s: %s: %s is English: %q", tag, key, field, text)
				}
				// A cause may spell a number out.
				if got, want := numbers(text), numbers(en); !slices.Equal(got, want) && !strings.HasPrefix(field, "cause") {
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

// verb matches a verb of package fmt, with its explicit argument index.
var verb = regexp.MustCompile(`%(?:\[([0-9]+)\])?[+#0-9.-]*([a-zA-Z%])`)

// verbs returns the verbs of a text with the index of the argument of each, in
// the order of the arguments.
func verbs(text string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		list = append(list, fmt.Sprintf("%d%s", next, m[2]))
		next++
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestSameTexts verifies that all languages have the same keys, and texts that
// take the same arguments. Only English needs the singular of a text.
func TestSameTexts(t *testing.T) {
	english := In("en")
	for _, tag := range Languages() {
		l := In(tag)
		for key, text := range l.texts {
			en, ok := english.texts[key]
			if !ok {
				t.Errorf("%s: English has no text %q", tag, key)
				continue
			}
			if got, want := verbs(text), verbs(en); !slices.Equal(got, want) {
				t.Errorf("%s: %s: the arguments are %q, in English %q", tag, key, got, want)
			}
		}
		for key := range english.texts {
			plural, singular := strings.CutSuffix(key, ".one")
			if _, ok := english.texts[plural]; singular && !ok {
				t.Errorf("%s has no plural", key)
			}
			if !l.Has(key) && !(singular && tag != "en") {
				t.Errorf("%s: no text %q", tag, key)
			}
		}
	}
}

// TestForm verifies that no text has stray space or invalid characters.
func TestForm(t *testing.T) {
	check := func(where, text string) {
		switch {
		case text == "" && !strings.HasSuffix(where, "word.space"):
			t.Errorf("%s is empty", where)
		case strings.TrimSpace(text) != text && !strings.Contains(where, "word."):
			t.Errorf("%s begins or ends with space: %q", where, text)
		case strings.ContainsAny(text, "\t\r") || strings.Contains(text, "  "):
			t.Errorf("%s has stray space: %q", where, text)
		case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
			t.Errorf("%s is not UTF-8: %q", where, text)
		}
	}
	for _, tag := range Languages() {
		l := In(tag)
		for key, text := range l.texts {
			check(tag+": "+key, text)
		}
		for key, d := range descriptions(l) {
			for field, text := range fields(d) {
				check(tag+": "+key+": "+field, text)
			}
		}
	}
}

// ASCII punctuation beside a Chinese character, and a missing space between
// Chinese and Latin letters or digits, are slips of an English keyboard.
var (
	asciiPunct = regexp.MustCompile(`\p{Han}[,.;:!?()]|[,;!?]\p{Han}`)
	noSpace    = regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9)]\p{Han}`)
	words      = regexp.MustCompile(`%(\[[0-9]+\])?s`) // may be a Chinese word
)

// TestChinese verifies that the Chinese texts are Chinese: each description
// and each text that is not just names, numbers and marks.
func TestChinese(t *testing.T) {
	l := In("zh-Hans")
	check := func(where, text string) {
		text = words.ReplaceAllString(text, "词")
		for _, re := range []*regexp.Regexp{asciiPunct, noSpace} {
			if m := re.FindString(verb.ReplaceAllString(text, "")); m != "" {
				t.Errorf("%s: unusual form %q: %q", where, m, text)
			}
		}
	}
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	for key, d := range descriptions(l) {
		for field, text := range fields(d) {
			if !strings.ContainsFunc(text, han) {
				t.Errorf("%s: %s is not Chinese: %q", key, field, text)
			}
			check(key+": "+field, text)
		}
	}
	for key, text := range l.texts {
		if text == In("en").texts[key] && len(strings.Fields(text)) > 2 {
			t.Errorf("%s is English: %q", key, text)
		}
		check(key, text)
	}
}

// TestFiles verifies that no object of a file has a key twice, which a decoder
// would not report.
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
			t.Errorf("%s: bytes after the JSON object", tag)
		}
	}
}

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
				return fmt.Errorf("%s occurs twice", name)
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

// TestAdd verifies that a language is one file: one that is added is on offer,
// and has no text of another language.
func TestAdd(t *testing.T) {
	remove, err := Add("fi", Pseudo())
	if err != nil {
		t.Fatal(err)
	}
	l := In("fi")
	if l.Tag() != "fi" || !slices.Contains(Languages(), "fi") {
		t.Fatalf("fi is %s; on offer: %q", l.Tag(), Languages())
	}
	plain := regexp.MustCompile(`[A-Za-z]{2}`)
	for key := range In("en").texts {
		if text := verb.ReplaceAllString(l.Text(key), ""); plain.MatchString(text) {
			t.Errorf("%s falls back: %q", key, text)
		}
	}
	for c := range closecode.Code(1 << 12) {
		for field, text := range fields(l.Code(c)) {
			if plain.MatchString(text) {
				t.Errorf("%d: %s falls back: %q", c, field, text)
			}
		}
	}
	remove()
	if In("fi").Tag() != "en" || slices.Contains(Languages(), "fi") {
		t.Error("fi is on offer after its removal")
	}
	if _, err := Add("fi", []byte(`{"words":{}}`)); err == nil {
		t.Error("a file with an unknown part is accepted")
	}
}

func TestText(t *testing.T) {
	l, err := parse("fi", []byte(`{"texts":{"a":{"b":"%[2]s of %[1]d","n":"%d bytes","n.one":"%d byte","p":["one","two"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ got, want string }{
		{l.Text("a.b", 3, "x"), "x of 3"},
		{l.Count("a.n", 1), "1 byte"},
		{l.Count("a.n", 2), "2 bytes"},
		{l.Text("a.p"), "one\n\ntwo"},
		{l.Text("unknown %d", 1), "unknown 1"},
		{l.Text("word.yes"), "yes"},
		{fmt.Sprint(l.Section("a")["p"]), "one\n\ntwo"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
