package main

import (
	"errors"
	"flag"
	"fmt"

	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
)

var cmdDecode = &command{
	name: "decode",
	examples: []string{
		"closeframe decode 88 05 03 e9 62 79 65",
		"closeframe decode 880203e8",
		"closeframe decode 88:82:37:fa:21:3d:34:12",
		"closeframe decode '{0x88, 0x02, 0x03, 0xe8}'",
		`closeframe decode '"\x88\x05\x03\xe9bye"'`,
		"hexdump -C capture.bin | closeframe decode",
		"closeframe decode -raw < capture.bin",
		"closeframe decode -payload 03 e9 62 79 65",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		raw := fs.Bool("raw", false, "")
		payload := fs.Bool("payload", false, "")
		from := fs.String("from", "", "")
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		opt := dissect.Options{Payload: *payload, Lang: s.text.Tag()}
		switch *from {
		case "":
		case "client":
			opt.From = dissect.Client
		case "server":
			opt.From = dissect.Server
		default:
			return s.usage("decode.error.from", *from)
		}
		if *payload && *from != "" {
			return s.usage("decode.error.fromPayload")
		}
		if *raw && len(args) > 0 {
			return s.usage("decode.error.raw")
		}
		var b []byte
		var err error
		if *raw {
			b, err = s.readAll("input.bytes")
		} else {
			b, err = s.readHex(args)
		}
		if err != nil {
			return s.usage("error.is", err)
		}
		if len(b) == 0 && !*payload {
			return s.usage("decode.error.empty")
		}
		r := dissect.Bytes(b, opt)
		if s.asJSON {
			s.json(r)
		} else {
			p := renderer{w: s.stdout, st: s.style(), l: langOf(s.text)}
			p.report(r)
		}
		if !r.Valid {
			return exitInvalid
		}
		return exitOK
	},
}

// readHex returns the bytes that the arguments hold in hexadecimal, or
// standard input if there are none. Its error is a sentence that tells where
// the fault is.
func (s *session) readHex(args []string) ([]byte, error) {
	text := strings.Join(args, " ")
	if len(args) == 0 {
		b, err := s.readAll("input.hex")
		if err != nil {
			return nil, err
		}
		text = string(b)
	}
	b, err := parseHex(text)
	var bad *hexError
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("%s: %s", where(text, bad.pos, args), bad.msg)
	}
	return b, err
}

// where says where in the input the byte at pos of text is: in the arguments
// that text is joined from, or in standard input if there are none.
func where(text string, pos int, args []string) string {
	if len(args) == 0 {
		head := text[:pos]
		line := strings.Count(head, "\n")
		head = head[strings.LastIndexByte(head, '\n')+1:]
		return fmt.Sprintf("line %d, column %d", line+1, utf8.RuneCountInString(head)+1)
	}
	i := 0
	for i < len(args)-1 && pos > len(args[i]) {
		pos -= len(args[i]) + 1
		i++
	}
	return fmt.Sprintf("argument %d, character %d", i+1, utf8.RuneCountInString(args[i][:min(pos, len(args[i]))])+1)
}
