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
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

const (
	// longest is the maximum duration of a run. Chromium waits 60 seconds for
	// the answer to its Close frame.
	longest = 70 * time.Second

	// closeTimeout is the maximum duration of an orderly end.
	closeTimeout = 5 * time.Second

	// most is the maximum number of kept runs, and atOnce of concurrent ones.
	most   = 200
	atOnce = 32
)

// A lab holds the runs.
type lab struct {
	ctx    context.Context // done when the server shuts down
	config Config

	saving sync.Mutex // held during Config.Save

	mu    sync.Mutex
	runs  map[string]*run
	order []string // of their IDs, the oldest first
}

// add adds p, and removes the oldest ended run if there are too many. It
// returns false if a run with this ID exists, or too many are running.
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
	if len(l.order) >= most { // so at least one has ended
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

// A run is the server's record of one connection of one case.
type run struct {
	c        Case
	code     closecode.Code
	reason   string
	language *catalog.Language

	relayed *relayed // if the server is the user's; the fields below are unused then

	conn *recorder // nil if there was no opening handshake
	in   []byte    // received and not parsed
	h    closeevent.Handshake

	event closeevent.Event
	done  chan struct{} // closed when the run has ended
}

// socket handles the WebSocket connections of the page.
func (l *lab) socket(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") == "" {
		// Browsers send the origin of the script.
		http.Error(w, languageOf(r).Text("lab.error.page"), http.StatusForbidden)
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
	// Package stack performs the opening handshake. It cannot send the frames,
	// because it never violates the rules.
	if _, err := stack.Upgrade(recording{w, p}, r, stack.Config{}); err != nil {
		return
	}
	stop := context.AfterFunc(l.ctx, func() { p.conn.Conn.Close() })
	defer stop()
	p.conn.SetDeadline(time.Now().Add(longest))
	p.c.play(p)
	if !p.conn.over() {
		closeconn.Finish(p.conn, &p.h, closeTimeout)
	}
}

// A recording is a ResponseWriter whose connection is recorded after Hijack.
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
	r.p.conn.note("opened") // the response is sent now
	// A browser sends nothing before the response, but other clients may. Bytes
	// that have already arrived are recorded first.
	if n := rw.Reader.Buffered(); n > 0 {
		early, _ := rw.Reader.Peek(n) // peeking at buffered bytes cannot fail
		r.p.conn.note("received", early...)
		r.p.in = append(r.p.in, early...)
	}
	return conn, rw, nil
}

// await reads until the peer's Close frame has arrived, and reports whether it
// has.
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

// sendAnyway sends b in place of the required Close frame. The handshake
// continues as if b were valid.
func (p *run) sendAnyway(b []byte) {
	// There is no error, because 1000 is valid.
	_, _ = p.h.Close(nil, closecode.NormalClosure, "")
	p.write(b)
}

// bytes is the Close frame with the requested code and reason, valid or not.
func (p *run) bytes() []byte {
	return closing(append([]byte{byte(p.code >> 8), byte(p.code)}, p.reason...)...)
}

// answer waits for the browser's Close frame and answers it if the rules
// require an answer.
func (p *run) answer() {
	if c, ok := p.await(); ok {
		p.write(p.h.Receive(nil, c))
	}
}

// raw returns a case in which the server sends these bytes, and then waits for
// the browser's reaction.
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
	for _, b := range p.bytes() { // Go disables Nagle's algorithm
		p.write([]byte{b})
	}
	p.answer()
}

// both waits until the browser has sent its Close frame, and sends the server's
// before reading it, as if both were sent at the same time.
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

// noReply reads the browser's Close frame and does not answer until the browser
// stops waiting.
func (p *run) noReply() {
	if c, ok := p.await(); ok {
		p.h.Receive(nil, c)
		p.h.WriteFailed()
		p.conn.note("silent")
		io.Copy(io.Discard, p.conn)
	}
	p.conn.Close()
}

// neverEnded closes, and waits for the browser to close TCP.
func (p *run) neverEnded() {
	p.sendAnyway(p.bytes())
	p.answer()
	p.conn.note("waiting")
	io.Copy(io.Discard, p.conn)
	p.conn.Close()
}

func (p *run) noClose() { p.conn.Close() }

func (p *run) resets() { p.conn.reset() }

// truncated sends the first half of a Close frame, then closes TCP.
func (p *run) truncated() {
	p.write(closing(append([]byte{0x03, 0xe9}, away...)...)[:7])
	p.conn.Close()
}

// closeAndFIN sends a Close frame and FIN at the same time.
func (p *run) closeAndFIN() {
	p.sendAnyway(p.bytes())
	p.conn.CloseWrite()
	p.answer()
}

// closeAndReset sends a Close frame and resets TCP at the same time.
func (p *run) closeAndReset() {
	p.sendAnyway(p.bytes())
	p.conn.reset()
}

// A result is the JSON that describes a run to the page.
type result struct {
	Why    string           `json:"why"`    // one sentence
	Rule   string           `json:"rule"`   // the section that decides
	Quote  string           `json:"quote"`  // the sentence of the rule
	Href   string           `json:"href"`   // URL of the section
	First  string           `json:"first"`  // who closed: "browser", "server", "both" or "nobody"
	Server closeevent.Event `json:"server"` // the event of the server's side

	// Expected lists the events that the rules allow in the browser. There are
	// several if the outcome depends on a race.
	Expected []closeevent.Event `json:"expected"`

	// Answer is the code of the browser's first Close frame, and ExpectedAnswer
	// the code according to the rules: 1005 if the frame is empty, 0 if there
	// is none.
	Answer         closecode.Code `json:"answer"`
	ExpectedAnswer closecode.Code `json:"expectedAnswer"`

	Steps     []step         `json:"steps"`
	ToBrowser dissect.Report `json:"toBrowser"`
	ToServer  dissect.Report `json:"toServer"`

	// Refused is the reason why the connection to the user's server failed.
	Refused string `json:"refused,omitempty"`

	// The record of the lab's own client.
	Ours *ours `json:"ours,omitempty"`
}

// result returns the result of p after it has ended.
func (p *run) result() result {
	if p.relayed != nil {
		return p.relayed.result(p.language.Tag())
	}
	r := result{Server: p.event, Expected: []closeevent.Event{}}
	var sent, received []byte
	if p.conn != nil {
		p.conn.mu.Lock()
		r.Steps, sent, received = p.conn.steps, p.conn.sent, p.conn.received
		p.conn.mu.Unlock()
	}
	r.ToBrowser = dissect.Bytes(sent, dissect.Options{From: dissect.Server, Lang: p.language.Tag()})
	r.ToServer = dissect.Bytes(received, dissect.Options{From: dissect.Client, Lang: p.language.Tag()})
	r.Expected, r.ExpectedAnswer = p.expected(sent)
	// Browsers send no invalid Close frames.
	if c, _, err := frame.ParseMasked(nil, received); err == nil {
		r.Answer = c.Code
	}

	id := p.reasonID(sent)
	c, _ := caseOf(id)
	r.Why = why(p.language, id)
	if c.rule != "" {
		decides := rulebook.Of(c.rule)
		r.Rule, r.Quote = decides.Section, decides.Quote
	}
	if f := r.ToBrowser.Frames; len(f) > 0 && f[0].Verdict.Rule != "" {
		r.Rule, r.Quote = f[0].Verdict.Rule, f[0].Verdict.Quote
	}
	r.Href = rulebook.Href(r.Rule)

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

// reasonID returns the ID of the case whose text explains the end of a run. It
// differs from the case of the run if the requested code or reason changes the
// outcome.
func (p *run) reasonID(sent []byte) string {
	c, _, err := frame.Parse(sent)
	if p.c.ClientCloses {
		if p.c.ID == "client" && err == nil && c.Code == closecode.NoStatusRcvd {
			return "client-empty"
		}
		return p.c.ID
	}
	if !p.c.TakesCode {
		return p.c.ID // no other bytes can be requested
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

// expected returns the event of package closeevent at the client, and the code
// of the Close frame that the client answers with, if the server sent only sent
// before the transport ended.
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
