package dissect

import (
	"fmt"
	"strings"

	"github.com/closeframe/closeframe/closecode"
)

// A text is the texts of one language. Quotes from the specifications stay in
// English.
type text struct {
	lang  string
	bytes func(n uint64) string // "1 byte", "2 bytes"
	and   string                // between the names of reserved bits

	fins    [2]string // not final, final
	finOnly string    // not final, a control frame
	rsvs    [2]string // none set, %s set
	rsv1    string    // RSV1 set on the first frame of a message
	masks   [2]string
	data    string // reserved opcodes, %d
	control string
	opcodes [16]string

	lengths  [2]string // none, %s
	extended string    // %d is 126 or 127, %s the size of the extended length
	wasteful string    // %s of payload, in more bytes than needed
	huge     string    // the top bit of 64 is set
	keyed    string
	halfCode string
	cutOff   string // %d of %s
	over     string // %s more than fit
	stepped  string // %s, not explained

	utf8 [utf8Kinds]string

	valid, other       string
	missing, missingAt string // %s more needed; at least that, to tell the length
	afterClose         string
	secondClose        string
	latePing           string

	faults   map[string]string          // by name of the error; see broken
	codes    map[closecode.Class]string // %d may not be sent
	needless string                     // too long: the length is in the extended field needlessly
}

// textOf returns the texts of a language, English if it has none.
func textOf(lang string) *text {
	if lang == chinese.lang {
		return &chinese
	}
	return &english
}

var english = text{
	lang: "en",
	bytes: func(n uint64) string {
		if n == 1 {
			return "1 byte"
		}
		return fmt.Sprintf("%d bytes", n)
	},
	and: " and ",

	fins:    [2]string{"not final: more fragments follow", "final fragment"},
	finOnly: "not final: a control frame must be",
	rsvs:    [2]string{"no reserved bit is set", "%s set"},
	rsv1:    " (compressed, if agreed on)",
	masks:   [2]string{"not masked: a server sent it", "masked: a client sent it"},
	data:    "%d: reserved for data frames",
	control: "%d: reserved for control frames",
	opcodes: [16]string{0x0: "0: continuation", 0x1: "1: text", 0x2: "2: binary", 0x8: "8: Close", 0x9: "9: Ping", 0xa: "10: Pong"},

	lengths:  [2]string{"no payload", "%s of payload"},
	extended: "%d: the next %s tell it",
	wasteful: "%s of payload; a shorter field holds it",
	huge:     "the top bit of a length must be 0",
	keyed:    "masking key, byte by byte in turn",
	halfCode: "half a status code",
	cutOff:   "cut off: %d of %s",
	over:     "%s more than fit",
	stepped:  "%s, not explained here",

	utf8: [utf8Kinds]string{
		stray:     "not UTF-8: a continuation byte that continues nothing",
		overlong:  "not UTF-8: longer than the character needs",
		surrogate: "not UTF-8: half of a surrogate pair",
		beyond:    "not UTF-8: beyond U+10FFFF",
		never:     "not UTF-8: no character has this byte",
		broken:    "not UTF-8: the character is broken off",
		cut:       "not UTF-8: the character is cut off at the end",
	},

	valid:       "A valid Close.",
	other:       "This is not a Close frame.",
	missing:     "The frame ends %s too early.",
	missingAt:   "The frame ends at least %s too early.",
	afterClose:  "Comes after a Close from the same side, so it must not be sent (RFC 6455 §5.5.1).",
	secondClose: "this side has sent a Close frame already, and a connection is closed once",
	latePing:    "a Ping after the Close frame of the same side: the peer need not answer it",

	faults: map[string]string{
		"reserved_bits": "%s set, and no extension gives that a meaning on a Close frame.",
		"fragmented":    "FIN is not set, but a control frame must not be fragmented.",
		"masked":        "The frame is masked, but a server must not mask.",
		"unmasked":      "The frame is not masked, but a client must mask every frame.",
		"too_long":      "The payload is %s long, but a Close holds 125 at most.",
		"short":         "The payload is one byte long, which is half a status code.",
		"invalid_utf8":  "The reason is not UTF-8, from its byte %d on.",
	},
	needless: "The length is in a field of its own, but a Close must be short enough to do without.",
	codes: map[closecode.Class]string{
		closecode.Unused:     "%d is not a status code: they begin at 1000.",
		closecode.Local:      "%d is for reports to the application alone: it must not be sent.",
		closecode.Reserved:   "%d is reserved and has no meaning yet.",
		closecode.Extension:  "%d is for extensions, and none defines it.",
		closecode.OutOfRange: "%d is not a status code: they end at 4999.",
	},
}

var chinese = text{
	lang:  "zh-Hans",
	bytes: func(n uint64) string { return fmt.Sprintf("%d 字节", n) },
	and:   "、",

	fins:    [2]string{"不是最后一个分片", "最后一个分片"},
	finOnly: "不是最后一个分片：控制帧不允许",
	rsvs:    [2]string{"保留位均为 0", "%s 为 1"},
	rsv1:    "（若已协商压缩，表示已压缩）",
	masks:   [2]string{"无掩码：由服务器发送", "有掩码：由客户端发送"},
	data:    "%d：保留给数据帧",
	control: "%d：保留给控制帧",
	opcodes: [16]string{0x0: "0：延续帧", 0x1: "1：文本帧", 0x2: "2：二进制帧", 0x8: "8：关闭帧", 0x9: "9：Ping", 0xa: "10：Pong"},

	lengths:  [2]string{"没有载荷", "载荷 %s"},
	extended: "%d：长度见后面 %s",
	wasteful: "载荷 %s；本可用更短的字段表示",
	huge:     "长度的最高位必须为 0",
	keyed:    "掩码密钥，逐字节循环使用",
	halfCode: "半个关闭码",
	cutOff:   "不完整：共 %[2]s，只有 %[1]d",
	over:     "超出上限 %s",
	stepped:  "%s，此处不解释",

	utf8: [utf8Kinds]string{
		stray:     "不是 UTF-8：多余的后续字节",
		overlong:  "不是 UTF-8：编码过长",
		surrogate: "不是 UTF-8：半个代理对",
		beyond:    "不是 UTF-8：超出 U+10FFFF",
		never:     "不是 UTF-8：不可能出现的字节",
		broken:    "不是 UTF-8：字符中断",
		cut:       "不是 UTF-8：末尾的字符不完整",
	},

	valid:       "有效的关闭帧。",
	other:       "这不是关闭帧。",
	missing:     "帧还缺 %s。",
	missingAt:   "帧至少还缺 %s。",
	afterClose:  "同一方已发过关闭帧，此后不得再发送数据帧（RFC 6455 §5.5.1）。",
	secondClose: "这一方已发送过关闭帧，连接只关闭一次",
	latePing:    "同一方在关闭帧之后又发送 Ping：对端不必应答",

	faults: map[string]string{
		"reserved_bits": "%s 为 1，但没有扩展为关闭帧定义其含义。",
		"fragmented":    "FIN 为 0，但控制帧不得分片。",
		"masked":        "帧带有掩码，但服务器不得使用掩码。",
		"unmasked":      "帧没有掩码，但客户端发送的每一帧都必须有掩码。",
		"too_long":      "载荷长 %s，但关闭帧的载荷最多 125 字节。",
		"short":         "载荷只有一个字节，是半个关闭码。",
		"invalid_utf8":  "关闭原因从第 %d 字节（自 0 起）开始不是 UTF-8。",
	},
	needless: "长度写在了扩展字段里，但关闭帧的载荷很短，不得使用扩展字段。",
	codes: map[closecode.Class]string{
		closecode.Unused:     "%d 不是关闭码：关闭码从 1000 开始。",
		closecode.Local:      "%d 只用于向应用报告，不得发送。",
		closecode.Reserved:   "%d 是保留的，尚无含义。",
		closecode.Extension:  "%d 保留给扩展，尚无扩展定义它。",
		closecode.OutOfRange: "%d 不是关闭码：关闭码到 4999 为止。",
	},
}

func (t *text) fin(final bool, op int) string {
	switch {
	case final:
		return t.fins[1]
	case op&8 != 0:
		return t.finOnly
	}
	return t.fins[0]
}

func (t *text) rsv(bits byte, op int) string {
	if bits == 0 {
		return t.rsvs[0]
	}
	s := fmt.Sprintf(t.rsvs[1], t.rsvNames(bits))
	if bits == 4 && (op == 1 || op == 2) {
		s += t.rsv1 // RFC 7692 §6
	}
	return s
}

// rsvNames returns the names of the reserved bits set in the three that bits
// are.
func (t *text) rsvNames(bits byte) string {
	var names []string
	for i, name := range [...]string{"RSV1", "RSV2", "RSV3"} {
		if bits&(4>>i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, t.and)
}

func (t *text) opcode(op int) string {
	switch s := t.opcodes[op]; {
	case s != "":
		return s
	case op&8 != 0:
		return fmt.Sprintf(t.control, op)
	}
	return fmt.Sprintf(t.data, op)
}

func (t *text) mask(masked bool) string {
	if masked {
		return t.masks[1]
	}
	return t.masks[0]
}

func (t *text) length(size byte) string {
	switch {
	case size == 0:
		return t.lengths[0]
	case size > 125:
		return fmt.Sprintf(t.extended, size, t.bytes(uint64(extended(size))))
	}
	return fmt.Sprintf(t.lengths[1], t.bytes(uint64(size)))
}

func (t *text) extLength(n uint64, size int) string {
	switch {
	case n>>63 != 0:
		return t.huge // "the most significant bit MUST be 0" (§5.2)
	case n < 126 || size == 8 && n < 1<<16:
		// "the minimal number of bytes MUST be used to encode the length"
		// (§5.2)
		return fmt.Sprintf(t.wasteful, t.bytes(n))
	}
	return fmt.Sprintf(t.lengths[1], t.bytes(n))
}

func (t *text) cut(have, want int) string {
	return fmt.Sprintf(t.cutOff, have, t.bytes(uint64(want)))
}

func (t *text) excess(n int) string  { return fmt.Sprintf(t.over, t.bytes(uint64(n))) }
func (t *text) payload(n int) string { return fmt.Sprintf(t.stepped, t.bytes(uint64(n))) }

func (t *text) incomplete(missing uint64, exact bool) string {
	if exact {
		return fmt.Sprintf(t.missing, t.bytes(missing))
	}
	return fmt.Sprintf(t.missingAt, t.bytes(missing))
}
