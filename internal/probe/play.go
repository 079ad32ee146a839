package probe

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// An Event is a frame, other bytes, or the end of the connection.
type Event struct {
	By    string   `json:"by"`              // "prober" or "peer"
	What  string   `json:"what"`            // in words
	Bytes HexBytes `json:"bytes,omitempty"` // at most the first 270 of a frame
	At    float64  `json:"ms"`              // since the opening handshake
}

// Limits on the bytes read from a peer and on the frames kept.
const (
	maxReceived = 4 << 20 // bytes that are read in one scenario
	maxEvents   = 64      // frames that are reported
)

// writeTimeout bounds a write of the prober, which fits any socket's buffer.
const writeTimeout = 5 * time.Second

// minPing is the minimum time before the prober sends a Ping to a silent peer.
// A peer that reads and reacts in different threads might answer the Ping
// first.
const minPing = 500 * time.Millisecond

// pingPayload marks the Ping that shows whether a silent peer still reads.
const pingPayload = "closeframe?"

// A play is one scenario being played on one connection.
type play struct {
	*link
	set       *Set
	sc        *Scenario
	role      Role
	o         *Options
	settle    bool // first wait to see whether the peer closes by itself
	began     time.Time
	since     time.Time // the last step, or the peer's Close
	in        chan chunk
	done      chan struct{}
	parser    parser
	sent      parser     // of what the prober sends, see describeSent
	first     *wireFrame // the peer's first Close
	pong      bool       // a Pong was received
	wrongPong bool       // to a Ping that should not be answered
	findings  []Finding
	events    []Event
	more      int // frames that are not in events

	sentClose bool          // a step sent a Close frame
	ours      bool          // the prober has closed its side
	late      bool          // the prober closed because the time limit expired
	held      bool          // a server had not closed within the quiet time
	pinged    time.Duration // time from the last step to the Ping
	pongLater time.Duration // time from the last step to the Ping that a Pong answered
	unasked   bool          // the peer closed before the first step
	silent    bool          // the trigger caused no Close frame
	end       string
	endAt     time.Duration // since p.since
}

type chunk struct {
	b   []byte
	err error
}

var errFlood = errors.New("too much to read")

// start starts to read, and returns the function that closes the connection. It sets
// unasked if the peer has closed the connection already.
func (p *play) start() (stop func()) {
	p.began = time.Now()
	p.since = p.began
	p.in, p.done = make(chan chunk), make(chan struct{})
	go p.read()
	p.received(p.early)
	if p.settle {
		p.wait(p.o.Quiet, p.closed)
	}
	p.unasked = p.closed() || p.end != "" && p.end != "flood"
	return func() {
		p.raw.Close()
		close(p.done)
	}
}

// run plays the scenario and closes the connection.
func (p *play) run() {
	defer p.start()()
	if p.unasked {
		return
	}
	for i := range p.sc.Steps {
		if p.step(&p.sc.Steps[i]); p.end == "we reset" || p.silent {
			return
		}
	}
	// The role determines who closes TCP (§7.1.1). A server must close it. A
	// client waits for the prober, which closes it when it has received the
	// Close frame.
	if p.role == Client || p.sc.Hold {
		p.await(p.closed)
		if p.sc.Hold {
			p.wait(p.o.Quiet, never)
		}
	}
	if p.role == Server && p.end == "" {
		p.held = p.sc.Hold
		p.await(never)
	}
	if p.end == "" && p.pongLater == 0 {
		p.late = p.role == Server || p.first == nil
		p.finish()
		p.wait(min(p.o.Timeout, time.Second), never)
		if p.end == "" && p.role == Client {
			p.wait(p.o.Timeout-time.Second, never)
		}
	}
	if p.end == "" && p.pongLater == 0 {
		p.end = "open"
		p.log("peer", p.o.say("probe.event.open", time.Since(p.began)), nil)
	}
}

func never() bool { return false }

// closed reports whether the peer has sent a Close frame.
func (p *play) closed() bool { return p.first != nil }

// await waits until the time limit. If the peer should fail the connection and
// does nothing, await sends a Ping; a Pong ends the wait.
func (p *play) await(enough func() bool) {
	limit := p.o.Timeout
	if slices.Contains(p.set.Expectations[p.sc.Expect].End[p.role].Pass, "late") {
		limit = min(limit, slowness) // waiting longer would not change the result
	}
	delay := max(limit/5, minPing)
	if p.set.Expectations[p.sc.Expect].Ping && p.first == nil && p.end == "" && p.pinged == 0 && !p.wrongPong && delay < limit {
		p.wait(delay, func() bool { return enough() || p.first != nil })
		limit -= delay
		if p.first == nil && p.end == "" && !p.wrongPong {
			p.pinged = delay
			p.send(p.o.say("probe.event.ping"), p.frame(opPing, pingPayload))
		}
	}
	p.wait(limit, func() bool { return enough() || p.pongLater > 0 })
}

func (p *play) step(s *Step) {
	b := []byte(s.ToServer)
	if p.role == Client {
		b = s.ToClient
	}
	if s.Trigger {
		b = append(p.frame(opText, p.o.Trigger), b...)
	}
	if len(b) > 0 {
		p.sentClose = p.sentClose || !s.Trigger || len(s.ToServer) > 0
		what := s.What
		if p.o.Language.Tag() != "en" {
			what = p.describeSent(b)
		}
		if s.EachByte {
			p.log("prober", what, b)
			p.SetWriteDeadline(time.Now().Add(writeTimeout))
			for i := range b {
				p.Write(b[i : i+1])
			}
		} else {
			p.send(what, b)
		}
	}
	if s.Await != "" {
		p.wait(p.o.Timeout, p.closed)
		p.silent = s.Trigger && p.first == nil && p.end == ""
	}
	if s.Await == "quiet" && p.first != nil {
		if p.wait(p.o.Quiet, never); p.end != "" {
			p.broken("fin_early", p.o.say("probe.got.fin_early"), p.o.say("probe.want.fin_early"))
		}
	}
	switch s.End {
	case "fin":
		p.finish()
	case "reset":
		p.log("prober", p.o.say("probe.event.reset"), nil)
		p.link.reset()
		p.end = "we reset"
	}
	p.since = time.Now()
}

// send writes b. If that fails, reading reports why.
func (p *play) send(what string, b []byte) {
	p.log("prober", what, b)
	p.SetWriteDeadline(time.Now().Add(writeTimeout))
	p.Write(b)
}

// frame returns a frame for the peer. Its masking key is zero, so the payload
// stays readable.
func (p *play) frame(opcode byte, payload string) []byte {
	b := []byte{0x80 | opcode, 0}
	if len(payload) < 126 {
		b[1] = byte(len(payload))
	} else {
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	}
	if p.role == Server {
		b[1] |= 0x80
		b = append(b, 0, 0, 0, 0)
	}
	return append(b, payload...)
}

func (p *play) finish() {
	if !p.ours {
		p.ours = true
		p.log("prober", p.o.say("probe.event.fin"), nil)
		p.fin()
	}
}

// wait reads until the peer has closed TCP, enough returns true, or d has
// passed.
func (p *play) wait(d time.Duration, enough func() bool) {
	deadline := time.Now().Add(d)
	timer := time.NewTimer(d)
	defer timer.Stop()
	for p.end == "" && !enough() && time.Now().Before(deadline) {
		select {
		case c := <-p.in:
			p.received(c.b)
			if c.err != nil {
				p.ended(c.err)
			}
		case <-timer.C:
			return
		}
	}
}

func (p *play) ended(err error) {
	what := p.o.say("probe.event.fin")
	p.endAt = time.Since(p.since)
	switch {
	case errors.Is(err, errFlood):
		p.end, what = "flood", p.o.say("probe.event.flood", maxReceived>>20)
	case IsReset(err):
		p.end, what = "reset", p.o.say("probe.event.reset")
	case p.late:
		p.end = "late"
	case p.ours:
		p.end = "after"
	case p.held || p.endAt > slowness && p.role == Server:
		p.end = "slow"
	default:
		p.end = "first"
	}
	if err != io.EOF && p.end != "reset" && p.end != "flood" {
		what = p.o.say("probe.event.error", err)
	}
	if b := p.parser.incomplete(); len(b) > 0 {
		p.log("peer", p.o.say("probe.event.incomplete", len(b)), b)
	}
	if p.more > 0 {
		p.events = append(p.events, p.event("peer", p.o.say("probe.event.more", p.more), nil))
	}
	p.events = append(p.events, p.event("peer", what, nil))
}

// read sends the received bytes to p.in until the connection ends or is closed.
func (p *play) read() {
	for total := 0; ; {
		b := make([]byte, 4096)
		n, err := p.Conn.Read(b)
		if total += n; total > maxReceived && err == nil {
			err = errFlood
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = nil
		}
		select {
		case p.in <- chunk{b[:n], err}:
		case <-p.done:
			return
		}
		if err != nil {
			return
		}
	}
}

// received checks the frames that b completes.
func (p *play) received(b []byte) {
	for {
		var f *wireFrame
		if f, b = p.parser.next(b); f == nil {
			return
		}
		p.log("peer", p.describe(f), f.bytes)
		if f.opcode == opClose && p.first == nil {
			p.first = f
			p.since = time.Now()
		}
		p.checkFrame(f)
		if f.opcode == opPong {
			p.ponged(f)
		}
	}
}

// ponged checks a Pong.
func (p *play) ponged(f *wireFrame) {
	switch {
	case p.pinged > 0 && string(f.payload) == pingPayload:
		if p.first == nil {
			p.pongLater = p.pinged
		}
	case p.sc.Pong == "wrong":
		p.wrongPong = true
		p.find(Fail, p.sc.Rule, "pong", p.o.say("probe.got.pong"), p.o.say("probe.want.no_pong"))
	default:
		p.pong = true
	}
}

func (p *play) event(by, what string, b []byte) Event {
	return Event{by, what, append(HexBytes(nil), b...), float64(time.Since(p.began).Microseconds()) / 1000}
}

func (p *play) log(by, what string, b []byte) {
	if by == "peer" && len(p.events) >= maxEvents {
		p.more++
		return
	}
	p.events = append(p.events, p.event(by, what, b))
}

// result combines the findings. The most severe one decides.
func (p *play) result() Result {
	res := p.set.blank(p.sc, Pass)
	res.Events = p.events
	switch {
	case p.unasked:
		res.skip(p.o.say("probe.skip.unasked", p.role, strings.Join(p.texts("peer"), p.o.say("word.comma"))))
	case p.silent:
		res.skip(p.o.say("probe.skip.silent", p.o.Timeout))
	default:
		res.Waited = p.first == nil && (p.late || p.end == "open")
		p.checkOutcome()
		res.settle(p.findings)
	}
	comma := p.o.say("word.comma")
	res.Sent, res.Received = strings.Join(p.texts("prober"), comma), strings.Join(p.texts("peer"), comma)
	res.Closed, res.Unasked = p.first != nil, p.unasked
	res.Millis = float64(time.Since(p.began).Microseconds()) / 1000
	return res
}

// texts lists the events of one side.
func (p *play) texts(by string) []string {
	var list []string
	for _, e := range p.events {
		if e.By == by {
			list = append(list, e.What)
		}
	}
	if n := len(list); n > 10 {
		list = append(list[:8], p.o.say("probe.event.more", n-9), list[n-1])
	}
	return list
}

// refused reports whether err shows that no server accepts connections, as
// opposed to a timeout.
func refused(err error) bool {
	return !timedOut(err)
}
