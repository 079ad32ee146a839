package autopsy

import "bytes"

// A flow reassembles one direction of a TCP connection.
type flow struct {
	synced  bool
	next    uint32 // sequence number of the next byte
	acked   uint32 // the highest acknowledgment of the other side
	hasAck  bool
	early   []segment // segments that arrived early, out of order
	held    int       // bytes in early
	total   *int      // bytes in early of all flows
	sent    int64     // the time of the last segment
	again   int       // segments sent again, and keep-alive probes, without an answer
	waiting int64     // the time at which the gap appeared
	passed  int       // acknowledgments of bytes after the gap
}

// A segment is a TCP segment of a flow.
type segment struct {
	seq    uint32
	length int    // as sent
	data   []byte // as captured
	fin    bool
	time   int64
	ack    uint32
}

// maxHeld is the number of early bytes, and maxEarly the number of early
// segments, that a flow keeps before it treats the gap before them as lost.
const (
	maxHeld    = 256 << 10
	maxEarly   = 256
	maxTotal   = 64 << 20   // of all flows
	gapTimeout = int64(1e9) // for a gap, in nanoseconds
)

// A sink receives the bytes of a flow in order.
type sink interface {
	// at is called with the segment of the following calls.
	at(s segment)
	// segment is called with the captured bytes of a segment and the number of
	// missing bytes after them.
	segment(data []byte, missing int)
	// fin is called when the flow has ended.
	fin()
}

// push adds a segment, and passes all bytes that are now in order to the sink.
func (f *flow) push(s segment, to sink) {
	if !f.synced {
		f.synced = true
		f.next = s.seq
	}
	f.release(s, to)
	if f.waiting != 0 && s.time-f.waiting > gapTimeout {
		f.skip(to)
	}
}

// probe counts s if it is a keep-alive probe: it has the sequence number of a
// byte that was sent before (RFC 9293 §3.8.4).
func (f *flow) probe(s segment, flags int) {
	if f.synced && s.length == 0 && flags&(flagSYN|flagFIN|flagRST) == 0 && s.seq == f.next-1 {
		f.repeated(s.time)
	}
}

// minRepeat is the minimum time between a segment and its repetition, in
// nanoseconds. Captures on several interfaces have each segment twice.
const minRepeat = int64(100e6)

// repeated counts a segment that was sent again at the given time.
func (f *flow) repeated(time int64) {
	if time-f.sent >= minRepeat {
		f.again++
		f.sent = time
	}
}

// release passes s on if it is next in order, and then the segments after it.
// Otherwise it keeps s.
func (f *flow) release(s segment, to sink) {
	if int32(s.seq-f.next) > 0 {
		if f.held+len(s.data) > maxHeld || len(f.early) >= maxEarly || *f.total+len(s.data) > maxTotal {
			f.skip(to)
		}
	}
	if ahead := int32(s.seq - f.next); ahead > 0 {
		s.data = bytes.Clone(s.data)
		f.early = append(f.early, s)
		f.hold(len(s.data))
		if f.waiting == 0 {
			f.waiting = s.time
		}
		return
	}
	f.deliver(s, to)
	for again := true; again; {
		again = false
		for i, e := range f.early {
			if int32(e.seq-f.next) <= 0 {
				f.early = append(f.early[:i], f.early[i+1:]...)
				f.hold(-len(e.data))
				f.deliver(e, to)
				again = true
				break
			}
		}
	}
	if len(f.early) == 0 {
		f.waiting, f.passed = 0, 0
	}
}

// acknowledge processes an acknowledgment of the other side. Acknowledged bytes
// that are missing here are not in the capture. It waits for two
// acknowledgments, since captures may swap packets.
func (f *flow) acknowledge(ack uint32, to sink) {
	if !f.hasAck || int32(ack-f.acked) > 0 {
		f.acked, f.hasAck = ack, true
		f.again = 0
	}
	if int32(ack-f.next) >= 0 {
		f.again = 0 // the answer to a probe
	}
	if len(f.early) > 0 && int32(f.acked-f.early[0].seq) >= 0 {
		if f.passed++; f.passed >= 2 {
			f.skip(to)
		}
	}
}

// hold counts n more kept bytes.
func (f *flow) hold(n int) {
	f.held += n
	*f.total += n
}

// deliver passes on the new bytes of a segment that starts at or before next.
func (f *flow) deliver(s segment, to sink) {
	old := int(f.next - s.seq)
	if old > s.length || old == s.length && s.length > 0 && !s.fin {
		f.repeated(s.time)
		return
	}
	f.sent = max(f.sent, s.time)
	to.at(s)
	f.next += uint32(s.length - old)
	data := s.data[min(old, len(s.data)):]
	if s.length > old {
		to.segment(data, s.length-old-len(data))
	}
	if s.fin {
		f.next++
		to.fin()
	}
}

// skip treats the bytes before the first early segment as missing in the
// capture.
func (f *flow) skip(to sink) {
	if len(f.early) == 0 {
		return
	}
	first := 0
	for i, e := range f.early {
		if int32(e.seq-f.early[first].seq) < 0 {
			first = i
		}
	}
	s := f.early[first]
	f.early = append(f.early[:first], f.early[first+1:]...)
	f.hold(-len(s.data))
	to.at(s)
	to.segment(nil, int(s.seq-f.next))
	f.next = s.seq
	f.waiting, f.passed = 0, 0
	f.release(s, to)
}

// flush passes on all kept segments, with the gaps between them, and then the
// acknowledged bytes that are not in the capture.
func (f *flow) flush(to sink) {
	for len(f.early) > 0 {
		f.skip(to)
	}
	if f.synced && f.hasAck {
		if lost := int32(f.acked - f.next); lost > 0 && lost < 1<<30 {
			f.next = f.acked
			to.segment(nil, int(lost))
		}
	}
}
