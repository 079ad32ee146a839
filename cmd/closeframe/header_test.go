package main

import (
	"strings"
	"testing"
)

// TestHeaderFlags verifies that values which would break the request are errors
// of the command line, in the session's language.
func TestHeaderFlags(t *testing.T) {
	tests := []struct{ flag, value, english, chinese string }{
		{"-H", "X", "want NAME: VALUE", "应为 NAME: VALUE"},
		{"-H", "X: a\r\nY: b", "no line breaks", "换行符"},
		{"-H", "X: a\x00", "control characters", "控制字符"},
		{"-H", "Host: a\nX: b", "no line breaks", "换行符"},
		{"-H", "X Y: a", `"X Y" is not the name`, "头字段的名称"},
		{"-H", "X\r\nY: a", "is not the name", "头字段的名称"},
		{"-H", ": a", "is not the name", "头字段的名称"},
		{"-origin", "https://a\r\nX: y", "want an origin", "这样的来源"},
		{"-origin", "", "want an origin", "这样的来源"},
		{"-bearer", "secret\n1", "want the token alone", "应只有令牌本身"},
		{"-bearer", "Bearer secret", "want the token alone", "应只有令牌本身"},
		{"-subprotocol", "a\r\nX: y", "want one name", "应为一个名称"},
		{"-subprotocol", "a, b", "repeat the flag", "请重复使用该选项"},
	}
	for _, test := range tests {
		commands := []string{"probe"}
		if test.flag == "-H" {
			commands = append(commands, "relay")
		}
		for _, c := range commands {
			for lang, want := range map[string]string{"en": test.english, "zh": test.chinese} {
				r := runWith(nil, "", c, "-lang", lang, test.flag, test.value, "ws://127.0.0.1:1")
				if r.status != exitUsage || !strings.Contains(r.stderr, want) || strings.Count(r.stderr, "\n") != 2 ||
					test.flag == "-bearer" && strings.Contains(r.stderr, test.value) {
					t.Errorf("%s %s %q: status %d, %s", c, test.flag, test.value, r.status, r.stderr)
				}
			}
		}
	}
}
