package match

import (
	"testing"

	"golang.org/x/text/language"

	"github.com/closeframe/closeframe/internal/catalog"
)

// TestLanguage verifies that an added language is matched until it is removed.
func TestLanguage(t *testing.T) {
	check := func(pref, want string, found bool) {
		t.Helper()
		if l, ok := Language(language.MustParse(pref)); ok != found || l.Tag() != want {
			t.Errorf("%s matches %s, %v; want %s, %v", pref, l.Tag(), ok, want, found)
		}
	}
	check("qaa", "en", false)
	remove, err := catalog.Add("qaa", catalog.Pseudo())
	if err != nil {
		t.Fatal(err)
	}
	check("qaa", "qaa", true)
	check("zh-TW", "zh-Hans", true)
	remove()
	check("qaa", "en", false)
	check("cmn", "zh-Hans", true)
}
