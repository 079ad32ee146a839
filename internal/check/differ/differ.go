// Package differ compares package frame with package model for random Close frames
// and counts the outcomes.
package differ

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/check/model"
	"github.com/closeframe/closeframe/internal/vectors"
)

// block is the number of frames generated from one random state, so that the
// frames of a seed do not depend on the number of goroutines.
const block = 1 << 16

// A Class is an outcome of parsing the frames of a role.
type Class struct {
	Role    string // of the receiver
	Outcome string // a fault of package vectors, or one of the constants here
}

// The outcomes of valid frames.
const (
	Empty  = "no code"
	Code   = "a code"
	ASCII  = "an ASCII reason"
	Reason = "another reason"
)

// Classes returns all classes. Each has frames.
func Classes() (all []Class) {
	for _, role := range []string{vectors.Server, vectors.Client} {
		wrongMask := vectors.Unmasked
		if role == vectors.Client {
			wrongMask = vectors.Masked
		}
		for _, outcome := range []string{Empty, Code, ASCII, Reason, vectors.Incomplete, vectors.NotClose, vectors.ReservedBits,
			vectors.Fragmented, wrongMask, vectors.TooLong, vectors.Short, vectors.InvalidCode, vectors.InvalidUTF8} {
			all = append(all, Class{role, outcome})
		}
	}
	return all
}

// A Count has the numbers of compared frames.
type Count struct {
	Frames  int64
	Classes map[Class]int64
	Codes   [1 << 16]bool              // of valid frames
	Lengths [frame.MaxPayload - 1]bool // of the reasons of valid frames
}

// Run compares n frames of the seed, rounded up to whole blocks, in the given number
// of goroutines. done counts the frames while it runs. The error describes the first
// difference found.
func Run(seed uint64, n int64, goroutines int, done *atomic.Int64) (*Count, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var first error
	all := newCount()
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			count := newCount()
			for {
				i := next.Add(1) - 1
				if i*block >= n {
					break
				}
				err := count.block(seed, uint64(i))
				done.Add(block)
				if err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
					next.Store(n) // the others stop
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all.add(count)
		})
	}
	wg.Wait()
	return all, first
}

func newCount() *Count { return &Count{Classes: map[Class]int64{}} }

func (c *Count) add(d *Count) {
	c.Frames += d.Frames
	for class, n := range d.Classes {
		c.Classes[class] += n
	}
	for code, there := range d.Codes {
		c.Codes[code] = c.Codes[code] || there
	}
	for n, there := range d.Lengths {
		c.Lengths[n] = c.Lengths[n] || there
	}
}

// block compares the frames of a block.
func (c *Count) block(seed, number uint64) error {
	g := generator{rand: *rand.NewPCG(seed, number)}
	for i := range block {
		b, masked := g.frame()
		want, err := compare(b, masked)
		if err != nil {
			return fmt.Errorf("seed %d, frame %d: %w", seed, number*block+uint64(i), err)
		}
		c.note(want, masked)
	}
	return nil
}

// note counts a frame.
func (c *Count) note(v model.Verdict, masked bool) {
	class := Class{vectors.Client, v.Fault}
	if masked {
		class.Role = vectors.Server
	}
	if v.Fault == "" {
		c.Codes[v.Code], c.Lengths[len(v.Reason)] = true, true
		switch {
		case v.Code == int(closecode.NoStatusRcvd):
			class.Outcome = Empty
		case v.Reason == "":
			class.Outcome = Code
		case strings.IndexFunc(v.Reason, func(r rune) bool { return r >= 0x80 }) < 0:
			class.Outcome = ASCII
		default:
			class.Outcome = Reason
		}
	}
	c.Frames++
	c.Classes[class]++
}

// compare parses b and, if it is a valid frame, appends it again. It returns
// the model's result for b, and an error if that of package frame differs.
func compare(b []byte, masked bool) (want model.Verdict, err error) {
	want = model.ParseFrame(b, masked)
	var room [2 * frame.MaxSize]byte
	var c frame.Close
	var n int
	if masked {
		c, n, err = frame.ParseMasked(room[:0], b)
	} else {
		c, n, err = frame.Parse(b)
	}
	if !same(want, c, n, err) {
		return want, fmt.Errorf("% x, masked %v: got %#v, want %#v", b, masked, model.Told(c, n, err), want)
	}
	if want.Fault == "" {
		if size, err := frame.Size(b); size != n || err != nil {
			return want, fmt.Errorf("% x: size %d, %v, want %d", b, size, err, n)
		}
		again := room[frame.MaxSize:frame.MaxSize]
		if masked {
			again, err = frame.AppendMasked(again, [4]byte(b[2:]), c.Code, c.Reason)
		} else {
			again, err = frame.Append(again, c.Code, c.Reason)
		}
		if err != nil || !bytes.Equal(again, b[:n]) {
			return want, fmt.Errorf("% x, masked %v: appended as % x, %v", b, masked, again, err)
		}
	}
	if masked { // in place
		own := append(room[:0], b...)
		c, n, err := frame.ParseMasked(own[6:6], own)
		if !same(want, c, n, err) {
			return want, fmt.Errorf("% x, in place: got %#v, want %#v", b, model.Told(c, n, err), want)
		}
	}
	return want, nil
}

// same reports whether the results of a parser are v, as model.Told(c, n, err) == v
// does, without allocating.
func same(v model.Verdict, c frame.Close, n int, err error) bool {
	answer := 0
	if err != nil {
		answer = int(err.(frame.Error).Code())
	}
	return int(c.Code) == v.Code && string(c.Reason) == v.Reason && model.Fault(err) == v.Fault && answer == v.Answer && n == v.N
}
