package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/closeframe/closeframe/internal/catalog"
)

// A Target is the address of a server and the fields of its request.
type Target struct {
	Network, Addr string // for net.Dial
	Host, Path    string // for the request
	TLS           bool
	User          *url.Userinfo // for basic authentication, or nil
}

// A TargetError reports an invalid address of a server. The text for Problem in
// the catalog has the key "probe.target." and Problem.
type TargetError struct {
	Target  string
	Problem string // "form", "socket", "path", "fragment" or "port"
}

func (e *TargetError) Error() string {
	return catalog.In("en").Text("probe.target."+e.Problem, e.Target)
}

// ParseTarget parses the address of a server: ws://HOST[:PORT]/PATH, wss://…,
// HOST:PORT, or ws+unix:SOCKET[:/PATH] for a Unix socket.
func ParseTarget(s string) (Target, error) {
	if rest, ok := strings.CutPrefix(s, "ws+unix:"); ok {
		rest = strings.TrimPrefix(rest, "//") // ws+unix:///run/x.sock
		sock, path, _ := strings.Cut(rest, ":")
		if sock == "" {
			return Target{}, &TargetError{s, "socket"}
		}
		if path == "" {
			path = "/"
		}
		if strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return Target{}, &TargetError{s, "path"}
		}
		return Target{Network: "unix", Addr: sock, Host: "localhost", Path: path}, nil
	}
	raw := s
	if !strings.Contains(s, "://") {
		raw = "ws://" + s
		host, _, _ := strings.Cut(s, "/")
		if _, port, err := net.SplitHostPort(host); err != nil || port == "" {
			return Target{}, &TargetError{s, "form"}
		}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return Target{}, err
	}
	t := Target{Network: "tcp", Addr: u.Host, Host: u.Host, Path: u.RequestURI(), TLS: u.Scheme == "wss", User: u.User}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Hostname() == "" {
		return Target{}, &TargetError{s, "form"}
	}
	if u.Fragment != "" {
		return Target{}, &TargetError{s, "fragment"}
	}
	if u.Port() != "" {
		_, port, err := net.SplitHostPort(u.Host)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return Target{}, &TargetError{s, "port"}
		}
	}
	if u.Port() == "" {
		port := "80"
		if t.TLS {
			port = "443"
		}
		t.Addr = net.JoinHostPort(u.Hostname(), port)
	}
	return t, nil
}

// redacted returns the target without the password of its user, for a report.
func redacted(target string, user *url.Userinfo) string {
	if _, ok := user.Password(); !ok {
		return target
	}
	begin := 0
	if i := strings.Index(target, "://"); i >= 0 {
		begin = i + len("://")
	}
	authority := target[begin:]
	if i := strings.IndexAny(authority, "/?"); i >= 0 {
		authority = authority[:i]
	}
	end := begin + strings.LastIndexByte(authority, '@')
	return target[:begin] + url.User(user.Username()).String() + ":xxxxx" + target[end:]
}

// A link is one connection to a peer, after the opening handshake.
type link struct {
	net.Conn          // the connection that carries the frames
	raw      net.Conn // the transport below
	early    []byte   // bytes that arrived together with the handshake
	deflate  bool     // permessage-deflate was negotiated
}

// opening returns the time limit of an opening handshake.
func (o *Options) opening() time.Duration {
	if o.openingLimit > 0 {
		return o.openingLimit
	}
	return max(o.Timeout, 5*time.Second)
}

// maxOpening bounds the request or response of an opening handshake.
const maxOpening = 64 << 10

// shownOpening is the number of bytes kept of a response that refuses the
// connection.
const shownOpening = 1 << 10

// A HandshakeError reports that the server refused the opening handshake.
type HandshakeError struct {
	Problem string      // in one line
	Code    int         // of the response; 0 if it is not HTTP
	Header  http.Header // of the response
	Body    []byte      // its first KiB
}

func (e *HandshakeError) Error() string { return "opening handshake: " + e.Problem }

// dial connects and performs a client's opening handshake (RFC 6455 §4.1).
func dial(ctx context.Context, t Target, o *Options, deflate bool) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, o.opening())
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, t.Network, t.Addr)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: raw, raw: raw}
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	err = l.request(t, o, deflate)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return l, nil
}

func (l *link) request(t Target, o *Options, deflate bool) error {
	if t.TLS {
		conf := o.TLS.Clone()
		if conf == nil {
			conf = new(tls.Config)
		}
		if conf.ServerName == "" {
			conf.ServerName, _, _ = net.SplitHostPort(t.Addr)
		}
		conf.NextProtos = []string{"http/1.1"}
		l.Conn = tls.Client(l.raw, conf)
	}
	var nonce [16]byte
	rand.Read(nonce[:])
	key := base64.StdEncoding.EncodeToString(nonce[:])
	if _, err := l.Conn.Write(t.get(o, key, deflate)); err != nil {
		return err
	}
	limited := &io.LimitedReader{R: l.Conn, N: maxOpening}
	seen := &head{r: limited}
	br := bufio.NewReader(seen)
	resp, err := http.ReadResponse(br, &http.Request{Method: "GET"})
	for err == nil && resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
		// An interim response precedes the final one (RFC 9110 §15.2).
		resp, err = http.ReadResponse(br, &http.Request{Method: "GET"})
	}
	if err != nil {
		return o.responseError(err, limited.N == 0, seen)
	}
	problem := ""
	switch {
	case resp.StatusCode != http.StatusSwitchingProtocols:
		problem = o.say("probe.opening.status", resp.Status)
	case resp.Header.Get("Sec-Websocket-Accept") != accept(key):
		problem = o.say("probe.opening.accept", resp.Header.Get("Sec-Websocket-Accept"), accept(key))
	}
	if problem != "" {
		e := &HandshakeError{Problem: problem, Code: resp.StatusCode, Header: resp.Header}
		l.raw.SetReadDeadline(time.Now().Add(time.Second)) // the body is only shown
		e.Body, _ = io.ReadAll(io.LimitReader(resp.Body, shownOpening))
		return e
	}
	l.deflate = strings.Contains(resp.Header.Get("Sec-Websocket-Extensions"), "permessage-deflate")
	l.early = make([]byte, br.Buffered())
	_, err = io.ReadFull(br, l.early)
	return err
}

// get returns the request of an opening handshake.
func (t *Target) get(o *Options, key string, deflate bool) []byte {
	h := http.Header{
		"Upgrade":               {"websocket"},
		"Connection":            {"Upgrade"},
		"Sec-Websocket-Key":     {key},
		"Sec-Websocket-Version": {"13"},
	}
	if deflate {
		h["Sec-Websocket-Extensions"] = []string{"permessage-deflate; server_no_context_takeover; client_no_context_takeover, permessage-deflate"}
	}
	if len(o.Subprotocol) > 0 {
		h["Sec-Websocket-Protocol"] = []string{strings.Join(o.Subprotocol, ", ")}
	}
	if t.User != nil {
		password, _ := t.User.Password()
		h["Authorization"] = []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(t.User.Username()+":"+password))}
	}
	host := t.Host
	for k, v := range o.Header {
		if k == "Host" {
			host = v[len(v)-1]
			continue
		}
		h[k] = v
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", t.Path, host)
	h.Write(&b)
	b.WriteString("\r\n")
	return b.Bytes()
}

// A head reads from r. It keeps the first bytes and the last error.
type head struct {
	r   io.Reader
	b   []byte
	err error
}

func (h *head) Read(p []byte) (n int, err error) {
	n, h.err = h.r.Read(p)
	h.b = append(h.b, p[:min(n, shownOpening-len(h.b))]...)
	return n, h.err
}

// responseError explains a response that could not be read.
func (o *Options) responseError(err error, full bool, seen *head) error {
	if seen.err != nil && !full && (timedOut(seen.err) || bytes.HasPrefix(seen.b, []byte("HTTP/1."))) {
		err = seen.err // ReadResponse takes a line that was cut for the whole line
	}
	switch {
	case timedOut(err), len(seen.b) > 0 && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) && !full:
		return fmt.Errorf("%s: %w", o.say("probe.opening.partial"), err)
	case full:
		return &HandshakeError{Problem: o.say("probe.opening.long", maxOpening>>10), Body: seen.b}
	case len(seen.b) == 0:
		return fmt.Errorf("%s: %w", o.say("probe.opening.none"), err)
	}
	return &HandshakeError{Problem: o.say("probe.opening.other"), Body: seen.b}
}

// timedOut reports whether err is a timeout.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// errNotWebSocket reports a request that was answered and does not count.
var errNotWebSocket = errors.New("not a WebSocket handshake")

// serve performs a server's opening handshake on raw (RFC 6455 §4.2).
func serve(raw net.Conn, o *Options, deflate bool) (*link, error) {
	l := &link{Conn: raw, raw: raw}
	raw.SetDeadline(time.Now().Add(o.opening()))
	defer raw.SetDeadline(time.Time{})
	if o.TLS != nil {
		l.Conn = tls.Server(raw, o.TLS)
	}
	br := bufio.NewReader(&io.LimitedReader{R: l.Conn, N: maxOpening})
	req, err := http.ReadRequest(br)
	if err != nil {
		return nil, err
	}
	key := req.Header.Get("Sec-Websocket-Key")
	if !strings.EqualFold(req.Header.Get("Upgrade"), "websocket") || key == "" {
		io.WriteString(l.Conn, "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		return nil, errNotWebSocket
	}
	h := http.Header{
		"Upgrade":              {"websocket"},
		"Connection":           {"Upgrade"},
		"Sec-Websocket-Accept": {accept(key)},
	}
	if p, _, _ := strings.Cut(req.Header.Get("Sec-Websocket-Protocol"), ","); p != "" {
		h["Sec-Websocket-Protocol"] = []string{strings.TrimSpace(p)}
	}
	if deflate && strings.Contains(req.Header.Get("Sec-Websocket-Extensions"), "permessage-deflate") {
		// Every client accepts this answer. Clients without context takeover
		// require both parameters (RFC 7692 §7.1.1).
		h["Sec-Websocket-Extensions"] = []string{"permessage-deflate; server_no_context_takeover; client_no_context_takeover"}
		l.deflate = true
	}
	var b strings.Builder
	b.WriteString("HTTP/1.1 101 Switching Protocols\r\n")
	h.Write(&b)
	b.WriteString("\r\n")
	if _, err := io.WriteString(l.Conn, b.String()); err != nil {
		return nil, err
	}
	l.early = make([]byte, br.Buffered())
	_, err = io.ReadFull(br, l.early)
	return l, err
}

func accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// fin closes the write side and leaves the read side open.
func (l *link) fin() {
	if c, ok := l.Conn.(*tls.Conn); ok {
		c.CloseWrite()
	}
	if c, ok := l.raw.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
}

// reset closes both sides with a TCP reset. A Unix socket has none and is
// closed.
func (l *link) reset() {
	if c, ok := l.raw.(*net.TCPConn); ok {
		c.SetLinger(0)
	}
	l.raw.Close()
}
