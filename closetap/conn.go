package closetap

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// A Side is one of the two endpoints of a connection, or the proxy between them.
type Side uint8

const (
	Neither Side = iota // no side: in a [Report], nobody
	Client
	Server
	Proxy // the observer itself
)

// Peer returns [Server] for [Client], [Client] for [Server], and [Neither]
// otherwise.
func (s Side) Peer() Side {
	switch s {
	case Client:
		return Server
	case Server:
		return Client
	}
	return Neither
}

// String returns "client", "server", "proxy", or "" for [Neither].
func (s Side) String() string {
	switch s {
	case Client:
		return "client"
	case Server:
		return "server"
	case Proxy:
		return "proxy"
	}
	return ""
}

// MarshalText returns s as a string, for JSON.
func (s Side) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// An End is how the transport ended on one side, as seen by the observer.
type End uint8

const (
	EndNone    End = iota // it has not ended
	EndFIN                // the side sent FIN, so it sends nothing more
	EndReset              // the side sent RST, or reading from it returned that error
	EndTimeout            // the observer's timeout for the side expired
	EndClosed             // the observer closed the transport for another reason
)

// String returns "open", "fin", "reset", "timeout" or "closed".
func (e End) String() string {
	switch e {
	case EndNone:
		return "open"
	case EndFIN:
		return "fin"
	case EndReset:
		return "reset"
	case EndTimeout:
		return "timeout"
	case EndClosed:
		return "closed"
	}
	return "unknown"
}

// MarshalText returns e as a string, for JSON.
func (e End) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// A Conn observes both directions of a connection and the end of its transport.
// The zero Conn is ready to use. It takes at most 512 bytes, and it does not
// allocate before [Conn.Report].
//
// Its owner calls [Conn.Feed] with the bytes that each side sent after the
// opening handshake, [Conn.Ended] when the transport of a side ends, and, for a
// proxy that sends Close frames of its own, [Conn.Inserted]. The order of the
// calls is the order of the events: for a proxy, the order of its reads; for a
// packet capture, the order of the packets, after TCP reassembly of each
// direction.
//
// A Conn is not safe for concurrent use. A proxy that copies the two directions
// in two goroutines guards it with a mutex.
type Conn struct {
	taps     [2]Tap
	inserted [2]insertion
	ends     [2]End
	steps    [8]step // each of 4 events happens at most once on each side
	n        uint8   // the number of steps used
}

// An insertion is a Close frame that the observer sent.
type insertion struct {
	code   closecode.Code // 0 if there was none
	reason string
}

// A step is an event that happens at most once on each side. A Conn keeps its
// steps in order, for Report.
type step struct {
	side Side
	kind stepKind
}

type stepKind uint8

const (
	sentFault stepKind = iota // the side sent the first violation
	sentClose                 // the side sent a valid Close frame
	gotClose                  // the observer sent a Close frame to the side
	ended                     // the transport of the side ended
)

// index returns the index of s in the arrays of a Conn.
func (s Side) index() int { return int(s - Client) }

// addStep records a step.
func (c *Conn) addStep(side Side, kind stepKind) {
	c.steps[c.n] = step{side, kind}
	c.n++
}

// Feed records the next bytes that a side, [Client] or [Server], has sent. They
// may be split anywhere. Feed neither changes nor keeps them. Bytes after the
// end of that side's transport are ignored.
func (c *Conn) Feed(from Side, p []byte) {
	t := c.Tap(from)
	if c.ends[from.index()] != EndNone {
		return
	}
	hadFault, hadClose := t.fault != 0, t.closing == closeValid
	t.Write(p)
	if !hadFault && t.fault != 0 && t.fault != faultAfterClose {
		// The peer reads nothing after a Close frame (§5.5.1), so later bytes
		// have no effect. Any other violation precedes the Close frame.
		c.addStep(from, sentFault)
	}
	if !hadClose && t.closing == closeValid {
		c.addStep(from, sentClose)
	}
}

// Ended records how the transport of a side, [Client] or [Server], ended. Only
// the first call for each side counts. After [EndFIN] bytes may still be sent
// to that side.
func (c *Conn) Ended(side Side, how End) {
	if i := side.index(); c.ends[i] == EndNone && how != EndNone {
		c.ends[i] = how
		c.addStep(side, ended)
	}
}

// Inserted records that the observer has sent a Close frame of its own to a
// side, [Client] or [Server]. Only the first call for each side counts. The
// observer must not forward anything to that side afterwards.
func (c *Conn) Inserted(to Side, code closecode.Code, reason string) {
	if i := to.index(); c.inserted[i].code == 0 {
		c.inserted[i] = insertion{code, reason}
		c.addStep(to, gotClose)
	}
}

// Tap returns the Tap for the bytes of a side, [Client] or [Server]. Do not
// write to it: pass bytes to [Conn.Feed].
func (c *Conn) Tap(from Side) *Tap {
	t := &c.taps[from.index()]
	if from == Client {
		t.mask = bitMask
	}
	return t
}

// close returns the valid Close frame that a side sent. Its code is 0 if there
// was none.
func (c *Conn) close(from Side) frame.Close {
	f, _ := c.Tap(from).Close()
	return f
}
