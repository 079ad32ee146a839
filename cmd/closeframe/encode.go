package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

var cmdEncode = &command{
	name:  "encode",
	args:  "[flags] code [reason ... | -]",
	short: "print the bytes of a Close frame",
	long: `
Encode prints a Close frame in hexadecimal, in the form that decode takes:
unmasked as servers send it, or masked as clients do.

The code is a number or a name; 1005 without a reason makes the frame that has
no code. The reason is the rest of the arguments, or with "-" standard input
without the line feed at its end.

  closeframe encode 1001
  closeframe encode 4001 session expired
  closeframe encode -mask "going away" "bye, see you"
  closeframe encode -key 37fa213d 1000
  date | closeframe encode 1012 -
  closeframe encode -truncate 1011 - < log.txt
  closeframe encode -raw 1000 > close.bin
  closeframe encode 1000 bye | closeframe decode

The exit status is 0, 1 if there can be no such frame, and 2 if the command was
not understood.
`,
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		mask := fs.Bool("mask", false, "mask the frame, as clients do, with a random key")
		keyHex := fs.String("key", "", "mask the frame with this `key`, four bytes in\nhexadecimal")
		payload := fs.Bool("payload", false, "print the payload alone")
		truncate := fs.Bool("truncate", false, "cut a reason that cannot be sent to the longest\npart from its beginning that can")
		raw := fs.Bool("raw", false, "print the bytes themselves")
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		if len(args) == 0 {
			return s.usage("which code? Give a number such as 1000, or a name")
		}
		code, ok := closecode.Lookup(args[0])
		if !ok {
			return s.usage("%q is neither a code from 1 to 65535 nor the name of one", args[0])
		}
		var key [4]byte
		keyed := false // even if with nothing, by a script that lacks it
		fs.Visit(func(f *flag.Flag) { keyed = keyed || f.Name == "key" })
		switch {
		case *payload && (*mask || keyed):
			return s.usage("-payload is what is masked, so it does not go with -mask or -key")
		case keyed:
			b, err := parseHex(*keyHex)
			var bad *hexError
			if errors.As(err, &bad) {
				return s.usage("-key, character %d: %s", utf8.RuneCountInString((*keyHex)[:bad.pos])+1, bad.msg)
			}
			if len(b) != len(key) {
				return s.usage("-key is four bytes, such as 01020304, not %d", len(b))
			}
			key = [4]byte(b)
			*mask = true
		case *mask:
			rand.Read(key[:])
		}
		reason := strings.Join(args[1:], " ")
		if len(args) == 2 && args[1] == "-" {
			b, err := s.readAll("the reason")
			if err != nil {
				return s.usage("%v", err)
			}
			reason = strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
		}
		if *truncate {
			if cut := utf8check.Truncate(reason); len(cut) < len(reason) {
				s.errorf("the reason is cut from %d to %d bytes", len(reason), len(cut))
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
		if err != nil {
			return s.invalid("%s", whyNot(err, code, reason))
		}
		if *raw {
			s.stdout.Write(b)
		} else {
			fmt.Fprintf(s.stdout, "% x\n", b)
		}
		return exitOK
	},
}

// whyNot says why there is no Close frame with the code and the reason.
func whyNot(err error, code closecode.Code, reason string) string {
	var e frame.Error
	switch {
	case errors.Is(err, frame.ErrTooLong):
		return fmt.Sprintf("the reason is %d bytes long, and only %d fit: use -truncate to cut it", len(reason), utf8check.MaxReason)
	case errors.Is(err, frame.ErrInvalidUTF8) && errors.As(err, &e):
		return fmt.Sprintf("the reason is not UTF-8 from its byte %d on: use -truncate to cut it there", e.Offset())
	case code == closecode.NoStatusRcvd:
		return "1005 stands for a frame without a code, and so without a reason"
	}
	return fmt.Sprintf("%v may not stand in a Close frame: only 1000-1003, 1007-1014 and 3000-4999 may", code)
}
