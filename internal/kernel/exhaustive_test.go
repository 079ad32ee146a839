package kernel

import (
	"bytes"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"
)

var (
	exhaustive = flag.Int("exhaustive", 0, "for TestExhaustive: all inputs of so many `bytes`, 1 to 4")
	part       = flag.String("part", "0/1", "for -exhaustive: only part `i/n` of the first bytes")
)

// parts returns the first bytes that -part asks for.
func parts(t *testing.T) (list []byte) {
	t.Helper()
	var i, n int
	if _, err := fmt.Sscanf(*part, "%d/%d", &i, &n); err != nil || i < 0 || i >= n {
		t.Fatalf("-part %s: not i/n", *part)
	}
	for b := i; b < 256; b += n {
		list = append(list, byte(b))
	}
	return list
}

// TestExhaustive compares Valid, UnmaskClose and MaskPayload with unicode/utf8 for all inputs of n bytes, with each backend:
//
//	go test ./internal/kernel -run TestExhaustive -timeout 0 -v -exhaustive 3
//
// Inputs of up to three bytes stand at every offset of a block of 64, at the end of the text and before
// 70 more bytes. Those of four, all 4,294,967,296, are given to Valid alone, by themselves and over the border of two blocks.
func TestExhaustive(t *testing.T) {
	n := *exhaustive
	if n == 0 {
		t.Skip("to run it, add -exhaustive 3, or 4")
	}
	firsts := parts(t)
	each(t, func(t *testing.T) {
		begin := time.Now()
		var wg sync.WaitGroup
		var next, done atomic.Int32
		var calls atomic.Int64
		for range runtime.GOMAXPROCS(0) {
			wg.Go(func() {
				for {
					i := int(next.Add(1)) - 1
					if i >= len(firsts) || t.Failed() {
						return
					}
					calls.Add(int64(exhaust(t, n, firsts[i])))
					if d := done.Add(1); d%16 == 0 {
						fmt.Printf("%s: %d of %d after %v\n", t.Name(), d, len(firsts), time.Since(begin).Round(time.Second))
					}
				}
			})
		}
		wg.Wait()
		t.Logf("%d inputs, %d calls", len(firsts)<<(8*(n-1)), calls.Load())
	})
}

// exhaust tries all inputs of n bytes that begin with first, and returns how many calls that took.
func exhaust(t *testing.T, n int, first byte) (calls int) {
	const key = 0x3D21FA37
	masks := [...]byte{0x37, 0xFA, 0x21, 0x3D}
	frame := []byte("\x88\xFF" + string(masks[:]) + masked("\x03\xE8"+strings.Repeat("x", 128), key))
	other := frame[8:] // the text, masked
	out := make([]byte, 128)
	text := bytes.Repeat([]byte("x"), 256)
	input := make([]byte, n)
	input[0] = first
	var places [][2]int // the offset, and how many bytes follow
	switch {
	case n < 4:
		for at := range 64 {
			places = append(places, [2]int{at, 0}, [2]int{at, 70})
		}
	default:
		places = [][2]int{{0, 0}, {62, 10}}
	}
	for i := range 1 << (8 * (n - 1)) {
		for j := 1; j < n; j++ {
			input[j] = byte(i >> (8 * (j - 1)))
		}
		want := utf8.Valid(input)
		for _, p := range places {
			at := p[0]
			copy(text[at:], input)
			calls++
			if got := Valid(String(text[:at+n+p[1]])); got != want {
				t.Errorf("%q at %d, before %d more bytes: %v", input, at, p[1], got)
				return
			}
			if n < 4 && p[1] == 0 {
				calls += 2
				for j, b := range input {
					other[at+j] = b ^ masks[(2+at+j)&3]
				}
				if got := UnmaskClose(&out[0], &frame[0], 2+at+n)>>16 == 1; got != want || string(out[2+at:][:n]) != string(input) {
					t.Errorf("%q at %d, unmasked: %v, %q", input, at, got, out[2+at:][:n])
					return
				}
				if got := MaskPayload(&out[0], 1000, String(text[:at+n]), key); got != want || got && string(out[2+at:][:n]) != string(other[at:at+n]) {
					t.Errorf("%q at %d, masked: %v, %q", input, at, got, out[2+at:][:n])
					return
				}
				for j := range input {
					other[at+j] = 'x' ^ masks[(2+at+j)&3]
				}
			}
			for j := range input {
				text[at+j] = 'x'
			}
		}
	}
	return calls
}
