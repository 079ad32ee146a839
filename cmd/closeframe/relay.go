package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/relay"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
)

var cmdRelay = &command{
	name: "relay",
	examples: []string{
		"closeframe relay ws://localhost:8080",
		"closeframe relay -listen 127.0.0.1:9000 -v wss://example.com/chat",
		"closeframe relay -json -H 'Origin: https://example.com' wss://example.com",
	},
	run: runRelay,
}

func runRelay(s *session, fs *flag.FlagSet, args []string) int {
	r := &relay.Relay{Header: http.Header{}, TLS: &tls.Config{}}
	listen := fs.String("listen", "127.0.0.1:0", "")
	verbose := fs.Bool("v", false, "")
	fs.Func("H", "", addHeader(r.Header))
	fs.BoolVar(&r.TLS.InsecureSkipVerify, "insecure", false, "")
	ca := fs.String("ca", "", "")
	cert := fs.String("cert", "", "")
	key := fs.String("key", "", "")
	args, status, ok := s.parse(fs, args)
	if !ok {
		return status
	}
	if len(args) != 1 {
		return s.usage("relay.error.target")
	}
	target, err := url.Parse(args[0])
	if err != nil {
		return s.usage("error.is", err)
	}
	if !slices.Contains([]string{"ws", "wss", "http", "https"}, target.Scheme) || target.Host == "" {
		return s.usage("relay.error.url", args[0])
	}
	r.Target = target
	if *ca != "" {
		pem, err := os.ReadFile(*ca)
		if err != nil {
			return s.usage("error.is", err)
		}
		r.TLS.RootCAs = x509.NewCertPool()
		if !r.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return s.usage("probe.error.ca", *ca)
		}
	}
	if (*cert == "") != (*key == "") {
		return s.usage("relay.error.cert")
	}
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		return s.usage("error.is", err)
	}
	scheme := "ws"
	if *cert != "" {
		c, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			ln.Close()
			return s.usage("error.is", err)
		}
		scheme = "wss"
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{c}, NextProtos: []string{"http/1.1"}})
	}
	fmt.Fprintln(s.stderr, s.text.Text("relay.at", scheme+"://"+ln.Addr().String(), target.Redacted()))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s.relay(ctx, ln, r, *verbose)
	return exitOK
}

// relay forwards the connections that ln accepts until ctx ends, and then
// prints a summary.
func (s *session) relay(ctx context.Context, ln net.Listener, r *relay.Relay, verbose bool) {
	p := &relayPrinter{s: s, st: s.style(), verbose: verbose, conns: map[int]*relayed{}, ended: map[relayEnd]int{}}
	r.Observe = p.observe
	server := &http.Server{Handler: r, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	server.Serve(ln)
	r.Close()
	if !s.asJSON {
		p.summary()
	}
}

// A relayPrinter prints the events of a relay. Connections are numbered, and
// each has a color.
type relayPrinter struct {
	s       *session
	st      style
	verbose bool

	mu    sync.Mutex
	conns map[int]*relayed // open connections
	ended map[relayEnd]int // ended connections
	count int              // number of ended connections
}

// A relayEnd is a row of the summary.
type relayEnd struct {
	cause string
	code  closecode.Code
}

// A relayed is a connection, as -json prints it.
type relayed struct {
	Conn     int              `json:"conn"`
	Opened   time.Time        `json:"opened"`
	Client   string           `json:"client"`
	Path     string           `json:"path"`
	Error    string           `json:"error,omitempty"` // the opening handshake failed
	Seconds  float64          `json:"seconds"`
	Frames   map[string]int   `json:"frames"` // by side
	Timeline []closingStep    `json:"timeline"`
	Report   *closetap.Report `json:"report,omitempty"`
}

// maxCloses is the maximum number of Close frames in a timeline. An endpoint sends
// one, but a faulty one may send any number.
const maxCloses = 16

// A closingStep is one step in the closing of a connection.
type closingStep struct {
	At     float64        `json:"at"` // seconds since the connection was opened
	From   closetap.Side  `json:"from"`
	Close  closecode.Code `json:"close,omitempty"` // a Close frame
	Reason string         `json:"reason,omitempty"`
	Fault  string         `json:"fault,omitempty"` // of a Close frame
	End    string         `json:"end,omitempty"`   // of the transport

	err error // Fault as an error
}

// closeStep returns the step of a Close frame.
func closeStep(e relay.Event) closingStep {
	m := closingStep{At: e.At.Seconds(), From: e.From, Close: e.Frame.Close.Code, Reason: string(e.Frame.Close.Reason), err: e.Frame.Err}
	if m.err != nil {
		m.Fault = m.err.Error()
	}
	return m
}

func (p *relayPrinter) observe(e relay.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.conns[e.Conn]
	if c == nil {
		c = &relayed{Conn: e.Conn, Opened: time.Now().UTC(), Client: e.Client, Path: e.Path, Frames: map[string]int{}, Timeline: []closingStep{}}
		p.conns[e.Conn] = c
	}
	l := p.s.text
	switch e.Kind {
	case relay.Opened:
		p.line(e, l.Text("relay.opened", e.Client, e.Path))
	case relay.Refused:
		c.Error = e.Err.Error()
		p.line(e, p.st.red(l.Text("relay.refused", e.Client, e.Path, c.Error)))
		p.done(c, relayEnd{cause: "refused"})
	case relay.Framed:
		c.Frames[e.From.String()]++
		if e.Frame.Opcode == 8 && len(c.Timeline) < maxCloses {
			c.Timeline = append(c.Timeline, closeStep(e))
		}
		p.frame(e)
	case relay.Ended:
		m := closingStep{At: e.At.Seconds(), From: e.From, End: e.End.String()}
		c.Timeline = append(c.Timeline, m)
		p.line(e, p.arrow(e.From)+" "+p.describe(m))
	case relay.Done:
		c.Seconds, c.Report = e.At.Seconds(), &e.Report
		code := closecode.AbnormalClosure
		switch e.Report.ClosedFirst {
		case closetap.Client:
			code = e.Report.Client.Sent
		case closetap.Server:
			code = e.Report.Server.Sent
		}
		paint := p.st.green
		if e.Report.CauseName != "clean" {
			paint = p.st.red
		}
		p.line(e, paint(relay.Sentence(l, &e.Report)))
		if !p.s.asJSON {
			p.timeline(c)
		}
		p.done(c, relayEnd{e.Report.CauseName, code})
	}
}

// done removes a connection.
func (p *relayPrinter) done(c *relayed, end relayEnd) {
	delete(p.conns, c.Conn)
	p.count++
	p.ended[end]++
	if p.s.asJSON {
		b, err := json.Marshal(c)
		if err != nil {
			panic(err) // not a JSON type
		}
		fmt.Fprintf(p.s.stdout, "%s\n", b)
	}
}

// line prints a line about a connection.
func (p *relayPrinter) line(e relay.Event, text string) {
	if p.s.asJSON {
		return
	}
	fmt.Fprintf(p.s.stdout, "%s %8.3f  %s\n", p.number(e.Conn), e.At.Seconds(), text)
}

// number returns the number of a connection in its color.
func (p *relayPrinter) number(n int) string {
	text := pad("#"+strconv.Itoa(n), 4)
	return p.st.sgr(strconv.Itoa(31+(n+4)%6), text)
}

// arrow returns the side that sends, with an arrow.
func (p *relayPrinter) arrow(from closetap.Side) string {
	client, server := p.s.text.Text("relay.client"), p.s.text.Text("relay.server")
	if from == closetap.Client {
		return pad(client+" →", columns(client)+3+columns(server))
	}
	return strings.Repeat(" ", columns(client)) + " ← " + server
}

// frame prints a frame.
func (p *relayPrinter) frame(e relay.Event) {
	l, f := p.s.text, e.Frame
	var text string
	if f.Opcode == 8 {
		text = p.describe(closeStep(e))
		if f.Err == nil && len(p.conns[e.Conn].Timeline) == 1 {
			// Explain the first Close frame of a connection.
			text += p.st.dim(" – " + l.Code(f.Close.Code).What)
		}
	} else {
		name, comma := "other", l.Text("word.comma")
		switch f.Opcode {
		case 0, 1, 2, 9, 10:
			name = []string{"continuation", "text", "binary", "", "", "", "", "", "", "ping", "pong"}[f.Opcode]
		}
		text = l.Text("relay.frame."+name) + comma + l.Count("relay.bytes", int(f.Size))
		if f.RSV1 {
			text += comma + l.Text("relay.compressed")
		}
		if !f.Fin {
			text += comma + l.Text("relay.more")
		}
	}
	p.line(e, p.arrow(e.From)+" "+text)
	if p.verbose && !p.s.asJSON {
		for line := range strings.Lines(hex.Dump(f.Head)) {
			fmt.Fprint(p.s.stdout, "     "+p.st.dim(line))
		}
	}
}

// describe describes a Close frame or the end of a transport.
func (p *relayPrinter) describe(m closingStep) string {
	l := p.s.text
	switch {
	case m.End != "":
		return p.st.yellow(l.Text("relay.end." + m.End))
	case m.err != nil:
		return p.st.red(l.Text("relay.invalid", rulebook.Section(rulebook.Name(m.err))))
	case m.Close == closecode.NoStatusRcvd:
		return p.st.cyan(l.Text("relay.empty"))
	case m.Reason != "":
		return p.st.cyan("Close "+m.Close.String()) + " " + strconv.Quote(m.Reason)
	}
	return p.st.cyan("Close " + m.Close.String())
}

// timeline prints how a connection was closed, with the client's frames on the
// left and the server's on the right.
func (p *relayPrinter) timeline(c *relayed) {
	if len(c.Timeline) == 0 {
		return
	}
	plain := &relayPrinter{s: p.s} // without color
	width := columns(p.s.text.Text("relay.client"))
	for _, m := range c.Timeline {
		if m.From == closetap.Client {
			width = max(width, columns(plain.describe(m)))
		}
	}
	w := p.s.stdout
	indent := strings.Repeat(" ", 5)
	fmt.Fprintf(w, "%s%s  %s   %s\n", indent, strings.Repeat(" ", 9), pad(p.s.text.Text("relay.client"), width), p.s.text.Text("relay.server"))
	before := c.Timeline[0].At
	for _, m := range c.Timeline {
		at := fmt.Sprintf("%+8.3fs", m.At-before)
		before = m.At
		if m.From == closetap.Client {
			fmt.Fprintf(w, "%s%s  %s →\n", indent, at, p.describe(m)+strings.Repeat(" ", width-columns(plain.describe(m))))
		} else {
			fmt.Fprintf(w, "%s%s  %s ← %s\n", indent, at, strings.Repeat(" ", width), p.describe(m))
		}
	}
}

// summary prints the number of connections for each cause and code.
func (p *relayPrinter) summary() {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, w := p.s.text, p.s.stdout
	fmt.Fprintln(w, p.st.bold(l.Count("relay.connections", p.count)))
	for _, end := range slices.SortedFunc(maps.Keys(p.ended), func(a, b relayEnd) int {
		return cmp.Or(p.ended[b]-p.ended[a], cmp.Compare(a.code, b.code), cmp.Compare(a.cause, b.cause))
	}) {
		code := ""
		if end.code != 0 {
			code = end.code.String()
		}
		fmt.Fprintf(w, "%6d  %s %s\n", p.ended[end], pad(l.Text("relay.cause."+end.cause), 14), code)
	}
}
