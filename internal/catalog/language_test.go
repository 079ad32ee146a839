package catalog

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"testing"

	"github.com/closeframe/closeframe/closecode"
)

func TestLanguages(t *testing.T) {
	got := Languages()
	if len(got) < 2 || got[0] != "en" || !slices.Contains(got, "zh-Hans") || !slices.IsSorted(got[1:]) {
		t.Errorf("Languages() = %q, want en first, then the others in order, zh-Hans among them", got)
	}
}

// TestAdd verifies that a language needs only one file: an added language is
// supported and has no text of another language. Its tag, qaa, is for private
// use.
func TestAdd(t *testing.T) {
	remove, err := Add("qaa", Pseudo())
	if err != nil {
		t.Fatal(err)
	}
	l := In("qaa")
	if l.Tag() != "qaa" || !slices.Contains(Languages(), "qaa") {
		t.Fatalf("qaa is %s; supported: %q", l.Tag(), Languages())
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
	if In("qaa").Tag() != "en" || slices.Contains(Languages(), "qaa") {
		t.Error("qaa is supported after its removal")
	}
	if _, err := Add("qaa", []byte(`{"words":{}}`)); err == nil {
		t.Error("a file with an unknown part is accepted")
	}
}

func TestText(t *testing.T) {
	l, err := parse("qaa", []byte(`{"texts":{"a":{"b":"%[2]s of %[1]d","e":"<%v>","n":"%d bytes","n.one":"%d byte","p":["one","two"]}}}`))
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
		{l.Text("a.e", NewError("a.e", NewError("a.b", 3, "x"))), "<<x of 3>>"},
		{l.Text("a.e", io.EOF), "<EOF>"},
		{NewError("word.yes").Error(), "yes"},
		{fmt.Sprint(l.Section("a")["p"]), "one\n\ntwo"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
