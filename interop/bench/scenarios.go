package main

import (
	"fmt"

	"github.com/closeframe/closeframe/internal/kernel"
	"github.com/closeframe/closeframe/utf8check"
)

// reasons lists the reasons of the Close scenarios: their content and their
// size in bytes.
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

// lengths are the sizes of the validated inputs, in bytes.
var lengths = []int{0, 8, 16, 31, 32, 48, 64, 96, 123, 125, 1 << 10, 64 << 10, 1 << 20}

// shortLengths are the sizes for comparing the kernel's backends: those at
// which a backend changes from one path to another.
var shortLengths = []int{1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 31, 32, 48, 64, 96, 123}

// validateOn or appendOn, followed by the name of a backend, is the kind of a
// scenario in which closeframe's kernel uses that backend instead of the
// default.
const (
	validateOn = "validate-"
	appendOn   = "append-masked-"
)

// streamed is the size of the text that arrives in chunks, and chunkSize is the
// size of a chunk.
const (
	streamed  = 64 << 10
	chunkSize = 4 << 10
)

// scenarios returns all scenarios in the order of the report.
func scenarios() []scenario {
	var all []scenario
	ofCloses := func(kind string, from int, implementations func(pool []closing) []implementation) {
		for _, r := range reasons[from:] {
			pool, name := reasonPool(r.content, r.size)
			all = append(all, scenario{id: kind + "/" + name, size: len(pool[0].payload), implementations: implementations(pool), closings: pool})
		}
	}
	ofTexts := func(id string, size int, pool [][]byte, c ...implementation) {
		all = append(all, scenario{id: id, size: size, implementations: c, texts: pool})
	}

	ofCloses("parse-payload", 0, func(p []closing) []implementation {
		return []implementation{closeframeParsePayload(p), gobwasParsePayload(p)}
	})
	ofCloses("parse-masked", 0, func(p []closing) []implementation {
		return []implementation{closeframeParseMasked(p), gobwasCipherCheck(p), gobwasReadFrame(p)}
	})
	all = append(all, scenario{id: "check-code/all", implementations: []implementation{closeframeCheckCode(), gobwasCheckCode()}})

	const mixedMean = (mixedLow + mixedHigh) / 2
	mixed := map[string][][]byte{}
	for _, c := range contents {
		for _, n := range lengths {
			pool := texts(c, n)
			ofTexts(fmt.Sprintf("validate/%s/%d", c.name, n), n, pool, validators(pool)...)
		}
		mixed[c.name] = mixedTexts(c)
		ofTexts(fmt.Sprintf("validate/%s/%s", c.name, mixedName), mixedMean, mixed[c.name], validators(mixed[c.name])...)
	}
	for _, where := range []string{"start", "middle", "end"} {
		for _, n := range []int{31, 123, 64 << 10} {
			pool := spoiled(texts(named("chinese"), n), where)
			ofTexts(fmt.Sprintf("validate/chinese-fault-at-%s/%d", where, n), n, pool, validators(pool)...)
		}
	}
	for _, b := range kernel.Backends() {
		for _, c := range contents {
			for _, n := range shortLengths {
				pool := texts(c, n)
				ofTexts(fmt.Sprintf("%s%s/%s/%d", validateOn, b, c.name, n), n, pool, closeframeValidOn(b, pool), stdValid(pool))
			}
			pool := mixed[c.name]
			ofTexts(fmt.Sprintf("%s%s/%s/%s", validateOn, b, c.name, mixedName), mixedMean, pool, closeframeValidOn(b, pool), stdValid(pool))
		}
		for _, c := range []string{"ascii", "chinese"} {
			for _, where := range []string{"start", "middle", "end"} {
				for _, n := range []int{8, 16, 31, 64, 123} {
					pool := spoiled(texts(named(c), n), where)
					ofTexts(fmt.Sprintf("%s%s/%s-fault-at-%s/%d", validateOn, b, c, where, n), n, pool, closeframeValidOn(b, pool), stdValid(pool))
				}
			}
		}
	}

	for i, b := range kernel.Backends()[1:] {
		below := kernel.Backends()[i]
		for _, c := range []string{"ascii", "chinese"} {
			for _, n := range []int{3, 8, 15, 16, 31, 32, 48, 64, 96, 123} {
				pool := closings(texts(named(c), n))
				all = append(all, scenario{
					id: fmt.Sprintf("%s%s/%s/%d", appendOn, b, c, n), size: n, closings: pool,
					implementations: []implementation{closeframeAppendOn(b, ours, pool), closeframeAppendOn(below, "closeframe on "+below, pool)},
				})
			}
		}
	}

	ofCloses("append-payload", 1, func(p []closing) []implementation {
		return []implementation{closeframeAppendPayload(p), gobwasAppendPayload(p), gobwasPutPayload(p), gorillaAppendPayload(p)}
	})
	ofCloses("append-masked", 1, func(p []closing) []implementation {
		return []implementation{closeframeAppendMasked(p), gobwasAppendMasked(p), gorillaAppendMasked(p), gwsAppendMasked(p)}
	})
	ofCloses("answer", 0, func(p []closing) []implementation {
		return []implementation{closeframeAnswer(p), gobwasAnswer(p), gorillaAnswer(p), gwsAnswer(p), coderAnswer(p), xnetAnswer(p)}
	})
	ofCloses("handshake", 1, func(p []closing) []implementation {
		return []implementation{
			closeframeHandshake(p), gobwasHandshake(p), gorillaHandshake(p), gwsHandshake(p), coderHandshake(p), xnetHandshake(p),
		}
	})
	storm, frames := stormBuffer()
	all = append(all, scenario{
		id: "storm/a-million-frames", size: len(storm) / stormFrames, closings: frames,
		implementations: []implementation{closeframeStorm(storm), gobwasStorm(storm)},
	})

	for _, masked := range []bool{false, true} {
		id := tapKind
		if masked {
			id = tapMaskedKind
		}
		pool := tapped(masked)
		all = append(all, scenario{
			id: fmt.Sprintf("%s/%d", id, tapPayload), size: len(pool[0]),
			implementations: []implementation{closeframeTap(pool, masked), plainCopy(pool)},
		})
	}

	streams := []string{"ascii", "cyrillic", "chinese"}
	for _, c := range streams {
		pool := texts(named(c), streamed)
		ofTexts("stream/"+c, streamed, pool, closeframeStream(pool, streamed), stdValid(pool), gobwasStream(pool, streamed, false))
	}
	for _, c := range streams {
		pool := texts(named(c), streamed)
		ofTexts("stream-in-chunks/"+c, streamed, pool, closeframeStream(pool, chunkSize), stdWhole(pool), gobwasStream(pool, chunkSize, false))
	}
	for _, c := range streams {
		plain := texts(named(c), streamed)
		pool := masked(plain)
		ofTexts("stream-masked/"+c, streamed, plain, closeframeStreamMasked(pool, chunkSize), stdStreamMasked(pool), gobwasStream(pool, chunkSize, true))
	}
	return all
}

// validators returns the implementations that validate a whole text.
func validators(pool [][]byte) []implementation {
	return []implementation{closeframeValid(pool), stdValid(pool), segmentioValid(pool), sonicValid(pool)}
}

// reasonPool returns closings with the given reasons, and their name.
func reasonPool(kind string, size int) ([]closing, string) {
	switch kind {
	case "empty":
		return closings(nil), kind
	case "code":
		return closings(make([][]byte, poolSize)), kind
	}
	return closings(texts(named(kind), size)), fmt.Sprintf("%s/%d", kind, size)
}

// stormFrames is the number of Close frames of mixed kinds in a storm.
const stormFrames = 1_000_000

// stormBuffer returns a million consecutive masked Close frames: empty, with a
// code only, and with reasons of all contents and lengths. It also returns the
// first of them as closings.
func stormBuffer() (b []byte, frames []closing) {
	var kinds [][]closing
	for _, r := range reasons {
		pool, _ := reasonPool(r.content, r.size)
		kinds = append(kinds, pool)
	}
	for n := range 16 {
		pool, _ := reasonPool(contents[n%len(contents)].name, 1+n*utf8check.MaxReason/16)
		kinds = append(kinds, pool)
	}
	for i := range stormFrames {
		x := uint32(i) * 2654435761
		c := &kinds[(x>>8)%uint32(len(kinds))][(x>>24)%poolSize]
		b = append(b, c.masked...)
		if i < poolSize {
			frames = append(frames, *c)
		}
	}
	return b, frames
}

// named returns the content with the given name.
func named(name string) content {
	for _, c := range contents {
		if c.name == name {
			return c
		}
	}
	panic("no content " + name)
}
