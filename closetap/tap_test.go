package closetap_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/testdata"
)

// faults maps the error names of the vectors to errors. An incomplete frame or
// a frame of another type is not a violation for a Tap.
var faults = map[string]error{
	"":                   nil,
	vectors.Incomplete:   nil,
	vectors.NotClose:     nil,
	vectors.ReservedBits: frame.ErrReservedBits,
	vectors.Fragmented:   frame.ErrFragmented,
	vectors.Masked:       frame.ErrMasked,
	vectors.Unmasked:     frame.ErrUnmasked,
	vectors.TooLong:      frame.ErrTooLong,
	vectors.Short:        frame.ErrShort,
	vectors.InvalidCode:  frame.ErrInvalidCode,
	vectors.InvalidUTF8:  frame.ErrInvalidUTF8,
}

// newTap returns the Tap for the bytes that an endpoint of the given role
// receives.
func newTap(receiver string) *closetap.Tap {
	if receiver == vectors.Server {
		t := closetap.NewClient()
		return &t
	}
	return new(closetap.Tap)
}

// writeCut writes b to t in chunks of n bytes.
func writeCut(tb testing.TB, t *closetap.Tap, b []byte, n int) {
	for chunk := range slices.Chunk(b, n) {
		if n, err := t.Write(chunk); n != len(chunk) || err != nil {
			tb.Fatalf("Write returned %d, %v; want %d, nil", n, err, len(chunk))
		}
	}
}

// dataFrame returns a frame with FIN and a payload of n zero bytes.
func dataFrame(opcode byte, masked bool, n int) []byte {
	b := []byte{0x80 | opcode}
	mask := byte(0)
	if masked {
		mask = 0x80
	}
	switch {
	case n <= 125:
		b = append(b, mask|byte(n))
	case n < 1<<16:
		b = append(b, mask|126, byte(n>>8), byte(n))
	default:
		b = append(b, mask|127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	if masked {
		b = append(b, 1, 2, 3, 4)
		for i := range n {
			b = append(b, byte(i&3)+1)
		}
		return b
	}
	return append(b, make([]byte, n)...)
}

// TestVectors verifies that the Close frame or the fault of every vector is
// found after frames with every form of the length, split anywhere.
//
// Shows: frames.json
func TestVectors(t *testing.T) {
	for _, v := range vectors.Frames() {
		want, ok := faults[v.Error]
		if !ok {
			t.Fatalf("%s: error %q", v.ID, v.Error)
		}
		masked := v.Role == vectors.Server
		if v.Error == vectors.NotClose {
			// TestViolations covers the violations of other frames.
			continue
		}
		b := v.Bytes
		if v.Error == "" {
			b = b[:v.N]
		}
		for _, before := range [][]byte{nil, dataFrame(1, masked, 0), dataFrame(2, masked, 125), dataFrame(9, masked, 125),
			dataFrame(2, masked, 126)} {
			all := slices.Concat(before, b)
			for _, n := range []int{len(all) + 1, 1, 2, 3, 7} {
				tap := newTap(v.Role)
				writeCut(t, tap, all, n)
				c, ok := tap.Close()
				if wantOK := v.Error == ""; ok != wantOK || ok && (uint16(c.Code) != v.Code || string(c.Reason) != v.Reason) {
					t.Errorf("%s after %d bytes, cut every %d: Close %v %v", v.ID, len(before), n, c, ok)
				}
				if err := tap.Err(); err != want && !(len(b) == 1 && err == nil) {
					// A fault of the first byte is reported after the second.
					t.Errorf("%s after %d bytes, cut every %d: Err %v, want %v", v.ID, len(before), n, err, want)
				}
				if len(b) > 0 && tap.AtBoundary() {
					t.Errorf("%s after %d bytes, cut every %d: at a boundary", v.ID, len(before), n)
				}
			}
		}
	}
}

// TestCaptures verifies the result for Close frames that other libraries sent.
func TestCaptures(t *testing.T) {
	files, err := fs.Glob(testdata.Files, "captures/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		data, err := testdata.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Sender string
			Frames []struct {
				Scenario, Bytes string
				Code            closecode.Code
				Reason          string `json:"reason_bytes"`
				Error           string
			}
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		receiver := vectors.Client
		if file.Sender != "server" {
			receiver = vectors.Server
		}
		for _, f := range file.Frames {
			b, err := hex.DecodeString(f.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; n <= len(b); n++ {
				tap := newTap(receiver)
				writeCut(t, tap, b, n)
				c, ok := tap.Close()
				if ok != (f.Error == "") || c.Code != f.Code || hex.EncodeToString(c.Reason) != f.Reason || tap.Err() != faults[f.Error] {
					t.Errorf("%s, %s, cut every %d: Close %v %v, Err %v", name, f.Scenario, n, c, ok, tap.Err())
				}
			}
		}
	}
}

// TestViolations verifies the violations outside of a single Close frame.
func TestViolations(t *testing.T) {
	bye := "8802 03e8"
	for _, tt := range []struct {
		name     string
		receiver string
		bytes    string
		want     error
		code     closecode.Code // of the Close frame, if it is valid
	}{
		{"reserved bits of a data frame", vectors.Client, "f200" + bye, nil, 1000},
		{"continuation of nothing", vectors.Client, "8000" + bye, nil, 1000},
		{"unknown data frame", vectors.Client, "0300" + bye, nil, 1000},
		{"length in more bytes than it needs", vectors.Client, "827e000101" + bye, nil, 1000},
		{"fragmented ping", vectors.Client, "0900" + bye, frame.ErrFragmented, 1000},
		{"fragmented unknown control frame", vectors.Client, "0f00" + bye, frame.ErrFragmented, 1000},
		{"long pong", vectors.Client, "8a7e007e" + strings.Repeat("00", 126) + bye, frame.ErrTooLong, 1000},
		{"long form of a ping's length", vectors.Client, "897f000000000000000200 00" + bye, frame.ErrTooLong, 1000},
		{"masked data frame of a server", vectors.Client, "818101020304 05" + bye, frame.ErrMasked, 1000},
		{"masked ping of a server", vectors.Client, "898001020304" + bye, frame.ErrMasked, 1000},
		{"unmasked data frame of a client", vectors.Server, "810105" + "8882 00000000 03e9", frame.ErrUnmasked, 1001},
		{"data after Close", vectors.Client, bye + "8100", closetap.ErrAfterClose, 1000},
		{"one byte after Close", vectors.Client, bye + "00", closetap.ErrAfterClose, 1000},
		{"Close after Close", vectors.Client, bye + "8802 03e9", closetap.ErrAfterClose, 1000},
		{"long Close after Close", vectors.Client, bye + "887f 0000000000000001 00" + bye, closetap.ErrAfterClose, 1000},
		{"Close after a faulty Close", vectors.Client, "8801 00" + bye, frame.ErrShort, 0},
		{"long Close, then Close", vectors.Client, "887e 0002 03e8" + bye, frame.ErrTooLong, 0},
		{"fragmented Close, continued", vectors.Client, "0802 03e8" + "8000", frame.ErrFragmented, 0},
		{"masked Close of a server", vectors.Client, "8882 00000000 03e8", frame.ErrMasked, 0},
		{"the first violation stays", vectors.Client, "0900" + "8801 00" + "00", frame.ErrFragmented, 0},
		{"length of 2^64-1", vectors.Client, "827fffffffffffffffff" + bye, nil, 0},
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(tt.bytes, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= len(b); n++ {
			tap := newTap(tt.receiver)
			writeCut(t, tap, b, n)
			c, ok := tap.Close()
			if tap.Err() != tt.want || c.Code != tt.code || ok != (tt.code != 0) {
				t.Errorf("%s, cut every %d: Err %v, Close %v %v; want %v, %v", tt.name, n, tap.Err(), c, ok, tt.want, tt.code)
			}
			if tap.AtBoundary() {
				t.Errorf("%s, cut every %d: at a boundary", tt.name, n)
			}
		}
	}
}

// TestAtBoundary verifies AtBoundary after every byte of a direction.
func TestAtBoundary(t *testing.T) {
	for _, receiver := range []string{vectors.Client, vectors.Server} {
		masked := receiver == vectors.Server
		tap := newTap(receiver)
		if !tap.AtBoundary() {
			t.Errorf("to a %s: not at a boundary before the first frame", receiver)
		}
		for _, f := range [][]byte{dataFrame(1, masked, 0), dataFrame(2, masked, 1), dataFrame(9, masked, 125), dataFrame(2, masked, 200),
			dataFrame(2, masked, 1<<16)} {
			for i := range f {
				tap.Write(f[i : i+1])
				if got, want := tap.AtBoundary(), i == len(f)-1; got != want {
					t.Fatalf("to a %s: AtBoundary is %v after byte %d of %d", receiver, got, i, len(f))
				}
			}
		}
		for _, b := range dataFrame(8, masked, 0) {
			if tap.Write([]byte{b}); tap.AtBoundary() {
				t.Errorf("to a %s: at a boundary in or after a Close frame", receiver)
			}
		}
	}
}

// TestUnchanged verifies that Write does not change its input, and that the
// reason is a copy.
func TestUnchanged(t *testing.T) {
	b, err := frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, 4001, "session expired")
	if err != nil {
		t.Fatal(err)
	}
	was := slices.Clone(b)
	tap := closetap.NewClient()
	io.MultiWriter(&tap, io.Discard).Write(b)
	if !bytes.Equal(b, was) {
		t.Error("Write changed its argument")
	}
	clear(b)
	if c, ok := tap.Close(); !ok || c.Code != 4001 || string(c.Reason) != "session expired" {
		t.Errorf("Close returned %v, %v", c, ok)
	}
}

// TestTapSize verifies the size of a Tap.
func TestTapSize(t *testing.T) {
	if n := unsafe.Sizeof(closetap.Tap{}); n > 192 {
		t.Errorf("a Tap takes %d bytes, want at most 192", n)
	}
}

var (
	sinkBool  bool
	sinkErr   error
	sinkClose frame.Close
)

// TestTapAllocs verifies that no method of Tap allocates.
func TestTapAllocs(t *testing.T) {
	for _, v := range vectors.Frames() {
		tap := newTap(v.Role)
		fresh := *tap
		if n := testing.AllocsPerRun(5, func() {
			*tap = fresh
			tap.Write(v.Bytes)
			sinkBool = tap.AtBoundary()
			sinkErr = tap.Err()
			sinkClose, sinkBool = tap.Close()
		}); n != 0 {
			t.Errorf("%s: %v allocations", v.ID, n)
		}
	}
}

// BenchmarkTap measures Tap.Write and, for comparison, a copy of the same
// bytes.
//
//	go test -bench Tap ./closetap
func BenchmarkTap(b *testing.B) {
	for _, size := range []int{20, 125, 1000, 16 << 10} {
		for _, masked := range []bool{false, true} {
			one := dataFrame(2, masked, size)
			rand.Read(one[len(one)-size:])
			// A pool of buffers larger than the L1 cache.
			var pool [8][]byte
			for i := range pool {
				pool[i] = bytes.Repeat(one, max(1, (64<<10)/len(one)))
			}
			dst := make([]byte, len(pool[0]))
			name := fmt.Sprintf("unmasked/%d", size)
			receiver := vectors.Client
			if masked {
				name = fmt.Sprintf("masked/%d", size)
				receiver = vectors.Server
			}
			b.Run(name+"/copy", func(b *testing.B) {
				b.SetBytes(int64(len(dst)))
				i := 0
				for b.Loop() {
					copy(dst, pool[i&7])
					i++
				}
			})
			b.Run(name+"/tap", func(b *testing.B) {
				tap := newTap(receiver)
				b.SetBytes(int64(len(dst)))
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					tap.Write(pool[i&7])
					i++
				}
			})
		}
	}
}

// TestCloseErr verifies that CloseErr returns the fault of the first Close
// frame even if another violation came before it.
func TestCloseErr(t *testing.T) {
	for _, test := range []struct {
		bytes string // of a server
		want  error
	}{
		{"", nil},
		{"\x81\x00\x88\x02\x03\xe8", nil},          // valid
		{"\x88\x02\x03\xe8\x88\x02\x03\xed", nil},  // the second is faulty
		{"\x88\x02\x03", nil},                      // incomplete
		{"\x88\x02\x03\xed", frame.ErrInvalidCode}, // 1005
		{"\x81\x80\x01\x02\x03\x04\x88\x02\x03\xed", frame.ErrInvalidCode}, // after a masked message
		{"\x09\x00\x88\x01", frame.ErrShort},                               // after a fragmented Ping
		{"\x88\x03\x03\xe8\xff", frame.ErrInvalidUTF8},
	} {
		var tap closetap.Tap
		for i := range len(test.bytes) {
			tap.Write([]byte{test.bytes[i]})
		}
		if got := tap.CloseErr(); got != test.want {
			t.Errorf("%x: got %v, want %v", test.bytes, got, test.want)
		}
	}
}
