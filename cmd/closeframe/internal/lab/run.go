package lab

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

const (
	// longest is how long a run may take: Chromium waits 60 seconds for the
	// answer to its Close.
	longest = 70 * time.Second

	// patience is how long an orderly end may take.
	patience = 5 * time.Second

	// most is how many runs are kept, and atOnce how many may be going on.
	most   = 200
	atOnce = 32
)

// A lab keeps the runs.
type lab struct {
	ctx    context.Context // done when all is to end
	config Config

	saving sync.Mutex // held during Config.Save

	mu    sync.Mutex
	runs  map[string]*run
	order []string // of their IDs, the oldest first
}

// add keeps p, and forgets the oldest run that has ended if there are too many.
// It reports false if there is such a run already, or too much is going on.
func (l *lab) add(id string, p *run) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ended, running := -1, 0
	for i, id := range l.order {
		select {
		case <-l.runs[id].done:
			if ended < 0 {
				ended = i
			}
		default:
			running++
		}
	}
	if l.runs[id] != nil || running >= atOnce {
		return false
	}
	if len(l.order) >= most { // and so one has ended
		delete(l.runs, l.order[ended])
		l.order = append(l.order[:ended], l.order[ended+1:]...)
	}
	l.runs[id] = p
	l.order = append(l.order, id)
	return true
}

func (l *lab) get(id string) *run {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.runs[id]
}

// A run is one connection of one case, as the server sees it.
type run struct {
	c        Case
	code     closecode.Code
	reason   string
	language *catalog.Language

	relayed *relayed // if the server is the user's: nothing else below counts then

	conn *recorder // nil if there was no opening handshake
	in   []byte    // received and not parsed
	h    closeevent.Handshake

	event closeevent.Event
	done  chan struct{} // closed once nothing changes any more
}

// socket is where the page's WebSockets connect to.
func (l *lab) socket(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") == "" {
		// Browsers say where the script is from.
		http.Error(w, "closeframe lab answers to its own page alone", http.StatusForbidden)
		return
	}
	p, ok := l.start(w, r)
	if !ok {
		return
	}
	defer func() {
		p.event = p.h.TransportClosed()
		close(p.done)
	}()
	// The opening handshake is the stack's. The frames are not: a stack
	// that does as it should cannot break the rules.
	if _, err := stack.Upgrade(recording{w, p}, r, stack.Config{}); err != nil {
		return
	}
	stop := context.AfterFunc(l.ctx, func() { p.conn.Conn.Close() })
	defer stop()
	p.conn.SetDeadline(time.Now().Add(longest))
	p.c.play(p)
	if !p.conn.over() {
		closeconn.Finish(p.conn, &p.h, patience)
	}
}

// A recording is a response whose connection is recorded once it is taken over.
type recording struct {
	http.ResponseWriter
	p *run
}

// Hijack returns the connection itself, so that the opening handshake is not
// recorded.
func (r recording) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	r.p.conn = &recorder{Conn: conn, begin: time.Now()}
	r.p.conn.note("opened") // the answer goes out now
	// A browser waits for the response, and sends nothing before. Another
	// client may not: what is there already is the first that was received.
	if n := rw.Reader.Buffered(); n > 0 {
		early, _ := rw.Reader.Peek(n) // what is buffered can be peeked at
		r.p.conn.note("received", early...)
		r.p.in = append(r.p.in, early...)
	}
	return conn, rw, nil
}

// await reads until the peer's Close frame is there, and reports whether it is.
func (p *run) await() (c frame.Close, ok bool) {
	buf := make([]byte, 4096)
	for {
		c, n, err := frame.ParseMasked(nil, p.in)
		if err == nil {
			p.in = p.in[n:]
			return c, true
		}
		if fault, is := err.(frame.Error); is && fault != frame.ErrIncomplete {
			// The page sends no messages, so ErrNotClose is a fault too.
			code := fault.Code()
			if code == 0 {
				code = closecode.ProtocolError
			}
			p.write(p.h.Fail(nil, code))
			return c, false
		}
		m, err := p.conn.Read(buf)
		p.in = append(p.in, buf[:m]...)
		if m == 0 && err != nil {
			return c, false
		}
	}
}

// write sends b.
func (p *run) write(b []byte) {
	if len(b) == 0 {
		return
	}
	if _, err := p.conn.Write(b); err != nil {
		p.h.WriteFailed()
	}
}

// sendAnyway sends b in place of the Close frame that the rules want, and
// takes it for one: the handshake goes on as if b were right.
func (p *run) sendAnyway(b []byte) {
	// The error does not matter: 1000 can be sent.
	_, _ = p.h.Close(nil, closecode.NormalClosure, "")
	p.write(b)
}

// bytes is the Close frame with the code and the reason that were asked for,
// valid or not.
func (p *run) bytes() []byte {
	return closing(append([]byte{byte(p.code >> 8), byte(p.code)}, p.reason...)...)
}

// answer waits for the browser's Close and answers it, if it is to be answered.
func (p *run) answer() {
	if c, ok := p.await(); ok {
		p.write(p.h.Receive(nil, c))
	}
}

// raw returns a case in which the server sends these bytes, and then waits for
// what the browser makes of them.
func raw(b []byte) func(p *run) {
	return func(p *run) {
		p.sendAnyway(b)
		p.answer()
	}
}

func (p *run) serverCloses() {
	p.sendAnyway(p.bytes())
	p.answer()
}

func (p *run) byteByByte() {
	p.sendAnyway(nil)
	for _, b := range p.bytes() { // Go does not let TCP wait for more
		p.write([]byte{b})
	}
	p.answer()
}

// both waits until the browser's Close is on its way, and sends its own before it
// looks at it: they have crossed.
func (p *run) both() {
	c, ok := p.await()
	if !ok {
		return
	}
	b, err := p.h.Close(nil, closecode.GoingAway, away)
	if err != nil {
		panic(err) // this can be sent
	}
	p.write(b)
	p.h.Receive(nil, c)
}

// noReply reads the browser's Close and keeps silent until the browser has had
// enough.
func (p *run) noReply() {
	if c, ok := p.await(); ok {
		p.h.Receive(nil, c)
		p.h.WriteFailed()
		p.conn.note("silent")
		io.Copy(io.Discard, p.conn)
	}
	p.conn.Close()
}

// neverEnded closes, and leaves it to the browser to end TCP.
func (p *run) neverEnded() {
	p.sendAnyway(p.bytes())
	p.answer()
	p.conn.note("waiting")
	io.Copy(io.Discard, p.conn)
	p.conn.Close()
}

func (p *run) noClose() { p.conn.Close() }

func (p *run) resets() { p.conn.reset() }

// truncated sends the first half of a Close frame, then ends TCP.
func (p *run) truncated() {
	p.write(closing(append([]byte{0x03, 0xe9}, away...)...)[:7])
	p.conn.Close()
}

// closeAndFIN sends a Close and ends TCP in the same moment.
func (p *run) closeAndFIN() {
	p.sendAnyway(p.bytes())
	p.conn.CloseWrite()
	p.answer()
}

// closeAndReset sends a Close and resets TCP in the same moment.
func (p *run) closeAndReset() {
	p.sendAnyway(p.bytes())
	p.conn.reset()
}

// A result is what the page is told of a run.
type result struct {
	Why    string           `json:"why"`    // one sentence
	Rule   string           `json:"rule"`   // the section that decides
	Quote  string           `json:"quote"`  // its sentence
	Href   string           `json:"href"`   // where it can be read
	First  string           `json:"first"`  // who closed: "browser", "server", "both" or "nobody"
	Server closeevent.Event `json:"server"` // what this side's onclose would get

	// Expected are the events that the rules lead to in the browser's place.
	// There are several where a race decides.
	Expected []closeevent.Event `json:"expected"`

	// Answer is the code of the browser's first Close frame, and
	// ExpectedAnswer the one that the rules lead to: 1005 if the frame is
	// empty, 0 if there is none.
	Answer         closecode.Code `json:"answer"`
	ExpectedAnswer closecode.Code `json:"expectedAnswer"`

	Moments   []moment       `json:"moments"`
	ToBrowser dissect.Report `json:"toBrowser"`
	ToServer  dissect.Report `json:"toServer"`

	// Refused says why there was no connection to the user's server.
	Refused string `json:"refused,omitempty"`

	// What a client of the lab's own saw in the browser's place.
	Ours *ours `json:"ours,omitempty"`
}

// result returns what is known of p once it is done.
func (p *run) result() result {
	if p.relayed != nil {
		return p.relayed.result(p.language.Tag())
	}
	r := result{Server: p.event, Expected: []closeevent.Event{}}
	var sent, received []byte
	if p.conn != nil {
		p.conn.mu.Lock()
		r.Moments, sent, received = p.conn.moments, p.conn.sent, p.conn.received
		p.conn.mu.Unlock()
	}
	r.ToBrowser = dissect.Bytes(sent, dissect.Options{From: dissect.Server, Lang: p.language.Tag()})
	r.ToServer = dissect.Bytes(received, dissect.Options{From: dissect.Client, Lang: p.language.Tag()})
	r.Expected, r.ExpectedAnswer = p.expected(sent)
	// What cannot be parsed is no Close frame of a browser's.
	if c, _, err := frame.ParseMasked(nil, received); err == nil {
		r.Answer = c.Code
	}

	id := p.reasonID(sent)
	c, _ := caseOf(id)
	r.Why, r.Rule, r.Quote, r.Href = why(p.language, id), c.rule.section, c.rule.quote, c.rule.href()
	if f := r.ToBrowser.Frames; len(f) > 0 && f[0].Verdict.Rule != "" {
		fault := rule{f[0].Verdict.Rule, f[0].Verdict.Quote}
		r.Rule, r.Quote, r.Href = fault.section, fault.quote, fault.href()
	}

	f := r.ToBrowser.Frames
	switch {
	case p.c.ID == "both" && len(f) > 0:
		r.First = "both"
	case p.c.Ours || p.h.PeerFirst():
		r.First = "browser"
	case len(f) > 0 && f[0].Type == "close" && f[0].Verdict.Status != dissect.Incomplete:
		r.First = "server"
	default:
		r.First = "nobody"
	}
	return r
}

// reasonID returns the case whose text says why a run ended as it did. It is
// another one than the run's where the code or the reason that was asked for
// makes it another one.
func (p *run) reasonID(sent []byte) string {
	c, _, err := frame.Parse(sent)
	if p.c.ClientCloses {
		if p.c.ID == "client" && err == nil && c.Code == closecode.NoStatusRcvd {
			return "client-empty"
		}
		return p.c.ID
	}
	if !p.c.TakesCode {
		return p.c.ID // no other bytes could be asked for
	}
	switch {
	case err == frame.ErrInvalidCode:
		return "code-on-wire"
	case err == frame.ErrTooLong:
		return "too-long"
	case err == frame.ErrInvalidUTF8:
		return "bad-utf8"
	case p.c.ID == "code-on-wire":
		return "server" // the code may be sent
	}
	return p.c.ID
}

// expected returns what closeevent says at the client's end of the connection,
// and the code of the Close frame that it answers with, where sent was all that
// the server sent before the transport ended.
func (p *run) expected(sent []byte) (all []closeevent.Event, answer closecode.Code) {
	h := closeevent.NewClient([4]byte{})
	if p.c.ClientCloses {
		_, _ = h.Close(nil, closecode.NormalClosure, "") // which can be sent
	}
	c, _, err := frame.Parse(sent)
	var b []byte
	switch fault, is := err.(frame.Error); {
	case err == nil:
		b = h.Receive(nil, c)
	case is && fault.Code() != 0:
		b = h.Fail(nil, fault.Code())
	}
	if a, _, err := frame.ParseMasked(nil, b); err == nil {
		answer = a.Code
	}
	e := h.TransportClosed()
	all = []closeevent.Event{e}
	if p.c.mayBeUnclean && e.WasClean {
		e.WasClean = false
		all = append(all, e)
	}
	if p.c.mayBeLost && e.Code != closecode.AbnormalClosure {
		all = append(all, closeevent.Event{Code: closecode.AbnormalClosure})
	}
	return all, answer
}
