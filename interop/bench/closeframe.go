package main

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

const ours = "closeframe"

func closeframeParsePayload(pool []closing) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
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

func closeframeParseMasked(pool []closing) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		var buf [frame.MaxPayload]byte
		for i := range n {
			c, size, err := frame.ParseMasked(buf[:0], pool[i%poolSize].masked)
			if err != nil {
				panic(err)
			}
			sum += uint64(c.Code) + uint64(len(c.Reason)) + uint64(size)
		}
		return sum
	}}
}

func closeframeCheckCode() contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			if closecode.Code(anyCode(i)).Valid() {
				sum++
			}
		}
		return sum
	}}
}

func closeframeValid(pool [][]byte) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			if utf8check.Valid(pool[i%poolSize]) {
				sum++
			}
		}
		return sum
	}}
}

func closeframeAppendPayload(pool []closing) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		var buf [frame.MaxPayload]byte
		for i := range n {
			c := &pool[i%poolSize]
			b, err := frame.AppendPayload(buf[:0], c.code, c.reason)
			if err != nil {
				panic(err)
			}
			sum += uint64(len(b)) + head(b)
		}
		return sum
	}}
}

func closeframeAppendMasked(pool []closing) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		var buf [frame.MaxSize]byte
		for i := range n {
			c := &pool[i%poolSize]
			b, err := frame.AppendMasked(buf[:0], key, c.code, c.reason)
			if err != nil {
				panic(err)
			}
			sum += uint64(len(b)) + head(b)
		}
		return sum
	}}
}

func closeframeAnswer(pool []closing) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		var payload [frame.MaxPayload]byte
		var out [frame.MaxSize]byte
		for i := range n {
			var h closeevent.Handshake
			c, _, err := frame.ParseMasked(payload[:0], pool[i%poolSize].masked)
			if err != nil {
				panic(err)
			}
			b := h.Receive(out[:0], c)
			sum += uint64(len(b)) + head(b)
		}
		return sum
	}}
}

func closeframeHandshake(pool []closing) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		var payload [frame.MaxPayload]byte
		var toServer, toClient [frame.MaxSize]byte
		for i := range n {
			p := &pool[i%poolSize]
			var server closeevent.Handshake
			client := closeevent.NewClient(key)

			b, err := client.Close(toServer[:0], p.code, p.text)
			if err != nil {
				panic(err)
			}
			c, _, err := frame.ParseMasked(payload[:0], b)
			if err != nil {
				panic(err)
			}
			b = server.Receive(toClient[:0], c)
			if c, _, err = frame.Parse(b); err != nil {
				panic(err)
			}
			client.Receive(toServer[:0], c)
			s, e := server.Disconnect(), client.Disconnect()
			if !s.WasClean || !e.WasClean {
				panic("the handshake did not complete")
			}
			sum += uint64(s.Code) + uint64(len(s.Reason)) + uint64(e.Code)
		}
		return sum
	}}
}

func closeframeStorm(storm []byte) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
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

func closeframeStream(pool [][]byte, piece int) contender {
	return contender{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			var s utf8check.Stream
			for p := pool[i%poolSize]; len(p) > 0; {
				m := min(piece, len(p))
				if s.Next(p[:m]) {
					sum++
				}
				p = p[m:]
			}
			if !s.Complete() {
				panic("text is not well-formed")
			}
		}
		return sum
	}}
}

func closeframeStreamMasked(pool [][]byte, piece int) contender {
	buf := make([]byte, piece)
	return contender{name: ours, run: func(n int) (sum uint64) {
		for i := range n {
			var s utf8check.Stream
			p := pool[i%poolSize]
			for pos := 0; pos < len(p); pos += piece {
				m := copy(buf, p[pos:])
				if s.NextMasked(buf[:m], key, pos) {
					sum++
				}
			}
			if !s.Complete() {
				panic("text is not well-formed")
			}
		}
		return sum
	}}
}

// head returns the first byte of b, so that b has to be there. It is not the
// last byte, since reading at once what a vector has just been stored over costs
// more than the store, and nobody does that who sends b.
func head(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	return uint64(b[0])
}

// anyCode goes through the 65,536 codes in an order that no branch predictor learns.
func anyCode(i int) uint16 { return uint16(uint32(i) * 40503 >> 3) }
