package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"time"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/internal/probe"
	"golang.org/x/text/language"
)

var cmdProbe = &command{
	name:  "probe",
	args:  "[flags] URL | -listen ADDR",
	short: "see whether a WebSocket server or client closes as RFC 6455 asks",
	long: `
Probe connects to a WebSocket server again and again, plays one scenario of
closing a connection on each, and prints a verdict: right, allowed (by a MAY or
a SHOULD) or wrong, with the rule that decides, what was sent and what came
back. With -listen it waits for clients instead and probes each that connects;
the client is to connect again whenever a connection has ended.

  closeframe probe ws://localhost:8080/chat
  closeframe probe -run 'utf8|code-' -v wss://localhost/chat
  closeframe probe ws+unix:/run/app.sock:/chat
  closeframe probe -listen localhost:9000

It connects to that address alone, one connection after the other, fewer than
200 in all. Point it at servers that are yours. Some scenarios need a peer that
starts to close by itself when it gets a text message, which -trigger tells;
without it they are left out.

The exit status is 0 if nothing was wrong, 1 if something was, and 2 if the
command was not understood or there was no peer.
`,
	run: runProbe,
}

func runProbe(s *session, fs *flag.FlagSet, args []string) int {
	o := probe.Options{Header: http.Header{}}
	listen := fs.String("listen", "", "probe clients that connect to `ADDR`: host:port, or unix:SOCKET")
	asJSON := fs.Bool("json", false, "print the report as JSON")
	verbose := fs.Bool("v", false, "print every byte that crossed")
	list := fs.Bool("list", false, "print the scenarios and play none")
	fs.Func("run", "play only the scenarios whose id matches `REGEXP`", func(v string) (err error) {
		o.Run, err = regexp.Compile(v)
		return err
	})
	fs.DurationVar(&o.Timeout, "timeout", 2*time.Second, "how long to wait for what has to happen in a scenario")
	fs.DurationVar(&o.Quiet, "quiet", 200*time.Millisecond, "how long nothing has to happen, where that is expected")
	fs.DurationVar(&o.Idle, "idle", 30*time.Second, "how long to wait for the next client")
	fs.StringVar(&o.Trigger, "trigger", "", "a text message on which the peer starts to close by itself")
	fs.Func("H", "add `\"NAME: VALUE\"` to the opening handshake's request", func(v string) error {
		name, value, ok := strings.Cut(v, ":")
		if !ok {
			return errors.New("want NAME: VALUE")
		}
		o.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		return nil
	})
	insecure := fs.Bool("insecure", false, "take any certificate of a wss:// server")
	ca := fs.String("ca", "", "trust the certificates in the PEM `FILE` for wss://")
	cert := fs.String("cert", "", "with -listen: speak TLS, with the certificate in the PEM `FILE`")
	key := fs.String("key", "", "its private key, in the PEM `FILE`")
	args, status, ok := s.parse(fs, args)
	if !ok {
		return status
	}
	set, err := probe.Load()
	if err != nil {
		return s.invalid("%v", err)
	}
	if *list {
		for _, sc := range set.Scenarios {
			if o.Run == nil || o.Run.MatchString(sc.ID) {
				fmt.Fprintf(s.stdout, "%-22s %s (%s)\n", sc.ID, sc.Title, set.Rules[sc.Rule].Where)
			}
		}
		return exitOK
	}
	switch {
	case *listen == "" && len(args) == 0:
		return s.usage("whom to probe: give a URL, or -listen and an address")
	case *listen != "" && len(args) > 0 || len(args) > 1:
		return s.usage("one URL, or -listen and an address")
	case o.Timeout <= 0 || o.Quiet <= 0 || o.Idle <= 0:
		return s.usage("-timeout, -quiet and -idle are longer than 0")
	case *listen != "" && (*insecure || *ca != ""):
		return s.usage("-insecure and -ca are for URLs; with -listen it is -cert and -key")
	case (*cert == "") != (*key == "") || *cert != "" && *listen == "":
		return s.usage("-cert and -key belong together, with -listen")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o.Progress = s.progress(*asJSON)

	var rep *probe.Report
	if *listen != "" {
		if *cert != "" {
			c, err := tls.LoadX509KeyPair(*cert, *key)
			if err != nil {
				return s.usage("%v", err)
			}
			o.TLS = &tls.Config{Certificates: []tls.Certificate{c}}
		}
		network, addr := "tcp", *listen
		if sock, ok := strings.CutPrefix(addr, "unix:"); ok {
			network, addr = "unix", sock
		}
		ln, err := net.Listen(network, addr)
		if err != nil {
			return s.usage("%v", err)
		}
		fmt.Fprintf(s.stderr, "waiting for clients at %s\n", ln.Addr())
		rep, err = set.Listen(ctx, ln, o)
		if err != nil && !(errors.Is(err, context.Canceled) && len(rep.Results) > 0) {
			return s.usage("%v", err)
		}
	} else {
		o.TLS = &tls.Config{InsecureSkipVerify: *insecure}
		if *ca != "" {
			pem, err := os.ReadFile(*ca)
			if err != nil {
				return s.usage("%v", err)
			}
			o.TLS.RootCAs = x509.NewCertPool()
			if !o.TLS.RootCAs.AppendCertsFromPEM(pem) {
				return s.usage("no certificate in %s", *ca)
			}
		}
		rep, err = set.Dial(ctx, args[0], o)
		if err != nil && !(errors.Is(err, context.Canceled) && rep != nil && len(rep.Results) > 0) {
			return s.usage("%v", err)
		}
	}
	if len(rep.Results) == 0 {
		return s.usage("-run %v fits no scenario", o.Run)
	}
	if *asJSON {
		s.json(rep)
	} else {
		printReport(s.stdout, s.style(), rep, *verbose)
	}
	if rep.Stopped != "" {
		s.errorf("not all scenarios were played: stopped %s", rep.Stopped)
	}
	if rep.Counts[probe.Wrong] > 0 || rep.Stopped != "" {
		return exitInvalid
	}
	return exitOK
}

// progress returns what shows on a terminal how far a run has come.
func (s *session) progress(quiet bool) func(done, all int, next *probe.Scenario) {
	if quiet || !terminal(s.stderr) {
		return nil
	}
	return func(done, all int, next *probe.Scenario) {
		if next == nil {
			fmt.Fprint(s.stderr, "\r\x1b[K")
			return
		}
		fmt.Fprintf(s.stderr, "\r\x1b[K%d/%d %s", done, all, next.ID)
	}
}

// printReport prints a line for each scenario, more for those that are not
// right, and then the counts.
func printReport(w io.Writer, st style, rep *probe.Report, verbose bool) {
	for _, r := range rep.Results {
		v := fmt.Sprintf("%-8s", r.Verdict)
		switch r.Verdict {
		case probe.Right:
			v = st.green(v)
		case probe.Allowed:
			v = st.yellow(v)
		case probe.Wrong:
			v = st.red(strings.ToUpper(v))
		default:
			v = st.dim(v)
		}
		id := r.ID
		for _, part := range wrap(r.Title, screen-31) {
			fmt.Fprintf(w, "%s  %-20s %s\n", v, id, part)
			v, id = "        ", ""
		}
		line := func(label, text string) {
			for _, part := range wrap(text, screen-16) {
				fmt.Fprintf(w, "          %s %s\n", st.dim(fmt.Sprintf("%-5s", label)), part)
				label = ""
			}
		}
		if r.Verdict == probe.LeftOut {
			line("why", r.Why)
			continue
		}
		if r.Verdict != probe.Right {
			line("why", r.Why)
			for _, a := range r.Also {
				line("also", a)
			}
			line("rule", fmt.Sprintf("%s, %s: “%s”", r.Where, r.Level, r.Text))
		}
		if r.Verdict != probe.Right || verbose {
			line("sent", r.Sent)
			line("got", r.Got)
		}
		if verbose {
			printEvents(w, st, rep.Role, r.Events)
		}
	}
	c := rep.Counts
	fmt.Fprintf(w, "%s %s\n%d scenarios: %d right, %d allowed, %d wrong, %d left out\n",
		rep.Role, rep.Peer, len(rep.Results), c[probe.Right], c[probe.Allowed], c[probe.Wrong], c[probe.LeftOut])
}

// printEvents prints all that crossed in a scenario, each frame byte by byte.
func printEvents(w io.Writer, st style, peer probe.Role, events []probe.Event) {
	for _, e := range events {
		arrow, from := "→", dissect.Client
		if (e.By == "peer") == (peer == probe.Server) {
			from = dissect.Server
		}
		if e.By == "peer" {
			arrow = "←"
		}
		fmt.Fprintf(w, "\n%8.1f ms %s %s\n", e.At, arrow, st.bold(e.What))
		p := renderer{w: w, st: st, l: langOf(language.English), width: 2}
		frames := dissect.Bytes(e.Bytes, dissect.Options{From: from}).Frames
		for i := range frames {
			p.spans(&frames[i])
		}
	}
	fmt.Fprintln(w)
}
