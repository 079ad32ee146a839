package main

import (
	"bytes"
	"io"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

const gobwas = "gobwas/ws"

// gobwasCheck checks code and reason, as its users do before sending and after
// parsing them. gobwas rejects 1012–1014, and the pool has some of them. It does
// not check their reasons, so it has less work to do.
func gobwasCheck(code ws.StatusCode, reason string) uint64 {
	if ws.CheckCloseFrameData(code, reason) != nil {
		sink++
	}
	return uint64(code) + uint64(len(reason))
}

// gobwasParse parses a payload. ParseCloseFrameData does not support the empty
// payload, which means 1005.
func gobwasParse(p []byte) uint64 {
	if len(p) == 0 {
		return uint64(ws.StatusNoStatusRcvd)
	}
	return gobwasCheck(ws.ParseCloseFrameDataUnsafe(p))
}

func gobwasParsePayload(pool []closing) implementation {
	return implementation{
		name: gobwas, note: "ParseCloseFrameDataUnsafe, CheckCloseFrameData, which refuses 1012–1014 without a look at the reason",
		run: func(n int) (sum uint64) {
			for i := range n {
				sum += gobwasParse(pool[i%poolSize].payload)
			}
			return sum
		},
	}
}

// The minimum with gobwas: the header of the frame is not read.
func gobwasCipherCheck(pool []closing) implementation {
	return implementation{
		name: gobwas, note: "the payload alone: copied, Cipher, ParseCloseFrameDataUnsafe, CheckCloseFrameData",
		run: func(n int) (sum uint64) {
			var buf [ws.MaxControlFramePayloadSize]byte
			for i := range n {
				p := buf[:copy(buf[:], pool[i%poolSize].maskedPayload)]
				ws.Cipher(p, key, 0)
				sum += gobwasParse(p)
			}
			return sum
		},
	}
}

func gobwasReadFrame(pool []closing) implementation {
	return implementation{
		name: gobwas + " frame", note: "ReadHeader, CheckHeader, the payload read into a buffer at hand, then as above",
		run: func(n int) (sum uint64) {
			var r bytes.Reader
			var buf [ws.MaxControlFramePayloadSize]byte
			for i := range n {
				r.Reset(pool[i%poolSize].masked)
				sum += gobwasFrame(&r, buf[:], ws.StateServerSide)
			}
			return sum
		},
	}
}

// gobwasFrame reads a Close frame from r, its payload into buf.
func gobwasFrame(r io.Reader, buf []byte, side ws.State) uint64 {
	h, err := ws.ReadHeader(r)
	if err == nil {
		err = ws.CheckHeader(h, side)
	}
	p := buf[:h.Length]
	if err == nil {
		_, err = io.ReadFull(r, p)
	}
	if err != nil {
		panic(err)
	}
	if h.Masked {
		ws.Cipher(p, h.Mask, 0)
	}
	return gobwasParse(p)
}

func gobwasCheckCode() implementation {
	return implementation{name: gobwas, note: "CheckCloseFrameData with an empty reason; refuses 1012–1014 and accepts 5000–65535", run: func(n int) (sum uint64) {
		for i := range n {
			if ws.CheckCloseFrameData(ws.StatusCode(anyCode(i)), "") == nil {
				sum++
			}
		}
		return sum
	}}
}

func gobwasAppendPayload(pool []closing) implementation {
	buf := make([]byte, ws.MaxControlFramePayloadSize)
	return implementation{
		name: gobwas, note: "CheckCloseFrameData, PutCloseFrameBody",
		run: func(n int) (sum uint64) {
			var b []byte
			for i := range n {
				c := &pool[i%poolSize]
				sink += gobwasCheck(ws.StatusCode(c.code), c.text)
				b = buf[:2+len(c.text)]
				ws.PutCloseFrameBody(b, ws.StatusCode(c.code), c.text)
				sum += seen(b)
			}
			wrote = b
			return sum
		},
	}
}

func gobwasPutPayload(pool []closing) implementation {
	buf := make([]byte, ws.MaxControlFramePayloadSize)
	return implementation{
		name: gobwas + " unchecked", note: "PutCloseFrameBody: checks neither code nor reason",
		run: func(n int) (sum uint64) {
			var b []byte
			for i := range n {
				c := &pool[i%poolSize]
				b = buf[:2+len(c.text)]
				ws.PutCloseFrameBody(b, ws.StatusCode(c.code), c.text)
				sum += seen(b)
			}
			wrote = b
			return sum
		},
	}
}

func gobwasAppendMasked(pool []closing) implementation {
	return implementation{
		name: gobwas, note: "CheckCloseFrameData, NewCloseFrameBody, NewCloseFrame, MaskFrameInPlaceWith, WriteFrame to a bytes.Buffer",
		run: func(n int) (sum uint64) {
			var out bytes.Buffer
			for i := range n {
				c := &pool[i%poolSize]
				out.Reset()
				gobwasClose(&out, c)
				sum += seen(out.Bytes())
			}
			wrote = out.Bytes()
			return sum
		},
	}
}

// gobwasClose checks c and writes it to out as a client.
func gobwasClose(out *bytes.Buffer, c *closing) {
	sink += gobwasCheck(ws.StatusCode(c.code), c.text)
	f := ws.MaskFrameInPlaceWith(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(c.code), c.text)), key)
	if err := ws.WriteFrame(out, f); err != nil {
		panic(err)
	}
}

// gobwasHandle reads a Close frame from in and writes the answer to out.
func gobwasHandle(in *bytes.Reader, out *bytes.Buffer, side ws.State) {
	h, err := ws.ReadHeader(in)
	if err == nil {
		err = ws.CheckHeader(h, side)
	}
	if err != nil {
		panic(err)
	}
	// The error is a ClosedError with what the peer sent, or a fault.
	_ = wsutil.ControlHandler{Src: in, Dst: out, State: side}.HandleClose(h)
}

func gobwasAnswer(pool []closing) implementation {
	return implementation{
		name: gobwas, note: "ReadHeader, CheckHeader, wsutil.ControlHandler",
		run: func(n int) (sum uint64) {
			var in bytes.Reader
			var out bytes.Buffer
			for i := range n {
				in.Reset(pool[i%poolSize].masked)
				out.Reset()
				gobwasHandle(&in, &out, ws.StateServerSide)
				sum += answered(out.Bytes())
			}
			return sum
		},
	}
}

func gobwasHandshake(pool []closing) implementation {
	return implementation{
		name: gobwas, note: "what append-masked does, then ControlHandler, then what parse-masked does for a frame; keeps no state, so nothing says whether the end is clean",
		run: func(n int) (sum uint64) {
			var in bytes.Reader
			var toServer, toClient bytes.Buffer
			var buf [ws.MaxControlFramePayloadSize]byte
			for i := range n {
				c := &pool[i%poolSize]
				toServer.Reset()
				toClient.Reset()
				gobwasClose(&toServer, c)
				in.Reset(toServer.Bytes())
				gobwasHandle(&in, &toClient, ws.StateServerSide)
				sum += answered(toClient.Bytes())
				in.Reset(toClient.Bytes())
				sink += gobwasFrame(&in, buf[:], ws.StateClientSide)
			}
			return sum
		},
	}
}

func gobwasStorm(storm []byte) implementation {
	return implementation{name: gobwas, note: "ReadHeader, CheckHeader, the payload read into a buffer at hand, Cipher, CheckCloseFrameData", run: func(n int) (sum uint64) {
		var r bytes.Reader
		var buf [ws.MaxControlFramePayloadSize]byte
		for range n {
			if r.Len() == 0 {
				r.Reset(storm)
			}
			sum += gobwasFrame(&r, buf[:], ws.StateServerSide)
		}
		return sum
	}}
}

func gobwasStream(pool [][]byte, size int, masked bool) implementation {
	c := implementation{name: gobwas, note: "wsutil.UTF8Reader"}
	if masked {
		c.note = "wsutil.CipherReader, UTF8Reader"
	}
	buf := make([]byte, size)
	c.run = func(n int) (sum uint64) {
		for i := range n {
			var r io.Reader = bytes.NewReader(pool[i%poolSize])
			if masked {
				r = wsutil.NewCipherReader(r, key)
			}
			u := wsutil.NewUTF8Reader(r)
			for {
				_, err := u.Read(buf)
				if err == io.EOF {
					break
				}
				if err != nil {
					panic(err)
				}
			}
			if u.Valid() {
				sum++
			}
		}
		return sum
	}
	return c
}
