package main

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/catalog/match"
)

// language returns the user's language: name, the value of -lang, if it is not
// empty, or else the first of the environment variables LC_ALL, LC_MESSAGES and
// LANG that is set, as in POSIX. It is English if that language is not
// supported.
func (s *session) language(name string) *catalog.Language {
	if name != "" {
		l, _ := matchLang(name)
		return l
	}
	for _, key := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := s.env(key); v != "" {
			l, _ := match.Language(locale(v))
			return l
		}
	}
	return catalog.In("en")
}

// checkLang checks the value of the flag -lang.
func (s *session) checkLang(name string) error {
	if name == "" {
		return nil
	}
	if _, ok := matchLang(name); !ok {
		return errText("error.lang", name, strings.Join(catalog.Languages(), ", "))
	}
	return nil
}

// matchLang returns the language for a value of -lang. If the language is not
// supported, it returns English and false.
func matchLang(name string) (*catalog.Language, bool) {
	tag, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
	if err != nil {
		return catalog.In("en"), false
	}
	return match.Language(tag)
}

// locale returns the language of a locale name such as "zh_CN.UTF-8@pinyin";
// English for "C", "POSIX" and malformed names.
func locale(name string) language.Tag {
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ".")
	if name == "C" || name == "POSIX" {
		return language.English
	}
	tag, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
	if err != nil {
		return language.English
	}
	return tag
}
