package main

import (
	"math/rand/v2"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// poolSize is the number of different buffers of a scenario. It is large enough
// that branch predictors do not learn them. It is a power of two.
const poolSize = 256

// key is the masking key of all masked frames. Its value does not affect the
// time.
var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// A content is a kind of text. next returns its next character. In scripts with
// spaces, the text consists of words.
type content struct {
	name string
	next func(r *rand.Rand) rune
}

var contents = []content{
	{"ascii", letters("abcdefghijklmnopqrstuvwxyz", 6)},
	{"latin", letters("aaaabcddeeeeeéèêëfghiiïîjklmnnñooôöpqrsßtuuüùvwxyzçàâäå", 6)},
	{"cyrillic", letters("аабвгдеежзийклмнооопрсттуфхцчшщъыьэюя", 6)},
	{"chinese", func(r *rand.Rand) rune {
		if r.IntN(12) == 0 {
			return '，'
		}
		return 0x4e00 + r.Int32N(0x9fa5-0x4e00)
	}},
	{"emoji", func(r *rand.Rand) rune { return 0x1f300 + r.Int32N(0x300) }},
	{"mixed", func(r *rand.Rand) rune {
		return [...]rune{'a' + r.Int32N(26), 'а' + r.Int32N(32), 0x4e00 + r.Int32N(0x5000), 0x1f300 + r.Int32N(0x300)}[r.IntN(4)]
	}},
}

// letters returns a content of words of the given letters with the given mean
// length.
func letters(alphabet string, mean int) func(*rand.Rand) rune {
	all := []rune(alphabet)
	return func(r *rand.Rand) rune {
		if r.IntN(mean) == 0 {
			return ' '
		}
		return all[r.IntN(len(all))]
	}
}

// rooms returns empty slices for a pool of buffers of n bytes. They are
// adjacent in one allocation. Separate allocations could be scattered
// differently in every run, which affects the cache.
func rooms(n int) (all []byte, each [][]byte) {
	stride := (n + 15) &^ 15
	all = make([]byte, poolSize*stride)
	each = make([][]byte, poolSize)
	for i := range each {
		each[i] = all[i*stride:][:0:n]
	}
	return all, each
}

// text appends well-formed text to b until it has n bytes. If the last
// character does not fit, dots replace it.
func text(b []byte, c content, n int, r *rand.Rand) []byte {
	for len(b) < n {
		x := c.next(r)
		if len(b)+utf8.RuneLen(x) > n {
			x = '.'
		}
		b = utf8.AppendRune(b, x)
	}
	return b
}

// texts returns a pool of texts of n bytes. Long ones are windows of a shared
// buffer, each starting at another character, so that the pool fits into the L2
// cache, as a message just received does. They may be up to three bytes
// shorter, to end with a whole character.
func texts(c content, n int) [][]byte {
	r := rand.New(rand.NewPCG(uint64(n), 8))
	if n < 4<<10 {
		_, pool := rooms(n)
		for i := range pool {
			pool[i] = text(pool[i], c, n, r)
		}
		return pool
	}
	pool := make([][]byte, poolSize)
	stretch := text(nil, c, n+n/2, r)
	for i := range pool {
		from, to := i*(n/2)/poolSize, 0
		for !utf8.RuneStart(stretch[from]) {
			from++
		}
		for to = min(from+n, len(stretch)-1); !utf8.RuneStart(stretch[to]); {
			to--
		}
		pool[i] = stretch[from:to:to]
	}
	return pool
}

// mixedLow to mixedHigh are the lengths of texts of random lengths, in bytes.
const (
	mixedLow, mixedHigh = 8, 64
	mixedName           = "8-64"
)

// mixedSize is the number of texts that mixedTexts returns. It is large enough
// that branch predictors do not learn the order of the lengths, as they do with
// poolSize texts. It is a power of two.
const mixedSize = 64 << 10

// mixedTexts returns poolSize texts of random lengths in a random order, each
// many times.
func mixedTexts(c content) [][]byte {
	r := rand.New(rand.NewPCG(mixedLow, mixedHigh))
	_, distinct := rooms(mixedHigh)
	for i := range distinct {
		distinct[i] = text(distinct[i], c, mixedLow+r.IntN(mixedHigh-mixedLow+1), r)
	}
	pool := make([][]byte, mixedSize)
	for i := range pool {
		pool[i] = distinct[r.IntN(poolSize)]
	}
	return pool
}

// spoiled returns copies of the pool with a byte that never occurs in UTF-8 at
// the start, in the middle or at the end. For long texts it returns only a few
// copies.
func spoiled(pool [][]byte, where string) [][]byte {
	_, bad := rooms(min(len(pool[0]), 4<<10))
	for i, p := range pool {
		if len(p) >= 4<<10 && i >= 8 {
			bad[i] = bad[i%8]
			continue
		}
		q := append(bad[i], p...)
		switch where {
		case "start":
			q[0] = 0xff
		case "middle":
			q[len(q)/2] = 0xff
		case "end":
			q[len(q)-1] = 0xff
		}
		bad[i] = q
	}
	return bad
}

// masked returns copies of the pool masked with key, and only a few for long
// texts.
func masked(pool [][]byte) [][]byte {
	m := make([][]byte, len(pool))
	for i, p := range pool {
		if i >= 8 {
			m[i] = m[i%8]
			continue
		}
		m[i] = append([]byte(nil), p...)
		frame.Mask(m[i], key, 0)
	}
	return m
}

// A closing is one Close frame to parse or to append.
type closing struct {
	code          closecode.Code
	reason        []byte
	text          string // the same reason
	payload       []byte
	masked        []byte // the whole frame
	maskedPayload []byte // a view of masked
}

// codes are the codes of the closings of a pool.
var codes = []closecode.Code{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3008, 4000, 4321, 4999}

// closings returns a pool of Close frames with these reasons. With a nil pool,
// they are empty Close frames without a code.
func closings(reasons [][]byte) []closing {
	pool := make([]closing, poolSize)
	_, payloads := rooms(frame.MaxPayload)
	_, masked := rooms(frame.MaxSize)
	bytes, texts := rooms(utf8check.MaxReason)
	for i := range pool {
		c := &pool[i]
		c.code = closecode.NoStatusRcvd
		if reasons != nil {
			c.code = codes[i%len(codes)]
			c.reason = reasons[i]
		}
		texts[i] = append(texts[i], c.reason...)
		c.payload = must(frame.AppendPayload(payloads[i], c.code, c.reason))
		c.masked = must(frame.AppendMasked(masked[i], key, c.code, c.reason))
		c.maskedPayload = c.masked[6:]
	}
	all := string(bytes)
	for i := range pool {
		from := i * len(all) / poolSize
		pool[i].text = all[from:][:len(pool[i].reason)]
	}
	return pool
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
