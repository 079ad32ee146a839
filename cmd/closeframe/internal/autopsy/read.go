package autopsy

import (
	"io"
	"slices"
)

// A Result is the analysis of a capture.
type Result struct {
	File        string        `json:"file"`
	Packets     int           `json:"packets"`           // of TCP
	TCP         int           `json:"tcp"`               // connections of TCP
	Hidden      int           `json:"hidden"`            // of them over TLS that could not be decrypted
	Dropped     int           `json:"dropped"`           // number of WebSocket connections beyond MaxConnections
	Connections []*Connection `json:"connections"`       // in order of their start
	Partial     string        `json:"partial,omitempty"` // why the result is partial
}

// Limits on what is kept in memory.
const (
	MaxConnections = 50_000 // WebSocket connections that are reported
	maxDetailed    = 2_000  // connections with a timeline
	maxLive        = 20_000 // TCP connections observed at the same time

	// The time for which a connection is observed after its end, in
	// nanoseconds, since a RST may follow.
	linger = int64(10e9)
)

// A Reader reads the output of tshark.
type Reader struct {
	TLS  bool // also report TLS connections that could not be decrypted
	Keys bool // TLS secrets were given

	live   map[int]*tcpConn
	held   int // bytes kept by flows
	hidden []*Connection
	r      Result
}

// Read reads the output of tshark with [Tshark.Args]. With an error, the Result
// covers the input before the error.
func (r *Reader) Read(in io.Reader) (*Result, error) {
	r.live = map[int]*tcpConn{}
	r.r.Connections = []*Connection{}
	f, err := newFieldReader(in)
	if err != nil {
		return &r.r, err
	}
	seen := -1
	for {
		var p *packet
		if p, err = f.next(); err != nil {
			break
		}
		r.r.Packets++
		t := r.live[p.stream]
		if t == nil {
			if p.stream > seen {
				seen = p.stream
				r.r.TCP++
			}
			if len(r.live) >= maxLive {
				r.retire(p.time, true)
			}
			t = newTCPConn(p, &r.held)
			r.live[p.stream] = t
		}
		t.packet(p)
		if r.r.Packets%8192 == 0 {
			r.retire(p.time, false)
		}
	}
	for _, id := range r.streams() {
		r.finish(r.live[id])
	}
	if err == io.EOF {
		err = nil
	}
	all := r.r.Connections
	if len(all) == 0 || r.TLS {
		all = append(all, r.hidden...)
	}
	slices.SortStableFunc(all, func(a, b *Connection) int {
		switch {
		case a.began < b.began:
			return -1
		case a.began > b.began:
			return 1
		}
		return 0
	})
	groupEnds(all)
	for _, c := range all {
		c.applyRules()
	}
	r.r.Connections = all
	if err != nil {
		r.r.Partial = err.Error()
	}
	return &r.r, err
}

func (r *Reader) streams() []int {
	ids := make([]int, 0, len(r.live))
	for id := range r.live {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// retire stops observing connections that have ended. With force, it also drops
// the half of the connections that have been idle longest.
func (r *Reader) retire(now int64, force bool) {
	var times []int64
	for _, t := range r.live {
		if force {
			times = append(times, t.ch.last)
		}
	}
	slices.Sort(times)
	for _, id := range r.streams() {
		t := r.live[id]
		old := force && t.ch.last <= times[len(times)/2]
		if old || t.over() && now-t.ch.last > linger {
			r.finish(t)
			delete(r.live, id)
		}
	}
}

// over reports whether TCP has ended in both directions.
func (t *tcpConn) over() bool { return t.finSent[0] && t.finSent[1] || t.rst[0] || t.rst[1] }

func (r *Reader) finish(t *tcpConn) {
	list := t.results(true)
	for _, c := range list {
		if len(r.r.Connections)+len(r.hidden) >= MaxConnections {
			r.r.Dropped++
			continue
		}
		if len(r.r.Connections)+len(r.hidden) >= maxDetailed {
			c.Timeline = nil
		}
		if i := slices.Index(c.Limits, "encrypted"); i >= 0 && r.Keys && !slices.Contains(c.Limits, "tls-middle") {
			c.Limits[i] = "other-keys"
		}
		if t.hidden() {
			r.hidden = append(r.hidden, c)
		} else {
			r.r.Connections = append(r.r.Connections, c)
		}
	}
	if t.hidden() {
		r.r.Hidden++
	}
}

// groupEnds finds connections of one server that ended within a second of each
// other, and counts its other connections.
func groupEnds(all []*Connection) {
	servers := map[string][]*Connection{}
	for _, c := range all {
		if c.How != "open" && c.EndedBy == Server && c.Cause != Refused {
			servers[c.Server] = append(servers[c.Server], c)
		}
	}
	const window = int64(1e9)
	for server, list := range servers {
		if len(list) < 3 {
			continue
		}
		slices.SortStableFunc(list, func(a, b *Connection) int { return int(max(-1, min(1, a.end-b.end))) })
		from, to := 0, 0
		for i, c := range list {
			for list[from].end < c.end-window {
				from++
			}
			for to = max(to, i); to+1 < len(list) && list[to+1].end <= c.end+window; to++ {
			}
			n := to - from + 1
			if n < 3 {
				continue
			}
			left := 0
			for _, o := range all {
				if o.Server == server && o.began < c.end && (o.How == "open" || o.end > c.end+window) {
					left++
				}
			}
			c.facts["together"], c.facts["remaining"] = n, left
		}
	}
}
