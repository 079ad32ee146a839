package autopsy

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/catalog"
)

// A Writer describes connections in sentences of one language.
type Writer struct{ *catalog.Language }

// Title names the two sides of c.
func (w Writer) Title(c *Connection) string {
	path := ""
	if c.Path != "" {
		path = " " + printable(c.Path)
	} else if c.Host != "" {
		path = " " + printable(c.Host)
	}
	return w.Text("autopsy.title", c.Client, c.Server, path)
}

// printable quotes text from a peer unless it is printable ASCII.
func printable(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return strconv.Quote(s)
		}
	}
	return s
}

// Sentence describes how c ended, the events of both sides, and the finding
// that explains it.
func (w Writer) Sentence(c *Connection) string {
	how := w.how(c)
	if told := w.Told(c); told != "" {
		how = w.Text("autopsy.join", how, told)
	}
	s := w.Text("autopsy.say", w.Title(c), how) + w.Text("autopsy.stop")
	for i := range c.Findings {
		if f := &c.Findings[i]; f.headline {
			return s + w.Text("word.space") + w.Finding(f)
		}
	}
	return s
}

// how describes which side ended c, and how.
func (w Writer) how(c *Connection) string {
	f := c.facts
	by := w.Side(c.EndedBy)
	text := func(key string) string { return "autopsy." + key }
	switch c.Cause {
	case Clean:
		if f["crossed"] == true {
			return w.Text("autopsy.crossed", w.code(c.closeOf(Client).Code), w.code(c.closeOf(Server).Code))
		}
		return w.Text("autopsy.clean", w.Side(c.Closes[0].From), w.code(c.Closes[0].Code), w.Side(c.Closes[1].From), w.code(c.Closes[1].Code))
	case Unanswered:
		from := c.Closes[0].From
		return w.Text("autopsy.unanswered", w.Side(from), w.code(c.Closes[0].Code), w.Side(from.Other()))
	case Failed:
		v := c.Violation
		if v == nil {
			return w.Text("autopsy.failed", w.Side(c.Closes[0].From), w.code(c.Closes[0].Code))
		}
		args := []any{w.Side(v.By), w.Fault(v.Error), v.Rule}
		if other := c.closeOf(v.By.Other()); other != nil {
			return w.Text("autopsy.failed.refused", append(args, w.Side(v.By.Other()), w.code(other.Code))...)
		}
		return w.Text("autopsy.failed.ended", args...)
	case Refused:
		switch {
		case f["alert"] != nil && c.Status == 0:
			return w.Text("autopsy.refused.alert", w.value("alert_by", f["alert_by"]), w.value("alert", f["alert"]))
		case f["opening"] == "unaccepted":
			return w.Text("autopsy.refused.unaccepted")
		case c.Status > 0:
			return w.Text("autopsy.refused", c.Status)
		}
		return w.Text("autopsy.refused.unanswered", by)
	case Open:
		switch {
		case len(c.Closes) > 0:
			return w.Text("autopsy.open.closing", w.Side(c.Closes[0].From), w.code(c.Closes[0].Code))
		case f["opening"] == "unanswered":
			return w.Text("autopsy.open.opening")
		}
		return w.Text("autopsy.open")
	case Unknown:
		if from, ok := f["one_way"].(string); ok {
			return w.Text("autopsy.oneWay", w.Side(Side(from)))
		}
		if c.How == "open" {
			return w.Text("autopsy.hidden.open")
		}
		return w.Text(text("hidden."+c.How), by, w.after(f, "autopsy.afterRecord"))
	}
	return w.Text(text("lost."+c.How), by, w.after(f, "autopsy.after"))
}

// after describes the idle time before the end.
func (w Writer) after(f facts, key string) string {
	if idle, ok := f["idle"].(float64); ok {
		return w.Text(key, w.seconds(idle))
	}
	return w.Text("autopsy.after.none")
}

// Told describes the event of each side's application.
func (w Writer) Told(c *Connection) string {
	client, server := c.Told.Client, c.Told.Server
	if c.Browser != nil {
		e := w.event(c.Browser.Event)
		if server == nil {
			return w.Text("autopsy.told.browserOnly", c.Browser.Name, e)
		}
		return w.Text("autopsy.told.browser", c.Browser.Name, e, w.event(*server))
	}
	switch {
	case client == nil && server == nil:
		return ""
	case client == nil:
		return w.Text("autopsy.told.server", w.event(*server))
	case server == nil:
		return w.Text("autopsy.told.client", w.event(*client))
	}
	return w.Text("autopsy.told", w.event(*client), w.event(*server))
}

func (w Writer) event(e closeevent.Event) string {
	s := w.code(e.Code)
	if e.Reason != "" {
		s += " " + strconv.Quote(e.Reason)
	}
	if e.Code == closecode.AbnormalClosure && !e.WasClean {
		return s
	}
	if e.WasClean {
		return w.Text("autopsy.event.clean", s)
	}
	return w.Text("autopsy.event.unclean", s)
}

// code returns a code with its name.
func (w Writer) code(c closecode.Code) string {
	if c == closecode.AbnormalClosure {
		return "1006"
	}
	if name := c.Name(); name != "" {
		return fmt.Sprintf("%d %s", int(c), name)
	}
	return strconv.Itoa(int(c))
}

// Side returns the name of a side.
func (w Writer) Side(s Side) string {
	if s == None {
		return w.Text("autopsy.side.none")
	}
	return w.Text("autopsy.side." + string(s))
}

// Fault describes a violated rule.
func (w Writer) Fault(name string) string { return w.Text("autopsy.fault." + name) }

// Finding describes the conclusion of a rule.
func (w Writer) Finding(f *Finding) string {
	args := make([]any, len(f.args))
	for i, name := range f.args {
		args[i] = w.value(name, f.Evidence[name])
	}
	text := w.Text("autopsy.rule." + f.Rule)
	if len(args) == 0 {
		return text
	}
	return w.Text("autopsy.rule."+f.Rule, args...)
}

// Next describes the next steps for the findings of c, without duplicates.
func (w Writer) Next(c *Connection) (list []string) {
	seen := map[string]bool{}
	for i := range c.Findings {
		for _, name := range c.Findings[i].next {
			if !seen[name] {
				seen[name] = true
				list = append(list, w.Text("autopsy.next."+name))
				if name == "raise-timeout" {
					for _, l := range c.Timeouts {
						if l.Change != "" {
							list = append(list, w.Text("autopsy.limitOf", l.Product, l.Change))
						}
					}
				}
			}
		}
	}
	return list
}

// Limits describes what the capture cannot show about c.
func (w Writer) Limits(c *Connection) (list []string) {
	for _, name := range c.Limits {
		list = append(list, w.Text("autopsy.limit."+name))
	}
	return append(list, w.Text("autopsy.limit.where"))
}

// seconds returns a time, in a unit that depends on its size.
func (w Writer) seconds(s float64) string {
	switch {
	case s == math.Trunc(s):
		return w.Text("autopsy.seconds", strconv.FormatFloat(s, 'f', 0, 64))
	case s < 0.001:
		return w.Text("autopsy.microseconds", strconv.FormatFloat(s*1e6, 'f', 0, 64))
	case s < 1:
		return w.Text("autopsy.milliseconds", strconv.FormatFloat(s*1e3, 'f', 0, 64))
	}
	return w.Text("autopsy.seconds", strconv.FormatFloat(s, 'f', 1, 64))
}

// value returns the value of a fact for a sentence.
func (w Writer) value(name string, v any) string {
	switch v := v.(type) {
	case float64:
		return w.seconds(v)
	case int:
		switch name {
		case "code", "answer", "refusal":
			return w.code(closecode.Code(v))
		case "alert":
			if text := alerts[v]; text != "" {
				return fmt.Sprintf("%s (%d)", text, v)
			}
		}
		return strconv.Itoa(v)
	case string:
		switch {
		case name == "violation":
			return w.Fault(v)
		case name == "half":
			return w.Text("autopsy.step." + v)
		case slices.Contains([]string{"client", "server"}, v):
			return w.Side(Side(v))
		}
		return v
	}
	return fmt.Sprint(v)
}

// alerts maps the numbers of TLS alerts to their descriptions (RFC 8446 §6).
var alerts = map[int]string{
	10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow", 40: "handshake_failure", 42: "bad_certificate",
	43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
	47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error",
	70: "protocol_version", 71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback",
	90: "user_canceled", 109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
	113: "bad_certificate_status_response", 115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol",
}

// StepText describes a step of a timeline.
func (w Writer) StepText(s *Step) string {
	text := w.Text("autopsy.step." + s.What)
	switch s.What {
	case "request":
		return text + " " + printable(s.Note)
	case "answer":
		return fmt.Sprintf("%s %d", text, s.Length)
	case "alert":
		return text + " " + w.value("alert", s.Length)
	case "close":
		return text
	case "half":
		return fmt.Sprintf("%s (%s)", text, w.Text("autopsy.step."+s.Note))
	case "fin", "reset", "notify":
		return text
	}
	text = w.Text("autopsy.part", text, w.Count("autopsy.bytes", s.Length))
	if s.Count > 1 {
		text += fmt.Sprintf(" (%d)", s.Count)
	}
	return text
}

// Violation describes the first violated rule.
func (w Writer) Violation(v *Fault) string {
	return w.Text("autopsy.violation", w.Fault(v.Error), w.Side(v.By), v.Rule)
}

// CloseText describes a Close frame briefly.
func (w Writer) CloseText(c *Close) string {
	s := w.code(c.Code)
	if c.Reason != "" {
		s += " " + strconv.Quote(c.Reason)
	}
	if c.Fault != "" {
		s = w.Text("autopsy.part", s, w.Fault(c.Fault))
	}
	return strings.TrimSpace(s)
}

// Raw returns the bytes of the frame.
func (c *Close) Raw() []byte {
	b, _ := hex.DecodeString(c.Bytes) // made by hex
	return b
}

// Together reports whether the finding is about several connections.
func (f *Finding) Together() bool { _, ok := f.Evidence["together"]; return ok }
