package paste

import (
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var (
	flowRE  = regexp.MustCompile(`([\w.:\[\]%-]+[.:]\d+) (?:->|>|→) ([\w.:\[\]%-]+[.:]\d+)`)
	peerRE  = regexp.MustCompile(`(?i)\b(?:peer|node)[ :_]?\s*([01])`)
	outRE   = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:send(?:to|msg|ing)?|sent|writev?|writing|written|wrote|tx|out(?:bound|going)?|from client|client ?(?:->|→|>) ?server|c ?(?:->|→|>) ?s)(?:[^\w]|$)|^\s*(?:=>|->|-->|>{1,3}|→)(?:\s|$)|(?:client|server) > `)
	inRE    = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:recv(?:from|msg)?|receiv(?:ed|ing)|readv?|reading|rx|in(?:bound|coming)|from server|server ?(?:->|→|>) ?client|s ?(?:->|→|>) ?c)(?:[^\w]|$)|^\s*(?:<=|<-|<--|<{1,3}|←)(?:\s|$)|(?:client|server) < `)
	clockRE = regexp.MustCompile(`\d\d:\d\d:\d\d`)
)

// direction returns the name of the direction in s, the label of some bytes, or
// "".
func direction(s string) string {
	if m := flowRE.FindStringSubmatch(s); m != nil && !clockRE.MatchString(m[1]) {
		return m[1] + " → " + m[2]
	}
	if m := peerRE.FindStringSubmatch(s); m != nil {
		return "peer " + m[1]
	}
	out, in := outRE.MatchString(s), inRE.MatchString(s)
	switch {
	case out && !in:
		return "sent"
	case in && !out:
		return "received"
	}
	return ""
}

// sides numbers directions.
type sides struct{ index map[string]int }

func newSides() *sides { return &sides{map[string]int{}} }

func (s *sides) of(key string) int {
	n, ok := s.index[key]
	if !ok {
		n = len(s.index) + 1
		s.index[key] = n
	}
	return n
}

// settle sets the side of all chunks to unknown if they have the same side.
func (s *sides) settle(chunks []envelope.Chunk) {
	if len(s.index) > 1 {
		return
	}
	for i := range chunks {
		chunks[i].Side, chunks[i].Label = 0, strings.TrimSpace(chunks[i].Label)
	}
}
