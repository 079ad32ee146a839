package main

import (
	"strings"
	"testing"

	"github.com/closeframe/closeframe/internal/catalog"
)

// TestLanguage verifies the choice of the language. It uses no third language,
// so that adding one does not break it.
func TestLanguage(t *testing.T) {
	tests := []struct{ flag, env, want string }{
		{"", "", "en"},
		{"", "LANG=C", "en"},
		{"", "LANG=C.UTF-8", "en"},
		{"", "LANG=POSIX", "en"},
		{"", "LANG=en_US.UTF-8", "en"},
		{"", "LANG=vo_001.UTF-8", "en"},
		{"", "LANG=zh_CN.UTF-8", "zh-Hans"},
		{"", "LANG=zh_SG", "zh-Hans"},
		{"", "LANG=zh_TW.Big5", "zh-Hans"},
		{"", "LANG=zh_CN.GB18030@pinyin", "zh-Hans"},
		{"", "LANG=zh", "zh-Hans"},
		{"", "LANG=cmn_TW.UTF-8", "zh-Hans"},
		{"", "LANG=hak_TW.UTF-8", "en"},
		{"", "LANG=C.UTF-8@x", "en"},
		{"", "LANG=.UTF-8", "en"},
		{"", "LANG=%%", "en"},
		{"", "LC_ALL=zh_CN LANG=en_US", "zh-Hans"},
		{"", "LC_ALL=C LANG=zh_CN", "en"},
		{"", "LC_MESSAGES=zh_CN LANG=en_US", "zh-Hans"},
		{"", "LC_ALL=en_US LC_MESSAGES=zh_CN", "en"},
		{"", "LC_ALL= LC_MESSAGES= LANG=zh_CN", "zh-Hans"},
		{"", "LC_TIME=zh_CN LANG=en_US", "en"},
		{"zh", "LC_ALL=en_US", "zh-Hans"},
		{"zh-CN", "", "zh-Hans"},
		{"zh_CN", "", "zh-Hans"},
		{"zh-Hant", "", "zh-Hans"},
		{"en", "LC_ALL=zh_CN", "en"},
		{"vo", "LC_ALL=zh_CN", "en"},
	}
	for _, tt := range tests {
		s := &session{env: func(key string) string {
			for _, e := range strings.Fields(tt.env) {
				if k, v, _ := strings.Cut(e, "="); k == key {
					return v
				}
			}
			return ""
		}}
		if l := s.language(tt.flag); l.Tag() != tt.want {
			t.Errorf("-lang=%q %s: %s, want %s", tt.flag, tt.env, l.Tag(), tt.want)
		}
	}
}

// TestFieldColumn verifies that the names of a frame's fields fit their column.
func TestFieldColumn(t *testing.T) {
	for _, tag := range catalog.Languages() {
		for name, text := range catalog.In(tag).Section("decode.field") {
			if columns(text) > fieldColumns {
				t.Errorf("%s: %s: %q is wider than its column", tag, name, text)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		s    string
		n    int
		want string // lines separated by |
	}{
		{"", 10, ""},
		{"one two three", 20, "one two three"},
		{"one two three", 7, "one two|three"},
		{"one two three", 8, "one two|three"},
		{"one  two", 20, "one two"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"ab cdefghij", 4, "ab|cdef|ghij"},
		{"正常关闭连接", 6, "正常关|闭连接"},
		{"正常关闭连接", 7, "正常关|闭连接"},
		{"正常关闭。连接", 8, "正常关|闭。连接"},     // no full stop at a line's beginning
		{"正常（关闭）连接", 6, "正常|（关|闭）连|接"}, // no opening bracket at its end
		{"使用 TCP 协议", 8, "使用 TCP|协议"},
		{"使用TCP协议", 6, "使用|TCP协|议"},
		{"say RFC 6455 §5.5.1 so", 18, "say|RFC 6455 §5.5.1 so"},
		{"等待 30\u00a0秒。", 7, "等待|30 秒。"},
		{"宽", 1, "宽"},
	}
	for _, tt := range tests {
		got := wrap(tt.s, tt.n)
		if strings.Join(got, "|") != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.s, tt.n, got, tt.want)
		}
	}
}
