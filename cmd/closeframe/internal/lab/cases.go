package lab

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

// A Case is one way to end a connection.
type Case struct {
	ID    string `json:"id"`
	Group string `json:"-"` // its heading: the side that closes, or the fault

	// The fields of the form and their initial values.
	TakesCode   bool   `json:"takesCode"`
	TakesReason bool   `json:"takesReason"`
	Code        string `json:"code"`
	Reason      string `json:"reason"`

	// TakesURL is set if the user enters the address of the server.
	TakesURL bool `json:"takesURL"`

	// ClientCloses is set if the page calls close with code and reason.
	ClientCloses bool `json:"clientCloses"`

	// Ours is set if no browser can do this, so that a client in the lab
	// replaces the browser.
	Ours bool `json:"ours"`

	// Slow is set if a browser waits for many seconds.
	Slow bool `json:"slow"`

	// rule is the ID of the rule that decides, unless a frame violates another.
	rule string

	// The outcome depends on a race: the answer, or even the Close frame, may
	// be lost.
	mayBeUnclean, mayBeLost bool

	play func(p *run) // the server's part
}

// IDs of the rules that decide if every frame is valid.
const (
	firstClose    = "R33"
	noCode        = "R65"
	noFrame       = "R66"
	cleanly       = "R67"
	crossing      = "R21"
	afterClose    = "R17"
	resets        = "R68"
	clientEnds    = "R69"
	unmaskedFrame = "R02"
)

// The initial values of the form.
const (
	away = "server going down"
	bye  = "see you"
)

// cases lists the cases in the order of the page.
var cases = []Case{
	{ID: "server", Group: "server", TakesCode: true, TakesReason: true, Code: "1001", Reason: away, rule: firstClose, play: (*run).serverCloses},
	{ID: "server-empty", Group: "server", rule: noCode, play: raw(closing())},
	{ID: "byte-by-byte", Group: "server", TakesCode: true, TakesReason: true, Code: "1001", Reason: away, rule: cleanly, play: (*run).byteByByte},

	{ID: "client", Group: "client", TakesCode: true, TakesReason: true, ClientCloses: true, Code: "3000", Reason: bye, rule: firstClose, play: (*run).answer},
	{ID: "client-empty", Group: "client", ClientCloses: true, rule: noCode, play: (*run).answer},
	{ID: "both", Group: "client", TakesCode: true, TakesReason: true, ClientCloses: true, Code: "3000", Reason: bye, rule: crossing, play: (*run).both},

	{ID: "code-on-wire", Group: "fault", TakesCode: true, TakesReason: true, Code: "1006", rule: firstClose, play: (*run).serverCloses},
	{ID: "one-byte", Group: "fault", play: raw(closing(0x03))},
	{ID: "bad-utf8", Group: "fault", play: raw(closing(0x03, 0xe8, 'b', 'y', 'e', ' ', 0xff))},
	{ID: "too-long", Group: "fault", play: raw(closing(append([]byte{0x03, 0xe8}, strings.Repeat("x", 124)...)...))},
	{ID: "masked", Group: "fault", play: raw(maskedClose())},
	{ID: "unmasked", Group: "fault", Ours: true, rule: unmaskedFrame, play: (*run).answer},
	{ID: "fragmented", Group: "fault", play: raw([]byte{0x08, 2, 0x03, 0xe8})},
	{ID: "reserved-bit", Group: "fault", play: raw([]byte{0xc8, 2, 0x03, 0xe8})},
	{ID: "two-closes", Group: "fault", rule: firstClose, play: raw(append(closing(0x03, 0xe8), closing(0x03, 0xe9)...))},
	{ID: "data-after", Group: "fault", rule: afterClose, play: raw(append(closing(0x03, 0xe8), 0x81, 4, 'l', 'a', 't', 'e'))},

	{ID: "no-close", Group: "transport", rule: noFrame, play: (*run).noClose},
	{ID: "reset", Group: "transport", rule: noFrame, play: (*run).resets},
	{ID: "truncated", Group: "transport", rule: noFrame, play: (*run).truncated},
	{ID: "close-and-fin", Group: "transport", TakesCode: true, TakesReason: true, Code: "1001", Reason: away, rule: cleanly, mayBeUnclean: true, play: (*run).closeAndFIN},
	{ID: "close-and-reset", Group: "transport", TakesCode: true, TakesReason: true, Code: "1001", Reason: away, rule: resets, mayBeUnclean: true, mayBeLost: true, play: (*run).closeAndReset},
	{ID: "never-ended", Group: "transport", TakesCode: true, TakesReason: true, Code: "1001", Reason: away, rule: clientEnds, play: (*run).neverEnded},
	{ID: "no-reply", Group: "transport", TakesCode: true, TakesReason: true, ClientCloses: true, Slow: true, Code: "3000", Reason: bye, rule: noFrame, play: (*run).noReply},
}

// caseOf returns the case with the given name.
func caseOf(id string) (Case, bool) {
	for _, c := range cases {
		if c.ID == id {
			return c, true
		}
	}
	return Case{}, false
}

// closing returns an unmasked Close frame with the given payload, valid or not,
// of less than 64 KiB.
func closing(payload ...byte) []byte {
	n := len(payload)
	head := []byte{0x88, byte(n)}
	if n > frame.MaxPayload {
		head = []byte{0x88, 126, byte(n >> 8), byte(n)}
	}
	return append(head, payload...)
}

// maskedClose is a Close frame that only a client may send.
func maskedClose() []byte {
	b, err := frame.AppendMasked(nil, [4]byte{0x37, 0xfa, 0x21, 0x3d}, closecode.NormalClosure, "")
	if err != nil {
		panic(err) // 1000 may be sent
	}
	return b
}

// maxReason is the maximum length of the reason in a request. It exceeds the
// limit of browsers and Close frames, because the page also requests invalid
// reasons.
const maxReason = 1000

// arguments returns the code and the reason of a request: 1000 if there is no
// code. A code may be any 16-bit number, because the page also requests invalid
// codes.
func arguments(q url.Values) (code closecode.Code, reason string, err error) {
	code = closecode.NormalClosure
	if s := q.Get("code"); s != "" {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return 0, "", catalog.NewError("lab.error.code", s)
		}
		code = closecode.Code(n)
	}
	reason = q.Get("reason")
	if len(reason) > maxReason {
		return 0, "", catalog.NewError("lab.error.reason", maxReason)
	}
	return code, reason, nil
}
