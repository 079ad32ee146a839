package paste

import (
	"encoding/base32"
	"regexp"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var base32Text = recognizer{
	read:    readBase32,
	samples: []sample{{"RABAH2A=", "880203e8"}},
}

var base32RE = regexp.MustCompile(`^(?:[A-Z2-7]{8})*(?:[A-Z2-7]{7}=|[A-Z2-7]{5}={3}|[A-Z2-7]{4}={4}|[A-Z2-7]{2}={6})?$`)

// readBase32 reads base32.
func readBase32(t *text, opt Options, r *result) {
	s := strings.Join(strings.Fields(t.norm), "")
	if s == "" || !base32RE.MatchString(s) {
		return
	}
	b, err := base32.StdEncoding.DecodeString(s)
	if err != nil {
		return
	}
	r.add(Reading{Form: "base32", Chunks: []envelope.Chunk{{Data: b}}, used: []span{{0, len(t.norm)}}, of: t.norm, rank: natural, loose: true})
}
