package main

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// showKit counts the changes to package frame that the conformance kit alone
// notices: of all tests of the package, only TestConformance runs. Changes that
// make no difference are left out.
func showKit() (string, error) {
	list, err := mutants("frame")
	if err != nil {
		return "", err
	}
	equal, err := equivalents()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "kit")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	const test = "^TestConformance$"
	if status, err := try("frame", test, nil, dir, 10*time.Minute); err != nil || status != "LIVED" {
		return "", fmt.Errorf("frame without a change: %s, %v", status, err)
	}
	killed := 0
	var alive []error
	for i, m := range list {
		same := m
		same.row = 0
		if _, ok := equal[same]; ok {
			continue
		}
		status, err := try("frame", test, &m, dir, time.Minute)
		if err != nil {
			return "", err
		}
		switch status {
		case "KILLED", "TIMED OUT":
			killed++
		case "LIVED":
			alive = append(alive, fmt.Errorf("closetest does not notice %v (%d of %d)", m, i+1, len(list)))
		}
	}
	return fmt.Sprintf("closetest alone notices %d of %d changes to frame", killed, killed+len(alive)), errors.Join(alive...)
}

// mutants returns every change to the files of a package.
func mutants(pkg string) ([]mutant, error) {
	names, err := filepath.Glob(filepath.Join(root(), pkg, "*.go"))
	if err != nil {
		return nil, err
	}
	var kinds []string
	for kind := range changes {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	var list []mutant
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		f := fset.AddFile("", -1, len(src))
		var s scanner.Scanner
		s.Init(f, src, nil, 0)
		lines := strings.Split(string(src), "\n")
		for {
			pos, tok, _ := s.Scan()
			if tok == token.EOF {
				break
			}
			for _, kind := range kinds {
				if _, ok := changes[kind][tok]; !ok {
					continue
				}
				at := fset.Position(pos)
				line := lines[at.Line-1]
				text := strings.TrimLeft(line, "\t ")
				list = append(list, mutant{
					File: pkg + "/" + filepath.Base(name), Type: kind, Line: text,
					Column: at.Column - len(line) + len(text), row: at.Line,
				})
			}
		}
	}
	return list, nil
}
