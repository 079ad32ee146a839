package frame_test

import (
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

var (
	sinkClose frame.Close
	sinkErr   error
	sinkInt   int
	sinkBytes []byte
)

// noAllocs fails the test if f allocates.
func noAllocs(t *testing.T, id string, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(5, f); n != 0 {
		t.Errorf("%s: %v allocations", id, n)
	}
}

// TestAllocs verifies that nothing allocates if the buffers have room, for every
// vector, valid or not.
func TestAllocs(t *testing.T) {
	for _, v := range vectors.Payloads() {
		noAllocs(t, v.ID, func() { sinkClose, sinkErr = frame.ParsePayload(v.Bytes) })
	}
	room := make([]byte, 5+frame.MaxPayload)
	for _, v := range vectors.Frames() {
		noAllocs(t, v.ID+", Size", func() { sinkInt, sinkErr = frame.Size(v.Bytes) })
		noAllocs(t, v.ID, func() {
			if v.Role == vectors.Client {
				sinkClose, sinkInt, sinkErr = frame.Parse(v.Bytes)
			} else {
				sinkClose, sinkInt, sinkErr = frame.ParseMasked(room[:0], v.Bytes)
			}
		})
		if v.Role == vectors.Server && v.Error == "" {
			// Spare capacity of exactly the payload's size is enough.
			exact := room[: 5 : 5+v.Bytes[1]&127]
			b := append([]byte(nil), v.Bytes...)
			noAllocs(t, v.ID+", no room to spare", func() { sinkClose, sinkInt, sinkErr = frame.ParseMasked(exact, v.Bytes) })
			noAllocs(t, v.ID+", in place", func() {
				copy(b, v.Bytes)
				sinkClose, sinkInt, sinkErr = frame.ParseMasked(b[6:6], b)
			})
		}
	}
	for _, v := range vectors.Encodings() {
		noAppendAllocs(t, v, string(v.Reason))
		noAppendAllocs(t, v, []byte(v.Reason))
		noAppendAllocs(t, v, text(v.Reason))
		noAppendAllocs(t, v, octet(v.Reason))
	}
	for i := range 256 {
		e := frame.Error(i)
		noAllocs(t, e.Error(), func() { sinkErr = e; sinkInt = int(e.Code()) })
	}
	noAllocs(t, "Mask", func() { sinkInt = frame.Mask(room, [4]byte{1, 2, 3, 4}, 1) })
}

func noAppendAllocs[Bytes ~[]byte | ~string](t *testing.T, v vectors.Encoding, reason Bytes) {
	t.Helper()
	code, key := closecode.Code(v.Code), [4]byte(v.Key)
	room := make([]byte, frame.MaxSize)
	payload, server, client := room[:0:len(v.Payload)], room[:0:len(v.Frame)], room[:0:len(v.Masked)]
	noAllocs(t, v.ID, func() {
		sinkBytes, sinkErr = frame.AppendPayload(payload, code, reason)
		sinkBytes, sinkErr = frame.Append(server, code, reason)
		sinkBytes, sinkErr = frame.AppendMasked(client, key, code, reason)
	})
}

// TestExactRoom verifies that spare capacity of exactly the result is enough.
func TestExactRoom(t *testing.T) {
	const reason = "leaving"
	key := [4]byte{1, 2, 3, 4}
	room := make([]byte, 3+frame.MaxSize)
	for _, f := range []struct {
		name string
		size int
		f    func(b []byte)
	}{
		{"AppendPayload", 2 + len(reason), func(b []byte) { sinkBytes, sinkErr = frame.AppendPayload(b, 1001, reason) }},
		{"Append", 4 + len(reason), func(b []byte) { sinkBytes, sinkErr = frame.Append(b, 1001, reason) }},
		{"AppendMasked", 8 + len(reason), func(b []byte) { sinkBytes, sinkErr = frame.AppendMasked(b, key, 1001, reason) }},
	} {
		b := room[: 3 : 3+f.size]
		noAllocs(t, f.name, func() { f.f(b) })
		if sinkErr != nil || len(sinkBytes) != cap(b) || &sinkBytes[0] != &room[0] {
			t.Errorf("%s: %d bytes, %v", f.name, len(sinkBytes), sinkErr)
		}
	}
}

// TestStack verifies that the caller's buffers stay on its stack: the compiler
// sees that no function keeps them, assembly included.
func TestStack(t *testing.T) {
	reason := "leaving"
	noAllocs(t, "a frame appended to a buffer of the stack, and parsed into another", func() {
		var b [frame.MaxSize]byte
		var p [frame.MaxPayload]byte
		f, err := frame.AppendMasked(b[:0], [4]byte{1, 2, 3, 4}, 1001, reason)
		if err != nil {
			panic(err)
		}
		c, n, err := frame.ParseMasked(p[:0], f)
		if err != nil || n != len(f) || string(c.Reason) != reason {
			panic("not what was appended")
		}
		frame.Mask(p[:], [4]byte{1, 2, 3, 4}, 0)
		sinkInt = n + int(p[0])
	})
	noAllocs(t, "an unmasked frame, and a payload", func() {
		var b, p [frame.MaxSize]byte
		f, err1 := frame.Append(b[:0], 1001, reason)
		c, n, err2 := frame.Parse(f)
		q, err3 := frame.AppendPayload(p[:0], c.Code, c.Reason)
		c, err4 := frame.ParsePayload(q)
		if err1 != nil || err2 != nil || err3 != nil || err4 != nil || string(c.Reason) != reason {
			panic("not what was appended")
		}
		sinkInt = n
	})
}
