package catalog

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
)

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
			switch named := c.Name() != ""; {
			case named && !own:
				t.Errorf("%s.json has no codes.%d: describe %v", tag, c, c)
			case own && !named:
				t.Errorf("%s.json has codes.%d, which has no name in closecode", tag, c)
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

// TestClassNames verifies that the English title of a class is its name in the
// API.
func TestClassNames(t *testing.T) {
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		if got := In("en").Class(c).Title; got != c.String() {
			t.Errorf("the title of class %v is %q", c, got)
		}
	}
}

// TestSameDescriptions verifies that translations list as many causes as
// English, with the same numbers.
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
				// A translation may write a number as a word.
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
