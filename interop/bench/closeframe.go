package main

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

const ours = "closeframe"

func closeframeParsePayload(pool []closing) implementation {
	return implementation{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			c, err := frame.ParsePayload(pool[i%poolSize].payload)
			if err != nil {
				panic(err)
			}
			sum += uint64(c.Code) + uint64(len(c.Reason))
		}
		return sum
	}}
}

func closeframeParseMasked(pool []closing) implementation {
	return implementation{name: ours, run: func(n int) (sum uint64) {
		var buf [frame.MaxPayload]byte
		for i := range n {
			c, _, err := frame.ParseMasked(buf[:0], pool[i%poolSize].masked)
			if err != nil {
				panic(err)
			}
			sum += uint64(c.Code) + uint64(len(c.Reason))
		}
		return sum
	}}
}

func closeframeCheckCode() implementation {
	return implementation{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			if closecode.Code(anyCode(i)).Valid() {
				sum++
			}
		}
		return sum
	}}
}

// closeframeValid is not inlined: the compiler inlines almost nothing, not even
// Valid, in a function as large as its callers.
//
//go:noinline
func closeframeValid(pool [][]byte) implementation {
	return implementation{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			if utf8check.Valid(pool[i&(len(pool)-1)]) {
				sum++
			}
		}
		return sum
	}}
}

// closeframeValidOn is closeframeValid on one of the kernel's backends.
func closeframeValidOn(backend string, pool [][]byte) implementation {
	c := closeframeValid(pool)
	c.backend = backend
	return c
}

// closeframeAppendOn is closeframeAppendMasked on one of the kernel's backends.
func closeframeAppendOn(backend, name string, pool []closing) implementation {
	c := closeframeAppendMasked(pool)
	c.backend, c.name = backend, name
	return c
}

func closeframeAppendPayload(pool []closing) implementation {
	room := make([]byte, 0, frame.MaxPayload)
	return implementation{name: ours, run: func(n int) (sum uint64) {
		buf := room
		for i := range n {
			c := &pool[i%poolSize]
			b, err := frame.AppendPayload(buf[:0], c.code, c.reason)
			if err != nil {
				panic(err)
			}
			sum += seen(b)
			buf = b
		}
		wrote = buf
		return sum
	}}
}

func closeframeAppendMasked(pool []closing) implementation {
	room := make([]byte, 0, frame.MaxSize)
	return implementation{name: ours, run: func(n int) (sum uint64) {
		buf := room
		for i := range n {
			c := &pool[i%poolSize]
			b, err := frame.AppendMasked(buf[:0], key, c.code, c.reason)
			if err != nil {
				panic(err)
			}
			sum += seen(b)
			buf = b
		}
		wrote = buf
		return sum
	}}
}

func closeframeAnswer(pool []closing) implementation {
	out := make([]byte, 0, frame.MaxSize)
	return implementation{name: ours, run: func(n int) (sum uint64) {
		var payload [frame.MaxPayload]byte
		for i := range n {
			var h closeevent.Handshake
			c, _, err := frame.ParseMasked(payload[:0], pool[i%poolSize].masked)
			if err != nil {
				panic(err)
			}
			sum += answered(h.Receive(out, c))
		}
		return sum
	}}
}

func closeframeHandshake(pool []closing) implementation {
	toServer, toClient := make([]byte, 0, frame.MaxSize), make([]byte, 0, frame.MaxSize)
	return implementation{name: ours, run: func(n int) (sum uint64) {
		var payload [frame.MaxPayload]byte
		for i := range n {
			p := &pool[i%poolSize]
			var server closeevent.Handshake
			client := closeevent.NewClient(key)

			b, err := client.Close(toServer, p.code, p.text)
			if err != nil {
				panic(err)
			}
			c, _, err := frame.ParseMasked(payload[:0], b)
			if err != nil {
				panic(err)
			}
			b = server.Receive(toClient, c)
			if c, _, err = frame.Parse(b); err != nil {
				panic(err)
			}
			sum += answered(b)
			client.Receive(toServer, c)
			s, e := server.TransportClosed(), client.TransportClosed()
			if !s.WasClean || !e.WasClean || s.Code != p.code || len(s.Reason) != len(p.text) {
				panic("the handshake did not complete")
			}
		}
		return sum
	}}
}

func closeframeStorm(storm []byte) implementation {
	return implementation{name: ours, run: func(n int) (sum uint64) {
		var buf [frame.MaxPayload]byte
		b := storm
		for range n {
			if len(b) == 0 {
				b = storm
			}
			c, size, err := frame.ParseMasked(buf[:0], b)
			if err != nil {
				panic(err)
			}
			sum += uint64(c.Code) + uint64(len(c.Reason))
			b = b[size:]
		}
		return sum
	}}
}

func closeframeStream(pool [][]byte, size int) implementation {
	return implementation{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			var s utf8check.Stream
			for p := pool[i%poolSize]; len(p) > 0; {
				m := min(size, len(p))
				if !s.Next(p[:m]) {
					break
				}
				p = p[m:]
			}
			if s.Complete() {
				sum++
			}
		}
		return sum
	}}
}

func closeframeStreamMasked(pool [][]byte, size int) implementation {
	buf := make([]byte, size)
	return implementation{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			var s utf8check.Stream
			p := pool[i%poolSize]
			for pos := 0; pos < len(p); pos += size {
				m := copy(buf, p[pos:])
				if !s.NextMasked(buf[:m], key, pos) {
					break
				}
			}
			if s.Complete() {
				sum++
			}
		}
		return sum
	}}
}

// anyCode returns the 65,536 codes in an order that branch predictors cannot
// learn.
func anyCode(i int) uint16 { return uint16(uint32(i) * 40503 >> 3) }
