package paste

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var fields = recognizer{
	read: readFields,
	samples: []sample{
		{"opcode: 8, fin: true, payload: 03 e8 62 79 65\n", "880503e8627965"},
		{"FIN=1 opcode=0x8 len=5 data=03e8627965\n", "880503e8627965"},
		{`Frame(opcode=<Opcode.CLOSE: 8>, data=b'\x03\xe9bye', fin=True, rsv1=False, rsv2=False, rsv3=False)`, "880503e9627965"},
		{"{Header:{Fin:true Rsv:0 OpCode:8 Masked:false Mask:[0 0 0 0] Length:2} Payload:[3 232]}", "880203e8"},
	},
}

var (
	opcodeRE = regexp.MustCompile(`(?i)\bop_?code["']?\s*(?:[:=]|=>)\s*["'<(]*(?:[a-z]+[.(: ])*?(0x0?[0-9a-f]\b|1?[0-9]\b|close\b|text\b|binary\b|ping\b|pong\b|continuation\b)`)
	fieldRE  = regexp.MustCompile(`(?i)(?:^|[^:\w])(?:application[ _]?)?(?:payload(?:[ _]?data)?|data|body)["']?\s*(?:[:=]|=>)\s*(?:[a-z]+(?:::|\.)[a-z]+\b)?`)
	finRE    = regexp.MustCompile(`(?i)\b(?:is_)?(?:fin|final)["']?\s*(?:[:=]|=>)\s*["']?(true|false|yes|no|[01])\b`)
	rsvRE    = regexp.MustCompile(`(?i)\brsv([123]?)["']?\s*(?:[:=]|=>)\s*["']?(true|false|yes|no|(?:0x0?)?[0-7])\b`)
	maskRE   = regexp.MustCompile(`(?i)\b(?:mask(?:ed)?|masking_?key|mask_?key)["']?\s*(?:[:=]|=>)\s*["']?(?:true|yes|some\b|1\b|(?:\[|0x)?[0 ]*[1-9a-f])`)
	unmaskRE = regexp.MustCompile(`(?i)\bmask(?:ed)?["']?\s*(?:[:=]|=>)\s*["']?false`)
	lengthRE = regexp.MustCompile(`(?i)\b(?:payload[ _-]?)?len(?:gth)?["']?\s*(?:[:=]|=>)\s*["']?(\d+)\b`)
	// headerRE matches the bytes of a header.
	headerRE = regexp.MustCompile(`(?i)\b(?:header|hdr|head)["']?\s*(?:[:=]|=>)\s*["'\[{(]*((?:0x)?[0-9a-f]{2}(?:[ ,:-]*(?:0x)?[0-9a-f]{2}){1,13})\b`)
	opcodes  = map[string]byte{"continuation": 0, "text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}
)

// maxFields is the maximum number of frames that readFields reads, and maxField
// the maximum length of the text of a payload.
const (
	maxFields = 64
	maxField  = 1 << 16
)

// readFields reads the fields of frames, as libraries log them: the opcode, the
// payload and perhaps others.
func readFields(t *text, opt Options, r *result) {
	s := t.norm
	all := opcodeRE.FindAllStringSubmatchIndex(s, maxFields+1)
	if len(all) == 0 {
		readHeader(t, opt, r)
		return
	}
	if len(all) > maxFields || opt.Payload && len(all) > 1 {
		return
	}
	out := Reading{Form: "fields", of: s, rank: natural, at: all[0][0]}
	begin := 0
	for i, m := range all {
		end := len(s)
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		from := m[0]
		if p := fieldRE.FindStringIndex(s[begin:m[0]]); p != nil { // the payload is first
			from, end = begin+p[0], m[0]
		}
		data, used, err := payload(s[:end], from)
		if err != nil {
			if err.Kind != "" {
				r.fail(t, s, used.from, natural, err.Kind, err.Args...)
			}
			return
		}
		used = span{min(m[0], used.from), max(m[1], used.to)}
		// The other fields are on the same line, or if the opcode and the payload
		// are on two, on any line of the frame.
		region := span{begin, max(end, used.to)}
		if !strings.Contains(s[used.from:used.to], "\n") {
			region = span{strings.LastIndexByte(s[:used.from], '\n') + 1, len(s)}
			if n := strings.IndexByte(s[used.to:], '\n'); n >= 0 {
				region.to = used.to + n
			}
		}
		b, kind := header(s[max(region.from, begin):region.to], strings.ToLower(s[m[2]:m[3]]), len(data))
		if kind != "" {
			r.fail(t, s, m[0], natural, kind)
			return
		}
		if opt.Payload {
			b = nil
		}
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: append(b, data...)})
		out.used = append(out.used, used)
		begin = used.to
	}
	out.label()
	r.add(out)
}

// readHeader reads the bytes of a header, and those of a payload after it.
func readHeader(t *text, opt Options, r *result) {
	s := t.norm
	m := headerRE.FindStringSubmatchIndex(s)
	if m == nil || opt.Payload {
		return
	}
	data, used, err := payload(s, m[1])
	if err != nil {
		return
	}
	digits := strings.Map(func(c rune) rune {
		if c < 0x80 && isHex(byte(c)) {
			return c
		}
		return -1
	}, strings.ReplaceAll(s[m[2]:m[3]], "0x", ""))
	r.add(Reading{Form: "fields", of: s, rank: natural, at: m[2], used: []span{{m[2], used.to}}, loose: true,
		Chunks: []envelope.Chunk{{Data: append(hexBytes(digits), data...)}}})
}

// read is [Read], whose recognizers include this one.
var read func(input []byte, opt Options) (Reading, error)

func init() { read = Read }

// payload returns the bytes of the first field with the payload in s[from:],
// and where they are. The kind of the error is empty if there are none.
func payload(s string, from int) ([]byte, span, *Error) {
	m := fieldRE.FindStringIndex(s[from:])
	if m == nil {
		return nil, span{from, from}, &Error{}
	}
	used := span{from + m[1], len(s)}
	if n := strings.IndexByte(s[used.from:], '\n'); n >= 0 && strings.TrimSpace(s[used.from:used.from+n]) != "" {
		used.to = used.from + n
	}
	if used.to-used.from > maxField {
		return nil, used, &Error{Kind: "long", Args: []any{maxField >> 10}}
	}
	x, err := read([]byte(s[used.from:used.to]), Options{Payload: true})
	var bad *Error
	switch {
	case errors.As(err, &bad):
		return nil, used, bad
	case err != nil || x.Cut != 0:
		return nil, used, &Error{}
	}
	return x.Bytes(), used, nil
}

// header returns the header of a frame with the fields in s. kind is the error.
func header(s, opcode string, n int) (b []byte, kind string) {
	set := func(v string) bool { return strings.IndexByte("tTyY1", v[0]) >= 0 }
	op, ok := opcodes[opcode]
	if !ok {
		v, err := strconv.ParseUint(opcode, 0, 4)
		if err != nil {
			return nil, "fields-opcode"
		}
		op = byte(v)
	}
	first := 0x80 | op
	if m := finRE.FindStringSubmatch(s); m != nil && !set(m[1]) {
		first &^= 0x80
	}
	for _, m := range rsvRE.FindAllStringSubmatch(s, -1) {
		v, err := strconv.ParseUint(m[2], 0, 3)
		switch {
		case m[1] == "" && err == nil:
			first |= byte(v) << 4
		case set(m[2]):
			first |= 0x40 >> (m[1][0] - '1')
		}
	}
	if maskRE.MatchString(s) && !unmaskRE.MatchString(s) {
		return nil, "fields-masked"
	}
	lengths := lengthRE.FindAllStringSubmatch(s, -1)
	if len(lengths) > 0 && !slices.ContainsFunc(lengths, func(m []string) bool { return m[1] == strconv.Itoa(n) }) {
		return nil, "fields-length"
	}
	switch {
	case n < 126:
		return []byte{first, byte(n)}, ""
	case n < 1<<16:
		return []byte{first, 126, byte(n >> 8), byte(n)}, ""
	}
	return []byte{first, 127, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, ""
}
