package catalog

import (
	"encoding/json"
	"strings"
)

// Pseudo returns the file of an artificial language for tests: the English
// texts with every Latin letter replaced by a Cyrillic one, except in verbs. If
// a tool prints Latin letters in this language, they are not from the catalog.
func Pseudo() []byte {
	b, err := files.ReadFile("en.json")
	if err != nil {
		panic(err) // the files are embedded
	}
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		panic(err)
	}
	b, err = json.Marshal(pseudo(v))
	if err != nil {
		panic(err)
	}
	return b
}

func pseudo(v any) any {
	switch v := v.(type) {
	case string:
		return pseudoText(v)
	case []any:
		for i := range v {
			v[i] = pseudo(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = pseudo(v[key])
		}
	}
	return v
}

func pseudoText(s string) string {
	var b strings.Builder
	verb := false // within a verb
	for _, r := range s {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z'
		switch {
		case r == '%':
			verb = !verb
		case verb && letter:
			verb = false
		case letter && 'a' <= r:
			r += 'а' - 'a'
		case letter:
			r += 'А' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
