package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
)

var cmdExplain = &command{
	name:  "explain",
	args:  "[flags] code ...",
	short: "tell the whole story of a status code",
	long: `
Explain tells what a status code means: what happened, who sends it, whether it
may cross the wire and be given to a browser's close(), after how long to
reconnect, what usually causes it, what to do about it, and what to read.

A code is a number from 0 to 65535, or a name.

  closeframe explain 1006
  closeframe explain going away
  closeframe explain CLOSE_TOO_LARGE 4001
  closeframe explain -lang zh 1006
`,
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		langName := langFlag(fs)
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		l, err := s.lang(*langName)
		if err != nil {
			return s.usage("%v", err)
		}
		if len(args) == 0 {
			return s.usage("which code? Give a number such as 1006, or a name")
		}
		if c, ok := closecode.Lookup(strings.Join(args, " ")); ok {
			explain(s.stdout, s.style(), l, c)
			return exitOK
		}
		var codes []closecode.Code
		for _, arg := range args {
			c, last, err := parseRange(arg)
			if err != nil || c != last {
				return s.usage("%q is neither a code from 0 to 65535 nor the name of one", arg)
			}
			codes = append(codes, c)
		}
		for i, c := range codes {
			if i > 0 {
				fmt.Fprintln(s.stdout)
			}
			explain(s.stdout, s.style(), l, c)
		}
		return exitOK
	},
}

// explain prints the story of c.
func explain(w io.Writer, st style, l lang, c closecode.Code) {
	story := catalog.Of(l.tag, c)
	title := fmt.Sprint(int(c))
	if c.Name() != "" {
		title += " " + c.Name()
	}
	switch {
	case l.tag != "en":
		title += " " + story.Title
	case c.Name() == "":
		title += ": " + story.Title
	}
	fmt.Fprintln(w, st.bold(title))

	section := func(heading string, paragraphs ...string) {
		fmt.Fprintln(w)
		if heading != "" {
			fmt.Fprintln(w, st.cyan(heading))
		}
		for _, p := range paragraphs {
			mark := ""
			if heading == l.Causes {
				mark = "[ ] " // to be ticked off
			}
			for _, line := range wrap(p, screen-2-len(mark)) {
				fmt.Fprintf(w, "  %s%s\n", mark, line)
				mark = strings.Repeat(" ", len(mark))
			}
		}
	}
	section("", story.What)
	fmt.Fprintln(w)
	var facts definitions
	facts.add(l.Class, l.class(c.Class()))
	facts.add(l.Sendable, l.yesNo(c.Valid()))
	facts.add(l.Scriptable, l.yesNo(c.Scriptable()))
	facts.add(l.Reconnect, l.reconnect(c))
	facts.print(w, func(_, line string) string { return line }, st)
	section(l.Who, story.Who)
	section(l.Causes, story.Causes...)
	section(l.Operator, story.Operator)
	section(l.Client, story.Client)
	section(l.Sections, sections(c)...)
}

// reconnect says whether to reconnect after c, and how long to wait before
// each attempt.
func (l *lang) reconnect(c closecode.Code) string {
	if _, _, ok := c.Reconnect(0); !ok {
		if class := c.Class(); class == closecode.Registered || class == closecode.Private {
			return l.reconnectApp
		}
		return l.No
	}
	var windows []string
	var last time.Duration
	for i := 0; ; i++ {
		lo, hi, _ := c.Reconnect(i)
		if hi == last {
			break // it does not grow any longer
		}
		last = hi
		s := fmt.Sprintf(l.after, lo.Seconds(), hi.Seconds())
		windows = append(windows, strings.ReplaceAll(s, " ", "\u00a0"))
	}
	return fmt.Sprintf(l.reconnectAfter, strings.Join(windows, l.comma))
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

// sections returns what there is to read about c: titles as they are, which is
// in English.
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
		// The registry alone has them.
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
