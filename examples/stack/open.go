package stack

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Upgrade answers a client's opening handshake (RFC 6455 §4.2) and hijacks its
// connection. It answers an invalid request with an HTTP error. The server must
// check Origin if it is not meant for every web page (§10.2).
func Upgrade(w http.ResponseWriter, r *http.Request, config Config) (*Conn, error) {
	refuse := func(status int, what string) (*Conn, error) {
		// "426 Upgrade Required) and a |Sec-WebSocket-Version|" (§4.2.2)
		w.Header()["Sec-WebSocket-Version"] = []string{"13"}
		w.Header()["Upgrade"], w.Header()["Connection"] = []string{"websocket"}, []string{"Upgrade"}
		http.Error(w, what, status)
		return nil, errors.New("stack: opening handshake: " + what)
	}
	key := strings.Join(r.Header.Values("Sec-Websocket-Key"), ",")
	nonce, err := base64.StdEncoding.DecodeString(key)
	switch {
	case r.Method != http.MethodGet || r.ContentLength != 0 || r.Host == "" || r.Proto != "HTTP/1.1":
		return refuse(http.StatusBadRequest, "not a GET of HTTP/1.1 with a Host and without a body")
	case !hasToken(r.Header, "Upgrade", "websocket") || !hasToken(r.Header, "Connection", "Upgrade"):
		return refuse(http.StatusUpgradeRequired, "Upgrade has no websocket, or Connection no Upgrade")
	case strings.Join(r.Header.Values("Sec-Websocket-Version"), ",") != "13":
		return refuse(http.StatusUpgradeRequired, "Sec-WebSocket-Version is not 13")
	case err != nil || len(nonce) != 16:
		return refuse(http.StatusBadRequest, "Sec-WebSocket-Key is not 16 bytes in Base64")
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return refuse(http.StatusInternalServerError, err.Error())
	}
	conn.SetDeadline(time.Time{}) // clear the deadlines of the server
	if _, err = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept(key)); err != nil {
		conn.Close()
		return nil, err
	}
	return newConn(conn, rw.Reader, false, config), nil
}

// Dial connects to a server. ctx applies only to the opening handshake.
func Dial(ctx context.Context, rawURL string, config Config) (*Conn, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	dial, port := new(net.Dialer).DialContext, "80"
	if u.Scheme == "wss" {
		dial, port = (&tls.Dialer{Config: config.TLS}).DialContext, "443"
	} else if u.Scheme != "ws" {
		return nil, fmt.Errorf("stack: %q is neither a ws nor a wss URL", rawURL)
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port)))
	if err != nil {
		return nil, err
	}
	return NewClient(ctx, conn, rawURL, config)
}

// NewClient performs a client's opening handshake (RFC 6455 §4.1) on conn,
// which may be a TLS connection, a Unix socket or a tunnel. The path and the
// Host of the request are those of the URL. If NewClient returns an error, it
// has closed conn.
func NewClient(ctx context.Context, conn net.Conn, rawURL string, config Config) (*Conn, error) {
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	limited := &io.LimitedReader{R: conn, N: 64 << 10} // of the response
	in := bufio.NewReader(limited)
	err := request(conn, in, rawURL, config.Header)
	if !stop() {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("stack: opening handshake: %w", err)
	}
	limited.N = math.MaxInt64
	return newConn(conn, in, true, config), nil
}

// request sends a client's request and checks the response.
func request(conn net.Conn, in *bufio.Reader, rawURL string, further http.Header) error {
	r, err := http.NewRequest(http.MethodGet, rawURL, nil)
	if err != nil {
		return err
	}
	nonce := make([]byte, 16) // "randomly selected" (§4.1)
	rand.Read(nonce)
	key := base64.StdEncoding.EncodeToString(nonce)
	maps.Copy(r.Header, further)
	r.Header["Upgrade"], r.Header["Connection"] = []string{"websocket"}, []string{"Upgrade"}
	r.Header["Sec-WebSocket-Version"], r.Header["Sec-WebSocket-Key"] = []string{"13"}, []string{key}
	if err := r.Write(conn); err != nil {
		return err
	}
	resp, err := http.ReadResponse(in, r)
	if err != nil {
		return err
	}
	switch get := resp.Header.Get; {
	case resp.StatusCode != http.StatusSwitchingProtocols || resp.Proto != "HTTP/1.1":
		return errors.New("the server answers " + resp.Proto + " " + resp.Status)
	case !strings.EqualFold(get("Upgrade"), "websocket"), !hasToken(resp.Header, "Connection", "Upgrade"),
		get("Sec-Websocket-Accept") != accept(key):
		return errors.New("wrong Upgrade, Connection or Sec-WebSocket-Accept in the response")
	case get("Sec-Websocket-Extensions")+get("Sec-Websocket-Protocol") != "":
		return errors.New("an extension or subprotocol that was not asked for in the response")
	}
	return nil
}

// accept returns a server's Sec-WebSocket-Accept for the key (§4.2.2).
func accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// hasToken reports whether a list in the header field contains the token.
func hasToken(header http.Header, field, token string) bool {
	list := strings.Split(strings.Join(header.Values(field), ","), ",")
	return slices.ContainsFunc(list, func(t string) bool { return strings.EqualFold(strings.Trim(t, " \t"), token) })
}
