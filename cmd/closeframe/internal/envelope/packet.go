package envelope

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
)

// A segment is a TCP segment.
type segment struct {
	layers  string
	src     string // address and port
	dst     string
	seq     uint32
	syn     bool
	payload []byte
	missing int // number of payload bytes truncated by the capture
	chunk   int
}

// packets adds the streams of chunks that are packets, and reports whether they
// are.
func (c *Content) packets(chunks []Chunk) bool {
	var segments []segment
	for i, ch := range chunks {
		s, ok, tcp := packet(ch.Data)
		if !ok {
			return false
		}
		c.Packets++
		c.Headers += len(ch.Data)
		if !tcp {
			continue
		}
		c.Headers -= len(s.payload)
		s.chunk = i
		segments = append(segments, s)
	}
	for _, s := range segments {
		if len(s.payload) > 0 || s.missing > 0 {
			c.reassemble(segments)
			return c.Packets > 0
		}
	}
	if c.Packets > 0 {
		c.Foreign = NotTCP
		return true
	}
	return false
}

// reassemble joins the segments of each direction to one stream, in the order
// of their sequence numbers.
func (c *Content) reassemble(segments []segment) {
	byFlow := map[string][]segment{}
	var order []string
	for _, s := range segments {
		key := s.src + " → " + s.dst
		if _, ok := byFlow[key]; !ok {
			order = append(order, key)
		}
		byFlow[key] = append(byFlow[key], s)
	}
	side := 0
	for _, key := range order {
		list := byFlow[key]
		base := list[0].seq
		slices.SortStableFunc(list, func(a, b segment) int { return int(int32(a.seq-base)) - int(int32(b.seq-base)) })
		side++
		st := Stream{Side: side, Label: key, First: -1}
		var next uint32
		for _, s := range list {
			if s.syn {
				s.seq++ // SYN takes a sequence number
			}
			if len(s.payload) == 0 && s.missing == 0 {
				continue
			}
			if st.First < 0 {
				st.First, st.Layers, next = s.chunk, s.layers, s.seq
			}
			p := s.payload
			switch gap := int32(s.seq - next); {
			case gap > 0:
				c.Missing += int(gap)
			case gap < 0:
				again := min(int(-gap), len(p))
				c.Repeated += again
				p = p[again:]
			}
			st.marks = append(st.marks, mark{len(st.Data), s.chunk})
			st.Data = append(st.Data, p...)
			if len(p) > 0 || s.missing > 0 {
				next = s.seq + uint32(len(s.payload))
			}
		}
		if st.First >= 0 {
			c.Streams = append(c.Streams, st)
		}
	}
}

// Link types, with the size of their headers, in the order in which they are
// tried.
var links = []struct {
	name string
	open func(b []byte) (proto uint16, n int, ok bool)
}{
	{"", func(b []byte) (uint16, int, bool) { return 0, 0, true }}, // none: IP at once
	{"Ethernet", ethernet},
	{"Linux cooked", cooked},
	{"Linux cooked v2", cooked2},
	{"loopback", loopback},
	{"PPP", func(b []byte) (uint16, int, bool) { return ppp(b, 0) }},
}

const (
	typeIPv4 = 0x0800
	typeIPv6 = 0x86dd
)

// ethernet parses an Ethernet header, with any VLAN tags and PPPoE in it.
func ethernet(b []byte) (proto uint16, n int, ok bool) {
	return ethertype(b, 12)
}

// ethertype parses an EtherType at b[n:] and the tags that follow it.
func ethertype(b []byte, n int) (uint16, int, bool) {
	tagged := ""
	for len(b) >= n+2 {
		proto := binary.BigEndian.Uint16(b[n:])
		n += 2
		switch proto {
		case 0x8100, 0x88a8, 0x9100: // 802.1Q, 802.1ad, QinQ
			tagged = "VLAN"
			n += 2
			continue
		case 0x8864: // PPPoE session
			return ppp(b, n+6)
		}
		_ = tagged
		return proto, n, proto == typeIPv4 || proto == typeIPv6
	}
	return 0, 0, false
}

// ppp parses a PPP protocol number at b[n:].
func ppp(b []byte, n int) (uint16, int, bool) {
	if len(b) >= n+2 && b[n] == 0xff && b[n+1] == 3 {
		n += 2
	}
	if len(b) < n+2 || b[n] != 0 {
		return 0, 0, false
	}
	switch b[n+1] {
	case 0x21:
		return typeIPv4, n + 2, true
	case 0x57:
		return typeIPv6, n + 2, true
	}
	return 0, 0, false
}

// cooked parses the header of LINKTYPE_LINUX_SLL.
func cooked(b []byte) (uint16, int, bool) {
	if len(b) < 16 || b[0] != 0 || b[1] > 4 {
		return 0, 0, false
	}
	return ethertype(b, 14)
}

// cooked2 parses the header of LINKTYPE_LINUX_SLL2.
func cooked2(b []byte) (uint16, int, bool) {
	if len(b) < 20 || b[2] != 0 || b[3] != 0 || b[10] > 4 {
		return 0, 0, false
	}
	proto := binary.BigEndian.Uint16(b)
	return proto, 20, proto == typeIPv4 || proto == typeIPv6
}

// loopback parses the address family of LINKTYPE_NULL, in either byte order,
// and LINKTYPE_LOOP.
func loopback(b []byte) (uint16, int, bool) {
	if len(b) < 4 {
		return 0, 0, false
	}
	family := binary.LittleEndian.Uint32(b)
	if family > 0xffff {
		family = binary.BigEndian.Uint32(b)
	}
	switch family {
	case 2: // AF_INET
		return typeIPv4, 4, true
	case 10, 24, 28, 30: // AF_INET6 of Linux, the BSDs, FreeBSD and macOS
		return typeIPv6, 4, true
	}
	return 0, 0, false
}

// packet parses a packet. ok reports whether b is one, and tcp whether it has
// a TCP segment.
func packet(b []byte) (s segment, ok, tcp bool) {
	for _, l := range links {
		proto, n, ok := l.open(b)
		if !ok || n > len(b) {
			continue
		}
		s, ok, tcp := ip(b[n:])
		if !ok || proto == typeIPv4 && b[n]>>4 != 4 || proto == typeIPv6 && b[n]>>4 != 6 {
			continue
		}
		if l.name == "Ethernet" && n > 14 {
			s.layers = "Ethernet, VLAN, " + s.layers
		} else if l.name != "" {
			s.layers = l.name + ", " + s.layers
		}
		return s, true, tcp
	}
	return s, false, false
}

// ip parses an IP packet.
func ip(b []byte) (s segment, ok, tcp bool) {
	if len(b) < 20 {
		return s, false, false
	}
	var src, dst netip.Addr
	var size, proto, n int
	switch b[0] >> 4 {
	case 4:
		n = int(b[0]&0xf) * 4
		size = int(binary.BigEndian.Uint16(b[2:]))
		if size == 0 {
			size = len(b) // segmentation offload
		}
		if n < 20 || n > len(b) || size < n || b[8] == 0 {
			return s, false, false
		}
		if checksum(b[:n]) != 0 && size != len(b) && !(b[10] == 0 && b[11] == 0) {
			return s, false, false
		}
		proto = int(b[9])
		src, dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
		s.layers = "IPv4"
		if binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
			return s, true, false // a later fragment
		}
	case 6:
		if len(b) < 40 {
			return s, false, false
		}
		n = 40
		size = 40 + int(binary.BigEndian.Uint16(b[4:]))
		proto = int(b[6])
		src, dst = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
		s.layers = "IPv6"
		for proto == 0 || proto == 43 || proto == 60 || proto == 44 { // extension headers
			if len(b) < n+8 {
				return s, false, false
			}
			next := int(b[n])
			if proto == 44 {
				n += 8
			} else {
				n += 8 + int(b[n+1])*8
			}
			proto = next
		}
		if proto != 6 && proto != 17 && proto != 58 || n > size {
			return s, false, false
		}
	default:
		return s, false, false
	}
	if proto != 6 {
		return s, true, false
	}
	end := min(size, len(b)) // bytes after size are padding
	if n+20 > end {
		return s, false, false
	}
	t := b[n:end]
	header := int(t[12]>>4) * 4
	if header < 20 || header > len(t) || t[12]&0xe != 0 {
		return s, false, false
	}
	s.src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(t)).String()
	s.dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(t[2:])).String()
	s.layers = fmt.Sprintf("%s, TCP %s → %s", s.layers, s.src, s.dst)
	s.seq = binary.BigEndian.Uint32(t[4:])
	s.syn = t[13]&2 != 0
	s.payload = t[header:]
	s.missing = size - end
	return s, true, true
}

// checksum returns the Internet checksum of b, which is 0 if b contains its
// correct checksum.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
