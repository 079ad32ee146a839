package parsers

import (
	"encoding/binary"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/interop/peers"
	"github.com/closeframe/closeframe/interop/peers/known"
)

var record = flag.Bool("record", false, "write the differences found to interop/divergences.json")

// ours returns the result of package frame for b.
func ours(b []byte, role probe.Role) (Outcome, error) {
	var (
		c   frame.Close
		err error
	)
	if role == probe.Server {
		c, _, err = frame.ParseMasked(nil, b)
	} else {
		c, _, err = frame.Parse(b)
	}
	switch err {
	case nil:
		return Outcome{Taken, int(c.Code), string(c.Reason)}, nil
	case frame.ErrIncomplete:
		return Outcome{Kind: Incomplete}, err
	}
	return Outcome{Kind: Refused}, err
}

// difference describes how a parser's result for b differs from closeframe's,
// with the rule, or returns "". Waiting for the rest of an invalid frame is not
// a difference, nor is rejecting an incomplete Close frame.
func difference(b []byte, role probe.Role, our, their Outcome, err error) (what, rule string) {
	switch {
	case their.Kind == Panic:
		return "panics", "R53"
	case our.Kind == Refused && their.Kind == Taken:
		if their.Code == -1 && !whole(b) { // x/net may be waiting for the rest
			return "", ""
		}
		return fault(b, role, err)
	case our.Kind == Taken && their.Kind == Refused:
		return fmt.Sprintf("refuses %d", our.Code), "R54"
	case our.Kind == Taken && their.Kind == Incomplete:
		return "waits for more than there is", "R18"
	case our.Kind == Incomplete && their.Kind == Taken && their.Code != -1:
		return "takes a part of a frame", "R32"
	case our.Kind == Taken && their.Kind == Taken && their.Code != -1:
		switch {
		case our.Code != their.Code:
			return fmt.Sprintf("takes %d for %d", our.Code, their.Code), "R33"
		case our.Reason != their.Reason:
			return "takes the reason for another", "R35"
		}
	}
	return "", ""
}

// whole reports whether b contains a complete frame.
func whole(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	n, size := 2, uint64(b[1]&0x7f)
	switch {
	case size == 126 && len(b) >= 4:
		n, size = 4, uint64(binary.BigEndian.Uint16(b[2:]))
	case size == 127 && len(b) >= 10:
		n, size = 10, binary.BigEndian.Uint64(b[2:])
	case size >= 126:
		return false
	}
	if b[1]&0x80 != 0 {
		n += 4
	}
	return len(b) >= n && size <= uint64(len(b)-n)
}

// fault names the fault of an accepted frame.
func fault(b []byte, role probe.Role, err error) (what, rule string) {
	e := err.(frame.Error)
	switch e {
	case frame.ErrReservedBits:
		return "takes reserved bits", "R06"
	case frame.ErrFragmented:
		return "takes FIN clear", "R13"
	case frame.ErrMasked:
		return "takes masked frames", "R04"
	case frame.ErrUnmasked:
		return "takes unmasked frames", "R02"
	case frame.ErrShort:
		return "takes a payload of one byte", "R14"
	case frame.ErrTooLong:
		n := uint64(0)
		if b[1]&0x7f == 126 && len(b) >= 4 {
			n = uint64(binary.BigEndian.Uint16(b[2:]))
		} else if len(b) >= 10 {
			n = binary.BigEndian.Uint64(b[2:])
		}
		switch {
		case n <= 125:
			return "takes lengths that are not minimal", "R08"
		case n >= 1<<63:
			return "takes lengths of 2^63 and more", "R08"
		}
		return "takes payloads of more than 125 bytes", "R13"
	case frame.ErrInvalidCode:
		p := b[2:]
		if role == probe.Server {
			p = append([]byte(nil), b[6:8]...)
			frame.Mask(p, [4]byte(b[2:6]), 0)
		}
		class := closecode.Code(binary.BigEndian.Uint16(p)).Class()
		rules := map[closecode.Class]string{closecode.Local: "R47", closecode.Unused: "R54", closecode.OutOfRange: "R54"}
		rule := rules[class]
		if rule == "" {
			rule = "R51"
		}
		return "takes codes of the class: " + class.String(), rule
	}
	return "takes a reason that is not UTF-8", "R23"
}

// A checker has the known divergences of the running versions.
type checker struct {
	file     *known.File
	versions map[string]string
	mu       sync.Mutex
	found    map[known.Key][]known.Divergence
}

func newChecker(t testing.TB) *checker {
	t.Helper()
	f, err := known.Read()
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{file: f, versions: map[string]string{}, found: map[known.Key][]known.Divergence{}}
	for _, p := range peers.All() {
		if p.Language == "Go" {
			v, err := p.Version()
			if err != nil {
				t.Fatal(err)
			}
			c.versions[p.Name] = v
		}
	}
	return c
}

// check passes b to every parser.
func (c *checker) check(t testing.TB, b []byte, role probe.Role) {
	our, err := ours(b, role)
	if err == frame.ErrNotClose {
		return
	}
	for _, p := range All {
		parse := p.Server
		if role == probe.Client {
			parse = p.Client
		}
		their := parse(b)
		what, rule := difference(b, role, our, their, err)
		if what == "" {
			continue
		}
		k := known.Key{Peer: p.Peer, Version: c.versions[p.Peer], Role: role}
		d := known.Divergence{In: "fuzz", ID: what, Rule: rule, What: what}
		c.mu.Lock()
		if !slices.ContainsFunc(c.found[k], d.Same) {
			c.found[k] = append(c.found[k], d)
		}
		c.mu.Unlock()
		switch {
		case c.file.Has(k, d) || *record:
		case c.file.Version(k):
			t.Errorf("%s %s as %s: %s (%s): % x: closeframe: %+v %v, it: %+v", p.Peer, k.Version, role, what, rule, b, our, err, their)
		default:
			t.Logf("%s %s as %s, an unknown version: %s (%s): % x", p.Peer, k.Version, role, what, rule, b)
		}
	}
}

// seeds returns frames that a role may receive: the frames of the vectors,
// frames with the payloads of the vectors, and all their prefixes.
func seeds(role probe.Role) [][]byte {
	var list [][]byte
	for _, v := range vectors.Frames() {
		if v.Role == string(role) {
			list = append(list, v.Bytes)
		}
	}
	for _, v := range vectors.Payloads() {
		list = append(list, framed(v.Bytes, role))
	}
	whole := framed([]byte("\x03\xe8bye"), role)
	for n := range whole {
		list = append(list, whole[:n])
	}
	return list
}

// framed returns a Close frame with the given payload.
func framed(payload []byte, role probe.Role) []byte {
	b := []byte{0x88}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	default:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	}
	if role == probe.Client {
		return append(b, payload...)
	}
	b[1] |= 0x80
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b = append(b, key[:]...)
	n := len(b)
	b = append(b, payload...)
	frame.Mask(b[n:], key, 0)
	return b
}

// TestVectors passes all vectors, and frames with every code and every value of
// the first two bytes, to every parser. Every known divergence must occur.
func TestVectors(t *testing.T) {
	c := newChecker(t)
	for _, role := range []probe.Role{probe.Server, probe.Client} {
		for _, b := range seeds(role) {
			c.check(t, b, role)
		}
		step := 1
		if testing.Short() {
			step = 97
		}
		for code := 0; code < 65536; code += step {
			if code > 5100 && code < 65400 && !testing.Short() && code%16 != 0 {
				continue
			}
			c.check(t, framed([]byte{byte(code >> 8), byte(code)}, role), role)
		}
		for b0 := 0x08; b0 < 0x100; b0 += 0x10 { // a Close frame with every FIN and RSV
			for b1 := range 0x100 {
				b := framed([]byte(strings.Repeat("\x0b\xb9", 64)), role)
				b[0], b[1] = byte(b0), byte(b1)
				c.check(t, b, role)
			}
		}
	}
	if *record {
		for _, p := range All {
			for _, role := range []probe.Role{probe.Server, probe.Client} {
				k := known.Key{Peer: p.Peer, Version: c.versions[p.Peer], Role: role}
				if c.found[k] == nil {
					c.found[k] = []known.Divergence{}
				}
			}
		}
		c.file.Update(c.found, peers.Names(), "fuzz")
		if err := c.file.Write(); err != nil {
			t.Fatal(err)
		}
		return
	}
	if testing.Short() {
		return
	}
	for _, p := range All {
		for _, role := range []probe.Role{probe.Server, probe.Client} {
			k := known.Key{Peer: p.Peer, Version: c.versions[p.Peer], Role: role}
			for _, d := range c.file.Missing(k, c.found[k], "fuzz") {
				t.Errorf("%s %s as %s: known, but not seen: %v", k.Peer, k.Version, k.Role, d)
			}
		}
	}
}

func fuzz(f *testing.F, role probe.Role) {
	for _, b := range seeds(role) {
		f.Add(b)
	}
	c := newChecker(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 || len(b) > 4096 {
			return
		}
		b[0] = b[0]&0xf0 | 8
		c.check(t, b, role)
	})
}

// FuzzServers passes arbitrary Close frames to every parser of a server.
func FuzzServers(f *testing.F) { fuzz(f, probe.Server) }

// FuzzClients passes arbitrary Close frames to every parser of a client.
func FuzzClients(f *testing.F) { fuzz(f, probe.Client) }
