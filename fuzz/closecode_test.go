package fuzz

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/check/model"
	"github.com/closeframe/closeframe/internal/vectors"
)

var decimal = regexp.MustCompile(`\A[1-9][0-9]*\z`)

// FuzzLookup compares Lookup with the list of names, and with numbers of any
// size.
//
// Shows: P05
func FuzzLookup(f *testing.F) {
	names := map[string]uint16{}
	for _, v := range vectors.Lookups() {
		f.Add(v.Name)
		if v.Code != 0 && !decimal.MatchString(v.Name) {
			names[asciiLower(v.Name)] = v.Code
		}
	}
	entries, _ := vectors.Registry()
	for _, e := range entries {
		f.Add(e.Name)
		names[asciiLower(e.Name)] = e.Code
		names[asciiLower(e.Ident())] = e.Code
	}
	f.Fuzz(func(t *testing.T, name string) {
		want := names[asciiLower(name)]
		if decimal.MatchString(name) {
			if n, ok := new(big.Int).SetString(name, 10); ok && n.Cmp(big.NewInt(65535)) <= 0 {
				want = uint16(n.Uint64())
			}
		}
		if got, ok := closecode.Lookup(name); uint16(got) != want || ok != (want != 0) {
			t.Fatalf("Lookup(%q) = %d, %v, want %d", name, got, ok, want)
		}
		noAllocs(t, func() { closecode.Lookup(name) })
	})
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// FuzzCode compares the methods of a Code with codes.json.
//
// Shows: P04 P06
func FuzzCode(f *testing.F) {
	rows := vectors.AllCodes()
	for _, r := range rows {
		f.Add(r.First, 0)
		f.Add(r.Last, -1)
	}
	windows := map[[2]int]vectors.Reconnect{}
	last := map[uint16]int{}
	for _, v := range vectors.Reconnects() {
		f.Add(v.Code, v.Attempt)
		windows[[2]int{int(v.Code), v.Attempt}] = v
		last[v.Code] = max(last[v.Code], v.Attempt)
	}
	f.Fuzz(func(t *testing.T, code uint16, attempt int) {
		c := closecode.Code(code)
		if got, want := c.Valid(), model.SendableCode(int(code)); got != want {
			t.Fatalf("Code(%d).Valid() = %v", code, got)
		}
		for _, r := range rows {
			if code < r.First || r.Last < code {
				continue
			}
			if c.Class().String() != r.Class || c.Name() != r.Name || c.Scriptable() != r.Scriptable {
				t.Fatalf("Code(%d): %v, %q, scriptable %v, want %+v", code, c.Class(), c.Name(), c.Scriptable(), r)
			}
		}
		if number, _, _ := strings.Cut(c.String(), " "); number != strconv.Itoa(int(code)) {
			t.Fatalf("Code(%d).String() = %q", code, c)
		}
		lo, hi, ok := c.Reconnect(attempt)
		w, can := windows[[2]int{int(code), min(max(attempt, 0), last[code])}]
		if lo != time.Duration(w.Lo)*time.Millisecond || hi != time.Duration(w.Hi)*time.Millisecond || ok != can {
			t.Fatalf("Code(%d).Reconnect(%d) = %v, %v, %v, want %+v", code, attempt, lo, hi, ok, w)
		}
	})
}
