package kernel

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestRefused is for every byte and every tail after it: a byte refuses the tail as the grammar does, and
// those that refuse any are picky.
//
// Shows: U01 U02 U03
func TestRefused(t *testing.T) {
	a := syntaxOf()
	dead := a.Dead()
	n := 0
	for lead := 0xC0; lead < 0x100; lead++ {
		for tail := 0x80; tail < 0xC0; tail++ {
			// In every byte of a word, beside bytes of every kind.
			want := a.Run(0, byte(lead), byte(tail)) == dead
			for at := range 8 {
				for _, around := range [...]uint64{0, ones * 0x7F, ones * 0x80, ones * 0xFF, ones * 0xE0, ones * 0xED} {
					n++
					mask := uint64(0xFF) << (8 * at)
					w := around&^mask | uint64(lead)<<(8*at)
					next := around&^mask | uint64(tail)<<(8*at)
					two, three, four := leads(w)
					got := refused(w, next, two, three, four)&high&mask != 0
					if got != want {
						t.Fatalf("%#x in byte %d of %#016x refuses %#x: %v", lead, at, w, tail, got)
					}
					if got && picky(w, two, three, four)&high&mask == 0 {
						t.Fatalf("%#x in byte %d of %#016x refuses %#x and is not picky", lead, at, w, tail)
					}
				}
			}
		}
	}
	t.Logf("%d pairs in a word", n)
}

// TestWords is for four bytes of every kind at every place of a word, at the beginning, in the middle and at the
// end of a text that is judged in words.
//
// Shows: U01 U02 U03 U04
func TestWords(t *testing.T) {
	kinds := kindsOf(syntaxOf())
	text := []byte(strings.Repeat("x", 60))
	n := 0
	for _, b0 := range kinds {
		for _, b1 := range kinds {
			for _, b2 := range kinds {
				for _, b3 := range kinds {
					quad := [4]byte{b0, b1, b2, b3}
					want := utf8.Valid(quad[:])
					n++
					place := n % 8 // every kind comes to every place: neighbors in this order are alike
					for _, at := range [...]int{place, 24 + place, 48 + place} {
						copy(text[at:], quad[:])
						if got := validWords(String(text)); got != want {
							t.Fatalf("% x at %d: %v", quad, at, got)
						}
						if got := validWords(String(text[:max(8, at+4)])); got != want {
							t.Fatalf("% x at %d, the end: %v", quad, at, got)
						}
						copy(text[at:], "xxxx")
					}
				}
			}
		}
	}
	t.Logf("%d quads", n)
}
