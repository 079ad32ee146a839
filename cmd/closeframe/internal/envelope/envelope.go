// Package envelope removes the headers around WebSocket frames: link, IP and
// TCP headers, and the opening handshake.
package envelope

import (
	"cmp"
	"slices"
)

// A Chunk is consecutive bytes of one direction, such as one packet or one
// read of a log.
type Chunk struct {
	Data  []byte
	Side  int    // 0 if unknown; chunks of the same direction have the same
	Label string // the label of the side in the input, such as "write" or "peer0"
}

// A Kind names a protocol that is not WebSocket over plain TCP.
type Kind string

// The kinds of bytes that cannot be decoded as frames.
const (
	TLS     Kind = "tls"
	HTTP2   Kind = "http2"
	Hixie76 Kind = "hixie76" // the draft protocol of 2010, whose closing frame is ff 00
	PCAP    Kind = "pcap"    // a capture file, pcapng included
	HTTP    Kind = "http"    // HTTP/1.1 and no frames after its head
	NotTCP  Kind = "not tcp" // packets, none of which is a TCP segment with data
)

// A Content is the data in chunks.
type Content struct {
	Streams []Stream

	// Foreign is the other protocol that the bytes belong to, and Detail its
	// message.
	Foreign Kind
	Detail  string

	Packets int // number of packets whose headers were removed
	Headers int // size of the headers of packets that were removed, in bytes

	// Repeated and Missing are the numbers of retransmitted bytes and of bytes
	// not in the input, according to TCP sequence numbers.
	Repeated, Missing int
}

// A Stream is the bytes of one direction.
type Stream struct {
	Side  int
	Label string
	Data  []byte // frames
	First int    // the index of the chunk with the first frame

	Layers string // "Ethernet, IPv4, TCP 192.0.2.1:80 → 192.0.2.2:50000", or ""
	Heads  []Head // of the HTTP messages before the frames

	marks   []mark // offsets of the chunks in Data and the skipped bytes before it
	skipped int
}

// A mark is the offset of a chunk in the data of a stream.
type mark struct{ offset, chunk int }

// Chunk returns the index of the chunk that holds the byte at offset of Data.
func (s *Stream) Chunk(offset int) int {
	n, _ := slices.BinarySearchFunc(s.marks, offset+s.skipped+1, func(m mark, at int) int { return cmp.Compare(m.offset, at) })
	if n == 0 {
		return 0
	}
	return s.marks[n-1].chunk
}

// Open removes the headers in front of frames.
func Open(chunks []Chunk) *Content {
	c := &Content{}
	if kind, detail := capture(chunks); kind != "" {
		c.Foreign, c.Detail = kind, detail
		return c
	}
	if !c.packets(chunks) {
		c.join(chunks)
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		for {
			h, n, ok := head(s.Data)
			if !ok {
				break
			}
			s.Heads = append(s.Heads, h)
			s.Data = s.Data[n:]
			s.skipped += n
		}
		if kind, detail := foreign(s); kind != "" && c.Foreign == "" {
			c.Foreign, c.Detail = kind, detail
		}
	}
	if c.Foreign == "" {
		c.onlyHTTP()
	}
	return c
}

// onlyHTTP sets Foreign if the streams contain only HTTP.
func (c *Content) onlyHTTP() {
	for _, s := range c.Streams {
		if len(s.Data) > 0 {
			return
		}
	}
	for _, s := range c.Streams {
		if len(s.Heads) > 0 {
			c.Foreign, c.Detail = HTTP, s.Heads[len(s.Heads)-1].Summary()
		}
	}
}

// join concatenates the chunks of each side to one stream.
func (c *Content) join(chunks []Chunk) {
	index := map[int]int{}
	for i, ch := range chunks {
		at, ok := index[ch.Side]
		if !ok {
			at = len(c.Streams)
			index[ch.Side] = at
			c.Streams = append(c.Streams, Stream{Side: ch.Side, Label: ch.Label, First: i})
		}
		c.Streams[at].marks = append(c.Streams[at].marks, mark{len(c.Streams[at].Data), i})
		c.Streams[at].Data = append(c.Streams[at].Data, ch.Data...)
	}
}
