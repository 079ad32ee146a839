// Package near finds the intended word for a misspelled one.
package near

import "strings"

// Find returns the word of a list that is nearest to word, or "" if more than
// one letter in three differs. It ignores case, hyphens and underscores. Of
// words at the same distance it returns the first.
func Find(word string, list []string) string {
	best, least := "", 0
	w := fold(word)
	for _, other := range list {
		o := fold(other)
		limit := max(len(w), len(o)) / 3
		if max(len(w)-len(o), len(o)-len(w)) > limit {
			continue // the difference in length is already larger
		}
		if d := distance(w, o); d <= limit && (best == "" || d < least) {
			best, least = other, d
		}
	}
	return best
}

func fold(s string) []rune {
	return []rune(strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(s)))
}

// distance returns the edit distance of a and b, where exchanging two adjacent
// runes is one edit.
func distance(a, b []rune) int {
	prev := make([]int, len(b)+1) // of two rows before
	row := make([]int, len(b)+1)
	next := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		next[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], prev[j-1]+1)
			}
		}
		prev, row, next = row, next, prev
	}
	return row[len(b)]
}
