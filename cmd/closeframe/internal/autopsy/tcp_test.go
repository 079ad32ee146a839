package autopsy

import (
	"strings"
	"testing"
)

// A collector is a sink that records its input. A dot represents a byte that is
// not in the capture.
type collector struct{ b strings.Builder }

func (c *collector) at(segment) {}
func (c *collector) segment(b []byte, missing int) {
	c.b.Write(b)
	c.b.WriteString(strings.Repeat(".", missing))
}
func (c *collector) fin() { c.b.WriteByte('|') }

// TestFlow verifies that segments are put in order, that repeated bytes are
// dropped, and that gaps are reported.
func TestFlow(t *testing.T) {
	seg := func(seq uint32, data string) segment {
		return segment{seq: seq, length: len(data), data: []byte(data)}
	}
	fin := func(seq uint32) segment { return segment{seq: seq, fin: true} }
	later := seg(0, "zz")
	later.time = 2e9
	for _, tt := range []struct {
		name  string
		start uint32
		segs  []segment
		ack   uint32 // of the other side, at the end
		want  string
	}{
		{"in order", 10, []segment{seg(10, "ab"), seg(12, "cd"), fin(14)}, 15, "abcd|"},
		{"swapped", 10, []segment{seg(12, "cd"), seg(10, "ab"), fin(14)}, 15, "abcd|"},
		{"FIN first", 10, []segment{fin(14), seg(12, "cd"), seg(10, "ab")}, 15, "abcd|"},
		{"repeated", 10, []segment{seg(10, "ab"), seg(10, "ab"), seg(11, "bc"), seg(13, "d"), fin(14), fin(14)}, 15, "abcd|"},
		{"around zero", 0xfffffffe, []segment{seg(0, "cd"), seg(0xfffffffe, "ab")}, 2, "abcd"},
		{"gap", 10, []segment{seg(10, "ab"), seg(14, "ef")}, 16, "ab..ef"},
		{"cut", 10, []segment{{seq: 10, length: 5, data: []byte("ab")}, seg(15, "f")}, 16, "ab...f"},
		{"end not captured", 10, []segment{seg(10, "ab")}, 15, "ab..."},
		{"two gaps, wrong order", 10, []segment{seg(18, "ij"), seg(14, "ef")}, 20, "....ef..ij"},
	} {
		total := 0
		f := flow{synced: true, next: tt.start, total: &total}
		var c collector
		for _, s := range tt.segs {
			f.push(s, &c)
		}
		f.acknowledge(tt.ack, &c)
		f.flush(&c)
		if got := c.b.String(); got != tt.want {
			t.Errorf("%s: %q, expected %q", tt.name, got, tt.want)
		}
		if total != 0 || f.held != 0 {
			t.Errorf("%s: %d bytes are still kept", tt.name, total)
		}
	}

	// A gap is treated as lost after two acknowledgments of later bytes, or
	// after a second.
	total := 0
	f := flow{synced: true, next: 10, total: &total}
	var c collector
	f.push(seg(12, "cd"), &c)
	f.acknowledge(14, &c)
	if c.b.Len() != 0 {
		t.Errorf("after one acknowledgment: %q", c.b.String())
	}
	f.acknowledge(14, &c)
	if got := c.b.String(); got != "..cd" {
		t.Errorf("after two: %q", got)
	}
	early := seg(20, "xy")
	early.time = 1
	f.push(early, &c)
	later.seq = 24
	f.push(later, &c)
	if got := c.b.String(); !strings.HasPrefix(got, "..cd......xy") {
		t.Errorf("after two seconds: %q", got)
	}

	// The kept bytes are limited, for one flow and in total.
	total = maxTotal
	f = flow{synced: true, next: 10, total: &total}
	c = collector{}
	f.push(seg(12, "cd"), &c)
	f.push(seg(16, "gh"), &c)
	if total > maxTotal+2 {
		t.Errorf("%d bytes are kept, the limit is %d", total, maxTotal)
	}
}
