package closetap_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/check/model"
	"github.com/closeframe/closeframe/internal/vectors"
)

// A direction is the result of the model for the bytes of one direction. The
// model is written from RFC 6455 and the registry alone, and reads the bytes
// from the start each time.
type direction struct {
	hasClose, valid bool
	code            uint16
	reason          string
	err             error
	boundary        bool
}

// modelOf reads all bytes of a direction.
func modelOf(b []byte, masked bool) (d direction) {
	violate := func(err error) {
		if d.err == nil {
			d.err = err
		}
	}
	for len(b) > 0 {
		if d.hasClose {
			violate(closetap.ErrAfterClose)
		}
		if len(b) < 2 {
			return d
		}
		fin, rsv, opcode := b[0]>>7, b[0]>>4&7, b[0]&15
		isMasked, length := b[1]>>7 == 1, uint64(b[1]&127)
		isClose := opcode == 8
		var fault error
		switch {
		case isClose && rsv != 0:
			fault = frame.ErrReservedBits
		case opcode >= 8 && fin == 0:
			fault = frame.ErrFragmented
		case isMasked && !masked:
			fault = frame.ErrMasked
		case !isMasked && masked:
			fault = frame.ErrUnmasked
		case isClose && length == 1:
			fault = frame.ErrShort
		case opcode >= 8 && length > 125:
			fault = frame.ErrTooLong
		}
		if fault != nil {
			violate(fault)
		}
		first := isClose && !d.hasClose
		d.hasClose = d.hasClose || isClose
		b = b[2:]
		extra := map[uint64]int{126: 2, 127: 8}[length]
		if len(b) < extra {
			return d
		}
		if extra > 0 {
			length = binary.BigEndian.Uint64(append(make([]byte, 8-extra), b[:extra]...))
			b = b[extra:]
		}
		var key [4]byte
		if isMasked {
			if len(b) < 4 {
				return d
			}
			key = [4]byte(b)
			b = b[4:]
		}
		if uint64(len(b)) < length {
			return d
		}
		payload := slices.Clone(b[:length])
		b = b[length:]
		if !first || fault != nil {
			continue
		}
		for i := range payload {
			payload[i] ^= key[i%4]
		}
		if len(payload) == 0 {
			d.valid, d.code = true, 1005
			continue
		}
		code := binary.BigEndian.Uint16(payload)
		switch {
		case !model.SendableCode(int(code)):
			violate(frame.ErrInvalidCode)
		case !utf8.Valid(payload[2:]):
			violate(frame.ErrInvalidUTF8)
		default:
			d.valid, d.code, d.reason = true, code, string(payload[2:])
		}
	}
	d.boundary = !d.hasClose
	return d
}

// checkTap compares a Tap with the model.
func checkTap(t *testing.T, tap *closetap.Tap, all []byte, masked bool) direction {
	t.Helper()
	want := modelOf(all, masked)
	c, ok := tap.Close()
	if ok != want.valid || uint16(c.Code) != want.code || string(c.Reason) != want.reason {
		t.Fatalf("%x, masked %v: Close %v, %v; want %+v", all, masked, c, ok, want)
	}
	if tap.Err() != want.err || tap.AtBoundary() != want.boundary {
		t.Fatalf("%x, masked %v: Err %v, AtBoundary %v; want %+v", all, masked, tap.Err(), tap.AtBoundary(), want)
	}
	return want
}

// FuzzTap compares a Tap with the model. cuts says where the bytes are split.
func FuzzTap(f *testing.F) {
	for _, v := range vectors.Frames() {
		masked := v.Role == vectors.Server
		f.Add(slices.Concat(dataFrame(1, masked, len(v.Bytes)), []byte(v.Bytes), dataFrame(9, masked, 3)), masked, []byte{3, 1, 7})
		f.Add([]byte(v.Bytes), masked, []byte{1})
	}
	f.Add(dataFrame(2, true, 1<<16), true, []byte{255, 1, 12, 2})
	f.Add([]byte("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00"), false, []byte{11, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte, masked bool, cuts []byte) {
		tap := new(closetap.Tap)
		if masked {
			*tap = closetap.NewClient()
		}
		was := slices.Clone(b)
		done := 0
		for i := 0; done < len(b); i++ {
			n := len(b) - done
			if i < len(cuts) {
				n = min(n, int(cuts[i]))
			}
			if got, err := tap.Write(b[done : done+n]); got != n || err != nil {
				t.Fatalf("Write returned %d, %v; want %d, nil", got, err, n)
			}
			done += n
			checkTap(t, tap, b[:done], masked)
		}
		if !bytes.Equal(b, was) {
			t.Fatal("Write changed its argument")
		}
	})
}

// never is the time of an event that does not happen.
const never = math.MaxInt

// A timeline has the time of each event on one side, for the model of Conn.
type timeline struct {
	fault, closed, inserted, ended int
	how                            closetap.End
	insertedCode                   closecode.Code
	d                              direction
}

// expectedEvent returns the event of the application of side x, where y is its
// peer. It compares times and does not use a Handshake.
func expectedEvent(x, y timeline) (code int, reason string, clean, failed, peerFirst bool, sent, received closecode.Code) {
	// The first Close frame sent to x.
	at, c, r := min(y.closed, x.inserted), closecode.Code(y.d.code), y.d.reason
	if x.inserted < y.closed {
		c, r = x.insertedCode, ""
	}
	// When x stopped reading. After FIN, x still reads if it was closing.
	died := x.ended
	if x.how == closetap.EndFIN && min(x.closed, at, y.fault) < x.ended {
		died = never
	}
	got := at < never && at < min(died, y.fault)
	code, clean = 1006, got && x.d.valid
	if got {
		code, reason, received = int(c), r, c
		sent = c
	}
	if x.d.valid {
		sent = closecode.Code(x.d.code)
	}
	failed = y.fault < died && !(got && at < y.fault && x.d.valid)
	return code, reason, clean, failed, got && at < x.closed, sent, received
}

// compose returns valid and invalid frames chosen by the bytes of plan, because
// random bytes alone are rarely frames.
func compose(plan []byte, masked bool) []byte {
	var b []byte
	for len(plan) >= 2 {
		kind, arg := plan[0], plan[1]
		plan = plan[2:]
		at := len(b)
		switch kind % 8 {
		case 0, 1:
			b = append(b, dataFrame(kind>>4&7, masked, int(arg))...)
		case 2:
			b = append(b, dataFrame(9, masked, int(arg&127))...)
		case 3, 4:
			code, n := []uint16{1000, 1001, 1011, 1012, 3000, 4001, 1006, 5000}[arg&7], int(arg>>3)
			payload := append([]byte{byte(code >> 8), byte(code)}, strings.Repeat("é", n)...)
			b = append(b, dataFrame(8, false, len(payload))[:2]...)
			if masked {
				b[len(b)-1] |= 0x80
				b = append(b, 0, 0, 0, 0)
			}
			b = append(b, payload...)
		case 5:
			b = append(b, dataFrame(8, masked, 0)...)
		case 6:
			b = append(b, dataFrame(1, !masked, int(arg&15))...)
		default:
			b = append(b, arg)
		}
		if kind&8 != 0 && at+int(arg&3) < len(b) {
			b[at+int(arg&3)] ^= kind
		}
	}
	return append(b, plan...)
}

// FuzzConn compares a Conn with the model. Each byte of script is a step.
func FuzzConn(f *testing.F) {
	f.Add([]byte{0, 5, 3, 1}, []byte{3, 0}, []byte{40, 1, 1, 41, 2, 14})
	f.Add([]byte{5, 0}, []byte{0, 200, 5, 0}, []byte{0, 1, 12, 22, 255, 3, 7})
	f.Add([]byte{6, 1, 3, 0}, []byte{3, 2}, []byte{252, 253, 2})
	f.Add([]byte{}, []byte{3, 6}, []byte{10, 7, 253})
	f.Fuzz(func(t *testing.T, client, server, script []byte) {
		if len(client)+len(server) > 64 || len(script) > 64 {
			return
		}
		var (
			c      closetap.Conn
			rest   = [2][]byte{compose(client, true), compose(server, false)}
			passed [2][]byte
			sides  = [2]closetap.Side{closetap.Client, closetap.Server}
			line   = [2]timeline{}
		)
		for i := range line {
			line[i] = timeline{fault: never, closed: never, inserted: never, ended: never}
		}
		feed := func(now, i, n int) {
			n = min(n, len(rest[i]))
			p := rest[i][:n]
			rest[i] = rest[i][n:]
			c.Feed(sides[i], p)
			if line[i].ended < never {
				return
			}
			passed[i] = append(passed[i], p...)
			d := checkTap(t, c.Tap(sides[i]), passed[i], i == 0)
			line[i].d = d
			if d.err != nil && d.err != closetap.ErrAfterClose {
				line[i].fault = min(line[i].fault, now)
			}
			if d.valid {
				line[i].closed = min(line[i].closed, now+1)
			}
		}
		now := 0
		for _, b := range append(slices.Clone(script), 0xfc, 0xfd) {
			now += 2 // a fault and a Close frame may be in one chunk
			switch i := int(b >> 2 & 1); b & 3 {
			case 0, 1:
				n := int(b >> 2)
				if n == 63 {
					n = math.MaxInt
				}
				feed(now, int(b&1), n)
			case 2:
				how := closetap.EndFIN + closetap.End(b>>3&3)
				c.Ended(sides[i], how)
				if line[i].ended == never {
					line[i].ended, line[i].how = now, how
				}
			case 3:
				code := []closecode.Code{1001, 1012, 1014, 1005}[b>>3&3]
				c.Inserted(sides[i], code, "")
				if line[i].inserted == never {
					line[i].inserted, line[i].insertedCode = now, code
				}
			}
		}
		r := c.Report()
		for i, got := range []closetap.SideReport{r.Client, r.Server} {
			x, y := line[i], line[1-i]
			code, reason, clean, failed, peerFirst, sent, received := expectedEvent(x, y)
			g := got.Told
			if int(g.Code) != code || g.Reason != reason || g.WasClean != clean || g.Failed != failed || g.PeerFirst != peerFirst ||
				g.Sent != sent || g.Received != received || g.WriteFailed != (received != 0 && !x.d.valid) {
				t.Fatalf("%v told %+v; want %v %q clean %v failed %v peerFirst %v sent %v received %v\n%+v\n%+v",
					sides[i], g, code, reason, clean, failed, peerFirst, sent, received, x, y)
			}
			if uint16(got.Sent) != x.d.code || got.Reason != x.d.reason || got.Transport != x.how || got.Inserted != x.insertedCode ||
				(got.Fault == "") != (x.d.err == nil) || (got.Rule == "") != (x.d.err == nil) {
				t.Fatalf("%v: %+v; want %+v", sides[i], got, x)
			}
		}
		closedFirst, endedFirst := closetap.Neither, closetap.Neither
		switch first := min(line[0].closed, line[1].closed, line[0].inserted, line[1].inserted); first {
		case never:
		case line[0].closed:
			closedFirst = closetap.Client
		case line[1].closed:
			closedFirst = closetap.Server
		default:
			closedFirst = closetap.Proxy
		}
		if line[0].ended < line[1].ended {
			endedFirst = closetap.Client
		} else if line[1].ended < never {
			endedFirst = closetap.Server
		}
		clean := r.Client.Told.WasClean && r.Server.Told.WasClean
		if r.ClosedFirst != closedFirst || r.EndedFirst != endedFirst || clean != (r.CauseName == "clean") || r.CauseName != r.Cause.String() {
			t.Fatalf("closed first %v, ended first %v, cause %q; want %v, %v, clean %v", r.ClosedFirst, r.EndedFirst, r.CauseName, closedFirst, endedFirst, clean)
		}
		if r.Text == "" || strings.Contains(r.Text, "\n") || strings.Contains(r.Text, "; ;") || strings.HasSuffix(r.Text, "; ") {
			t.Fatalf("text %q", r.Text)
		}
	})
}
