package describe_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closecode/describe"
	"github.com/closeframe/closeframe/internal/vectors"
)

func ExampleCode() {
	fmt.Println(describe.Code(closecode.ServiceRestart, language.English))
	fmt.Println()

	meaning, _, _ := strings.Cut(describe.Code(closecode.AbnormalClosure, language.MustParse("zh-CN")), "\n")
	fmt.Println(meaning)
	// Output:
	// The server restarts and will be back.
	// Who sends it: Servers.
	// Usual causes: A new version or a new configuration is being rolled out. A supervisor restarts the process.
	// If you run the server: Send it to everyone before you stop, and leave time for the answers. Expect every client back within half a minute.
	// If you wrote the client: Reconnect after a random delay of 5 to 30 seconds, so that not everyone arrives at once.
	//
	// 连接断开或根本没有建立，没有收到可接受的关闭帧。这个数字本身绝不发送。
}

func ExampleSupported() {
	tags := describe.Supported()
	fmt.Println(tags[0])
	fmt.Println(slices.Contains(tags, language.SimplifiedChinese))
	// Output:
	// en
	// true
}

// isChinese reports whether s is Chinese. It fails the test if s mixes Chinese
// and another language.
func isChinese(t *testing.T, s string) bool {
	t.Helper()
	var han, latin int
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	if han > 0 && latin >= han {
		t.Errorf("a mixture of languages: %q", s)
	}
	return han > 0
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		prefs   string // as in Accept-Language
		chinese bool
	}{
		{"", false},
		{"en", false}, {"en-US", false}, {"en-GB", false},
		{"zh", true}, {"zh-CN", true}, {"zh-Hans", true}, {"zh-Hans-SG", true}, {"zh-SG", true},
		{"zh-TW", true}, {"zh-HK", true}, {"zh-Hant", true}, {"zh-Hant-MO", true}, {"cmn-CN", true},
		{"cmn-TW", true}, {"cmn-Hant", true}, {"zh-yue", false}, {"hak-TW", false}, {"zh-Latn", false},
		{"fr", false}, {"ja", false}, {"ja-JP", false}, {"ko", false}, {"vi", false}, {"de-CH", false},
		{"ru", false}, {"ar-EG", false}, {"und", false}, {"x-private", false}, {"tlh", false},
		{"vo, zh-CN;q=0.8, en;q=0.5", true},
		{"en, zh-CN;q=0.9", false},
		{"zh-TW, en;q=0.9", true},
		{"cmn-TW, en;q=0.9", true},
		{"ja, ko;q=0.9", false},
	} {
		prefs, _, err := language.ParseAcceptLanguage(test.prefs)
		if err != nil {
			t.Errorf("%q: %v", test.prefs, err)
		}
		if got := isChinese(t, describe.Code(closecode.NormalClosure, prefs...)); got != test.chinese {
			t.Errorf("for %q the text is Chinese: %v, want %v", test.prefs, got, test.chinese)
		}
	}
}

func TestSupported(t *testing.T) {
	got := describe.Supported()
	if len(got) < 2 || got[0] != language.English || !slices.Contains(got, language.SimplifiedChinese) {
		t.Fatalf("Supported() = %v, want English first, and simplified Chinese", got)
	}
	want := slices.Clone(got)
	got[0] = language.French
	if again := describe.Supported(); !slices.Equal(again, want) {
		t.Errorf("after the caller wrote to its slice, Supported() = %v, want %v", again, want)
	}
}

// TestEveryCode verifies that each of the 65,536 codes has all five parts in
// each language.
func TestEveryCode(t *testing.T) {
	for _, tag := range describe.Supported() {
		texts := make(map[string]bool)
		for n := range 1 << 16 {
			c := closecode.Code(n)
			s := describe.Code(c, tag)
			if texts[s] {
				continue
			}
			texts[s] = true
			lines := strings.Split(s, "\n")
			if len(lines) != 5 {
				t.Fatalf("%v in %v has %d lines, want 5:\n%s", c, tag, len(lines), s)
			}
			for _, line := range lines {
				if len(line) < 10 {
					t.Errorf("%v in %v has the line %q", c, tag, line)
				}
			}
			switch chinese := tag == language.SimplifiedChinese; {
			case !chinese && tag != language.English:
			case isChinese(t, s) != chinese:
				t.Errorf("%v in %v: Chinese is %v, want %v", c, tag, !chinese, chinese)
			}
		}
		// Six classes have other codes: all except Standard and Local.
		entries, _ := vectors.Registry()
		if want := len(entries) + 6; len(texts) != want {
			t.Errorf("%v has %d different texts, want %d", tag, len(texts), want)
		}
	}
}
