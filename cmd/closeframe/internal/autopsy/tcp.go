package autopsy

import "bytes"

// A flow is one direction of a TCP connection: it puts segments in order.
type flow struct {
	synced  bool
	next    uint32 // sequence number of the byte that comes next
	acked   uint32 // the highest acknowledgment of the other side
	hasAck  bool
	early   []segment // that came before what is in front of them
	held    int       // bytes in early
	total   *int      // bytes in early of all flows
	again   int       // segments that had come before
	waiting int64     // since when there is a gap
	passed  int       // acknowledgments of bytes after the gap
}

// A segment is some bytes of a flow.
type segment struct {
	seq    uint32
	length int    // as sent
	data   []byte // as captured
	fin    bool
	time   int64
	ack    uint32
}

// maxHeld is how many bytes that came early a flow keeps, and maxEarly in how
// many segments, before it takes the gap in front of them as lost.
const (
	maxHeld  = 256 << 10
	maxEarly = 256
	maxTotal = 64 << 20   // of all flows
	patience = int64(1e9) // for a gap, in nanoseconds
)

// A sink takes the bytes of a flow in order.
type sink interface {
	// at is called with the segment that the next calls are about.
	at(s segment)
	// segment is called with the captured bytes of a segment and the number of
	// those after them that are not in the capture.
	segment(data []byte, missing int)
	// fin is called when the flow has ended.
	fin()
}

// push adds a segment, and calls the sink for what is in order then.
func (f *flow) push(s segment, to sink) {
	if !f.synced {
		f.synced = true
		f.next = s.seq
	}
	f.release(s, to)
	if f.waiting != 0 && s.time-f.waiting > patience {
		f.skip(to)
	}
}

// release passes on s, if it is the next, and then what waited for it; else it
// keeps it.
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

// acknowledge takes an acknowledgment of the other side. What it has received
// though it is not here is not in the capture; two acknowledgments are waited
// for, since captures may swap packets.
func (f *flow) acknowledge(ack uint32, to sink) {
	if !f.hasAck || int32(ack-f.acked) > 0 {
		f.acked, f.hasAck = ack, true
	}
	if len(f.early) > 0 && int32(f.acked-f.early[0].seq) >= 0 {
		if f.passed++; f.passed >= 2 {
			f.skip(to)
		}
	}
}

// hold counts n more bytes that are kept.
func (f *flow) hold(n int) {
	f.held += n
	*f.total += n
}

// deliver passes on what is new in a segment that does not begin after next.
func (f *flow) deliver(s segment, to sink) {
	old := int(f.next - s.seq)
	if old > s.length || old == s.length && s.length > 0 && !s.fin {
		f.again++
		return
	}
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

// skip gives up waiting: the bytes up to the first segment that is there are
// not in the capture.
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

// flush passes on all that is kept, with the gaps in it, and then what the
// other side acknowledged though it is not in the capture.
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
