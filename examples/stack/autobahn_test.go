package stack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/vectors"
)

// The cases of the Autobahn test suite about RFC 6455, with its numbers: 1 to
// 7, 9 and 10. The peer sends them to an echo endpoint over loopback TCP, and
// then closes with 1000 unless the case has its own Close.

// An autobahn is one case.
type autobahn struct {
	id   string
	in   []wireFrame
	want []wireFrame // echoes and Pongs
	code int         // of the endpoint's Close
	cut  int         // bytes in one write of the peer; all if 0
}

func autobahnCases() (cases []autobahn) {
	add := func(id string, want []wireFrame, code int, in ...wireFrame) {
		cases = append(cases, autobahn{id: id, in: in, want: want, code: code})
	}
	chopped := func(id string, cut int, want []wireFrame, code int, in ...wireFrame) {
		cases = append(cases, autobahn{id, in, want, code, cut})
	}
	one := func(f wireFrame) []wireFrame { return []wireFrame{f} }
	repeat := strings.Repeat

	// 1: messages of several sizes
	for i, n := range []int{0, 125, 126, 127, 128, 65535, 65536} {
		add(fmt.Sprintf("1.1.%d", i+1), one(text(repeat("*", n))), 1000, text(repeat("*", n)))
		add(fmt.Sprintf("1.2.%d", i+1), one(bin(repeat("\xfe", n))), 1000, bin(repeat("\xfe", n)))
	}
	chopped("1.1.8", 997, one(text(repeat("*", 65536))), 1000, text(repeat("*", 65536)))
	chopped("1.2.8", 997, one(bin(repeat("\xfe", 65536))), 1000, bin(repeat("\xfe", 65536)))

	// 2: Ping and Pong
	add("2.1", one(pong("")), 1000, ping(""))
	add("2.2", one(pong("Hello, world!")), 1000, ping("Hello, world!"))
	add("2.3", one(pong("\x00\xff\xfe\xfd\xfc\xfb\x00\xff")), 1000, ping("\x00\xff\xfe\xfd\xfc\xfb\x00\xff"))
	add("2.4", one(pong(repeat("\xfe", 125))), 1000, ping(repeat("\xfe", 125)))
	add("2.5", nil, 1002, ping(repeat("\xfe", 126)))
	chopped("2.6", 1, one(pong(repeat("\xfe", 125))), 1000, ping(repeat("\xfe", 125)))
	add("2.7", nil, 1000, pong(""))
	add("2.8", nil, 1000, pong("unsolicited pong payload"))
	add("2.9", one(pong("ping payload")), 1000, pong("unsolicited pong payload"), ping("ping payload"))
	var pings, pongs []wireFrame
	for i := range 10 {
		pings = append(pings, ping(fmt.Sprintf("payload-%d", i)))
		pongs = append(pongs, pong(fmt.Sprintf("payload-%d", i)))
	}
	add("2.10", pongs, 1000, pings...)
	chopped("2.11", 1, pongs, 1000, pings...)

	// 3: reserved bits
	hello := text("Hello, world!")
	rsv := func(bits byte, f wireFrame) wireFrame { f.first |= bits << 4; return f }
	add("3.1", nil, 1002, rsv(4, hello))
	add("3.2", one(hello), 1002, hello, rsv(2, hello), ping(""))
	add("3.3", one(hello), 1002, hello, rsv(3, hello), ping(""))
	chopped("3.4", 1, one(hello), 1002, hello, rsv(4, hello), ping(""))
	add("3.5", nil, 1002, rsv(5, bin(repeat("\xff", 8))))
	add("3.6", nil, 1002, rsv(6, ping("Hello, world!")))
	add("3.7", nil, 1002, rsv(7, closing(1000, "")))

	// 4: reserved opcodes
	for i, op := range []byte{3, 4, 5, 6, 7} {
		for group, op := range []byte{op, op + 8} {
			id := fmt.Sprintf("4.%d.%d", group+1, i+1)
			strange := wireFrame{first: 0x80 | op}
			if i%2 == 1 {
				strange.payload = "reserved opcode payload"
			}
			if i < 2 {
				add(id, nil, 1002, strange)
			} else if i < 3 {
				add(id, one(hello), 1002, hello, strange, ping(""))
			} else {
				chopped(id, 1, one(hello), 1002, hello, strange, ping(""))
			}
		}
	}

	// 5: fragments
	both := one(text("fragment1fragment2"))
	add("5.1", nil, 1002, wireFrame{first: 0x09, payload: "fragment1"}, last("fragment2"))
	add("5.2", nil, 1002, wireFrame{first: 0x0a, payload: "fragment1"}, last("fragment2"))
	add("5.3", both, 1000, textPart("fragment1"), last("fragment2"))
	chopped("5.4", 9, both, 1000, textPart("fragment1"), last("fragment2"))
	chopped("5.5", 1, both, 1000, textPart("fragment1"), last("fragment2"))
	add("5.6", append(one(pong("ping payload")), both...), 1000, textPart("fragment1"), ping("ping payload"), last("fragment2"))
	chopped("5.7", 9, append(one(pong("ping payload")), both...), 1000, textPart("fragment1"), ping("ping payload"), last("fragment2"))
	chopped("5.8", 1, append(one(pong("ping payload")), both...), 1000, textPart("fragment1"), ping("ping payload"), last("fragment2"))
	non := last("non-continuation payload")
	add("5.9", nil, 1002, non, hello)
	chopped("5.10", 9, nil, 1002, non, hello)
	chopped("5.11", 1, nil, 1002, non, hello)
	non.first = 0x00
	add("5.12", nil, 1002, non, hello)
	chopped("5.13", 9, nil, 1002, non, hello)
	chopped("5.14", 1, nil, 1002, non, hello)
	add("5.15", both, 1002, textPart("fragment1"), last("fragment2"), part("fragment3"), text("fragment4"))
	add("5.16", nil, 1002, part("fragment1"), textPart("fragment2"), last("fragment3"), part("fragment1"), textPart("fragment2"), last("fragment3"))
	add("5.17", nil, 1002, last("fragment1"), textPart("fragment2"), last("fragment3"), last("fragment1"), textPart("fragment2"), last("fragment3"))
	add("5.18", nil, 1002, textPart("fragment1"), text("fragment2"))
	five := one(text("fragment1fragment2fragment3fragment4fragment5"))
	two := []wireFrame{pong("pongme 1!"), pong("pongme 2!")}
	for i, cut := range []int{0, 1} {
		chopped(fmt.Sprintf("5.%d", 19+i), cut, append(two[:2:2], five...), 1000,
			textPart("fragment1"), part("fragment2"), ping("pongme 1!"), part("fragment3"), part("fragment4"), ping("pongme 2!"), last("fragment5"))
	}

	// 6: UTF-8
	const (
		valid   = "Hello-µ@ßöäüàá-UTF-8!!"
		kosme   = "κόσμε"
		invalid = kosme + "\xed\xa0\x80" + "edited"
		beyond  = kosme + "\xf4\x90\x80\x80" + "edited"
	)
	add("6.1.1", one(text("")), 1000, text(""))
	add("6.1.2", one(text("")), 1000, textPart(""), part(""), last(""))
	add("6.1.3", one(text("middle frame payload")), 1000, textPart(""), part("middle frame payload"), last(""))
	add("6.2.1", one(text(valid)), 1000, text(valid))
	add("6.2.2", one(text(valid)), 1000, textPart(valid[:12]), last(valid[12:]))
	bytewise := func(s string) (frames []wireFrame) {
		for i := range len(s) {
			frames = append(frames, part(s[i:i+1]))
		}
		frames[0].first |= 0x01
		frames[len(s)-1].first |= 0x80
		return frames
	}
	add("6.2.3", one(text(valid)), 1000, bytewise(valid)...)
	add("6.2.4", one(text(kosme)), 1000, bytewise(kosme)...)
	add("6.3.1", nil, 1007, text(invalid))
	add("6.3.2", nil, 1007, bytewise(invalid)...)
	add("6.4.1", nil, 1007, textPart(kosme), part("\xf4\x90\x80\x80"), last("edited"))
	add("6.4.2", nil, 1007, textPart(kosme+"\xf4"), part("\x90"), last("\x80\x80edited"))
	chopped("6.4.3", len(kosme)+6, nil, 1007, text(beyond))
	chopped("6.4.4", 1, nil, 1007, text(beyond))
	for group, texts := range map[int][]string{
		5:  {kosme, "\xce\xba", kosme[:6]},
		6:  {"\xce", kosme[:3], kosme[:4] + "\xbd", "\xce\xba\xe1\xbd\xb9\xcf", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce", "\xce\xba\xe1", "\xce\xba\xe1\xbd"},
		7:  {"\x00", "\u0080", "\u0800", "\U00010000"},
		8:  {"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"},
		9:  {"\x7f", "\u07ff", "\uffff", "\U0010ffff"},
		10: {"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"},
		11: {"\ud7ff", "\ue000", "\ufffd", "\U0010ffff", "\xf4\x90\x80\x80"},
		12: {"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf", "\x80\xbf\x80\xbf\x80", "\x80\xbf\x80\xbf\x80\xbf", continuations()},
		13: {starts(0xc0, 0xe0), starts(0xe0, 0xf0), starts(0xf0, 0xf8), starts(0xf8, 0xfc), starts(0xfc, 0xfe)},
		14: {"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80", "\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf"},
		15: {"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80\xdf\xef\xbf\xf7\xbf\xbf\xfb\xbf\xbf\xbf\xfd\xbf\xbf\xbf\xbf"},
		16: {"\xfe", "\xff", "\xfe\xfe\xff\xff"},
		17: {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf"},
		18: {"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"},
		19: {"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80"},
		20: {"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf"},
		21: {"\xed\xa0\x80\xed\xb0\x80", "\xed\xa0\x80\xed\xbf\xbf", "\xed\xad\xbf\xed\xb0\x80", "\xed\xad\xbf\xed\xbf\xbf",
			"\xed\xae\x80\xed\xb0\x80", "\xed\xae\x80\xed\xbf\xbf", "\xed\xaf\xbf\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf"},
		22: nonCharacters(),
		23: {"\ufeff", "\ufffc", "\ufffd", "\ufff9", "\ufffa", "\ufffb", "\ufeff"},
	} {
		for i, s := range texts {
			id := fmt.Sprintf("6.%d.%d", group, i+1)
			if isUTF8(s) {
				add(id, one(text(s)), 1000, text(s))
				chopped(id, 1, one(text(s)), 1000, text(s))
			} else {
				add(id, nil, 1007, text(s))
				chopped(id, 1, nil, 1007, text(s))
			}
		}
	}

	// 7: closing
	add("7.1.1", one(text("Hello World!")), 1000, text("Hello World!"))
	add("7.1.2", nil, 1000, closing(1000, ""), closing(1000, ""))
	add("7.1.3", nil, 1000, closing(1000, ""), ping(""))
	add("7.1.4", nil, 1000, closing(1000, ""), text("Hello World!"))
	add("7.1.5", nil, 1000, textPart("fragment1"), closing(1000, ""), last("fragment2"))
	big := text(repeat("BAsd7&jh23", 26*1024))
	add("7.1.6", one(big), 1000, big, text("Hello World!"), closing(1000, ""), ping(""))
	cases[len(cases)-1].want = []wireFrame{big, text("Hello World!")}
	add("7.3.1", nil, 1005, closing(1005, ""))
	add("7.3.2", nil, 1002, wireFrame{first: 0x88, payload: "a"})
	add("7.3.3", nil, 1000, closing(1000, ""))
	add("7.3.4", nil, 1000, closing(1000, "Hello World!"))
	add("7.3.5", nil, 1000, closing(1000, repeat("*", 123)))
	add("7.3.6", nil, 1002, closing(1000, repeat("*", 124)))
	add("7.5.1", nil, 1007, closing(1000, invalid))
	for i, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		add(fmt.Sprintf("7.7.%d", i+1), nil, code, closing(closecode.Code(code), ""))
	}
	for i, code := range []closecode.Code{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999} {
		if slices.ContainsFunc(vectors.AllCodes(), func(r vectors.Codes) bool { return r.Name != "" && r.Valid && r.First == uint16(code) }) {
			continue // registered after the suite was written
		}
		add(fmt.Sprintf("7.9.%d", i+1), nil, 1002, wireFrame{first: 0x88, payload: string([]byte{byte(code >> 8), byte(code)})})
	}
	add("7.13.1", nil, 1002, closing(5000, ""))
	add("7.13.2", nil, 1002, closing(65535, ""))

	// 9: limits. The largest messages of the suite have 16 MiB, which is the
	// default limit. One message here has this size. The others are smaller
	// than in the suite, and split in the same ways.
	const m = 1 << 20
	add("9.1.6", one(text(repeat("*", 16*m))), 1000, text(repeat("*", 16*m)))
	add("9.2.5", one(bin(repeat("\xfe", m))), 1000, bin(repeat("\xfe", m)))
	for i, n := range []int{64, 256, 1024, 4096, 16384, 65536, 128 << 10, m / 4} {
		add(fmt.Sprintf("9.3.%d", i+1), one(text(repeat("*", m/4))), 1000, fragments(text(repeat("*", m/4)), n)...)
		add(fmt.Sprintf("9.4.%d", i+1), one(bin(repeat("\xfe", m/4))), 1000, fragments(bin(repeat("\xfe", m/4)), n)...)
	}
	for i, cut := range []int{64, 128, 256, 512, 1024, 2048} {
		chopped(fmt.Sprintf("9.5.%d", i+1), cut, one(text(repeat("*", m/8))), 1000, text(repeat("*", m/8)))
		chopped(fmt.Sprintf("9.6.%d", i+1), cut, one(bin(repeat("\xfe", m/8))), 1000, bin(repeat("\xfe", m/8)))
	}
	for i, n := range []int{0, 16, 64, 256, 1024, 4096} {
		var texts, bins []wireFrame
		for range 100 {
			texts, bins = append(texts, text(repeat("*", n))), append(bins, bin(repeat("\xfe", n)))
		}
		add(fmt.Sprintf("9.7.%d", i+1), texts, 1000, texts...)
		add(fmt.Sprintf("9.8.%d", i+1), bins, 1000, bins...)
	}

	// 10: automatic fragmentation
	add("10.1.1", one(text(repeat("*", 65536))), 1000, fragments(text(repeat("*", 65536)), 1300)...)
	return cases
}

// fragments splits a message into frames of n bytes.
func fragments(f wireFrame, n int) (frames []wireFrame) {
	for s := range slices.Chunk([]byte(f.payload), n) {
		frames = append(frames, part(string(s)))
	}
	frames[0].first = f.first & 0x0f
	frames[len(frames)-1].first |= 0x80
	return frames
}

// continuations returns all continuation bytes.
func continuations() (s string) {
	for b := byte(0x80); b < 0xc0; b++ {
		s += string([]byte{b})
	}
	return s
}

// starts returns the bytes from lo to hi, each followed by a space.
func starts(lo, hi byte) (s string) {
	for b := lo; b < hi; b++ {
		s += string([]byte{b, ' '})
	}
	return s
}

// nonCharacters returns the last two code points of each plane.
func nonCharacters() (list []string) {
	for r := rune(0xfffe); r <= 0x10ffff; r += 0x10000 {
		list = append(list, string(r), string(r+1))
	}
	return list
}

// isUTF8 reports whether s is unchanged by a conversion to runes and back.
func isUTF8(s string) bool { return string([]rune(s)) == s }

func TestAutobahn(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		for _, tt := range autobahnCases() {
			t.Run(tt.id, func(t *testing.T) {
				t.Parallel()
				peer, conn := tcpPair(t)
				peer.SetNoDelay(true)
				c := testConn(conn, client, Config{})
				ended := make(chan error, 1)
				go func() { ended <- echo(c) }()
				go func() {
					in := wire(!client, tt.in...)
					if tt.in[len(tt.in)-1].first != 0x88 {
						in = append(in, wire(!client, closing(1000, ""))...)
					}
					for len(in) > 0 {
						n := len(in)
						if tt.cut > 0 {
							n = min(n, tt.cut)
						}
						// After a fault the endpoint still reads to the end, so
						// there is no error here.
						if _, err := peer.Write(in[:n]); err != nil {
							t.Error(err)
							return
						}
						in = in[n:]
					}
					peer.CloseWrite()
				}()
				got, err := unwire(readAll(t, peer), client)
				if err != nil {
					t.Fatal(err)
				}
				code, reason := closeOf(got)
				if int(code) != tt.code || reason != "" {
					t.Errorf("closed with %d %q, want %d", code, reason, tt.code)
				}
				// Pongs and echoes are written by different goroutines.
				order := func(a, b wireFrame) int { return int(a.first) - int(b.first) }
				got, want := got[:len(got)-1], slices.Clone(tt.want)
				slices.SortStableFunc(got, order)
				slices.SortStableFunc(want, order)
				if !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
				fault := (tt.code == 1002 || tt.code == 1007) && !strings.HasPrefix(tt.id, "7.7.")
				event, ok := errors.AsType[closeevent.Event](<-ended)
				if !ok || event.WasClean == fault || fault && event != lost {
					t.Errorf("ended with %v", event)
				}
			})
		}
	})
}
