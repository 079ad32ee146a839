package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
)

var cmdDecode = &command{
	name:  "decode",
	args:  "[flags] [hex ...]",
	short: "explain captured bytes, byte by byte, and judge them",
	long: `
Decode explains Close frames byte by byte: what each bit means, the code, the
reason, and whether the frame is valid; if not, which rule it breaks, at which
byte, and the code to answer with. Several frames may stand in a row; those
that are not Close frames are stepped over.

The bytes are taken from the arguments, or from standard input if there are
none, in hexadecimal and nearly any form:

  closeframe decode 88 05 03 e9 62 79 65
  closeframe decode 880203e8
  closeframe decode 88:82:37:fa:21:3d:34:12
  closeframe decode '{0x88, 0x02, 0x03, 0xe8}'
  closeframe decode '"\x88\x05\x03\xe9bye"'
  hexdump -C capture.bin | closeframe decode
  closeframe decode -raw < capture.bin
  closeframe decode -payload 03 e9 62 79 65

Dumps may be those of hexdump -C, xxd, od -t x1, tcpdump -X or Wireshark.

With -json it prints one object. Its "valid" is what the exit status says; its
"frames" have "offset", "size", "type", "masked", "length", "spans" (each some
bytes or bits, with "field" and "meaning"), for a Close frame "close" ("code",
"name", "class", "reason", ...), and "verdict" ("status", "error", "rule",
"offset", "answer"). Offsets count from 0.

The exit status is 0 if there is a Close frame and all are valid, 1 if not,
and 2 if the input was not understood.
`,
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		raw := fs.Bool("raw", false, "read the bytes themselves from standard input")
		payload := fs.Bool("payload", false, "the bytes are the payload of a Close frame,\nunmasked, without the header")
		from := fs.String("from", "", "the `side` that sent the frames, client or server,\nto check that it masks or does not\n(default: go by the mask bit)")
		asJSON := fs.Bool("json", false, "print JSON")
		langName := langFlag(fs)
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		l, err := s.lang(*langName)
		if err != nil {
			return s.usage("%v", err)
		}
		opt := dissect.Options{Payload: *payload, Lang: l.tag}
		switch *from {
		case "":
		case "client":
			opt.From = dissect.Client
		case "server":
			opt.From = dissect.Server
		default:
			return s.usage("-from is client or server, not %q", *from)
		}
		if *payload && *from != "" {
			return s.usage("-from is about frames, so it does not go with -payload")
		}
		if *raw && len(args) > 0 {
			return s.usage("-raw reads standard input, so it takes no arguments")
		}
		var b []byte
		if *raw {
			b, err = s.readAll("bytes")
		} else {
			b, err = s.readHex(args)
		}
		if err != nil {
			return s.usage("%v", err)
		}
		if len(b) == 0 && !*payload {
			return s.usage("there are no bytes to decode")
		}
		r := dissect.Bytes(b, opt)
		if *asJSON {
			s.json(r)
		} else {
			p := renderer{w: s.stdout, st: s.style(), l: l}
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
		b, err := s.readAll("hex digits")
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

// readAll reads standard input to its end. At a terminal it says what it is
// waiting for.
func (s *session) readAll(what string) ([]byte, error) {
	if terminal(s.stdin) {
		fmt.Fprintf(s.stderr, "Reading %s from the terminal; end with Ctrl-D.\n", what)
	}
	b, err := io.ReadAll(io.LimitReader(s.stdin, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %v", err)
	}
	if len(b) > maxInput {
		return nil, fmt.Errorf("standard input is longer than %d MiB", maxInput>>20)
	}
	return b, nil
}

// json prints v as JSON.
func (s *session) json(v any) {
	e := json.NewEncoder(s.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil && s.stdout.(*output).err == nil {
		panic(err) // not of JSON's types
	}
}
