// Package relay forwards WebSocket connections to another server and reports
// their frames. It does not change anything after the opening handshake,
// including masks, FIN and resets.
package relay

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/closeframe/closeframe/closetap"
)

// A Relay is an [http.Handler] that forwards every WebSocket connection to one
// server. Its fields must not be changed once it is in use.
type Relay struct {
	// Target is a ws, wss, http or https URL. If it has a path, every
	// connection goes there; otherwise it goes to the path that the client asks
	// for. A user and password are sent with basic authentication.
	Target *url.URL

	// Header is added to each request to the server, in place of fields of the
	// same name.
	Header http.Header

	// TLS is used for wss; nil means the default.
	TLS *tls.Config

	// Timeout limits connecting to the server and its opening handshake; 10
	// seconds if it is 0.
	Timeout time.Duration

	// Observe is called for every event. Calls for one connection are in order
	// and do not overlap, but those for several connections may. The connection
	// waits until it returns. Nil means no observer.
	Observe func(Event)

	last   atomic.Int64
	mu     sync.Mutex
	active map[*conn]struct{} // guarded by mu
	closed bool               // guarded by mu
	wait   sync.WaitGroup
}

// A Kind is the kind of an [Event].
type Kind uint8

const (
	Opened  Kind = iota // both opening handshakes succeeded
	Refused             // the server cannot be reached, or refused the opening handshake
	Framed              // a whole frame has passed
	Ended               // the transport of one side has ended
	Done                // both sides have ended
)

// An Event is an event of a connection.
type Event struct {
	Conn int           // the number of the connection, from 1
	At   time.Duration // since it was opened
	Kind Kind

	Path   string // Opened, Refused: the path and query of the request to the server
	Client string // Opened, Refused: the address of the client
	Err    error  // Refused: why

	From  closetap.Side // Framed, Ended: the side
	Frame Frame         // Framed
	End   closetap.End  // Ended

	Report closetap.Report // Done
}

// A conn is one connection.
type conn struct {
	relay  *Relay
	number int
	opened time.Time
	ends   [2]end // client, server

	mu     sync.Mutex
	tap    closetap.Conn
	frames [2]scanner
	how    [2]closetap.End // the time of the last event
}

// An end is the connection to one side.
type end struct {
	net.Conn
	side closetap.Side
	r    io.Reader // reads from Conn, after any bytes already buffered
}

// observe calls Observe, if there is one.
func (r *Relay) observe(e Event) {
	if r.Observe != nil {
		r.Observe(e)
	}
}

// ServeHTTP forwards one connection, and returns when both of its sides have
// ended.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !strings.EqualFold(req.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, "this is a relay for WebSockets", http.StatusUpgradeRequired)
		return
	}
	number := int(r.last.Add(1))
	path := r.path(req)
	refused := func(err error) {
		r.observe(Event{Conn: number, Kind: Refused, Path: path, Client: req.RemoteAddr, Err: err})
	}
	server, head, resp, err := r.dial(req, path)
	if err != nil {
		refused(err)
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	if resp.StatusCode != http.StatusSwitchingProtocols {
		refused(fmt.Errorf("%s", resp.Status))
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		io.Copy(w, resp.Body)
		return
	}
	client, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		refused(err)
		return
	}
	defer client.Close()
	client.SetDeadline(time.Time{})
	c := &conn{relay: r, number: number, opened: time.Now()}
	c.ends = [2]end{{client, closetap.Client, rw.Reader}, server}
	c.frames[0].client = true
	if !r.add(c) {
		return
	}
	defer r.remove(c)
	r.observe(Event{Conn: number, Kind: Opened, Path: path, Client: req.RemoteAddr})
	client.Write(head) // reading from client returns the error, if any
	var both sync.WaitGroup
	both.Go(func() { c.forward(&c.ends[0], &c.ends[1]) })
	both.Go(func() { c.forward(&c.ends[1], &c.ends[0]) })
	both.Wait()
	r.observe(Event{Conn: number, At: time.Since(c.opened), Kind: Done, Report: c.tap.Report()})
}

// Close closes all connections, and new ones immediately. It returns when the
// end of every connection has been reported.
func (r *Relay) Close() {
	r.mu.Lock()
	r.closed = true
	for c := range r.active {
		c.ends[0].Close()
		c.ends[1].Close()
	}
	r.mu.Unlock()
	r.wait.Wait()
}

// add registers c, unless the relay is closed.
func (r *Relay) add(c *conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	if r.active == nil {
		r.active = map[*conn]struct{}{}
	}
	r.active[c] = struct{}{}
	r.wait.Add(1)
	return true
}

// remove undoes add.
func (r *Relay) remove(c *conn) {
	r.mu.Lock()
	delete(r.active, c)
	r.mu.Unlock()
	r.wait.Done()
}

// path returns the path and query of the request to the server.
func (r *Relay) path(req *http.Request) string {
	if r.Target.Path == "" || r.Target.Path == "/" {
		return req.URL.RequestURI()
	}
	return r.Target.RequestURI()
}

// dial connects to the server and passes on the opening handshake of req. It
// returns the response also as the bytes that the server sent.
func (r *Relay) dial(req *http.Request, path string) (server end, head []byte, resp *http.Response, err error) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(req.Context(), timeout)
	defer cancel()
	secure := r.Target.Scheme == "wss" || r.Target.Scheme == "https"
	addr := r.Target.Host
	if r.Target.Port() == "" {
		addr = net.JoinHostPort(r.Target.Hostname(), map[bool]string{false: "80", true: "443"}[secure])
	}
	var c net.Conn
	if secure {
		config := &tls.Config{}
		if r.TLS != nil {
			config = r.TLS.Clone()
		}
		config.NextProtos = []string{"http/1.1"}
		c, err = (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", addr)
	} else {
		c, err = (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	}
	if err != nil {
		return end{}, nil, nil, err
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	deadline, _ := ctx.Deadline()
	c.SetDeadline(deadline)
	h := req.Header.Clone()
	if origin := h.Get("Origin"); origin != "" && strings.HasSuffix(origin, "//"+req.Host) {
		// A page with the relay's own origin is given the server's origin.
		h.Set("Origin", map[bool]string{false: "http://", true: "https://"}[secure]+r.Target.Host)
	}
	if u := r.Target.User; u != nil {
		password, _ := u.Password()
		(&http.Request{Header: h}).SetBasicAuth(u.Username(), password)
	}
	host := r.Target.Host
	for name, values := range r.Header {
		if http.CanonicalHeaderKey(name) == "Host" {
			host = values[0]
			continue
		}
		h[http.CanonicalHeaderKey(name)] = values
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", path, host)
	h.Write(&b)
	b.WriteString("\r\n")
	if _, err := c.Write(b.Bytes()); err != nil {
		return end{}, nil, nil, err
	}
	br := bufio.NewReader(c)
	for resp == nil || resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
		// Interim responses may precede the final one (RFC 9110 §15.2).
		if head, err = readHead(br); err != nil {
			return end{}, nil, nil, fmt.Errorf("opening handshake: %w", err)
		}
		if resp, err = http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(head), br)), req); err != nil {
			return end{}, nil, nil, err
		}
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// ReadResponse has read only the head. There is no body, and later
		// bytes are still in br, since a Read of MultiReader ends at the end of
		// a reader.
		c.SetDeadline(time.Time{})
	}
	return end{c, closetap.Server, br}, head, resp, nil
}

// readHead reads the head of a response, up to its empty line.
func readHead(r *bufio.Reader) (head []byte, err error) {
	for !bytes.HasSuffix(head, []byte("\n\r\n")) && !bytes.HasSuffix(head, []byte("\n\n")) { // as in ReadResponse
		line, err := r.ReadSlice('\n')
		head = append(head, line...)
		if len(head) > 1<<16 {
			err = errors.New("the response is too long")
		}
		if err != nil && err != bufio.ErrBufferFull {
			return nil, err
		}
	}
	return head, nil
}

// forward copies from src to dst until src ends, and then ends dst in the same
// way.
func (c *conn) forward(src, dst *end) {
	buf := make([]byte, 32<<10)
	for {
		n, err := src.r.Read(buf)
		if n > 0 {
			c.passed(src.side, buf[:n])
			if _, err := dst.Write(buf[:n]); err != nil {
				// dst resets the connection when written to, so src must be
				// reset too.
				if !errors.Is(err, net.ErrClosed) {
					c.ended(dst.side, closetap.EndReset)
				}
				src.reset()
			}
		}
		if err == nil {
			continue
		}
		how := endOf(err)
		c.ended(src.side, how)
		if how == closetap.EndFIN {
			dst.closeWrite()
		} else {
			dst.reset()
		}
		return
	}
}

// endOf returns how the transport ended, from the error of reading.
func endOf(err error) closetap.End {
	var timeout net.Error
	switch {
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF): // TLS: FIN without close_notify
		return closetap.EndFIN
	case errors.Is(err, net.ErrClosed):
		return closetap.EndClosed
	case errors.As(err, &timeout) && timeout.Timeout():
		return closetap.EndTimeout
	}
	return closetap.EndReset
}

// passed reports bytes that a side sent.
func (c *conn) passed(from closetap.Side, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tap.Feed(from, p)
	c.frames[from-closetap.Client].scan(p, func(f Frame) {
		c.relay.observe(Event{Conn: c.number, At: time.Since(c.opened), Kind: Framed, From: from, Frame: f})
	})
}

// ended reports the end of a side's transport.
func (c *conn) ended(side closetap.Side, how closetap.End) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := &c.how[side-closetap.Client]; *was == closetap.EndNone || *was == closetap.EndFIN && how == closetap.EndReset {
		*was = how
	} else {
		return
	}
	c.tap.Ended(side, how)
	c.relay.observe(Event{Conn: c.number, At: time.Since(c.opened), Kind: Ended, From: side, End: how})
}

// tcp returns the TCP connection below.
func (e *end) tcp() *net.TCPConn {
	c := e.Conn
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	t, _ := c.(*net.TCPConn)
	return t
}

// closeWrite sends FIN, after TLS's close_notify if there is TLS.
func (e *end) closeWrite() {
	if t, ok := e.Conn.(*tls.Conn); ok {
		t.CloseWrite()
	}
	if t := e.tcp(); t != nil {
		t.CloseWrite()
	}
}

// reset closes the connection with RST.
func (e *end) reset() {
	if t := e.tcp(); t != nil {
		t.SetLinger(0)
		t.Close()
	}
	e.Close()
}
