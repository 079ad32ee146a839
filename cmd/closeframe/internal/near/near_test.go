package near

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	list := []string{"decode", "encode", "codes", "explain", "help"}
	for _, tt := range []struct{ word, want string }{
		{"decode", "decode"},
		{"decdoe", "decode"}, // exchanged
		{"dcode", "decode"},  // missing
		{"explian", "explain"},
		{"EXPLAIN", "explain"},
		{"ex-plain", "explain"},
		{"code", "codes"},
		{"hlp", "help"},
		{"bananas", ""},
		{"", ""},
		{"x", ""},
		{strings.Repeat("x", 1<<20), ""}, // at once
	} {
		if got := Find(tt.word, list); got != tt.want {
			t.Errorf("Find(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"abc", "abd", 1}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"中文", "中间", 1},
	} {
		if got := distance([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
