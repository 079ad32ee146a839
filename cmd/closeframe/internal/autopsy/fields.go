package autopsy

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"io"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/internal/catalog"
)

// The fields that tshark prints, as columns in this order. aggregator separates
// the values of a field that occurs several times in a packet.
var fields = []string{
	"frame.number", "frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
	"tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "tcp.payload",
	"tls.record.content_type", "tls.record.length", "tls.handshake.type", "tls.alert_message.desc",
	"tls.handshake.extensions_server_name", "data.data",
	"http2.streamid", "http2.type", "http2.flags", "http2.headers.method", "http2.headers.path", "http2.headers.authority",
	"http2.headers.status", "http2.header.name", "http2.header.value", "http2.data.data", "http2.rst_stream.error",
	"tls.record.opaque_type",
}

const aggregator = "|"

// columns by name.
const (
	colNumber = iota
	colTime
	colIP4Src
	colIP4Dst
	colIP6Src
	colIP6Dst
	colStream
	colSrcPort
	colDstPort
	colFlags
	colSeq
	colAck
	colLen
	colPayload
	colRecordType
	colRecordLen
	colHandshake
	colAlert
	colServerName
	colData
	colH2Stream
	colH2Type
	colH2Flags
	colH2Method
	colH2Path
	colH2Authority
	colH2Status
	colH2Name
	colH2Value
	colH2Data
	colH2Reset
	colOpaqueType
	numColumns
)

// The flags of a TCP header.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	_
	flagACK
)

// A packet is a line of tshark's output. Its slices are valid until the next
// packet is read.
type packet struct {
	number   int
	time     int64 // nanoseconds since 1970
	src, dst string
	sport    int
	dport    int
	stream   int
	flags    int
	seq, ack uint32
	length   int    // of the TCP payload as sent
	payload  []byte // as captured: may be shorter
	data     []byte // the decrypted bytes of TLS records, or the payload again

	recordTypes, recordLens, handshakes, alerts []int
	serverName                                  string
	h2                                          []h2frame
}

// An h2frame is a frame of HTTP/2.
type h2frame struct {
	stream, kind, flags int
	method, path        string
	authority, agent    string
	status              int
	websocket           bool // its :protocol is websocket
	data                []byte
	reset               int // the error of RST_STREAM
}

// maxLine is the maximum length of a line: two payloads of the largest packet
// in a capture (262,144 bytes), and the decrypted records that end in it.
const maxLine = 4 << 20

// A fieldReader reads packets from the output of tshark.
type fieldReader struct {
	r       *bufio.Reader
	line    []byte
	number  int // of the line
	columns []int
	cells   [numColumns][]byte
	payload []byte
	data    []byte
	h2data  []byte
	p       packet
}

// newFieldReader reads the line with the names of the fields.
func newFieldReader(r io.Reader) (*fieldReader, error) {
	f := &fieldReader{r: bufio.NewReaderSize(r, 1<<16)}
	if err := f.readLine(); err != nil {
		if err == io.EOF && f.number == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	seen := 0
	for name := range bytes.SplitSeq(f.line, []byte{'\t'}) {
		column := -1
		for i, want := range fields {
			if want == string(name) {
				column = i
				seen++
			}
		}
		f.columns = append(f.columns, column)
	}
	if seen != numColumns || len(f.columns) != numColumns {
		return nil, catalog.NewError("autopsy.error.notTshark")
	}
	return f, nil
}

// readLine reads a line into f.line. A last line without a line feed is
// incomplete and not returned.
func (f *fieldReader) readLine() error {
	f.line = f.line[:0]
	for {
		part, err := f.r.ReadSlice('\n')
		f.line = append(f.line, part...)
		switch {
		case err == nil:
			f.number++
			f.line = bytes.TrimRight(f.line, "\r\n")
			return nil
		case err != bufio.ErrBufferFull:
			if err == io.EOF && len(f.line) > 0 {
				return io.ErrUnexpectedEOF
			}
			return err
		case len(f.line) > maxLine:
			return catalog.NewError("autopsy.error.lineLong", f.number+1, maxLine)
		}
	}
}

// next returns the next packet, or io.EOF.
func (f *fieldReader) next() (*packet, error) {
	if err := f.readLine(); err != nil {
		return nil, err
	}
	f.cells = [numColumns][]byte{}
	rest := f.line
	for i, column := range f.columns {
		cell, after, found := bytes.Cut(rest, []byte{'\t'})
		if found != (i < len(f.columns)-1) {
			return nil, catalog.NewError("autopsy.error.columns", f.number, numColumns)
		}
		f.cells[column] = cell
		rest = after
	}
	if err := f.parse(); err != nil {
		return nil, catalog.NewError("autopsy.error.line", f.number, err)
	}
	return &f.p, nil
}

func (f *fieldReader) parse() (err error) {
	number := func(column int, bits int) (n uint64) {
		cell := lastValue(f.cells[column])
		n, e := strconv.ParseUint(cell, 0, bits)
		if e != nil && err == nil {
			err = catalog.NewError("autopsy.error.number", fields[column], cell)
		}
		return n
	}
	p := &f.p
	*p = packet{recordTypes: p.recordTypes[:0], recordLens: p.recordLens[:0], handshakes: p.handshakes[:0], alerts: p.alerts[:0], h2: p.h2[:0]}
	p.number = int(number(colNumber, 31))
	p.stream = int(number(colStream, 31))
	p.sport = int(number(colSrcPort, 16))
	p.dport = int(number(colDstPort, 16))
	p.flags = int(number(colFlags, 16))
	p.seq = uint32(number(colSeq, 32))
	p.ack = uint32(number(colAck, 32))
	p.length = int(number(colLen, 20))
	if err != nil {
		return err
	}
	if p.time, err = parseTime(lastValue(f.cells[colTime])); err != nil {
		return err
	}
	p.src, p.dst = lastValue(f.cells[colIP4Src]), lastValue(f.cells[colIP4Dst])
	if len(f.cells[colIP6Src]) > 0 {
		p.src, p.dst = lastValue(f.cells[colIP6Src]), lastValue(f.cells[colIP6Dst])
	}
	if p.payload, err = f.bytes(colPayload, &f.payload); err != nil {
		return err
	}
	if len(p.payload) > p.length {
		return catalog.NewError("autopsy.error.payload", len(p.payload), p.length)
	}
	if p.data, err = f.bytes(colData, &f.data); err != nil {
		return err
	}
	for _, list := range []struct {
		column int
		to     *[]int
	}{{colRecordType, &p.recordTypes}, {colRecordLen, &p.recordLens}, {colHandshake, &p.handshakes}, {colAlert, &p.alerts}} {
		if err = f.numbers(list.column, list.to); err != nil {
			return err
		}
	}
	if len(p.recordTypes) == 0 { // with TLS 1.3, the content type is known only with the keys
		if err = f.numbers(colOpaqueType, &p.recordTypes); err != nil {
			return err
		}
	}
	p.serverName = lastValue(f.cells[colServerName])
	if len(f.cells[colH2Stream]) > 0 {
		return f.parseH2()
	}
	return nil
}

// lastValue returns the last of the values in a cell, which is that of the
// innermost packet in a tunnel.
func lastValue(cell []byte) string {
	return string(cell[bytes.LastIndexByte(cell, aggregator[0])+1:])
}

// values returns the values in a cell.
func values(cell []byte) []string {
	if len(cell) == 0 {
		return nil
	}
	return strings.Split(string(cell), aggregator)
}

// numbers reads the values of a cell. It leaves out values that tshark could
// not determine.
func (f *fieldReader) numbers(column int, to *[]int) error {
	for _, v := range values(f.cells[column]) {
		if v == "" || v == "<MISSING>" {
			continue
		}
		n, err := strconv.ParseUint(v, 0, 31)
		if err != nil {
			return catalog.NewError("autopsy.error.number", fields[column], v)
		}
		*to = append(*to, int(n))
	}
	return nil
}

// bytes decodes all the values of a cell, one after the other, into *buf.
func (f *fieldReader) bytes(column int, buf *[]byte) ([]byte, error) {
	*buf = (*buf)[:0]
	for part := range bytes.SplitSeq(f.cells[column], []byte(aggregator)) {
		b, err := appendHex(*buf, part)
		if err != nil {
			return nil, catalog.NewError("autopsy.say", fields[column], err)
		}
		*buf = b
	}
	return *buf, nil
}

// appendHex appends the bytes of a value; older versions put colons in it.
func appendHex(b, value []byte) ([]byte, error) {
	if string(value) == "<MISSING>" {
		return b, nil
	}
	if bytes.IndexByte(value, ':') >= 0 {
		value = bytes.ReplaceAll(value, []byte{':'}, nil)
	}
	return hex.AppendDecode(b, value)
}

// parseTime parses seconds since 1970 with up to nine decimals.
func parseTime(s string) (int64, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || len(fraction) > 9 || sec < 0 || sec > 1<<33 {
		return 0, catalog.NewError("autopsy.error.seconds", fields[colTime], s)
	}
	ns, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
	if err != nil {
		return 0, catalog.NewError("autopsy.error.seconds", fields[colTime], s)
	}
	return sec*1e9 + int64(ns), nil
}

// The types of HTTP/2 frames used here (RFC 9113 §6).
const (
	h2Data    = 0
	h2Headers = 1
	h2Reset   = 3

	h2EndStream = 1
)

// parseH2 returns the HTTP/2 frames in the cells. Each cell lists one kind of
// value.
func (f *fieldReader) parseH2() error {
	p := &f.p
	var streams, kinds, flags, resets []int
	for _, list := range []struct {
		column int
		to     *[]int
	}{{colH2Stream, &streams}, {colH2Type, &kinds}, {colH2Flags, &flags}, {colH2Reset, &resets}} {
		if err := f.numbers(list.column, list.to); err != nil {
			return err
		}
	}
	data := bytes.Split(f.cells[colH2Data], []byte(aggregator))
	if len(f.cells[colH2Data]) == 0 {
		data = nil
	}
	blocks := headerBlocks(values(f.cells[colH2Name]), values(f.cells[colH2Value]))
	f.h2data = f.h2data[:0]
	for i, stream := range streams {
		if i >= len(kinds) || i >= len(flags) {
			break // tshark prints only some fields of a truncated frame
		}
		h := h2frame{stream: stream, kind: kinds[i], flags: flags[i]}
		switch h.kind {
		case h2Data:
			if len(data) > 0 {
				from := len(f.h2data)
				b, err := appendHex(f.h2data, data[0])
				if err != nil {
					return catalog.NewError("autopsy.say", fields[colH2Data], err)
				}
				f.h2data = b
				h.data = b[from:len(b):len(b)]
				data = data[1:]
			}
		case h2Headers:
			if len(blocks) > 0 {
				h.headers(blocks[0])
				blocks = blocks[1:]
			}
		case h2Reset:
			if len(resets) > 0 {
				h.reset = resets[0]
				resets = resets[1:]
			}
		}
		p.h2 = append(p.h2, h)
	}
	return nil
}

// headerBlocks divides the headers of several HEADERS frames: each begins with
// its pseudo-headers (RFC 9113 §8.3).
func headerBlocks(names, values []string) (blocks [][][2]string) {
	pseudo := false
	for i, name := range names {
		if i >= len(values) {
			break
		}
		p := strings.HasPrefix(name, ":")
		if len(blocks) == 0 || p && (!pseudo || name == ":status") {
			blocks = append(blocks, nil)
		}
		pseudo = p
		last := &blocks[len(blocks)-1]
		*last = append(*last, [2]string{name, values[i]})
	}
	return blocks
}

func (h *h2frame) headers(block [][2]string) {
	for _, nv := range block {
		switch nv[0] {
		case ":method":
			h.method = nv[1]
		case ":path":
			h.path = nv[1]
		case ":authority":
			h.authority = nv[1]
		case ":protocol":
			h.websocket = nv[1] == "websocket"
		case ":status":
			h.status, _ = strconv.Atoi(nv[1])
		case "user-agent":
			h.agent = nv[1]
		}
	}
}

// FirstField is the beginning of tshark's output.
const FirstField = "frame.number\t"
