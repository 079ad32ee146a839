package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/probe"
)

// A captured frame is a Close frame that a peer sent, and the expected result
// of parsing it. The expected result is derived here from the RFC, without
// package frame, which it tests.
type captured struct {
	Scenario string `json:"scenario"`
	Bytes    string `json:"bytes"`
	Code     uint16 `json:"code"`
	Reason   string `json:"reason_bytes"`
	Error    string `json:"error"`
}

// capture writes the Close frames that the peer sent during the probe, each
// payload once.
func (s *suite) capture(dir string) error {
	if s.report == nil {
		return nil
	}
	var list []captured
	seen := map[string]bool{}
	for _, r := range s.report.Results {
		for _, e := range r.Events {
			if e.By != "peer" || len(e.Bytes) < 2 || e.Bytes[0]&0xf != 8 {
				continue
			}
			c, key := expect(e.Bytes, s.role)
			c.Scenario = r.ID
			if c.Error == "unmasked" { // its payload is masked with a new key each time
				key = c.Error
			}
			if !seen[key] {
				seen[key] = true
				list = append(list, c)
			}
		}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", " ")
	err := enc.Encode(map[string]any{
		"about":  "Close frames that " + s.peer.Name + " sent as " + string(s.role) + " in the scenarios named (of scenarios.json), and what is to be made of them; errors are named as in README.md.",
		"source": fmt.Sprintf("%s %s (%s)", s.peer.Name, s.version, s.peer.Source),
		"sender": s.role,
		"frames": list,
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	name := strings.NewReplacer("/", "-", " ", "-").Replace(s.peer.Name) + "-" + string(s.role) + ".json"
	return os.WriteFile(filepath.Join(dir, name), buf.Bytes(), 0o666)
}

// expect returns the expected result of parsing a Close frame at the other
// side, and a key that is equal for equal frames.
func expect(b []byte, sender probe.Role) (c captured, key string) {
	c.Bytes = hex.EncodeToString(b)
	masked := b[1]&0x80 != 0
	n := int(b[1] & 0x7f)
	switch {
	case b[0]&0x70 != 0:
		c.Error = "reserved_bits"
	case b[0]&0x80 == 0:
		c.Error = "fragmented"
	case masked && sender == probe.Server:
		c.Error = "masked"
	case !masked && sender == probe.Client:
		c.Error = "unmasked"
	case n > 125:
		c.Error = "too_long"
	case n == 1:
		c.Error = "short"
	}
	if c.Error != "" {
		return c, c.Error + c.Bytes
	}
	p := append([]byte(nil), b[2:]...)
	if masked {
		p = p[4:]
		for i := range p {
			p[i] ^= b[2+i&3]
		}
	}
	if n == 0 {
		c.Code = 1005
		return c, "empty"
	}
	code := binary.BigEndian.Uint16(p)
	switch {
	case !closecode.Code(code).Valid():
		c.Error = "invalid_code"
	case !utf8.Valid(p[2:]):
		c.Error = "invalid_utf8"
	default:
		c.Code, c.Reason = code, hex.EncodeToString(p[2:])
	}
	return c, string(p)
}
