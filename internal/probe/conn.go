package probe

import (
	"bufio"
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
	"strings"
	"time"
)

// A Target is where a server is to be found.
type Target struct {
	Network, Addr string // for net.Dial
	Host, Path    string // for the request
	TLS           bool
}

// ParseTarget reads a URL: ws://HOST[:PORT]/PATH, wss://…, or
// ws+unix:SOCKET[:/PATH] for a Unix socket.
func ParseTarget(s string) (Target, error) {
	if rest, ok := strings.CutPrefix(s, "ws+unix:"); ok {
		rest = strings.TrimPrefix(rest, "//") // ws+unix:///run/x.sock
		sock, path, _ := strings.Cut(rest, ":")
		if sock == "" {
			return Target{}, errors.New("no socket in " + s)
		}
		if path == "" {
			path = "/"
		}
		return Target{Network: "unix", Addr: sock, Host: "localhost", Path: path}, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return Target{}, err
	}
	t := Target{Network: "tcp", Addr: u.Host, Host: u.Host, Path: u.RequestURI(), TLS: u.Scheme == "wss"}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Hostname() == "" {
		return Target{}, fmt.Errorf("%q is not a ws://, wss:// or ws+unix: URL", s)
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

// A link is one connection to a peer, after the opening handshake.
type link struct {
	net.Conn          // what frames go over
	raw      net.Conn // the transport under it
	early    []byte   // what the peer sent together with its handshake
	deflate  bool     // permessage-deflate was agreed on
}

// dial connects and does a client's opening handshake (RFC 6455 §4.1).
func dial(ctx context.Context, t Target, o *Options, deflate bool) (*link, error) {
	raw, err := new(net.Dialer).DialContext(ctx, t.Network, t.Addr)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: raw, raw: raw}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	if err := l.request(t, o, deflate); err != nil {
		raw.Close()
		return nil, err
	}
	return l, nil
}

func (l *link) request(t Target, o *Options, deflate bool) error {
	l.raw.SetDeadline(time.Now().Add(max(o.Timeout, 5*time.Second)))
	defer l.raw.SetDeadline(time.Time{})
	if t.TLS {
		conf := o.TLS.Clone()
		if conf == nil {
			conf = new(tls.Config)
		}
		if conf.ServerName == "" {
			conf.ServerName, _, _ = net.SplitHostPort(t.Addr)
		}
		l.Conn = tls.Client(l.raw, conf)
	}
	var nonce [16]byte
	rand.Read(nonce[:])
	key := base64.StdEncoding.EncodeToString(nonce[:])
	h := http.Header{
		"Upgrade":               {"websocket"},
		"Connection":            {"Upgrade"},
		"Sec-Websocket-Key":     {key},
		"Sec-Websocket-Version": {"13"},
	}
	if deflate {
		h["Sec-Websocket-Extensions"] = []string{"permessage-deflate; server_no_context_takeover; client_no_context_takeover, permessage-deflate"}
	}
	for k, v := range o.Header {
		h[k] = v
	}
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", t.Path, t.Host)
	h.Write(&b)
	b.WriteString("\r\n")
	if _, err := io.WriteString(l.Conn, b.String()); err != nil {
		return err
	}
	br := bufio.NewReader(l.Conn)
	resp, err := http.ReadResponse(br, &http.Request{Method: "GET"})
	if err != nil {
		return fmt.Errorf("opening handshake: %w", err)
	}
	switch {
	case resp.StatusCode != http.StatusSwitchingProtocols:
		return fmt.Errorf("opening handshake: the server answered %q", resp.Status)
	case resp.Header.Get("Sec-Websocket-Accept") != accept(key):
		return fmt.Errorf("opening handshake: Sec-WebSocket-Accept is %q, want %q", resp.Header.Get("Sec-Websocket-Accept"), accept(key))
	}
	l.deflate = strings.Contains(resp.Header.Get("Sec-Websocket-Extensions"), "permessage-deflate")
	l.early = make([]byte, br.Buffered())
	_, err = io.ReadFull(br, l.early)
	return err
}

// errNotWebSocket is for requests that are answered and then forgotten.
var errNotWebSocket = errors.New("not a WebSocket handshake")

// serve does a server's opening handshake on raw (RFC 6455 §4.2).
func serve(raw net.Conn, o *Options, deflate bool) (*link, error) {
	l := &link{Conn: raw, raw: raw}
	raw.SetDeadline(time.Now().Add(max(o.Timeout, 5*time.Second)))
	defer raw.SetDeadline(time.Time{})
	if o.TLS != nil {
		l.Conn = tls.Server(raw, o.TLS)
	}
	br := bufio.NewReader(l.Conn)
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
		// An answer that every client takes: those that keep no context have to
		// be told that none is kept (RFC 7692 §7.1.1).
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

// fin ends our side: no more bytes from us, but still reading.
func (l *link) fin() {
	if c, ok := l.Conn.(*tls.Conn); ok {
		c.CloseWrite()
	}
	if c, ok := l.raw.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
}

// reset ends both sides with a TCP reset; a Unix socket knows none and is
// closed.
func (l *link) reset() {
	if c, ok := l.raw.(*net.TCPConn); ok {
		c.SetLinger(0)
	}
	l.raw.Close()
}
