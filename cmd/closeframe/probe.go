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
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/probe"
)

var cmdProbe = &command{
	name: "probe",
	examples: []string{
		"closeframe probe ws://localhost:8080/chat",
		"closeframe probe -run 'utf8|code-' -v wss://localhost/chat",
		"closeframe probe ws+unix:/run/app.sock:/chat",
		"closeframe probe -listen localhost:9000",
	},
	run: runProbe,
}

func runProbe(s *session, fs *flag.FlagSet, args []string) int {
	o := probe.Options{Header: http.Header{}}
	listen := fs.String("listen", "", "")
	verbose := fs.Bool("v", false, "")
	list := fs.Bool("list", false, "")
	fs.Func("run", "", func(v string) (err error) {
		o.Run, err = regexp.Compile(v)
		return err
	})
	fs.DurationVar(&o.Timeout, "timeout", 2*time.Second, "")
	fs.DurationVar(&o.Quiet, "quiet", 200*time.Millisecond, "")
	fs.DurationVar(&o.Idle, "idle", 30*time.Second, "")
	fs.StringVar(&o.Trigger, "trigger", "", "")
	fs.Func("H", "", func(v string) error {
		name, value, ok := strings.Cut(v, ":")
		if !ok {
			return errors.New("want NAME: VALUE")
		}
		o.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		return nil
	})
	insecure := fs.Bool("insecure", false, "")
	ca := fs.String("ca", "", "")
	cert := fs.String("cert", "", "")
	key := fs.String("key", "", "")
	args, status, ok := s.parse(fs, args)
	if !ok {
		return status
	}
	set, err := probe.Load()
	if err != nil {
		return s.invalid("error.is", err)
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
		return s.usage("probe.error.target")
	case *listen != "" && len(args) > 0 || len(args) > 1:
		return s.usage("probe.error.targets")
	case o.Timeout <= 0 || o.Quiet <= 0 || o.Idle <= 0:
		return s.usage("probe.error.wait")
	case *listen != "" && (*insecure || *ca != ""):
		return s.usage("probe.error.trust")
	case (*cert == "") != (*key == "") || *cert != "" && *listen == "":
		return s.usage("probe.error.cert")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o.Progress = s.progress(s.asJSON)

	var rep *probe.Report
	if *listen != "" {
		if *cert != "" {
			c, err := tls.LoadX509KeyPair(*cert, *key)
			if err != nil {
				return s.usage("error.is", err)
			}
			o.TLS = &tls.Config{Certificates: []tls.Certificate{c}}
		}
		network, addr := "tcp", *listen
		if sock, ok := strings.CutPrefix(addr, "unix:"); ok {
			network, addr = "unix", sock
		}
		ln, err := net.Listen(network, addr)
		if err != nil {
			return s.usage("error.is", err)
		}
		fmt.Fprintln(s.stderr, s.text.Text("probe.waiting", ln.Addr()))
		rep, err = set.Listen(ctx, ln, o)
		if err != nil && !(errors.Is(err, context.Canceled) && len(rep.Results) > 0) {
			return s.usage("error.is", err)
		}
	} else {
		o.TLS = &tls.Config{InsecureSkipVerify: *insecure}
		if *ca != "" {
			pem, err := os.ReadFile(*ca)
			if err != nil {
				return s.usage("error.is", err)
			}
			o.TLS.RootCAs = x509.NewCertPool()
			if !o.TLS.RootCAs.AppendCertsFromPEM(pem) {
				return s.usage("probe.error.ca", *ca)
			}
		}
		rep, err = set.Dial(ctx, args[0], o)
		if err != nil && !(errors.Is(err, context.Canceled) && rep != nil && len(rep.Results) > 0) {
			return s.usage("error.is", err)
		}
	}
	if len(rep.Results) == 0 {
		return s.usage("probe.error.run", o.Run)
	}
	if s.asJSON {
		s.json(rep)
	} else {
		printReport(s.stdout, s.style(), rep, *verbose)
	}
	if rep.Stopped != "" {
		s.errorf("probe.stopped", rep.Stopped)
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
		p := renderer{w: w, st: st, l: langOf(catalog.In("en")), width: 2}
		frames := dissect.Bytes(e.Bytes, dissect.Options{From: from}).Frames
		for i := range frames {
			p.spans(&frames[i])
		}
	}
	fmt.Fprintln(w)
}
