package utf8check_test

import (
	"fmt"

	"github.com/closeframe/closeframe/utf8check"
)

func ExampleValid() {
	fmt.Println(utf8check.Valid("正在关闭"))
	fmt.Println(utf8check.Valid([]byte{0xC0, 0x80})) // NUL, overlong
	fmt.Println(utf8check.Valid("\xED\xA0\x80"))     // a surrogate
	// Output:
	// true
	// false
	// false
}

func ExampleIndexInvalid() {
	fmt.Println(utf8check.IndexInvalid("bye"))
	fmt.Println(utf8check.IndexInvalid("bye\xFF"))
	fmt.Println(utf8check.IndexInvalid("bye \xE6\xAD")) // 正 without its last byte
	// Output:
	// -1
	// 3
	// 4
}

func ExampleTruncate() {
	var err error = fmt.Errorf("读取配置失败：%w", fmt.Errorf("文件 /etc/service/配置.json 不存在；请检查部署目录的权限，然后重新启动服务并再次连接"))
	reason := utf8check.Truncate(err.Error())
	fmt.Println(len(err.Error()), len(reason), utf8check.Valid(reason))
	fmt.Println(reason)
	// Output:
	// 137 122 true
	// 读取配置失败：文件 /etc/service/配置.json 不存在；请检查部署目录的权限，然后重新启动服务
}

// A text message in two fragments, cut in the middle of a character.
func ExampleStream() {
	var s utf8check.Stream
	fmt.Println(s.Next([]byte("caf\xC3")), s.Complete())
	fmt.Println(s.Next([]byte("\xA9")), s.Complete())

	s.Reset() // the next message
	fmt.Println(s.Next([]byte("\xED")))
	fmt.Println(s.Next([]byte("\xA0"))) // a surrogate: invalid, whatever follows
	// Output:
	// true false
	// true true
	// true
	// false
}

// The payload of a masked frame is unmasked and validated in place, in chunks.
func ExampleStream_NextMasked() {
	key := [4]byte{0x37, 0xFA, 0x21, 0x3D}
	payload := []byte{0x7F, 0x9F, 0x4D, 0x51, 0x58} // RFC 6455 §5.7

	var s utf8check.Stream
	first, rest := payload[:2], payload[2:]
	fmt.Println(s.NextMasked(first, key, 0))
	fmt.Println(s.NextMasked(rest, key, len(first)))
	fmt.Printf("%s %v\n", payload, s.Complete())
	// Output:
	// true
	// true
	// Hello true
}
