// Proxy is a reverse proxy for WebSockets that closes them correctly.
//
// Copy the type tunnel. It forwards the bytes of both sides unchanged and
// observes them with package closetap, so that it knows where frames end and
// how a connection ended. Close frames of the two sides pass through it like
// all other bytes: the endpoints decide, and no code or reason is lost or
// invented. The proxy sends a Close frame of its own only if one side is gone
// without one, or if the proxy itself is stopped, and only between two frames:
// [tunnel.shut] and [tunnel.forward]. Once closing has begun, a timer bounds
// it. The rest of this file is the opening handshake, a log line and a counter
// for each connection, and draining on SIGTERM.
//
//	go run ./examples/proxy -listen 127.0.0.1:8000 http://127.0.0.1:9000
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"expvar"
	"flag"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/closetap"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8000", "listen at this `address`")
	grace := flag.Duration("grace", 10*time.Second, "how long closing may take")
	flag.Parse()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	target, err := url.Parse(flag.Arg(0))
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" {
		log.Error("invalid target: want http://HOST:PORT or https://HOST:PORT", "target", flag.Arg(0))
		os.Exit(2)
	}
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Error("listen", "err", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	p := newProxy(target, log, *grace)
	server := &http.Server{Handler: p}
	go server.Serve(ln)
	log.Info("listening", "addr", ln.Addr().String())
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), *grace+time.Second)
	defer cancel()
	p.drain(ctx)
	server.Shutdown(ctx) // other requests, without tunnels
	log.Info("stopped", "ends", ends.String())
}

// ends counts connections by their cause and the class of the code. Both have
// few values, and a peer cannot invent more.
var ends = expvar.NewMap("websocket_ends")

// A proxy is a handler that forwards every request to one server.
type proxy struct {
	target *url.URL
	log    *slog.Logger
	grace  time.Duration // how long closing may take
	other  http.Handler  // requests that are not for WebSockets

	mu       sync.Mutex
	tunnels  map[*tunnel]struct{} // guarded by mu
	draining bool                 // guarded by mu
	wait     sync.WaitGroup
}

func newProxy(target *url.URL, log *slog.Logger, grace time.Duration) *proxy {
	return &proxy{target: target, log: log, grace: grace,
		other: httputil.NewSingleHostReverseProxy(target), tunnels: map[*tunnel]struct{}{}}
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		p.other.ServeHTTP(w, r)
		return
	}
	if !p.begin() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	defer p.wait.Done()
	out := r.Clone(context.WithoutCancel(r.Context()))
	out.URL.Scheme, out.URL.Host, out.RequestURI = p.target.Scheme, p.target.Host, "" // Host stays, for the server's check of Origin
	out.Header.Set("Connection", "Upgrade")
	if ip, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		out.Header.Add("X-Forwarded-For", ip)
	}
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		p.log.Error("no server", "path", r.URL.Path, "err", err)
		http.Error(w, "no server", http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	server, ok := resp.Body.(io.ReadWriteCloser)
	if resp.StatusCode != http.StatusSwitchingProtocols || !ok {
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		io.Copy(w, resp.Body)
		return
	}
	client, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		p.log.Error("hijack", "err", err)
		return
	}
	defer client.Close()
	client.SetDeadline(time.Time{}) // the server sent its own
	resp.Body = nil
	if resp.Write(client) != nil {
		return
	}
	t := &tunnel{
		proxy:  p,
		client: leg{ReadWriteCloser: client, side: closetap.Client, r: rw.Reader},
		server: leg{ReadWriteCloser: server, side: closetap.Server, r: server},
	}
	began := time.Now()
	report := t.run()
	code := report.Client.Told.Code // the event of the client
	ends.Add(report.CauseName+"/"+code.Class().String(), 1)
	p.log.Info("closed", "path", r.URL.Path, "took", time.Since(began), "cause", report.CauseName, "code", int(code),
		"text", report.Text, "report", report)
}

// begin counts a connection, unless the proxy is draining.
func (p *proxy) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.draining {
		p.wait.Add(1)
	}
	return !p.draining
}

// drain closes all tunnels and returns when they have ended, at the latest when
// ctx ends.
func (p *proxy) drain(ctx context.Context) {
	p.mu.Lock()
	p.draining = true
	for t := range p.tunnels {
		go t.stop()
	}
	p.mu.Unlock()
	done := make(chan struct{})
	go func() { p.wait.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// A tunnel is one WebSocket connection through the proxy.
type tunnel struct {
	proxy          *proxy
	client, server leg

	mu    sync.Mutex
	conn  closetap.Conn // guarded by mu
	timer *time.Timer   // guarded by mu; ends the tunnel
}

// A leg is the connection to one side.
type leg struct {
	io.ReadWriteCloser
	side closetap.Side
	r    io.Reader // reads from it, after any bytes already buffered

	write  sync.Mutex     // held while writing; before tunnel.mu
	lost   closecode.Code // guarded by tunnel.mu; the code to close this side with, once a frame ends
	closed bool           // guarded by tunnel.mu; the Close frame with that code has been sent
}

// run forwards both directions until both have ended.
func (t *tunnel) run() closetap.Report {
	t.proxy.mu.Lock()
	t.proxy.tunnels[t] = struct{}{}
	if t.proxy.draining { // since begin
		go t.stop()
	}
	t.proxy.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { t.copy(&t.server, &t.client) })
	both.Go(func() { t.copy(&t.client, &t.server) })
	both.Wait()
	t.proxy.mu.Lock()
	delete(t.proxy.tunnels, t)
	t.proxy.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.timer.Stop() // bound was called: both sides have ended
	return t.conn.Report()
}

// bound ends the tunnel after the grace period at the latest. t.mu is held.
func (t *tunnel) bound() {
	if t.timer == nil {
		t.timer = time.AfterFunc(t.proxy.grace, func() {
			t.client.Close()
			t.server.Close()
		})
	}
}

// copy forwards what src sends, until src ends.
func (t *tunnel) copy(dst, src *leg) {
	buf := make([]byte, 32<<10)
	for {
		n, err := src.r.Read(buf)
		t.forward(dst, src, buf[:n])
		if err == nil {
			continue
		}
		t.mu.Lock()
		how := closetap.EndReset
		switch {
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
			how = closetap.EndFIN
		case errors.Is(err, net.ErrClosed):
			how = closetap.EndClosed
		}
		t.conn.Ended(src.side, how)
		t.bound() // a server need not answer FIN, and would keep the tunnel forever
		tap := t.conn.Tap(src.side)
		_, closing := tap.Close()
		closing = closing || tap.Err() != nil // then the peer fails the connection
		boundary := tap.AtBoundary()
		t.mu.Unlock()
		switch {
		case closing: // the handshake is under way: pass the FIN on
			dst.halfClose()
		case boundary && src.side == closetap.Client:
			t.shut(dst, src, closecode.GoingAway)
		case boundary:
			// 1014 would say more, but clients that do not know it fail.
			t.shut(dst, src, closecode.InternalError)
		default: // cut in the middle of a frame: nothing more can be sent
			dst.Close()
		}
		return
	}
}

// forward observes and forwards bytes from src. If dst is to be closed, forward
// stops at the end of the current frame and sends the Close frame.
func (t *tunnel) forward(dst, src *leg, p []byte) {
	dst.write.Lock()
	t.mu.Lock()
	tap := t.conn.Tap(src.side)
	rest, was := p, dst.closed
	for len(rest) > 0 && dst.lost != 0 && !dst.closed && !tap.AtBoundary() {
		t.conn.Feed(src.side, rest[:1]) // look for the end of the frame
		rest = rest[1:]
	}
	out, last := p, []byte(nil)
	if dst.lost != 0 && !dst.closed && tap.AtBoundary() {
		out, last = p[:len(p)-len(rest)], t.close(dst)
	}
	t.conn.Feed(src.side, rest)
	_, closed := tap.Close()
	if closed {
		t.bound()
	}
	answered := closed && src.closed && src == &t.client
	t.mu.Unlock()
	if was {
		out = nil // nothing may follow our Close frame
	}
	if len(out)+len(last) > 0 {
		dst.Write(append(out[:len(out):len(out)], last...)) // reading from dst returns the error
	}
	dst.write.Unlock()
	if answered {
		// "The server MUST close the underlying TCP connection immediately"
		// (§5.5.1), and towards the client this proxy is the server.
		src.halfClose()
	}
}

// shut closes dst with code, immediately or after the frame that is being sent
// to it. If a Close frame has been sent to it, shut changes nothing.
func (t *tunnel) shut(dst, src *leg, code closecode.Code) {
	t.mu.Lock()
	if dst.lost == 0 {
		dst.lost = code
	}
	t.mu.Unlock()
	t.forward(dst, src, nil)
}

// stop closes both sides. Clients may come back at once: 1012 is "service
// restart". For the server, its client goes away.
func (t *tunnel) stop() {
	t.mu.Lock()
	t.bound()
	_, fromClient := t.conn.Tap(closetap.Client).Close()
	_, fromServer := t.conn.Tap(closetap.Server).Close()
	if !fromClient && !fromServer { // otherwise the connection is closing already
		// Both at once: the answer of one must not be forwarded to the other.
		t.client.lost, t.server.lost = closecode.ServiceRestart, closecode.GoingAway
	}
	t.mu.Unlock()
	go t.forward(&t.client, &t.server, nil)
	t.forward(&t.server, &t.client, nil)
}

// close returns the Close frame that closes l. t.mu is held.
func (t *tunnel) close(l *leg) []byte {
	var h closeevent.Handshake
	if l.side == closetap.Server {
		var key [4]byte
		rand.Read(key[:])
		h = closeevent.NewClient(key)
	}
	l.closed = true
	t.conn.Inserted(l.side, l.lost, "")
	// The other side gave no code: Relay never sends 1006, but l.lost.
	return h.Relay(nil, closeevent.Event{Code: closecode.AbnormalClosure}, l.lost)
}

// halfClose sends FIN after what is being written.
func (l *leg) halfClose() {
	l.write.Lock()
	defer l.write.Unlock()
	if c, ok := l.ReadWriteCloser.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
		return
	}
	l.Close()
}
