package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// faults returns the errors of the implementations of s. The expected results
// are computed here, without the code of any implementation.
func faults(s scenario) (all []string) {
	kind, _, _ := strings.Cut(s.id, "/")
	n := poolSize
	if s.size > 4<<10 {
		n = 8
	}
	for _, c := range s.implementations {
		fail := func(format string, args ...any) {
			all = append(all, fmt.Sprintf("%s: %s: ", s.id, c.name)+fmt.Sprintf(format, args...))
		}
		var got uint64
		c.inBatches(n, func(n int) { got += c.run(n) })
		if want := wantSum(kind, s, c.name, n); got != want {
			fail("the sum of %d results is %d, want %d", n, got, want)
		}
		if expect := wantOutput[kind]; expect != nil {
			for i := range min(n, 2*len(codes)) {
				wrote = nil
				if c.prepare != nil {
					c.prepare(1)
					i = (n + i) % poolSize // an implementation that prepares continues in the pool; others start again
					c.run(1)
				} else {
					c.run(i + 1)
				}
				if err := expect(wrote, &s.closings[i], c.name); err != nil {
					fail("%v", err)
					break
				}
			}
		}
	}
	return all
}

// wantSum is the expected sum of the results of n runs.
func wantSum(kind string, s scenario, name string, n int) (sum uint64) {
	for i := range n {
		switch {
		case kind == "check-code":
			c := anyCode(i)
			ok := c >= 1000 && c <= 1014 && (c < 1004 || c > 1006) || c >= 3000 && c <= 4999
			if name == gobwas {
				ok = ok && (c < 1012 || c > 1014) || c >= 5000
			}
			if ok {
				sum++
			}
		case s.texts != nil:
			if utf8.Valid(s.texts[i]) {
				sum++
			}
		case strings.HasPrefix(kind, "parse-") || kind == "storm":
			sum += uint64(s.closings[i].code) + uint64(len(s.closings[i].text))
		case kind == "append-payload":
			sum += seen(plainPayload(&s.closings[i]))
		case kind == "append-masked", strings.HasPrefix(kind, appendOn):
			sum += uint64(6+len(plainPayload(&s.closings[i]))) + 0x8
		default: // answer, handshake
			sum++
		}
	}
	return sum
}

// wantOutput describes the error in the output of an implementation for c, or
// returns "".
var wantOutput = map[string]func(b []byte, c *closing, name string) error{
	"append-payload": func(b []byte, c *closing, _ string) error {
		if want := plainPayload(c); !bytes.Equal(b, want) {
			return fmt.Errorf("wrote %x, want %x", b, want)
		}
		return nil
	},
	"append-masked": func(b []byte, c *closing, name string) error {
		want := plainPayload(c)
		first := byte(0x88)
		if name == gorilla || name == gwsName {
			first = 0x8a // these libraries append a Pong
		}
		if len(b) != 6+len(want) || b[0] != first || b[1] != 0x80|byte(len(want)) {
			return fmt.Errorf("wrote %x, which is no masked frame of %x", b, want)
		}
		p := bytes.Clone(b[6:])
		for i := range p {
			p[i] ^= b[2+i&3]
		}
		if !bytes.Equal(p, want) {
			return fmt.Errorf("wrote a masked frame of %x, want %x", p, want)
		}
		return nil
	},
	"answer":    wantAnswer,
	"handshake": wantAnswer,
}

// wantAnswer checks the answer of a server. Other libraries may answer 1000,
// and gobwas 1002 to codes that it rejects.
func wantAnswer(b []byte, c *closing, name string) error {
	if len(b) < 2 || b[0] != 0x88 || int(b[1]) != len(b)-2 {
		return fmt.Errorf("wrote %x, which is no Close frame", b)
	}
	p := b[2:]
	want := plainPayload(c)
	if len(want) > 2 {
		want = want[:2]
	}
	if name == ours && bytes.Equal(p, want) || name != ours && bytes.HasPrefix(p, want) {
		return nil
	}
	if len(p) >= 2 {
		switch code := binary.BigEndian.Uint16(p); {
		case code == 1000 && (name == gwsName || name == xnet), code == 1002 && name == gobwas && c.code >= 1012 && c.code <= 1014:
			return nil
		}
	}
	return fmt.Errorf("answered %x to %x", p, plainPayload(c))
}

// plainPayload is the payload of c.
func plainPayload(c *closing) []byte {
	if len(c.payload) == 0 {
		return nil
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(c.code)), c.text...)
}

// TestFaults verifies that an implementation that does the wrong thing, or
// nothing, is detected.
func TestFaults(t *testing.T) {
	all := scenarios()
	find := func(id string) scenario {
		for _, s := range all {
			if s.id == id {
				return s
			}
		}
		t.Fatalf("no scenario %s", id)
		panic("unreachable")
	}
	for _, test := range []struct {
		id  string
		run func(n int) uint64
	}{
		{"validate/chinese-fault-at-end/31", func(n int) uint64 { return uint64(n) }}, // finds nothing
		{"validate/chinese/123", func(int) uint64 { return 0 }},                       // finds everything
		{"stream-masked/chinese", func(n int) uint64 { return 0 }},
		{"check-code/all", func(n int) uint64 { return uint64(n) }},
		{"parse-masked/code", func(n int) uint64 { return 1000 * uint64(n) }}, // one code for all
		{"append-payload/ascii/31", func(n int) uint64 { return uint64(n) * 33 }},
	} {
		s := find(test.id)
		s.implementations = append(s.implementations[:1:1], implementation{name: "wrong", run: test.run})
		if got := faults(s); len(got) == 0 || !strings.Contains(got[0], "wrong: the sum") {
			t.Errorf("%s: a wrong implementation is not detected: %q", test.id, got)
		}
	}

	// These return the right number but write something else.
	for _, test := range []struct {
		id     string
		change func(b []byte) []byte
	}{
		{"append-payload/chinese/123", func(b []byte) []byte { b[50] ^= 1; return b }},
		{"append-masked/chinese/123", func(b []byte) []byte { b[50] ^= 1; return b }},
		{"append-masked/code", func(b []byte) []byte { b[1] &= 0x7f; return b }},
		{"answer/ascii/31", func(b []byte) []byte { return nil }},
		{"answer/code", func(b []byte) []byte { b[3] ^= 1; return b }},
		{"handshake/code", func(b []byte) []byte { return b[:2] }},
	} {
		s := find(test.id)
		right := s.implementations[0]
		wrong := right
		wrong.run = func(n int) uint64 {
			sum := right.run(n)
			wrote = test.change(bytes.Clone(wrote))
			return sum
		}
		s.implementations = []implementation{right, wrong}
		if got := faults(s); len(got) != 1 {
			t.Errorf("%s: an implementation that writes something else is not detected: %q", test.id, got)
		}
	}
}

// TestBackendInUse verifies that an implementation runs on its own backend.
func TestBackendInUse(t *testing.T) {
	c := implementation{backend: bestBackend, run: func(int) uint64 { return 0 }}
	c.timed(1)
	c.backend = "none"
	defer func() {
		if recover() == nil {
			t.Error("a backend that does not exist is timed")
		}
	}()
	c.timed(1)
}
