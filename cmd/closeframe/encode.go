package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

var cmdEncode = &command{
	name: "encode",
	examples: []string{
		"closeframe encode 1001",
		"closeframe encode 4001 session expired",
		`closeframe encode -mask "going away" "bye, see you"`,
		"closeframe encode -key 37fa213d 1000",
		"date | closeframe encode 1012 -",
		"closeframe encode -truncate 1011 - < log.txt",
		"closeframe encode -raw 1000 > close.bin",
		"closeframe encode 1000 bye | closeframe decode",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		mask := fs.Bool("mask", false, "")
		keyHex := fs.String("key", "", "")
		payload := fs.Bool("payload", false, "")
		truncate := fs.Bool("truncate", false, "")
		raw := fs.Bool("raw", false, "")
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		if len(args) == 0 {
			return s.usage("encode.error.missing")
		}
		code, ok := closecode.Lookup(args[0])
		if !ok {
			return s.notACode(args[0], "encode.error.code")
		}
		var key [4]byte
		keyed := false // also if the key is empty, as from an unset variable
		fs.Visit(func(f *flag.Flag) { keyed = keyed || f.Name == "key" })
		switch {
		case *payload && (*mask || keyed):
			return s.usage("encode.error.payload")
		case *raw && s.asJSON:
			return s.usage("encode.error.raw")
		case keyed:
			b, err := hex.DecodeString(strings.NewReplacer(" ", "", ":", "", "0x", "", ",", "").Replace(*keyHex))
			if err != nil || len(b) != len(key) {
				return s.usage("encode.error.key", *keyHex)
			}
			key = [4]byte(b)
			*mask = true
		case *mask:
			rand.Read(key[:])
		}
		reason := strings.Join(args[1:], " ")
		if len(args) == 2 && args[1] == "-" {
			b, err := s.readAll("input.reason")
			if err != nil {
				return s.usage("error.is", err)
			}
			reason = strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
		}
		if *truncate {
			if cut := utf8check.Truncate(reason); len(cut) < len(reason) {
				s.errorf("encode.truncated", len(reason), len(cut))
				reason = cut
			}
		}
		var b []byte
		var err error
		switch {
		case *payload:
			b, err = frame.AppendPayload(nil, code, reason)
		case *mask:
			b, err = frame.AppendMasked(nil, key, code, reason)
		default:
			b, err = frame.Append(nil, code, reason)
		}
		switch {
		case err != nil:
			return s.invalid("error.is", whyNot(err, code, reason))
		case s.asJSON:
			s.json(encoded{code, code.Name(), reason, *mask, len(b), fmt.Sprintf("%x", b)})
		case *raw:
			s.stdout.Write(b)
		default:
			fmt.Fprintf(s.stdout, "% x\n", b)
		}
		return exitOK
	},
}

// An encoded is the output of encode as JSON.
type encoded struct {
	Code   closecode.Code `json:"code"`
	Name   string         `json:"name"`
	Reason string         `json:"reason"`
	Masked bool           `json:"masked"`
	Length int            `json:"length"`
	Hex    string         `json:"hex"`
}

// whyNot returns why there is no Close frame with the code and the reason.
func whyNot(err error, code closecode.Code, reason string) error {
	switch {
	case errors.Is(err, frame.ErrTooLong):
		return errText("encode.error.tooLong", len(reason), utf8check.MaxReason)
	case errors.Is(err, frame.ErrInvalidUTF8):
		return errText("encode.error.utf8", utf8check.IndexInvalid(reason))
	case code == closecode.NoStatusRcvd:
		return errText("encode.error.noCode")
	}
	return errText("encode.error.invalid", code, sendable())
}

// sendable returns the ranges of the codes that can be sent, as in
// "1000-1003, 1007-1014, 3000-4999".
func sendable() string {
	var ranges []string
	first := closecode.Code(0)
	for c := first + 1; c != 0; c++ {
		if c.Valid() && !(c - 1).Valid() {
			first = c
		}
		if c.Valid() && !(c + 1).Valid() {
			text := fmt.Sprintf("%d-%d", first, c)
			if c == first {
				text = fmt.Sprint(int(c))
			}
			ranges = append(ranges, text)
		}
	}
	return strings.Join(ranges, ", ")
}
