package frame_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// closes lists the Close frames to parse and append: without a code, with a
// code only, and with reasons of 31 and 123 bytes whose characters have one to
// four bytes.
var closes = []struct {
	name   string
	code   closecode.Code
	reason string
}{
	{"empty", closecode.NoStatusRcvd, ""},
	{"code", closecode.GoingAway, ""},
	{"ascii-31", closecode.GoingAway, "the server is restarting, later"},
	{"ascii-123", closecode.GoingAway, pad("the server is restarting for an update; please come back in a few minutes; nothing that you have saved is lost by that ", 123)},
	{"chinese-31", closecode.GoingAway, pad("服务器正在重新启动请稍后", 31)},
	{"chinese-123", closecode.GoingAway, pad("服务器正在重新启动以便更新请几分钟后再来已保存的内容不会丢失谢谢您的耐心等待我们很快回来", 123)},
	{"cyrillic-31", closecode.GoingAway, pad("серверзавершаетработу", 31)},
	{"cyrillic-123", closecode.GoingAway, pad("сервер перезапускается для обновления, вернитесь через несколько минут, спасибо", 123)},
	{"emoji-31", closecode.GoingAway, pad("👋🔧⏳🙏😀👍🚀", 31)},
	{"emoji-123", closecode.GoingAway, pad(strings.Repeat("👋🔧🙏😀👍🚀🎉", 5), 123)},
}

// pad cuts s to n bytes or extends it with dots.
func pad(s string, n int) string {
	cut := 0
	for i, r := range s {
		if end := i + len(string(r)); end <= n {
			cut = end
		}
	}
	return s[:cut] + strings.Repeat(".", n-cut)
}

// sum keeps the compiler from removing the calls.
var sum int

func BenchmarkParse(b *testing.B) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	for _, c := range closes {
		payload, err1 := frame.AppendPayload(nil, c.code, c.reason)
		server, err2 := frame.Append(nil, c.code, c.reason)
		client, err3 := frame.AppendMasked(make([]byte, 0, frame.MaxSize), key, c.code, c.reason)
		if err1 != nil || err2 != nil || err3 != nil {
			b.Fatal(c.name, err1, err2, err3)
		}
		b.Run("payload/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				got, err := frame.ParsePayload(payload)
				if err != nil {
					b.Fatal(err)
				}
				sum += len(got.Reason) + int(got.Code)
			}
		})
		b.Run("frame/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				got, n, err := frame.Parse(server)
				if err != nil {
					b.Fatal(err)
				}
				sum += len(got.Reason) + int(got.Code) + n
			}
		})
		b.Run("masked/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			var room [frame.MaxPayload]byte
			for b.Loop() {
				got, n, err := frame.ParseMasked(room[:0], client)
				if err != nil {
					b.Fatal(err)
				}
				sum += len(got.Reason) + int(got.Code) + n
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, c := range closes {
		b.Run("payload/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			var room [frame.MaxSize]byte
			for b.Loop() {
				got, err := frame.AppendPayload(room[:0], c.code, c.reason)
				if err != nil {
					b.Fatal(err)
				}
				sum += len(got)
			}
		})
		b.Run("frame/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			var room [frame.MaxSize]byte
			for b.Loop() {
				got, err := frame.Append(room[:0], c.code, c.reason)
				if err != nil {
					b.Fatal(err)
				}
				sum += len(got)
			}
		})
		b.Run("masked/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			var room [frame.MaxSize]byte
			key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
			for b.Loop() {
				got, err := frame.AppendMasked(room[:0], key, c.code, c.reason)
				if err != nil {
					b.Fatal(err)
				}
				sum += len(got)
			}
		})
	}
}

// BenchmarkFault measures invalid frames. They must not be much slower than
// valid ones, because an attacker chooses the input.
func BenchmarkFault(b *testing.B) {
	for _, f := range []struct {
		name  string
		frame string
	}{
		{"opcode", "\x89\x00"},
		{"direction", "\x88\x80\x00\x00\x00\x00"},
		{"code", "\x88\x02\x03\xed"},
		{"utf8-0", "\x88\x7d\x03\xe8\xff" + strings.Repeat("x", 122)},
		{"utf8-122", "\x88\x7d\x03\xe8" + strings.Repeat("x", 122) + "\xff"},
	} {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			p := []byte(f.frame)
			for b.Loop() {
				_, n, err := frame.Parse(p)
				if err == nil {
					b.Fatal("no error")
				}
				sum += n + int(err.(frame.Error))
			}
		})
	}
}

// BenchmarkMask masks one buffer after another. Masking the same buffer again
// would wait for the stores of the previous call, which no real program does.
func BenchmarkMask(b *testing.B) {
	for _, size := range []int{2, 31, 125, 1024, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			var pool [16][]byte
			for i := range pool {
				pool[i] = make([]byte, size)
			}
			key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
			pos, i := 0, 0
			for b.Loop() {
				pos = frame.Mask(pool[i%len(pool)], key, pos)
				i++
			}
			sum += int(pool[0][0])
		})
	}
}
