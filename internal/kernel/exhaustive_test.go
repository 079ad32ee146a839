package kernel

import (
	"bytes"
	"flag"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"
)

var (
	exhaustive = flag.Int("exhaustive", 0, "for TestExhaustive: try all inputs of `n` bytes, 1 to 4")
	part       = flag.String("part", "0/1", "for -exhaustive: try only part `i/n` of the first bytes")
)

// TestExhaustive compares Valid, Unmask and Mask with unicode/utf8 for all
// inputs of n bytes, with each backend:
//
//	go test ./internal/kernel -run TestExhaustive -timeout 0 -v -exhaustive 3
//
// Inputs of up to three bytes are tried at every offset of a block of 64, at
// the end and before 70 more bytes. The 4,294,967,296 inputs of four bytes are
// tried with Valid alone: by themselves, in one block, and across the border of
// two blocks.
func TestExhaustive(t *testing.T) {
	n := *exhaustive
	if n == 0 {
		t.Skip("add -exhaustive 3, or 4, to run it")
	}
	var i, of int
	if _, err := fmt.Sscanf(*part, "%d/%d", &i, &of); err != nil || i < 0 || i >= of {
		t.Fatalf("-part %s: want i/n", *part)
	}
	var firsts []byte
	for b := i; b < 256; b += of {
		firsts = append(firsts, byte(b))
	}
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
					calls.Add(int64(tryAll(t, n, firsts[i])))
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

// tryAll tries all inputs of n bytes that begin with first, and returns the
// number of calls.
func tryAll(t *testing.T, n int, first byte) (calls int) {
	key := uint32(0x3D21FA37)
	dst := make([]byte, 256)
	text := bytes.Repeat([]byte("x"), 256)
	src := []byte(masked(string(text), key))
	input := make([]byte, n)
	input[0] = first
	// The offset of the input, and the number of bytes after it.
	places := [][2]int{{0, 0}, {20, 9}, {62, 10}}
	if n < 4 {
		places = nil
		for at := range 64 {
			places = append(places, [2]int{at, 0}, [2]int{at, 70})
		}
	}
	for i := range 1 << (8 * (n - 1)) {
		for j := 1; j < n; j++ {
			input[j] = byte(i >> (8 * (j - 1)))
		}
		want := utf8.Valid(input)
		for _, p := range places {
			at, all := p[0], p[0]+n+p[1]
			copy(text[at:], input)
			calls++
			if got := Valid(String(text[:all])); got != want {
				t.Errorf("%q at %d, before %d more bytes: %v", input, at, p[1], got)
				return
			}
			if n < 4 && all <= 123 {
				calls += 2
				for j, b := range input {
					src[at+j] = b ^ byte(key>>(8*((at+j)&3)))
				}
				if got := Unmask(&dst[0], &src[0], all, key); got != want || !bytes.Equal(dst[:all], text[:all]) {
					t.Errorf("%q at %d, unmasked: %v, %q", input, at, got, dst[:all])
					return
				}
				if got := Mask(&dst[0], String(text[:all]), key); got != want || got && !bytes.Equal(dst[:all], src[:all]) {
					t.Errorf("%q at %d, masked: %v, %q", input, at, got, dst[:all])
					return
				}
				for j := range input {
					src[at+j] = 'x' ^ byte(key>>(8*((at+j)&3)))
				}
			}
			for j := range input {
				text[at+j] = 'x'
			}
		}
	}
	return calls
}
