package main

import (
	"fmt"
	"go/format"
	"log"
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/internal/vectors"
)

// constants returns src, the source of closecode/code.go, with every entry of the
// registry that it lacks: the constant, the bit for a code that may or must not
// be sent, and the names. It changes nothing else, so the tests of closecode
// still compare the other codes with the registry.
func constants(src string, entries []vectors.Entry) string {
	// insert adds text after the only match of pattern.
	insert := func(pattern, text string) {
		all := regexp.MustCompile(pattern).FindAllStringIndex(src, -1)
		if len(all) != 1 {
			log.Fatalf("code.go has %d matches for %s", len(all), pattern)
		}
		src = src[:all[0][1]] + text + src[all[0][1]:]
	}
	for i, e := range entries {
		name := e.Ident()
		if i == 0 || strings.Contains(src, fmt.Sprintf(" = %d //", e.Code)) {
			continue
		}
		before := entries[i-1]
		insert(fmt.Sprintf(`.* = %d //.*\n`, before.Code),
			fmt.Sprintf("\t%s Code = %d // %s\n", name, e.Code, strings.Join(append([]string{"IANA"}, e.Reference...), ", ")))
		insert(fmt.Sprintf(`\t\{(%d|%s), .*\n`, before.Code, before.Ident()), fmt.Sprintf("\t{%s, %q, %[1]q, \"\"},\n", name, e.Name))
		if e.Code >= 2000 {
			continue
		}
		if e.Code != before.Code+1 {
			log.Fatalf("%d: the registry has no %d", e.Code, e.Code-1)
		}
		src = regexp.MustCompile(`(\tlast  = )\w+`).ReplaceAllString(src, "${1}"+name)
		list := "sendable"
		if !e.OnWire {
			list = "local"
		} else { // in the comment of Valid
			src = strings.Replace(src, " and 3000–4999.", fmt.Sprintf(", %d and 3000–4999.", e.Code), 1)
		}
		insert(`const `+list+` = 1<<.*(\n.*1<<.*)*`, fmt.Sprintf(" |\n\t1<<(%s-first)", name))
	}
	b, err := format.Source([]byte(src))
	if err != nil {
		log.Fatal(err)
	}
	return string(b)
}
