package paste

import (
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// maxLabel is the maximum number of bytes of a line in which a direction is
// sought, and maxAbove the maximum number of lines above the bytes.
const (
	maxLabel = 512
	maxAbove = 8
)

const party = `(client|browser|server)`

var (
	flowRE  = regexp.MustCompile(`([\w.:\[\]%-]+[.:]\d+) (?:->|>|→) ([\w.:\[\]%-]+[.:]\d+)`)
	clockRE = regexp.MustCompile(`\d\d:\d\d:\d\d`)
	peerRE  = regexp.MustCompile(`(?i)\b(?:peer|node)[ :_]?\s*([01])`)

	// The sender is the only group.
	senders = []*regexp.Regexp{
		regexp.MustCompile(`(?i)\b` + party + `(?: side)?\s*(?:-+>|=>|→|>|\bto\b)\s*(?:the )?(?:client|browser|server)\b`),
		regexp.MustCompile(`(?i)\b(?:from|by)(?: the)? ` + party + `\b`),
		regexp.MustCompile(`(?i)\b` + party + `(?: side)?[^\w<>]*\s(?:has |was |is )?(?:send(?:s|ing)?|sent|writ(?:es?|ing|ten)|wrote|tx|outgoing|outbound)\b`),
	}
	// The receiver is the only group.
	receivers = []*regexp.Regexp{
		regexp.MustCompile(`(?i)\bto(?: the)? ` + party + `\b`),
		regexp.MustCompile(`(?i)\b` + party + `(?: side)?[^\w<>]*\s(?:has |was |is )?(?:receiv(?:ed|es?|ing)|recv|reads?|reading|got|gets|rx|incoming|inbound)\b`),
	}

	outRE = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:sends?|sendto|sendmsg|sending|sent|writev?|writing|written|wrote|tx|out(?:bound|going)?|c ?(?:->|→|>) ?s)(?:[^\w]|$)`)
	inRE  = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:recv|recvfrom|recvmsg|receive[ds]?|receiving|readv?|reading|rx|got|in(?:bound|coming)|s ?(?:->|→|>) ?c)(?:[^\w]|$)`)

	// An arrow is at the start of a label, behind a time or a name, or at the
	// end.
	outArrowRE = regexp.MustCompile(`(?i)` + beforeArrow + `(?:(?:=>|--?>|>{1,3})(?:\s|$)|[→⇒↑⬆▲▶])|\s(?:(?:=>|--?>|>{1,3})\s+|[→⇒↑⬆▲▶]\s*)$`)
	inArrowRE  = regexp.MustCompile(`(?i)` + beforeArrow + `(?:(?:<=|<--?|<{1,3})(?:\s|$)|[←⇐↓⬇▼◀])|\s(?:(?:<=|<--?|<{1,3})\s+|[←⇐↓⬇▼◀]\s*)$`)

	// sideRE matches a label that names the side alone.
	sideRE = regexp.MustCompile(`(?i)(?:^|[^\w./-])` + party + `(?:'s)?(?: side| frames?| close| bytes)?[^\w./-]*(?:$|[:|>\]=]|\s)|^[^\w]*(c|s)(?:2[cs])?[:|>\]]`)
)

const beforeArrow = `^[\s\[\](){}|\d:.,/TZ+-]*?(?:(?:client|server|ws|websocket|[A-Z]{4,5})[\s:|\])]*)?`

// direction returns the name of the direction in s, the label of some bytes, or
// "".
func direction(s string) string {
	if strings.Trim(s, " \t\r\n,;:()[]{}\"'`|+.&#*0123456789") == "" {
		return ""
	}
	if m := flowRE.FindStringSubmatch(s); m != nil && !clockRE.MatchString(m[1]) {
		return m[1] + " → " + m[2]
	}
	if m := peerRE.FindStringSubmatch(s); m != nil {
		return "peer " + m[1]
	}
	for _, re := range senders {
		if m := re.FindStringSubmatch(s); m != nil {
			return sideOf(m[1])
		}
	}
	for _, re := range receivers {
		if m := re.FindStringSubmatch(s); m != nil {
			return opposite[sideOf(m[1])]
		}
	}
	for _, words := range [...][2]*regexp.Regexp{{outRE, inRE}, {outArrowRE, inArrowRE}} {
		switch out, in := words[0].MatchString(s), words[1].MatchString(s); {
		case out && in:
			return ""
		case out:
			return "sent"
		case in:
			return "received"
		}
	}
	if all := sideRE.FindAllStringSubmatch(s, 2); len(all) == 1 {
		return sideOf(all[0][1] + all[0][2])
	}
	return ""
}

// sideOf returns the side that a word names.
func sideOf(word string) string {
	if strings.HasPrefix(strings.ToLower(word), "s") {
		return "server"
	}
	return "client"
}

var opposite = map[string]string{"client": "server", "server": "client"}

// directions returns the direction of each of the spans of s, which are in
// ascending order. The label of a span is on its line, after the span before
// it, or else on a line above.
func directions(s string, spans []span) []string {
	list := make([]string, len(spans))
	known := map[string]string{} // of labels, which are often the same
	direction := func(label string) string {
		d, ok := known[label]
		if !ok {
			d = direction(label)
			known[label] = d
		}
		return d
	}
	end := 0
	for i, x := range spans {
		label := s[min(end, x.from):x.from]
		end = max(end, x.to)
		n := strings.LastIndexByte(label, '\n')
		beside := n < 0
		same := label[n+1:]
		if same = same[max(0, len(same)-maxLabel):]; same != "" && !isSpace(same[len(same)-1]) {
			same += "\x00" // an arrow here is a bracket, or a part of one
		}
		d := direction(same)
		for k := 0; d == "" && n >= 0 && k < maxAbove; k++ {
			label = label[:n]
			n = strings.LastIndexByte(label, '\n')
			d = direction(label[n+1 : min(len(label), n+1+maxLabel)])
		}
		if d == "" && i > 0 && (beside || blankBetween(s, spans[i-1].to, x.from)) {
			d = list[i-1]
		}
		list[i] = d
	}
	return list
}

// blankBetween reports whether s[from:to] is white space and punctuation.
func blankBetween(s string, from, to int) bool {
	return from >= to || strings.Trim(s[from:to], " \t\r\n,;:()[]{}") == ""
}

// label sets the labels and the sides of the chunks, each of which is a used
// span.
func (r *Reading) label() {
	names := newSides()
	for i, d := range directions(r.of, r.used) {
		r.Chunks[i].Label, r.Chunks[i].Side = d, names.of(d)
	}
	names.settle(r.Chunks)
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
