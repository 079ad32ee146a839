package main

import (
	"slices"
	"testing"
)

// TestSentences verifies which sentences and lines are found in each kind of
// file.
func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      []sentence
	}{
		{"a.go", "//go:build linux\n\n// Package a is one. It has\n// two sentences.\n//\n//\tsome code\npackage a\n\nvar x = \"// no comment\" // A trailing comment.\n", []sentence{
			{"a.go", 3, "Package a is one."},
			{"a.go", 3, "It has two sentences."},
			{"a.go", 9, "A trailing comment."},
		}},
		{"a.s", "#define X 1\n// First line\n// of two.\nMOVQ AX, BX // copy it\n", []sentence{
			{"a.s", 2, "First line of two."},
			{"a.s", 4, "copy it"},
		}},
		{"run.sh", "#!/bin/sh\n# Does a thing.\necho '#' # prints it\n", []sentence{
			{"run.sh", 2, "Does a thing."},
			{"run.sh", 3, "prints it"},
		}},
		{"a.md", "# The title\n\nOne sentence. Another\none.\n- an item\n- the next\n\n```\nnot this one\n```\n| first cell | second cell |\n", []sentence{
			{"a.md", 1, "The title"},
			{"a.md", 3, "One sentence."},
			{"a.md", 3, "Another one."},
			{"a.md", 5, "an item"},
			{"a.md", 6, "the next"},
			{"a.md", 11, "first cell"},
			{"a.md", 11, "second cell"},
		}},
		{"a.json", "{\n\"the key of this text\": \"one text with \\\"quotes\\\" in it\",\n\"zh\": \"收到。关闭帧\"\n}\n", []sentence{
			{"a.json", 2, `one text with \"quotes\" in it`},
			{"a.json", 3, "收到。"},
			{"a.json", 3, "关闭帧"},
		}},
	} {
		if got := sentences(tt.name, tt.src); !slices.Equal(got, tt.want) {
			t.Errorf("sentences(%q):\n got %v\nwant %v", tt.name, got, tt.want)
		}
	}
}
