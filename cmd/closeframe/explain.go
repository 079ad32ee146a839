package main

import (
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/closeframe/closeframe/closecode"
)

var cmdExplain = &command{
	name: "explain",
	examples: []string{
		"closeframe explain 1006",
		"closeframe explain going away",
		"closeframe explain CLOSE_TOO_LARGE 4001",
		"closeframe explain -lang zh 1006",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		if len(args) == 0 {
			return s.usage("explain.error.missing")
		}
		if c, ok := findCode(strings.Join(args, " ")); ok {
			args, status = nil, exitOK
			s.explain(c)
			return exitOK
		}
		var codes []closecode.Code
		for _, arg := range args {
			c, ok := findCode(arg)
			if !ok {
				return s.notACode(arg, "explain.error.code")
			}
			codes = append(codes, c)
		}
		for i, c := range codes {
			if i > 0 {
				fmt.Fprintln(s.stdout)
			}
			s.explain(c)
		}
		return exitOK
	},
}

// explain prints the description of c.
func (s *session) explain(c closecode.Code) {
	w, st, width := s.stdout, s.style(), s.width()
	d := s.text.Code(c)
	title := fmt.Sprint(int(c))
	switch {
	case c.Name() == "":
		title += " (" + s.text.Class(c.Class()).Title + ")"
	case s.text.Tag() == "en":
		title += " " + c.Name()
	default:
		title += " " + c.Name() + " " + d.Title
	}
	fmt.Fprintln(w, st.bold(title))

	section := func(key string, paragraphs ...string) {
		fmt.Fprintln(w)
		if key != "" {
			fmt.Fprintln(w, st.cyan(s.text.Text(key)))
		}
		for _, p := range paragraphs {
			mark := ""
			if key == "word.causes" {
				mark = "[ ] " // to be ticked off
			}
			for _, line := range wrap(p, width-2-len(mark)) {
				fmt.Fprintf(w, "  %s%s\n", mark, line)
				mark = strings.Repeat(" ", len(mark))
			}
		}
	}
	section("", d.What)
	fmt.Fprintln(w)
	var facts definitions
	facts.add(s.text.Text("word.class"), s.text.Class(c.Class()).Title)
	facts.add(s.text.Text("word.sendable"), s.yesNo(c.Valid()))
	facts.add(s.text.Text("word.scriptable"), s.yesNo(c.Scriptable()))
	facts.add(s.text.Text("word.reconnect"), s.reconnect(c))
	facts.print(w, width, nil, st)
	section("word.who", d.Who)
	section("word.causes", d.Causes...)
	section("word.operator", d.Operator)
	section("word.client", d.Client)
	section("word.sections", sections(c)...)
}

// reconnect says whether to reconnect after c, and how long to wait before
// each attempt.
func (s *session) reconnect(c closecode.Code) string {
	if _, _, ok := c.Reconnect(0); !ok {
		if class := c.Class(); class == closecode.Registered || class == closecode.Private {
			return s.text.Text("explain.reconnectApp")
		}
		return s.text.Text("word.no")
	}
	var windows []string
	var last time.Duration
	for i := 0; ; i++ {
		lo, hi, _ := c.Reconnect(i)
		if hi == last {
			break // the delay does not grow any longer
		}
		last = hi
		text := s.text.Text("codes.after", lo.Seconds(), hi.Seconds())
		windows = append(windows, strings.ReplaceAll(text, " ", "\u00a0"))
	}
	return s.text.Text("explain.reconnectAfter", strings.Join(windows, s.text.Text("word.comma")))
}

// reading are the sections about single codes, beside those of their class.
var reading = map[closecode.Code][]string{
	closecode.NormalClosure:   {"RFC 6455 §7.3 Normal Closure of Connections"},
	closecode.GoingAway:       {"WHATWG WebSockets Standard: making a WebSocket disappear"},
	closecode.ProtocolError:   {"RFC 6455 §7.1.7 Fail the WebSocket Connection", "RFC 6455 §10.7 Handling of Invalid Data"},
	closecode.UnsupportedData: {"RFC 6455 §5.6 Data Frames"},
	closecode.NoStatusRcvd:    {"RFC 6455 §7.1.5 The WebSocket Connection Close Code"},
	closecode.AbnormalClosure: {"RFC 6455 §7.1.5 The WebSocket Connection Close Code",
		"RFC 6455 §7.2.3 Recovering from Abnormal Closure", "docs/why-1006.md in the repository of closeframe"},
	closecode.InvalidFramePayloadData: {"RFC 6455 §8.1 Handling Errors in UTF-8-Encoded Data", "RFC 3629 §4 Syntax of UTF-8 Byte Sequences"},
	closecode.PolicyViolation:         {"RFC 6455 §10.2 Origin Considerations"},
	closecode.MessageTooBig:           {"RFC 6455 §10.4 Implementation-Specific Limits"},
	closecode.MandatoryExtension:      {"RFC 6455 §9.1 Negotiating Extensions"},
	closecode.InternalError:           {"RFC 6455, erratum 3227: clients may send it too"},
	closecode.ServiceRestart:          {"hybi list: https://www.ietf.org/mail-archive/web/hybi/current/msg09670.html"},
	closecode.TryAgainLater:           {"hybi list: https://www.ietf.org/mail-archive/web/hybi/current/msg09670.html"},
	closecode.BadGateway:              {"hybi list: https://www.ietf.org/mail-archive/web/hybi/current/msg10748.html"},
	closecode.TLSHandshake:            {"WHATWG WebSockets Standard: browsers report 1006 instead"},
}

// sections returns the sections to read about c. Titles are in English.
func sections(c closecode.Code) []string {
	const (
		defined  = "RFC 6455 §7.4.1 Defined Status Codes"
		ranges   = "RFC 6455 §7.4.2 Reserved Status Code Ranges"
		registry = "RFC 6455 §11.7 WebSocket Close Code Number Registry"
		iana     = "https://www.iana.org/assignments/websocket/#close-code-number"
	)
	var list []string
	switch {
	case c >= closecode.ServiceRestart && c <= closecode.BadGateway:
		// They are in the registry only.
	case c >= 1000 && c <= 1015:
		list = append(list, defined)
	case c.Class() == closecode.OutOfRange:
		list = append(list, registry)
	default:
		list = append(list, ranges)
	}
	list = append(list, reading[c]...)
	if class := c.Class(); class != closecode.Unused && class != closecode.Private && class != closecode.OutOfRange {
		list = append(list, iana)
	}
	return list
}
