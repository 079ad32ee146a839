package main

import (
	"fmt"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/paste"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

// A decoded is the output of decode as JSON.
type decoded struct {
	// Valid reports whether the exit status is 0.
	Valid   bool   `json:"valid"`
	Summary string `json:"summary"` // one sentence
	Lang    string `json:"lang"`

	Read  readAs `json:"read"`
	Sides []side `json:"sides"` // one for each direction

	// Frames are those of the first side, then those of the second.
	Frames []dissect.Frame `json:"frames"`
	Rest   int             `json:"rest,omitempty"`

	// Handshake is set if each direction has a Close frame.
	Handshake *handshake `json:"handshake,omitempty"`

	payload bool
	chunks  []int // the offset of each frame in the input
}

// A readAs describes how the input was read.
type readAs struct {
	Form    string    `json:"form"`
	Name    string    `json:"name,omitempty"`
	Skipped []skipped `json:"skipped,omitempty"`
	Notes   []string  `json:"notes,omitempty"`
	Cut     int       `json:"cut,omitempty"` // number of bytes left out; -1 if unknown
}

// A skipped is a part of the input that was not decoded.
type skipped struct {
	Text string `json:"text"`
	At   int    `json:"at"` // index in the input, in characters
}

// A side is one direction.
type side struct {
	From   string          `json:"from,omitempty"` // "client" or "server"
	Label  string          `json:"label,omitempty"`
	Layers string          `json:"layers,omitempty"`
	HTTP   []string        `json:"http,omitempty"`
	Frames int             `json:"frames"`
	Bytes  int             `json:"bytes"`
	heads  []envelope.Head // of HTTP
}

// A handshake is the closing handshake of both sides.
type handshake struct {
	Complete bool             `json:"complete"`
	First    string           `json:"first"`  // the side whose Close frame is first in the input
	Client   closeevent.Event `json:"client"` // the event of the client's application
	Server   closeevent.Event `json:"server"`
}

// decode decodes the frames of a reading.
func decode(r paste.Reading, opt dissect.Options, l *catalog.Language) *decoded {
	d := &decoded{Valid: true, Lang: opt.Lang, Frames: []dissect.Frame{}, payload: opt.Payload}
	d.Read = readAs{Form: r.Form, Name: r.Name, Cut: r.Cut}
	for _, s := range r.Skipped {
		d.Read.Skipped = append(d.Read.Skipped, skipped{s.Text, s.Rune})
	}
	for _, n := range r.Notes {
		d.Read.Notes = append(d.Read.Notes, l.Text("paste.note."+string(n)))
	}
	if c := r.Content; c.Packets > 0 {
		d.Read.Notes = append(d.Read.Notes, l.Count("paste.note.headers", c.Headers))
	}
	if n := r.Content.Repeated; n > 0 {
		d.Read.Notes = append(d.Read.Notes, l.Count("paste.note.repeated", n))
	}
	if n := r.Content.Missing; n > 0 {
		d.Read.Notes = append(d.Read.Notes, l.Count("paste.note.missing", n))
		d.Valid = false
	}
	switch {
	case r.Cut > 0:
		d.Read.Notes = append(d.Read.Notes, l.Count("paste.note.cut", r.Cut))
	case r.Cut < 0:
		d.Read.Notes = append(d.Read.Notes, l.Text("paste.note.cutSome"))
	}
	closes := 0
	streams := r.Content.Streams
	if opt.Payload {
		streams = []envelope.Stream{{Data: r.Bytes()}}
	}
	for _, st := range streams {
		o := opt
		if len(streams) > 1 {
			o.From = sideOf(streams, st)
		}
		rep := dissect.Bytes(st.Data, o)
		sd := side{Label: st.Label, Layers: st.Layers, Frames: len(rep.Frames), Bytes: len(st.Data), heads: st.Heads}
		for _, h := range st.Heads {
			sd.HTTP = append(sd.HTTP, h.Summary())
		}
		if len(rep.Frames) > 0 {
			sd.From = rep.Frames[0].From
		}
		for _, f := range rep.Frames {
			d.chunks = append(d.chunks, st.Chunk(f.Offset))
			if f.Type == "close" || f.Type == "payload" {
				closes++
			}
			if f.Verdict.Status == dissect.Invalid || f.Verdict.Status == dissect.Incomplete || f.Order != nil && f.Order.Violation {
				d.Valid = false
			}
		}
		d.Valid = d.Valid && rep.Rest == 0
		d.Rest += rep.Rest
		d.Sides = append(d.Sides, sd)
		d.Frames = append(d.Frames, rep.Frames...)
	}
	d.Valid = d.Valid && closes > 0
	d.Handshake = handshakeOf(d)
	d.Summary = d.summary(l)
	return d
}

// sideOf returns the side that sent a stream, from the mask bit of its first
// frame, if the other streams have the other mask bit.
func sideOf(streams []envelope.Stream, st envelope.Stream) dissect.Side {
	masked := func(b []byte) bool { return len(b) > 1 && b[1]&0x80 != 0 }
	if len(streams) != 2 || masked(streams[0].Data) == masked(streams[1].Data) {
		return dissect.Either
	}
	if masked(st.Data) {
		return dissect.Client
	}
	return dissect.Server
}

// closeOf returns the first Close frame of a side, or nil.
func (d *decoded) closeOf(from string) *dissect.Frame {
	for i := range d.Frames {
		if f := &d.Frames[i]; f.Type == "close" && f.From == from && f.Verdict.Status != dissect.Incomplete {
			return f
		}
	}
	return nil
}

// handshakeOf runs the closing handshake with the Close frames of both sides,
// or returns nil if a side has none.
func handshakeOf(d *decoded) *handshake {
	client, server := d.closeOf("client"), d.closeOf("server")
	if client == nil || server == nil {
		return nil
	}
	h := &handshake{}
	first := 0
	for i := range d.Frames {
		if f := &d.Frames[i]; (f == client || f == server) && (h.First == "" || d.chunks[i] < first) {
			h.First, first = f.From, d.chunks[i]
		}
	}
	c, s := closeevent.NewClient([4]byte{}), closeevent.Handshake{}
	if h.First == "client" {
		send(&c, client)
		receive(&s, client)
		receive(&c, server)
	} else {
		send(&s, server)
		receive(&c, server)
		receive(&s, client)
	}
	h.Client, h.Server = c.TransportClosed(), s.TransportClosed()
	h.Complete = client.Verdict.Status == dissect.Valid && server.Verdict.Status == dissect.Valid
	return h
}

func send(h *closeevent.Handshake, f *dissect.Frame) {
	if f.Close == nil || f.Verdict.Status != dissect.Valid {
		return
	}
	h.Close(nil, f.Close.Code, f.Close.Reason)
}

func receive(h *closeevent.Handshake, f *dissect.Frame) {
	if f.Verdict.Status != dissect.Valid || f.Close == nil {
		h.Fail(nil, f.Verdict.Answer)
		return
	}
	h.Receive(nil, frame.Close{Code: f.Close.Code, Reason: []byte(f.Close.Reason)})
}

// codeText returns a code with its name, and its title in languages other than
// English.
func codeText(l *catalog.Language, c closecode.Code, title string) string {
	s := strings.TrimSpace(fmt.Sprintf("%d %s", c, c.Name()))
	if l.Tag() != "en" && c.Name() != "" && title != "" {
		s += " " + title
	}
	return s
}

// summary returns one sentence about all frames.
func (d *decoded) summary(l *catalog.Language) string {
	var closes []*dissect.Frame
	for i := range d.Frames {
		if f := &d.Frames[i]; f.Type == "close" || f.Type == "payload" {
			closes = append(closes, f)
		}
	}
	switch {
	case len(closes) == 0:
		return l.Count("decode.sum.none", len(d.Frames))
	case d.Handshake != nil:
		key := "decode.sum.pair"
		if !d.Valid {
			key = "decode.sum.pairBad"
		}
		client, server := d.closeOf("client"), d.closeOf("server")
		return l.Text(key, says(l, client), says(l, server))
	case len(d.Frames) == 1:
		return closeSummary(l, closes[0])
	case len(closes) == 1:
		return l.Count("decode.sum.among", len(d.Frames)-1, closeSummary(l, closes[0])) + d.after(l)
	}
	var all []string
	for _, f := range closes {
		all = append(all, says(l, f))
	}
	return l.Text("decode.sum.many", len(closes), strings.Join(all, l.Text("decode.sum.join", "", ""))) + d.after(l)
}

// after describes frames that follow a Close frame although they must not.
func (d *decoded) after(l *catalog.Language) string {
	for i := range d.Frames {
		if o := d.Frames[i].Order; o != nil && o.Violation {
			return l.Text("decode.sum.order")
		}
	}
	return ""
}

// closeSummary describes a Close frame: its verdict, its sender, its code and its
// reason.
func closeSummary(l *catalog.Language, f *dissect.Frame) string {
	from := ""
	if f.From != "" {
		from = l.Text("decode.from." + f.From)
	}
	s := l.Text("decode.sum."+f.Type+"."+f.Verdict.Status, from, says(l, f))
	if f.Verdict.Status != dissect.Valid {
		s = l.Text("decode.sum.why", s, strings.TrimRight(f.Verdict.Message, ".。"))
	}
	return s
}

// says describes the code and the reason of a Close frame.
func says(l *catalog.Language, f *dissect.Frame) string {
	c := f.Close
	switch {
	case c == nil:
		return l.Text("decode.says.nothing")
	case f.Length == 0:
		return l.Text("decode.says.empty")
	case c.Length == 0:
		return l.Text("decode.says.code", codeText(l, c.Code, c.Title))
	}
	return l.Text("decode.says.reason", codeText(l, c.Code, c.Title), c.Quoted)
}
