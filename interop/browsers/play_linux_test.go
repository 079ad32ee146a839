package browsers

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/closeframe/closeframe/frame"
)

// A step is one action of the server on a connection. Its fields are a verb of
// testdata/endings.json and its bytes.
type step struct {
	verb string
	data []byte
}

func parseStep(s string) (step, error) {
	verb, digits, _ := strings.Cut(s, " ")
	data, err := hex.DecodeString(digits)
	if err != nil {
		return step{}, fmt.Errorf("step %q: %w", s, err)
	}
	switch verb {
	case "send", "drip", "last":
		if len(data) == 0 {
			return step{}, fmt.Errorf("step %q: no bytes", s)
		}
	case "ready", "await", "end", "hold", "reset":
		if len(data) != 0 {
			return step{}, fmt.Errorf("step %q: bytes", s)
		}
	default:
		return step{}, fmt.Errorf("step %q: unknown", s)
	}
	return step{verb, data}, nil
}

// play performs the steps on a connection after its opening handshake. It
// returns all frames that the client sent, unmasked, in hexadecimal digits
// separated by spaces. It waits for each event until limit.
func play(conn *net.TCPConn, r *bufio.Reader, steps []step, limit time.Time) (sent string, err error) {
	defer conn.Close()
	if err := conn.SetDeadline(limit); err != nil {
		return "", err
	}
	client := &clientFrames{r: r}
	for _, s := range steps {
		var err error
		switch s.verb {
		case "ready":
			err = client.readTo(1)
			client.seen = nil
		case "send":
			_, err = conn.Write(s.data)
		case "drip":
			for i := range s.data {
				if _, err = conn.Write(s.data[i : i+1]); err != nil {
					break
				}
			}
		case "last":
			err = writeLast(conn, s.data)
		case "await":
			err = client.readTo(8)
		case "end":
			err = conn.CloseWrite()
		case "hold":
			err = client.readTo(-1)
		case "reset":
			return client.String(), conn.SetLinger(0) // makes Close send RST
		}
		if err != nil && !lost(err) {
			return client.String(), fmt.Errorf("%s: %w", s.verb, err)
		}
	}
	if err := conn.CloseWrite(); err != nil && !lost(err) {
		return client.String(), err
	}
	// Unread bytes would cause a reset.
	if err := client.readTo(-1); err != nil && !lost(err) {
		return client.String(), fmt.Errorf("reading what is left: %w", err)
	}
	return client.String(), nil
}

// writeLast writes data and FIN in the same segment, so that a client that has
// read the data has also read the end.
func writeLast(conn *net.TCPConn, data []byte) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_CORK, 1)
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if _, err := conn.Write(data); err != nil {
		return err
	}
	return conn.CloseWrite()
}

// lost reports whether err shows that the client closed or reset the
// connection.
func lost(err error) bool {
	return err == io.EOF || err == io.ErrUnexpectedEOF || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ENOTCONN)
}

// clientFrames collects the frames that a client sends.
type clientFrames struct {
	r    *bufio.Reader
	seen []string
	end  error
}

func (c *clientFrames) String() string { return strings.Join(c.seen, " ") }

// readTo reads frames up to and including the first with the opcode, or, if
// opcode is -1, until the client has ended its half.
func (c *clientFrames) readTo(opcode int) error {
	for c.end == nil {
		f, err := readFrame(c.r)
		if err != nil {
			c.end = err
			break
		}
		c.seen = append(c.seen, hex.EncodeToString(f))
		if int(f[0]&0xf) == opcode {
			return nil
		}
	}
	return c.end
}

// readFrame reads one frame of a client and returns it unmasked. It returns an
// error for an unmasked frame, which no browser sends.
func readFrame(r *bufio.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if head[1]&0x80 == 0 {
		return nil, fmt.Errorf("frame %x… is not masked", head)
	}
	n := int(head[1] & 0x7f)
	f := []byte{head[0], head[1] & 0x7f}
	if n > 125 {
		size := 2
		if n == 127 {
			size = 8
		}
		length := make([]byte, 8)
		if _, err := io.ReadFull(r, length[8-size:]); err != nil {
			return nil, err
		}
		f = append(f, length[8-size:]...)
		n = int(binary.BigEndian.Uint64(length))
	}
	if n < 0 || n > 1<<16 {
		return nil, fmt.Errorf("a frame of %d bytes", n)
	}
	var key [4]byte
	if _, err := io.ReadFull(r, key[:]); err != nil {
		return nil, err
	}
	head0 := len(f)
	f = append(f, make([]byte, n)...)
	if _, err := io.ReadFull(r, f[head0:]); err != nil {
		return nil, err
	}
	frame.Mask(f[head0:], key, 0)
	return f, nil
}
