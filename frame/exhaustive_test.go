package frame_test

import (
	"bytes"
	"slices"
	"strconv"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

// TestEveryCode parses and appends each of the 65,536 codes and compares the
// results with codes.json, which is generated from the registry.
//
// Shows: codes.json R14 R47 P04 P08
func TestEveryCode(t *testing.T) {
	var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}
	n := 0
	for _, row := range vectors.AllCodes() {
		for i := int(row.First); i <= int(row.Last); i++ {
			n++
			code := closecode.Code(i)
			for _, reason := range []string{"", "why"} {
				id := strconv.Itoa(i) + " " + strconv.Quote(reason)
				p := append([]byte{byte(i >> 8), byte(i)}, reason...)
				want := result{code: uint16(i), reason: reason}
				if !row.Valid {
					want = result{err: vectors.InvalidCode, answer: 1002}
				}
				c, err := frame.ParsePayload(p)
				check(t, id, c, 0, err, want)

				server := append([]byte{0x88, byte(len(p))}, p...)
				client := append([]byte{0x88, 0x80 | byte(len(p)), key[0], key[1], key[2], key[3]}, masked(p, key)...)
				if row.Valid {
					want.n = len(server)
				}
				c, m, err := frame.Parse(server)
				check(t, id, c, m, err, want)
				if row.Valid {
					want.n = len(client)
				}
				var room [frame.MaxPayload]byte
				c, m, err = frame.ParseMasked(room[:0], client)
				check(t, id, c, m, err, want)

				// Appending them gives the same bytes, or the same error.
				wantErr := error(frame.ErrInvalidCode)
				if row.Valid {
					wantErr = nil
				} else if p, server, client = nil, nil, nil; i == 1005 && reason == "" {
					wantErr, server, client = nil, []byte{0x88, 0}, []byte{0x88, 0x80, key[0], key[1], key[2], key[3]}
				}
				var b [frame.MaxSize]byte
				got, err := frame.AppendPayload(b[:0], code, reason)
				if err != wantErr || !bytes.Equal(got, p) {
					t.Errorf("AppendPayload(%s) = % x, %v", id, got, err)
				}
				got, err = frame.Append(b[:0], code, reason)
				if err != wantErr || !bytes.Equal(got, server) {
					t.Errorf("Append(%s) = % x, %v", id, got, err)
				}
				got, err = frame.AppendMasked(b[:0], key, code, reason)
				if err != wantErr || !bytes.Equal(got, client) {
					t.Errorf("AppendMasked(%s) = % x, %v", id, got, err)
				}
			}
		}
	}
	if n != 1<<16 {
		t.Fatalf("only %d codes", n)
	}
	t.Logf("%d codes, %d calls", n, n*2*6)
}

// expectedError returns the expected error for a frame that starts with b0 and
// b1 after there bytes of it have arrived. It applies the rules of RFC 6455
// §5.1, §5.2 and §5.5 one after another. For a valid header it returns the size
// of the frame.
func expectedError(b0, b1 byte, there int, mask bool) (fault string, n int) {
	if there == 0 {
		return vectors.Incomplete, 0
	}
	fin, rsv, opcode := b0>>7, b0>>4&7, b0&15
	if opcode != 8 {
		return vectors.NotClose, 0
	}
	if rsv != 0 {
		return vectors.ReservedBits, 0
	}
	if fin == 0 {
		return vectors.Fragmented, 0
	}
	if there == 1 {
		return vectors.Incomplete, 0
	}
	isMasked, length := b1>>7 == 1, int(b1&127)
	if isMasked && !mask {
		return vectors.Masked, 0
	}
	if !isMasked && mask {
		return vectors.Unmasked, 0
	}
	if length == 1 {
		return vectors.Short, 0
	}
	if length >= 126 {
		return vectors.TooLong, 0
	}
	n = 2 + length
	if mask {
		n += 4
	}
	if there < n {
		return vectors.Incomplete, 0
	}
	return "", n
}

// TestEveryHeader parses all 65,536 values of the first two bytes in both
// roles, with inputs of every length from zero to one more than the maximum
// size of a frame.
//
// Shows: R02 R04 R06 R08 R13 R14 R56 P01 P02 P03
func TestEveryHeader(t *testing.T) {
	calls := 0
	client := append([]byte{0, 0, 0x03, 0xe8}, bytes.Repeat([]byte{'x'}, 196)...)
	server := append([]byte{0, 0, 0, 0, 0, 0, 0x03, 0xe8}, bytes.Repeat([]byte{'x'}, 192)...)
	var room [frame.MaxPayload]byte
	for i := range 1 << 16 {
		for there := range frame.MaxSize + 2 {
			b0, b1 := byte(i>>8), byte(i)
			for _, mask := range []bool{false, true} {
				calls++
				fault, n := expectedError(b0, b1, there, mask)
				want := fault
				var c frame.Close
				var m int
				var err error
				if mask {
					server[0], server[1] = b0, b1
					c, m, err = frame.ParseMasked(room[:0], server[:there])
				} else {
					client[0], client[1] = b0, b1
					c, m, err = frame.Parse(client[:there])
				}
				code, reason := 0, 0
				if fault == "" {
					code, reason = 1005, 0
					if size := int(b1 & 127); size > 0 {
						code, reason = 1000, size-2
					}
				}
				if nameOf(err) != want || m != n || int(c.Code) != code || len(c.Reason) != reason {
					t.Fatalf("%02x %02x, %d bytes, masked %v: %d, %d bytes of reason, n %d, %v; want %d, %d, %d, %s", b0, b1, there, mask, c.Code, len(c.Reason), m, err, code, reason, n, want)
				}
				if err == nil && bytes.Trim(c.Reason, "x") != nil {
					t.Fatalf("%02x %02x: reason %q", b0, b1, c.Reason)
				}
			}
		}
	}
	t.Logf("%d headers, %d calls", 1<<16, calls)
}

// TestOrderOfFaults verifies which error is returned, in parsing and appending,
// if several of the length, the code and the text are invalid.
//
// Shows: P01 R13 R15 R47 U04
func TestOrderOfFaults(t *testing.T) {
	for _, code := range []closecode.Code{0, 999, 1000, 1004, 1005, 1006, 1014, 1015, 1016, 2999, 3000, 4999, 5000, 65535} {
		for size := 0; size <= 130; size++ {
			for _, bad := range []int{-1, 0, size / 2, size - 1} {
				if bad >= size {
					continue
				}
				reason := bytes.Repeat([]byte{'x'}, size)
				if bad >= 0 {
					reason[bad] = 0xff
				}
				want := ""
				switch {
				case size > 123:
					want = vectors.TooLong
				case !code.Valid():
					want = vectors.InvalidCode
				case bad >= 0:
					want = vectors.InvalidUTF8
				}
				check := func(what string, err error, want string) {
					t.Helper()
					if nameOf(err) != want {
						t.Errorf("%s: code %d, %d bytes, fault at %d: %v, want %s", what, code, size, bad, err, want)
					}
				}
				p := append([]byte{byte(code >> 8), byte(code)}, reason...)
				_, err := frame.ParsePayload(p)
				check("ParsePayload", err, want)
				if len(p) <= 125 {
					_, _, err = frame.Parse(append([]byte{0x88, byte(len(p))}, p...))
					check("Parse", err, want)
					_, _, err = frame.ParseMasked(nil, append([]byte{0x88, 0x80 | byte(len(p)), 9, 8, 7, 6}, masked(p, [4]byte{9, 8, 7, 6})...))
					check("ParseMasked", err, want)
				}
				if code == 1005 && size == 0 {
					want = ""
				}
				_, err = frame.AppendPayload(nil, code, reason)
				check("AppendPayload", err, want)
				_, err = frame.Append(nil, code, reason)
				check("Append", err, want)
				_, err = frame.AppendMasked(nil, [4]byte{1}, code, reason)
				check("AppendMasked", err, want)
			}
		}
	}
}

// TestEveryLength appends reasons of every length and parses the result and
// each of its prefixes, with every key byte in every position.
//
// Shows: R15 P03
func TestEveryLength(t *testing.T) {
	for size := range 124 {
		reason := make([]byte, size)
		for i := range reason {
			reason[i] = byte('!' + i)
			if reason[i] > '~' {
				reason[i] = '-'
			}
		}
		server, err := frame.Append(nil, 4000, reason)
		if err != nil {
			t.Fatal(err)
		}
		client, err := frame.AppendMasked(nil, [4]byte{byte(size), 0x80, 0xff, byte(^size)}, 4000, reason)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []struct {
			b     []byte
			parse func([]byte) (frame.Close, int, error)
		}{
			{server, frame.Parse},
			{client, func(b []byte) (frame.Close, int, error) { return frame.ParseMasked(nil, b) }},
			{client, func(b []byte) (frame.Close, int, error) { return frame.ParseMasked(b[:len(b):len(b)], b) }},
			{client, func(b []byte) (frame.Close, int, error) {
				b = append(make([]byte, 0, frame.MaxSize), b...)
				return frame.ParseMasked(b[6:6], b)
			}},
		} {
			for i := range f.b {
				if c, n, err := f.parse(f.b[:i:i]); err != frame.ErrIncomplete || n != 0 || c.Code != 0 || c.Reason != nil {
					t.Fatalf("%d bytes of reason, %d of %d: %v, %d, %v", size, i, len(f.b), c, n, err)
				}
			}
			b := slices.Clone(f.b)
			c, n, err := f.parse(b)
			if err != nil || n != len(b) || c.Code != 4000 || !bytes.Equal(c.Reason, reason) {
				t.Fatalf("%d bytes of reason: %v, %d, %v", size, c, n, err)
			}
		}
	}
}
