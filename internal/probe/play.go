package probe

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"syscall"
	"time"
)

// An Event is something that crossed the connection, or its end.
type Event struct {
	By    string   `json:"by"`   // "prober" or "peer"
	What  string   `json:"what"` // in words
	Bytes HexBytes `json:"bytes,omitempty"`
	At    float64  `json:"ms"` // since the opening handshake
}

// maxReceived bounds what a peer may send during one scenario.
const maxReceived = 4 << 20

// A play is one scenario being played on one connection.
type play struct {
	*link
	sc      *Scenario
	role    Role
	o       *Options
	began   time.Time
	in      chan chunk
	done    chan struct{}
	buf     []byte // all that was received
	off     int    // of the first byte not yet parsed
	frames  []*wireFrame
	events  []Event
	closeAt int  // index in frames of the first Close, or -1
	ours    bool // we have ended our side
	late    bool // because the time was over
	slow    bool // a server has not ended its side within the quiet time
	end     string
}

type chunk struct {
	b   []byte
	err error
}

// run plays the scenario to its end. Afterwards the connection is closed.
func (p *play) run() {
	p.began = time.Now()
	p.closeAt = -1
	p.in, p.done = make(chan chunk), make(chan struct{})
	go p.read()
	defer close(p.done)
	defer p.raw.Close()
	p.received(p.early)
	for i := range p.sc.Steps {
		if p.step(&p.sc.Steps[i]); p.end == "we reset" {
			return
		}
	}
	// Who has to end TCP depends on the role (§7.1.1): a server does, a client
	// waits for us to do it, which we do as soon as it has said Close.
	never := func() bool { return false }
	if p.role == Client || p.sc.Hold {
		p.wait(p.o.Timeout, func() bool { return p.closeAt >= 0 })
		if p.sc.Hold {
			p.wait(p.o.Quiet, never)
		}
	}
	if p.role == Server && p.end == "" {
		p.slow = p.sc.Hold
		p.wait(p.o.Timeout, never)
	}
	if p.end == "" {
		p.late = p.role == Server || p.closeAt < 0
		p.finish()
		p.wait(p.o.Timeout, never)
	}
	if p.end == "" {
		p.end = "open"
		p.log("peer", "has not ended TCP", nil)
	}
}

func (p *play) step(s *Step) {
	b := []byte(s.ToServer)
	if p.role == Client {
		b = s.ToClient
	}
	if s.Trigger {
		b = append(p.trigger(), b...)
	}
	if len(b) > 0 {
		p.log("prober", s.What, b)
		p.SetWriteDeadline(time.Now().Add(p.o.Timeout))
		if !s.EachByte {
			p.Write(b) // if it fails, reading tells why
		} else {
			for i := range b {
				p.Write(b[i : i+1])
			}
		}
	}
	if s.Await == "close" {
		p.wait(p.o.Timeout, func() bool { return p.closeAt >= 0 })
	}
	switch s.End {
	case "fin":
		p.finish()
	case "reset":
		p.log("prober", "TCP reset", nil)
		p.link.reset()
		p.end = "we reset"
	}
}

// trigger is the text message that makes the peer close.
func (p *play) trigger() []byte {
	text := p.o.Trigger
	b := []byte{0x80 | opText, 0}
	if len(text) < 126 {
		b[1] = byte(len(text))
	} else {
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(len(text)))
	}
	if p.role == Server {
		b[1] |= 0x80
		b = append(b, 0, 0, 0, 0) // a key that leaves the text as it is
	}
	return append(b, text...)
}

func (p *play) finish() {
	if !p.ours {
		p.ours = true
		p.log("prober", "end of TCP (FIN)", nil)
		p.fin()
	}
}

// wait reads until the peer has ended TCP, or enough is true, or d is over.
func (p *play) wait(d time.Duration, enough func() bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for p.end == "" && !enough() {
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
	what := "end of TCP (FIN)"
	switch {
	case errors.Is(err, syscall.ECONNRESET):
		p.end, what = "reset", "TCP reset"
	case p.late:
		p.end = "late"
	case p.ours:
		p.end = "after"
	case p.slow:
		p.end = "slow"
	default:
		p.end = "first"
	}
	if err != io.EOF && p.end != "reset" {
		what += ": " + err.Error()
	}
	p.log("peer", what, nil)
}

// read hands over what arrives, until the connection ends or is closed.
func (p *play) read() {
	total := 0
	for {
		b := make([]byte, 4096)
		n, err := p.Conn.Read(b)
		if total += n; total > maxReceived && err == nil {
			return // then the end is never seen
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

// received parses the frames that b completes.
func (p *play) received(b []byte) {
	p.buf = append(p.buf, b...)
	for {
		f := parseFrame(p.buf[p.off:])
		if f == nil {
			return
		}
		f.start, f.end = p.off, p.off+f.end
		p.log("peer", describeFrame(f), p.buf[f.start:f.end])
		p.off = f.end
		if f.opcode == opClose && p.closeAt < 0 {
			p.closeAt = len(p.frames)
		}
		p.frames = append(p.frames, f)
	}
}

func (p *play) log(by, what string, b []byte) {
	p.events = append(p.events, Event{by, what, append(HexBytes(nil), b...), float64(time.Since(p.began).Microseconds()) / 1000})
}
