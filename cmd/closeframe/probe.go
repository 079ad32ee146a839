package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/closeframe/closeframe/internal/probe"
)

// The exit statuses that only probe has.
const (
	exitNoPeer     = 3        // the peer is unreachable, refused the opening handshake, or closed by itself
	exitInterrupt  = 128 + 2  // SIGINT
	exitTerminated = 128 + 15 // SIGTERM
)

var cmdProbe = &command{
	name: "probe",
	examples: []string{
		"closeframe probe localhost:8080",
		"closeframe probe -run 'utf8|code-' -v wss://localhost/chat",
		"closeframe probe -bearer TOKEN -subprotocol chat wss://localhost/chat",
		"closeframe probe ws+unix:/run/app.sock:/chat",
		"closeframe probe -listen localhost:9000",
	},
	run: runProbe,
}

// probeFlags are the flags for the report.
type probeFlags struct {
	format   string
	all      bool
	verbose  bool
	strict   bool
	baseline string
}

func runProbe(s *session, fs *flag.FlagSet, args []string) int {
	o := probe.Options{Header: http.Header{}}
	var f probeFlags
	listen := fs.String("listen", "", "")
	fs.StringVar(&f.format, "format", "text", "")
	fs.BoolVar(&f.all, "all", false, "")
	fs.BoolVar(&f.verbose, "v", false, "")
	fs.BoolVar(&f.strict, "strict", false, "")
	fs.StringVar(&f.baseline, "baseline", "", "")
	list := fs.Bool("list", false, "")
	expr := func(re **regexp.Regexp) func(string) error {
		return func(v string) (err error) {
			*re, err = regexp.Compile(v)
			return err
		}
	}
	fs.Func("run", "", expr(&o.Run))
	fs.Func("skip", "", expr(&o.Skip))
	fs.IntVar(&o.Count, "count", 1, "")
	fs.BoolVar(&o.FailFast, "failfast", false, "")
	fs.DurationVar(&o.Timeout, "timeout", 12*time.Second, "")
	fs.DurationVar(&o.Quiet, "quiet", 200*time.Millisecond, "")
	fs.DurationVar(&o.Idle, "idle", 30*time.Second, "")
	fs.StringVar(&o.Trigger, "trigger", "", "")
	fs.Func("H", "", addHeader(o.Header))
	fs.Func("origin", "", func(v string) error {
		if !visible(v) {
			return errText("probe.error.origin")
		}
		o.Header.Set("Origin", v)
		return nil
	})
	badToken := false // reported without its value, which is a secret
	fs.Func("bearer", "", func(v string) error {
		o.Header.Set("Authorization", "Bearer "+v)
		badToken = !visible(v)
		return nil
	})
	fs.Func("subprotocol", "", func(v string) error {
		if !token(v) {
			return errText("probe.error.subprotocol")
		}
		o.Subprotocol = append(o.Subprotocol, v)
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
	if s.asJSON {
		f.format = "json"
	}
	set, err := probe.Load()
	if err != nil {
		return s.invalid("error.is", err)
	}
	if *list {
		for _, sc := range union(set, o) {
			fmt.Fprintln(s.stdout, s.text.Text("probe.list", sc.ID, titleIn(s.text, sc.ID, sc.Title), set.Rules[sc.Rule].Section))
		}
		return exitOK
	}
	switch {
	case badToken:
		return s.usage("probe.error.bearer")
	case *listen == "" && len(args) == 0:
		return s.usage("probe.error.target")
	case *listen != "" && len(args) > 0 || len(args) > 1:
		return s.usage("probe.error.targets")
	case !slices.Contains(probeFormats, f.format):
		return s.usage("probe.error.format", f.format, strings.Join(probeFormats, ", "))
	case o.Timeout <= 0 || o.Quiet <= 0 || o.Idle <= 0:
		return s.usage("probe.error.wait")
	case o.Count < 1:
		return s.usage("probe.error.count", o.Count)
	case *listen != "" && (*insecure || *ca != ""):
		return s.usage("probe.error.trust")
	case (*cert == "") != (*key == "") || *cert != "" && *listen == "":
		return s.usage("probe.error.cert")
	}
	role := probe.Server
	if *listen != "" {
		role = probe.Client
	}
	if len(set.Choose(role, o)) == 0 {
		return s.usage("probe.error.run", s.text.Text("probe."+string(role)))
	}
	known, err := readBaseline(f.baseline)
	if err != nil {
		return s.usage("probe.error.baseline", err)
	}
	ctx, stop := interruptible()
	defer stop()
	if f.format == "text" {
		o.Language = s.text
	}
	o.Progress = s.progress()

	began := time.Now()
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
			s.errorf("error.is", err)
			return exitNoPeer
		}
		fmt.Fprintln(s.stderr, s.text.Text("probe.report.waits", ln.Addr()))
		rep, err = set.Listen(ctx, ln, o)
		if err != nil && !errors.As(err, new(interrupt)) {
			return s.noPeer(err, *listen)
		}
	} else {
		var bad *probe.TargetError
		if _, err := probe.ParseTarget(args[0]); errors.As(err, &bad) {
			return s.usage("probe.target."+bad.Problem, bad.Target)
		} else if err != nil {
			return s.usage("error.is", err)
		}
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
		if err != nil && !errors.As(err, new(interrupt)) {
			return s.noPeer(err, args[0])
		}
	}
	r := &probeReport{Report: rep, probeFlags: f, known: known, style: s.style(), lang: s.text, took: time.Since(began)}
	r.print(s)
	var sig interrupt
	switch {
	case errors.As(context.Cause(ctx), &sig):
		s.errorf("probe.error.signal", sig.Signal)
		return sig.status()
	case rep.Stopped != "":
		s.errorf("probe.report.stopped", rep.Stopped)
		return exitInvalid
	case r.failed():
		return exitInvalid
	case rep.Silent() && r.known == nil:
		s.errorf("probe.report.silent", s.text.Text("probe."+string(role)), o.Timeout)
		return exitInvalid
	}
	return exitOK
}

// union returns the scenarios of both roles that o selects.
func union(set *probe.Set, o probe.Options) []*probe.Scenario {
	list := set.Choose(probe.Server, o)
	for _, sc := range set.Choose(probe.Client, o) {
		if sc.Of == probe.Client {
			list = append(list, sc)
		}
	}
	return list
}

// An interrupt is the error of a run ended by a signal.
type interrupt struct{ os.Signal }

func (i interrupt) Error() string { return "stopped by " + i.Signal.String() }

func (i interrupt) status() int {
	if i.Signal == os.Interrupt {
		return exitInterrupt
	}
	return exitTerminated
}

// interruptible returns a context that SIGINT and SIGTERM cancel, with an
// interrupt as its cause.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		if sig, ok := <-c; ok {
			cancel(interrupt{sig})
		}
	}()
	return ctx, func() {
		signal.Stop(c)
		close(c)
		cancel(nil)
	}
}

// progress returns a function that prints the progress of a run on a terminal.
func (s *session) progress() func(done, all int, next *probe.Scenario) {
	if !terminal(s.stderr) {
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
