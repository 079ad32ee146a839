package main

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/apps"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/names"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/timeouts"
)

var cmdExplain = &command{
	name: "explain",
	examples: []string{
		"closeframe explain 1006",
		"closeframe explain going away",
		"closeframe explain CLOSE_TOO_LARGE 4001",
		"closeframe explain 'websocket: close 1006 (abnormal closure): unexpected EOF'",
		"closeframe explain 'received 1011 (internal error) keepalive ping timeout'",
		"closeframe explain -app discord 4014",
		"closeframe explain -app discord",
		"closeframe explain 1006 -after 60s",
		"tail -n 1 server.log | closeframe explain -",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		appName := fs.String("app", "", "")
		afterText := fs.String("after", "", "")
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		var app *apps.App
		if *appName != "" {
			if app, ok = apps.Find(*appName); !ok {
				return s.unknownApp(*appName)
			}
		}
		after := time.Duration(-1)
		if *afterText != "" {
			if after, ok = parseAfter(*afterText); !ok {
				return s.usage("explain.error.after", *afterText)
			}
		}
		if len(args) == 1 && args[0] == "-" {
			b, err := s.readAll("input.text")
			if err != nil {
				return s.usage("error.is", err)
			}
			args = []string{strings.TrimSpace(string(b))}
		}
		switch {
		case len(args) == 0 && app != nil:
			s.printApp(app)
			return exitOK
		case len(args) == 0 && after >= 0:
			args = []string{"1006"}
		case len(args) == 0:
			return s.usage("explain.error.missing")
		}
		found, err := findAll(args)
		if err != nil {
			return s.notFound(err)
		}
		var list []explanation
		for _, f := range found {
			e, ok := s.explanation(f, app, after)
			if !ok {
				return s.invalid("explain.error.appCode", app.Title, int(f.Code), app.ID)
			}
			list = append(list, e)
		}
		if s.asJSON {
			s.json(list)
			return exitOK
		}
		for i := range list {
			if i > 0 {
				fmt.Fprintln(s.stdout)
			}
			s.printExplanation(&list[i])
		}
		return exitOK
	},
}

// findAll returns the codes in the arguments. If each argument is a number or
// an exact name, it returns one code for each. Otherwise it searches all
// arguments as one text, and then each alone.
func findAll(args []string) ([]names.Result, error) {
	each := func(find func(string) (names.Result, error)) (list []names.Result, err error) {
		for _, arg := range args {
			r, err := find(arg)
			if err != nil {
				return nil, err
			}
			list = append(list, r)
		}
		return list, nil
	}
	if list, err := each(func(arg string) (names.Result, error) {
		if _, ok := closecode.Lookup(arg); !ok && arg != "0" {
			return names.Result{}, errors.New("no strict name")
		}
		return names.Find(arg)
	}); err == nil {
		return list, nil
	}
	r, err := names.Find(strings.Join(args, " "))
	if err == nil {
		return []names.Result{r}, nil
	}
	if list, err := each(names.Find); err == nil {
		return list, nil
	}
	return nil, err
}

// parseAfter parses a duration such as "60s" or "1m30s". A number alone is in
// seconds.
func parseAfter(text string) (time.Duration, bool) {
	d, err := time.ParseDuration(text)
	if err != nil {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n > 1e9 {
			return 0, false
		}
		d = time.Duration(n * float64(time.Second))
	}
	return d, d > 0
}

// unknownApp reports that no application has that name.
func (s *session) unknownApp(name string) int {
	if guess := near.Find(name, apps.Names()); guess != "" {
		return s.usage("explain.error.appNear", name, guess)
	}
	var ids []string
	for _, a := range apps.All() {
		ids = append(ids, a.ID)
	}
	return s.usage("explain.error.app", name, strings.Join(ids, ", "))
}

// notFound reports why no code was found in a text.
func (s *session) notFound(err error) int {
	e := new(names.Error)
	if !errors.As(err, &e) {
		return s.usage("error.is", err)
	}
	text := strconv.Quote(shortText(e.Text, 60))
	switch {
	case len(e.Codes) > 0:
		return s.usage("explain.error.codes", text, s.codeList(e.Codes))
	case len(e.Unclear) > 0:
		return s.usage("explain.error.unclear", text, s.codeList(e.Unclear))
	case e.Near != "":
		return s.usage("error.codeNear", text, e.Near)
	}
	return s.usage("explain.error.none", text)
}

func (s *session) codeList(codes []closecode.Code) string {
	var list []string
	for _, c := range codes {
		list = append(list, strconv.Itoa(int(c)))
	}
	return strings.Join(list, s.text.Text("word.comma"))
}

// shortText truncates s to at most n runes.
func shortText(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// An explanation is the output of explain for one code. Its fields are the JSON
// output.
type explanation struct {
	Code       closecode.Code `json:"code"`
	Name       string         `json:"name"`
	Class      string         `json:"class"`
	Title      string         `json:"title"`
	Meaning    string         `json:"meaning"`
	Valid      bool           `json:"valid"`
	Scriptable bool           `json:"scriptable"`
	Reconnect  *window        `json:"reconnect"`
	Who        string         `json:"who"`
	Causes     []string       `json:"causes"`
	Operator   string         `json:"operator"`
	Client     string         `json:"client"`
	Read       []string       `json:"read"`

	Found       *found      `json:"found"` // null for a plain number
	Reason      string      `json:"reason"`
	Received    int         `json:"received"`
	Sent        int         `json:"sent"`
	Application *appCode    `json:"application"` // of -app
	UsedBy      []appCode   `json:"usedBy"`
	Limits      []limitView `json:"limits"` // of -after

	result names.Result
	after  time.Duration // negative without -after
}

// A found describes where in a text the code was found.
type found struct {
	Quote     string    `json:"quote"`
	Libraries []nameUse `json:"libraries"` // that have the name
	Disagree  []nameUse `json:"disagree"`  // that use the name for another code
}

type nameUse struct {
	Library string         `json:"library"`
	Name    string         `json:"name"`
	Code    closecode.Code `json:"code"`
	Source  string         `json:"source"`
}

// An appCode is a code as an application defines it.
type appCode struct {
	ID          string         `json:"id"`
	Application string         `json:"application"`
	Code        closecode.Code `json:"code"`
	Name        string         `json:"name"`
	Meaning     string         `json:"meaning"`
	Reconnect   string         `json:"reconnect"`
	Source      string         `json:"source"`
	Read        string         `json:"read"`
}

// A limitView is a limit with its kind in words.
type limitView struct {
	timeouts.Limit
	Meaning string `json:"meaning"`
}

// explanation returns the explanation of a result. If app is given and does not
// define the code, ok is false.
func (s *session) explanation(r names.Result, app *apps.App, after time.Duration) (e explanation, ok bool) {
	c := r.Code
	d := s.text.Code(c)
	e = explanation{Code: c, Name: c.Name(), Class: c.Class().String(), Title: d.Title, Meaning: d.What, Valid: c.Valid(), Scriptable: c.Scriptable(),
		Who: d.Who, Causes: d.Causes, Operator: d.Operator, Client: d.Client, Read: s.sections(c), Reason: r.Reason,
		Received: int(r.Received), Sent: int(r.Sent), UsedBy: []appCode{}, Limits: []limitView{}, result: r, after: after}
	if lo, hi, ok := c.Reconnect(0); ok {
		e.Reconnect = &window{lo.Seconds(), hi.Seconds()}
	}
	if r.Quote != "" {
		e.Found = &found{Quote: r.Quote, Libraries: []nameUse{}, Disagree: []nameUse{}}
		if r.Library != "" {
			e.Found.Libraries = append(e.Found.Libraries, nameUse{r.Library, r.Quote, c, r.Source})
		}
		if r.Name != nil {
			for _, u := range r.Name.Uses {
				e.Found.Libraries = append(e.Found.Libraries, nameUse{u.Library, u.Name, u.Code, u.Source})
			}
			for _, u := range r.Name.Other {
				e.Found.Disagree = append(e.Found.Disagree, nameUse{u.Library, u.Name, u.Code, u.Source})
			}
		}
	}
	if app != nil {
		code, ok := app.Lookup(c)
		if !ok {
			return e, false
		}
		a := s.appCode(app, code)
		e.Application = &a
	}
	for _, a := range apps.Using(c) {
		code, _ := a.Lookup(c)
		e.UsedBy = append(e.UsedBy, s.appCode(a, code))
	}
	if after >= 0 {
		for _, l := range timeouts.Match(after) {
			e.Limits = append(e.Limits, limitView{l, s.text.Text("explain.kind." + string(l.Kind))})
		}
	}
	return e, true
}

func (s *session) appCode(a *apps.App, c apps.Code) appCode {
	return appCode{a.ID, a.Title, c.Code, c.Name, s.text.Text(a.Key(c.Code)), c.Reconnect, a.Source, a.Read}
}

// printApp lists the codes of an application.
func (s *session) printApp(a *apps.App) {
	list := []appCode{}
	for _, c := range a.Codes {
		list = append(list, s.appCode(a, c))
	}
	if s.asJSON {
		s.json(list)
		return
	}
	st := s.style()
	fmt.Fprintf(s.stdout, "%s\n", st.bold(a.Title))
	for _, c := range list {
		fmt.Fprintf(s.stdout, "\n%s\n", st.cyan(fmt.Sprintf("%d %s", c.Code, c.Name)))
		s.paragraph(c.Meaning)
		if c.Reconnect != "" {
			s.paragraph(s.text.Text("word.reconnect") + s.text.Text("word.colon") + s.text.Text("word."+c.Reconnect))
		}
	}
	fmt.Fprintln(s.stdout)
	s.paragraph(s.text.Text("explain.source", a.Source, a.Read))
}

// paragraph prints a text, indented by two columns.
func (s *session) paragraph(text string) {
	for _, line := range wrap(text, s.width()-2) {
		fmt.Fprintf(s.stdout, "  %s\n", line)
	}
}

// title returns a code's number and name, or class where it has none.
func (s *session) title(c closecode.Code) string {
	n := strconv.Itoa(int(c))
	switch {
	case c.Name() == "":
		return n + " (" + s.text.Class(c.Class()).Title + ")"
	case s.text.Tag() == "en":
		return n + " " + c.Name()
	}
	return n + " " + c.Name() + " " + s.text.Code(c).Title
}

// printExplanation prints an explanation: the answer in one line, then the
// evidence for it, then the details.
func (s *session) printExplanation(e *explanation) {
	w, st, width := s.stdout, s.style(), s.width()
	meaning := e.Meaning
	if a := e.Application; a != nil {
		fmt.Fprintln(w, st.bold(fmt.Sprintf("%d %s (%s)", e.Code, a.Name, a.Application)))
		meaning = a.Meaning
	} else {
		fmt.Fprintln(w, st.bold(s.title(e.Code)))
	}
	fmt.Fprintln(w)
	s.paragraph(meaning)
	fmt.Fprintln(w)

	var facts definitions
	fact := func(key, text string) {
		if text != "" {
			facts.add(s.text.Text(key), text)
		}
	}
	s.evidence(e, fact)
	fact("word.class", s.text.Class(e.Code.Class()).Title)
	fact("word.sendable", s.yesNo(e.Valid))
	fact("word.scriptable", s.yesNo(e.Scriptable))
	if a := e.Application; a != nil {
		if a.Reconnect != "" {
			fact("word.reconnect", s.text.Text("word."+a.Reconnect))
		}
		fact("explain.documented", s.text.Text("explain.source", a.Source, a.Read))
		facts.print(w, width, nil, st)
		s.printLimits(e)
		return
	}
	fact("word.reconnect", s.reconnect(e.Code))
	facts.print(w, width, nil, st)
	s.printLimits(e)

	section := func(key string, paragraphs ...string) {
		fmt.Fprintln(w)
		fmt.Fprintln(w, st.cyan(s.text.Text(key)))
		for _, p := range paragraphs {
			mark := ""
			if key == "word.causes" {
				mark = "[ ] " // printed as a checklist
			}
			for _, line := range wrap(p, width-2-len(mark)) {
				fmt.Fprintf(w, "  %s%s\n", mark, line)
				mark = strings.Repeat(" ", len(mark))
			}
		}
	}
	section("word.who", e.Who)
	section("word.causes", e.Causes...)
	section("word.operator", e.Operator)
	section("word.client", e.Client)
	if len(e.UsedBy) > 0 && e.Code >= 3000 { // lower codes have the same meaning everywhere
		section("explain.usedBy")
		var list definitions
		for _, a := range e.UsedBy {
			list.add(a.Application, a.Name)
		}
		list.print(w, width, nil, false)
		s.paragraph(s.text.Text("explain.usedByMore", fmt.Sprintf("closeframe explain -app %s %d", e.UsedBy[0].ID, e.Code)))
	}
	section("word.sections", e.Read...)
}

// evidence adds the facts about the text in which the code was found.
func (s *session) evidence(e *explanation, fact func(key, text string)) {
	r := &e.result
	if f := e.Found; f != nil {
		text := strconv.Quote(shortText(f.Quote, 60))
		if len(f.Libraries) > 0 {
			var libraries []string
			for _, u := range f.Libraries[:min(3, len(f.Libraries))] {
				libraries = append(libraries, u.Library)
			}
			all := strings.Join(libraries, s.text.Text("word.comma"))
			if more := len(f.Libraries) - len(libraries); more > 0 {
				all = s.text.Count("explain.more", more, all)
			}
			text = s.text.Text("explain.foundIn", text, all)
		}
		fact("explain.found", text)
		for _, u := range f.Disagree {
			fact("explain.disagree", s.text.Text("explain.disagreeText", u.Library, u.Name, int(u.Code), int(e.Code)))
		}
	}
	fact("explain.reason", e.Reason)
	side := func(key string, c closecode.Code, none, first bool) {
		switch {
		case none:
			fact(key, s.text.Text("explain.noFrame"))
		case c != 0 && first:
			fact(key, s.text.Text("explain.first", s.title(c)))
		case c != 0:
			fact(key, s.title(c))
		}
	}
	both := r.Received != 0 && r.Sent != 0
	side("explain.received", r.Received, r.NoneReceived, both && !r.SentFirst)
	side("explain.sent", r.Sent, r.NoneSent, both && r.SentFirst)
	if r.NoneReceived && e.Code != closecode.AbnormalClosure {
		fact("explain.event", s.text.Text("explain.eventAbnormal"))
	}
}

// printLimits prints the limits that match -after.
func (s *session) printLimits(e *explanation) {
	if e.after < 0 {
		return
	}
	w, st := s.stdout, s.style()
	fmt.Fprintf(w, "\n%s\n", st.cyan(s.text.Text("explain.limits", s.seconds(e.after))))
	if len(e.Limits) == 0 {
		s.paragraph(s.text.Text("explain.noLimit"))
		below, above := timeouts.Nearest(e.after)
		for _, l := range []*timeouts.Limit{below, above} {
			if l != nil {
				s.paragraph(s.text.Text("explain.nearLimit", s.seconds(l.Duration()), l.Product, l.Setting))
			}
		}
		return
	}
	for i, l := range e.Limits {
		if i > 0 {
			fmt.Fprintln(w)
		}
		s.paragraph(s.text.Text("explain.limit", l.Product, l.Setting, s.seconds(l.Duration()), l.Meaning))
		if l.Change != "" {
			s.paragraph(s.text.Text("explain.change", l.Change))
		} else {
			s.paragraph(s.text.Text("explain.fixed"))
		}
		s.paragraph(s.text.Text("explain.source", l.Source, l.Read))
	}
	fmt.Fprintln(w)
	s.paragraph(s.text.Text("explain.keepalive"))
}

// seconds returns a duration in seconds.
func (s *session) seconds(d time.Duration) string { return s.text.Text("explain.seconds", d.Seconds()) }

// reconnect describes whether to reconnect after c, and the delay before each
// attempt.
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
			break // the delay has reached its maximum
		}
		last = hi
		text := s.text.Text("codes.after", lo.Seconds(), hi.Seconds())
		windows = append(windows, strings.ReplaceAll(text, " ", "\u00a0"))
	}
	return s.text.Text("explain.reconnectAfter", strings.Join(windows, s.text.Text("word.comma")))
}

// reading maps single codes to sections to read, in addition to those of their
// class: titles of specifications, or keys of texts in the catalog.
var reading = map[closecode.Code][]string{
	closecode.NormalClosure:   {"RFC 6455 §7.3 Normal Closure of Connections"},
	closecode.GoingAway:       {"WHATWG WebSockets Standard: making a WebSocket disappear"},
	closecode.ProtocolError:   {"RFC 6455 §7.1.7 Fail the WebSocket Connection", "RFC 6455 §10.7 Handling of Invalid Data"},
	closecode.UnsupportedData: {"RFC 6455 §5.6 Data Frames"},
	closecode.NoStatusRcvd:    {"RFC 6455 §7.1.5 The WebSocket Connection Close Code"},
	closecode.AbnormalClosure: {"RFC 6455 §7.1.5 The WebSocket Connection Close Code",
		"RFC 6455 §7.2.3 Recovering from Abnormal Closure", "explain.read.why1006"},
	closecode.InvalidFramePayloadData: {"RFC 6455 §8.1 Handling Errors in UTF-8-Encoded Data", "RFC 3629 §4 Syntax of UTF-8 Byte Sequences"},
	closecode.PolicyViolation:         {"RFC 6455 §10.2 Origin Considerations"},
	closecode.MessageTooBig:           {"RFC 6455 §10.4 Implementation-Specific Limits"},
	closecode.MandatoryExtension:      {"RFC 6455 §9.1 Negotiating Extensions"},
	closecode.InternalError:           {"explain.read.erratum3227"},
	closecode.ServiceRestart:          {"hybi list: https://www.ietf.org/mail-archive/web/hybi/current/msg09670.html"},
	closecode.TryAgainLater:           {"hybi list: https://www.ietf.org/mail-archive/web/hybi/current/msg09670.html"},
	closecode.BadGateway:              {"hybi list: https://www.ietf.org/mail-archive/web/hybi/current/msg10748.html"},
	closecode.TLSHandshake:            {"explain.read.browsers1006"},
}

// sections returns the sections to read about c. Titles of specifications are in
// English.
func (s *session) sections(c closecode.Code) []string {
	const (
		defined  = "RFC 6455 §7.4.1 Defined Status Codes"
		ranges   = "RFC 6455 §7.4.2 Reserved Status Code Ranges"
		registry = "RFC 6455 §11.7 WebSocket Close Code Number Registry"
		iana     = "https://www.iana.org/assignments/websocket/#close-code-number"
	)
	var list []string
	switch {
	case c >= closecode.ServiceRestart && c <= closecode.BadGateway:
		// These codes are in the registry only.
	case c >= 1000 && c <= closecode.TLSHandshake:
		list = append(list, defined)
	case c.Class() == closecode.OutOfRange:
		list = append(list, registry)
	default:
		list = append(list, ranges)
	}
	for _, title := range reading[c] {
		if s.text.Has(title) {
			title = s.text.Text(title)
		}
		list = append(list, title)
	}
	if class := c.Class(); class != closecode.Unused && class != closecode.Private && class != closecode.OutOfRange {
		list = append(list, iana)
	}
	return list
}
