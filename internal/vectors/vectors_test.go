package vectors

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/closeframe/closeframe/testdata"
)

// TestVersion verifies that every file has the version of the package.
func TestVersion(t *testing.T) {
	names, err := fs.Glob(testdata.Files, "*.json")
	if err != nil || len(names) < 12 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		var v struct{ Version string }
		if read(name, &v); v.Version != testdata.Version {
			t.Errorf("%s has version %q, want %s", name, v.Version, testdata.Version)
		}
	}
}

// TestOrigins verifies that every vector has a unique ID, a source, and a rule
// of rules.json.
func TestOrigins(t *testing.T) {
	rules := map[string]bool{}
	for _, r := range Rules() {
		if rules[r.ID] || r.ID == "" || r.Rule == "" || r.Spec == "" {
			t.Errorf("rule %+v: a field is missing, or the ID is not unique", r)
		}
		rules[r.ID] = true
	}
	seen := map[string]bool{}
	check := func(o Origin) {
		if o.ID == "" || seen[o.ID] {
			t.Errorf("%+v: the ID is missing or not unique", o)
		}
		seen[o.ID] = true
		if o.Source == "" {
			t.Errorf("%s: no source", o.ID)
		}
		if !rules[o.Rule] {
			t.Errorf("%s: no rule %q", o.ID, o.Rule)
		}
	}
	all(AllCodes(), func(v Codes) { check(v.Origin) })
	all(Payloads(), func(v Payload) { check(v.Origin) })
	all(Frames(), func(v Frame) { check(v.Origin) })
	all(Texts(), func(v UTF8) { check(v.Origin) })
	all(Encodings(), func(v Encoding) { check(v.Origin) })
	all(Lookups(), func(v Lookup) { check(v.Origin) })
	all(Reconnects(), func(v Reconnect) { check(v.Origin) })
	all(Endings(), func(v Ending) { check(v.Origin) })
	all(Calls(), func(v Call) { check(v.Origin) })
	if len(seen) < 3000 {
		t.Errorf("got %d vectors, want at least 3000", len(seen))
	}
}

// citation matches a reference that is part of a specification's sentence.
var citation = regexp.MustCompile(`\[(RFC[0-9]+|HTTP/3)\]`)

// TestQuotes verifies that every rule of a specification's prose has a quote,
// that no rule of this project has one, and that each quote is one whole
// sentence without editorial marks.
func TestQuotes(t *testing.T) {
	// These are a table of the registry and an interface definition.
	without := []string{"I01", "I02", "W08"}
	for _, r := range Rules() {
		if r.Spec == "closeframe" || slices.Contains(without, r.ID) {
			if r.Quote != "" {
				t.Errorf("%s: quotes %q, expected no quote", r.ID, r.Quote)
			}
			continue
		}
		if r.Quote == "" {
			t.Errorf("%s: no quote", r.ID)
			continue
		}
		text := citation.ReplaceAllString(r.Quote, "")
		if strings.ContainsAny(text, "[]…\n") || strings.Contains(text, "...") {
			t.Errorf("%s: quote %q has brackets, an ellipsis or a line break", r.ID, r.Quote)
		}
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "_"))
		if !unicode.IsUpper(first) && !unicode.IsDigit(first) || !strings.ContainsAny(text[len(text)-1:], ".:") {
			t.Errorf("%s: quote %q is not a whole sentence", r.ID, r.Quote)
		}
	}
}

func all[T any](list []T, f func(T)) {
	if len(list) == 0 {
		panic("a file has no vectors")
	}
	for _, v := range list {
		f(v)
	}
}

// TestCodes verifies that codes.json has every code once, and that it agrees
// with the registry and with the ranges of RFC 6455 §7.4.2.
func TestCodes(t *testing.T) {
	entries, ranges := Registry()
	next := 0
	for _, r := range AllCodes() {
		if int(r.First) != next || r.Last < r.First {
			t.Fatalf("%s: does not begin at %d", r.ID, next)
		}
		next = int(r.Last) + 1
		if r.First != r.Last && r.Name != "" {
			t.Errorf("%s: a range of codes has a name", r.ID)
		}
		i := slices.IndexFunc(entries, func(e Entry) bool { return r.First <= e.Code && e.Code <= r.Last })
		if i < 0 {
			if r.Name != "" {
				t.Errorf("%s: has a name, but is not in the registry", r.ID)
			}
		} else if e := entries[i]; e.Name != r.Name || e.OnWire != r.Valid || e.Code != r.Last || len(e.Reference) == 0 && e.Code < 3000 {
			t.Errorf("%s: %+v, the registry has %+v", r.ID, r, e)
		}
		// Codes without an entry are valid from 3000 to 4999 only.
		if i < 0 && r.Valid != (r.First >= 3000 && r.Last <= 4999) {
			t.Errorf("%s: valid is %v", r.ID, r.Valid)
		}
		if r.Scriptable != (r.First == 1000 || r.First >= 3000 && r.Last <= 4999) {
			t.Errorf("%s: scriptable is %v", r.ID, r.Scriptable)
		}
		if !slices.ContainsFunc(ranges, func(g Range) bool { return g.First <= r.First && r.Last <= g.Last }) {
			t.Errorf("%s: crosses a boundary of the registry's ranges", r.ID)
		}
	}
	if next != 1<<16 {
		t.Errorf("codes.json ends before %d, want 65536", next)
	}
}

// TestTexts compares utf8.json with unicode/utf8.
func TestTexts(t *testing.T) {
	for _, v := range Texts() {
		if v.Valid != utf8.Valid(v.Bytes) {
			t.Errorf("%s: valid is %v", v.ID, v.Valid)
		}
		good := len(v.Bytes)
		for i := 0; i < good; {
			r, n := utf8.DecodeRune(v.Bytes[i:])
			if r == utf8.RuneError && n == 1 {
				good = i
			}
			i += n
		}
		want := good
		if v.Valid {
			want = -1
		}
		if v.Offset != want {
			t.Errorf("%s: offset is %d, want %d", v.ID, v.Offset, want)
		}
		if v.Incomplete != (!v.Valid && !utf8.FullRune(v.Bytes[good:])) {
			t.Errorf("%s: incomplete is %v", v.ID, v.Incomplete)
		}
		if n := v.Truncate; n > 123 || n > good || !utf8.Valid(v.Bytes[:n]) {
			t.Errorf("%s: the first %d bytes are not a valid reason", v.ID, n)
		} else if _, size := utf8.DecodeRune(v.Bytes[n:good]); n < good && n+size <= 123 {
			t.Errorf("%s: more than %d bytes fit into a reason", v.ID, n)
		}
	}
}

// TestAnswers verifies that a vector with an error has neither a code nor a
// reason, and that its answer is the one for that error.
func TestAnswers(t *testing.T) {
	check := func(id, err string, code uint16, reason string, answer uint16, offset int) {
		want := uint16(1002)
		switch err {
		case "", Incomplete, NotClose:
			want = 0
		case InvalidUTF8:
			want = 1007
		case ReservedBits, Fragmented, Masked, Unmasked, TooLong, Short, InvalidCode:
		default:
			t.Errorf("%s: unknown error %q", id, err)
		}
		if answer != want {
			t.Errorf("%s: error %q has answer %d, want %d", id, err, answer, want)
		}
		if (err == "") != (code != 0) || err != "" && reason != "" {
			t.Errorf("%s: error %q, code %d, reason %q", id, err, code, reason)
		}
		if (err == InvalidUTF8) != (offset >= 0) {
			t.Errorf("%s: error %q at %d", id, err, offset)
		}
		if strings.ToValidUTF8(reason, "") != reason || len(reason) > 123 {
			t.Errorf("%s: reason %q is not UTF-8 or has more than 123 bytes", id, reason)
		}
	}
	all(Payloads(), func(v Payload) { check(v.ID, v.Error, v.Code, v.Reason, v.Answer, v.Offset) })
	all(Frames(), func(v Frame) { check(v.ID, v.Error, v.Code, v.Reason, v.Answer, v.Offset) })
	all(Frames(), func(v Frame) {
		if v.Role != Client && v.Role != Server {
			t.Errorf("%s: role %q", v.ID, v.Role)
		}
		frame := len(v.Bytes) - len(v.Rest)
		if (v.N > 0) != (v.Error == "") || v.N > 0 && v.N != frame {
			t.Errorf("%s: n is %d with error %q and a frame of %d bytes", v.ID, v.N, v.Error, frame)
		}
		if v.Early && (v.Error == "" || v.Error == Incomplete || len(v.Rest) > 0) {
			t.Errorf("%s: early with error %q and %d bytes after the frame", v.ID, v.Error, len(v.Rest))
		}
		if v.Fails != "" && v.Error != NotClose {
			t.Errorf("%s: fails is %s with error %q", v.ID, v.Fails, v.Error)
		}
	})
}
