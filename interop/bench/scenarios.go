package main

import (
	"fmt"

	"github.com/closeframe/closeframe/utf8check"
)

// reasons are the reasons of the Close scenarios: what is in them, and how
// many bytes.
var reasons = []struct {
	content string
	size    int
}{
	{"empty", -1}, // not even a code
	{"code", 0},
	{"ascii", 31},
	{"ascii", 123},
	{"cyrillic", 123},
	{"chinese", 123},
	{"emoji", 123},
}

// lengths are the sizes of text that is validated, in bytes.
var lengths = []int{0, 8, 16, 31, 32, 48, 64, 96, 123, 125, 1 << 10, 64 << 10, 1 << 20}

// streamed is the size of the text that comes in pieces, and piece of those.
const (
	streamed = 64 << 10
	piece    = 4 << 10
)

// scenarios returns all there are, in the order in which they are reported.
func scenarios() []scenario {
	var all []scenario
	add := func(id string, size int, c ...contender) {
		all = append(all, scenario{id, size, c})
	}

	for _, r := range reasons {
		pool, name := reasonPool(r.content, r.size)
		add("parse-payload/"+name, len(pool[0].payload), closeframeParsePayload(pool), gobwasParsePayload(pool))
	}
	for _, r := range reasons {
		pool, name := reasonPool(r.content, r.size)
		add("parse-masked/"+name, len(pool[0].payload), closeframeParseMasked(pool), gobwasCipherCheck(pool), gobwasReadFrame(pool))
	}
	add("check-code/all", 0, closeframeCheckCode(), gobwasCheckCode())

	for _, c := range contents {
		for _, n := range lengths {
			pool := texts(c, n)
			add(fmt.Sprintf("validate/%s/%d", c.name, n), n, validators(pool)...)
		}
	}
	for _, where := range []string{"start", "middle", "end"} {
		for _, n := range []int{31, 123, 64 << 10} {
			pool := spoiled(texts(named("chinese"), n), where)
			add(fmt.Sprintf("validate/chinese-fault-at-%s/%d", where, n), n, validators(pool)...)
		}
	}

	for _, r := range reasons[1:] {
		pool, name := reasonPool(r.content, r.size)
		add("append-payload/"+name, len(pool[0].payload), closeframeAppendPayload(pool), gobwasAppendPayload(pool), gorillaAppendPayload(pool))
	}
	for _, r := range reasons[1:] {
		pool, name := reasonPool(r.content, r.size)
		add("append-masked/"+name, len(pool[0].payload),
			closeframeAppendMasked(pool), gobwasAppendMasked(pool), gorillaAppendMasked(pool), gwsAppendMasked(pool))
	}
	for _, r := range reasons {
		pool, name := reasonPool(r.content, r.size)
		add("answer/"+name, len(pool[0].payload),
			closeframeAnswer(pool), gobwasAnswer(pool), gorillaAnswer(pool), gwsAnswer(pool), coderAnswer(pool), xnetAnswer(pool))
	}
	for _, r := range reasons[1:] {
		pool, name := reasonPool(r.content, r.size)
		add("handshake/"+name, len(pool[0].payload),
			closeframeHandshake(pool), gobwasHandshake(pool), gorillaHandshake(pool), gwsHandshake(pool))
	}
	storm := stormBuffer()
	add("storm/a-million-frames", len(storm)/stormFrames, closeframeStorm(storm), gobwasStorm(storm))

	streams := []string{"ascii", "cyrillic", "chinese"}
	for _, c := range streams {
		pool := texts(named(c), streamed)
		add("stream/"+c, streamed, closeframeStream(pool, streamed), stdValid(pool), gobwasStream(pool, streamed, false))
	}
	for _, c := range streams {
		pool := texts(named(c), streamed)
		add("stream-in-pieces/"+c, streamed, closeframeStream(pool, piece), stdWhole(pool), gobwasStream(pool, piece, false))
	}
	for _, c := range streams {
		pool := masked(texts(named(c), streamed))
		add("stream-masked/"+c, streamed, closeframeStreamMasked(pool, piece), stdStreamMasked(pool), gobwasStream(pool, piece, true))
	}
	return all
}

// validators are all who check a whole text.
func validators(pool [][]byte) []contender {
	return []contender{closeframeValid(pool), stdValid(pool), segmentioValid(pool), sonicValid(pool)}
}

// reasonPool returns closings with such reasons, and what to call them.
func reasonPool(kind string, size int) ([]closing, string) {
	switch kind {
	case "empty":
		return closings(nil), kind
	case "code":
		return closings(make([][]byte, poolSize)), kind
	}
	return closings(texts(named(kind), size)), fmt.Sprintf("%s/%d", kind, size)
}

// stormFrames is how many Close frames of mixed kinds a storm has.
const stormFrames = 1_000_000

// stormBuffer returns a million masked Close frames one after the other: empty
// ones, ones with a code alone, and reasons of all contents and lengths.
func stormBuffer() []byte {
	var kinds [][]closing
	for _, r := range reasons {
		pool, _ := reasonPool(r.content, r.size)
		kinds = append(kinds, pool)
	}
	for n := range 16 {
		pool, _ := reasonPool(contents[n%len(contents)].name, 1+n*utf8check.MaxReason/16)
		kinds = append(kinds, pool)
	}
	var b []byte
	for i := range stormFrames {
		x := uint32(i) * 2654435761
		b = append(b, kinds[(x>>8)%uint32(len(kinds))][(x>>24)%poolSize].masked...)
	}
	return b
}

// named returns the content of that name.
func named(name string) content {
	for _, c := range contents {
		if c.name == name {
			return c
		}
	}
	panic("no content " + name)
}
