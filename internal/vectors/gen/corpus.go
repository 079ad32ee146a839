package main

import (
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/internal/vectors"
)

// kinds maps a fuzz target to the kind of its first argument.
var kinds = map[string][]string{
	"FuzzParse":    {vectors.KindPayload, vectors.Server, vectors.Client},
	"FuzzStack":    {vectors.Server, vectors.Client},
	"FuzzStream":   {vectors.KindText},
	"FuzzTruncate": {vectors.KindText},
	"FuzzValid":    {vectors.KindText},
}

// corpus returns the inputs in the corpus of package fuzz.
func corpus() []vectors.Input {
	names, err := filepath.Glob(filepath.Join("..", "..", "fuzz", "testdata", "fuzz", "*", "*"))
	if here, _ := os.Getwd(); filepath.Base(here) == "gen" { // in a test
		names, err = filepath.Glob(filepath.Join("..", "..", "..", "fuzz", "testdata", "fuzz", "*", "*"))
	}
	if err != nil || len(names) == 0 {
		log.Fatal("no corpus: ", err)
	}
	var list []vectors.Input
	for _, name := range names {
		target := filepath.Base(filepath.Dir(name))
		if kinds[target] == nil {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		_, args, _ := strings.Cut(string(b), "\n")
		first, _, _ := strings.Cut(args, "\n")
		text, err := strconv.Unquote(strings.TrimSuffix(strings.TrimPrefix(first, "[]byte("), ")"))
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		list = append(list, vectors.Input{
			ID: "corpus/" + target + "/" + filepath.Base(name), Kinds: kinds[target], Bytes: vectors.Hex(text),
		})
	}
	return list
}
