package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/paste"
)

var cmdDecode = &command{
	name: "decode",
	examples: []string{
		"closeframe decode 88 05 03 e9 62 79 65",
		"closeframe decode 88:82:37:fa:21:3d:34:12",
		"closeframe decode '[-120, 2, 3, -24]'",
		`closeframe decode '"\x88\x05\x03\xe9bye"'`,
		"closeframe decode < log.txt",
		"tcpdump -X -r capture.pcap | closeframe decode",
		"closeframe decode -as words-le < dump.txt",
		"closeframe decode -raw < close.bin",
		"closeframe decode -payload 03 e9 62 79 65",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		raw := fs.Bool("raw", false, "")
		payload := fs.Bool("payload", false, "")
		from := fs.String("from", "", "")
		as := fs.String("as", "", "")
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
		switch {
		case *payload && *from != "":
			return s.usage("decode.error.fromPayload")
		case *raw && len(args) > 0:
			return s.usage("decode.error.raw")
		case *raw && *as != "":
			return s.usage("decode.error.rawAs")
		case *as != "" && !slices.Contains(paste.Forms, *as):
			if guess := near.Find(*as, paste.Forms); guess != "" {
				return s.usage("decode.error.asNear", *as, guess)
			}
			return s.usage("decode.error.as", *as, strings.Join(paste.Forms, ", "))
		}
		r, err := s.read(args, *raw, paste.Options{Payload: *payload, As: *as})
		if err != nil {
			return s.usage("error.is", err)
		}
		if err := s.undecodable(r, opt); err != nil {
			return s.usage("error.is", err)
		}
		d := decode(r, opt, s.text)
		if s.asJSON {
			s.json(d)
		} else {
			p := renderer{w: s.stdout, st: s.style(), l: s.text, columns: s.width()}
			p.decoded(d)
		}
		if !d.Valid {
			return exitInvalid
		}
		return exitOK
	},
}

// read reads the arguments, or standard input if there are none.
func (s *session) read(args []string, raw bool, opt paste.Options) (paste.Reading, error) {
	if raw {
		b, err := s.readAll("input.bytes")
		if err != nil {
			return paste.Reading{}, err
		}
		if len(b) == 0 && !opt.Payload {
			return paste.Reading{}, errText("decode.error.empty")
		}
		chunks := []envelope.Chunk{{Data: b}}
		return paste.Reading{Form: "raw", Chunks: chunks, Content: envelope.Open(chunks)}, nil
	}
	text := strings.Join(args, " ")
	if len(args) == 0 {
		b, err := s.readAll("input.hex")
		if err != nil {
			return paste.Reading{}, err
		}
		text = string(b)
	}
	if strings.TrimSpace(text) == "" && opt.Payload {
		chunks := []envelope.Chunk{{}}
		return paste.Reading{Form: "hex", Chunks: chunks, Content: envelope.Open(chunks)}, nil
	}
	r, err := paste.Read([]byte(text), opt)
	var bad *paste.Error
	var two *paste.Ambiguity
	switch {
	case errors.As(err, &bad):
		msg := errText("paste.error."+bad.Kind, bad.Args...)
		if bad.Rune < 0 {
			return r, msg
		}
		return r, s.where(text, bad.Rune, args, msg)
	case errors.As(err, &two):
		return r, s.ambiguous(two)
	}
	return r, err
}

// ambiguous describes the readings of an ambiguous text.
func (s *session) ambiguous(a *paste.Ambiguity) error {
	var list []string
	for _, r := range a.Readings {
		b := r.Bytes()
		const most = 16
		hex := fmt.Sprintf("% x", b[:min(len(b), most)])
		if len(b) > most {
			hex += " …"
		}
		list = append(list, "  "+s.text.Text("paste.reading", hex, s.text.Text("paste.form."+r.Form), r.Form))
	}
	return errText("paste.error.ambiguous", strings.Join(list, "\n"))
}

// undecodable returns why the input is not frames, or nil.
func (s *session) undecodable(r paste.Reading, opt dissect.Options) error {
	c := r.Content
	if c.Foreign != "" && !opt.Payload {
		return errText("decode.foreign."+string(c.Foreign), c.Detail)
	}
	if len(c.Streams) > 1 && opt.From != dissect.Either {
		return errText("decode.error.fromTwo")
	}
	n := 0
	for _, st := range c.Streams {
		n += len(st.Data)
	}
	if n == 0 && !opt.Payload {
		return errText("decode.error.empty")
	}
	return nil
}

// where returns msg with the position of the given rune index of the text: in
// the arguments that were joined, or in standard input if there are none.
func (s *session) where(text string, at int, args []string, msg error) error {
	if len(args) == 0 {
		line, column := 1, 1
		for i, r := range []rune(text) {
			if i == at {
				break
			}
			column++
			if r == '\n' {
				line, column = line+1, 1
			}
		}
		return errText("decode.at.line", line, column, msg)
	}
	i := 0
	for i < len(args)-1 && at > utf8.RuneCountInString(args[i]) {
		at -= utf8.RuneCountInString(args[i]) + 1
		i++
	}
	return errText("decode.at.argument", i+1, min(at, utf8.RuneCountInString(args[i]))+1, msg)
}
