package main

import (
	"flag"
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// langFlag defines the flag -lang. Give its value to s.lang after s.parse.
func langFlag(fs *flag.FlagSet) *string {
	return fs.String("lang", "", "the `language` of the texts: en or zh\n(default: that of LC_ALL, LC_MESSAGES or LANG)")
}

// lang returns the language that the program speaks that is nearest to the one
// asked for; see language.
func (s *session) lang(flag string) (lang, error) {
	tag, err := s.language(flag)
	return langOf(tag), err
}

// language returns the language that the user asked for: by the flag -lang if
// it is not empty, else by the environment, as POSIX has it: the first of
// LC_ALL, LC_MESSAGES and LANG that is set.
func (s *session) language(lang string) (language.Tag, error) {
	if lang != "" {
		tag, err := language.Parse(strings.ReplaceAll(lang, "_", "-"))
		if err != nil {
			return language.Und, fmt.Errorf("-lang %q is not a language tag such as en or zh-CN", lang)
		}
		return tag, nil
	}
	for _, key := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := s.env(key); v != "" {
			return locale(v), nil
		}
	}
	return language.English, nil
}

// locale returns the language of a locale name such as "zh_CN.UTF-8@pinyin";
// English for "C", "POSIX" and what cannot be made out.
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
