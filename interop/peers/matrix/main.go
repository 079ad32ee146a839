// Command matrix runs every peer, probes it, closes connections between it and
// closeframe's reference stack, and compares the results with the known ones of
// its version.
//
//	go run ./peers/matrix            in interop/
//
// It prints a table, and exits with 1 if anything is not as expected.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/interop/peers"
	"github.com/closeframe/closeframe/interop/peers/known"
)

var (
	only     = flag.String("peers", "", "only the peers whose name matches `REGEXP`")
	timeout  = flag.Duration("timeout", time.Second, "how long to wait for what a client should do in a scenario")
	parallel = flag.Int("parallel", 4, "how many peers run at once")
	update   = flag.Bool("update", false, "write interop/divergences.json from what is found")
	doc      = flag.String("doc", "", "write the results as Markdown to `FILE`")
	captures = flag.String("captures", "", "write what the peers sent to a file for each in `DIR`")
	noProbe  = flag.Bool("noprobe", false, "only close connections with the stack")
	verbose  = flag.Bool("v", false, "print every finding that is wrong")
	further  = flag.Bool("further", false, "probe the further peers, and write peers/further/results.json")
	require  = flag.Bool("require", os.Getenv("CI") != "", "fail if a peer cannot be run")
)

// A suite has all results for one peer in one role.
type suite struct {
	peer    *peers.Peer
	version string
	role    probe.Role
	report  *probe.Report
	close   []exchange
	err     error // it could not be run
	took    time.Duration
}

func (s *suite) key() known.Key {
	return known.Key{Peer: s.peer.Name, Version: s.version, Role: s.role}
}

func main() {
	flag.Parse()
	began := time.Now()
	all, err := known.Read()
	check(err)
	filter, err := regexp.Compile(*only)
	check(err)
	set, err := probe.Load()
	check(err)

	if *further {
		runFurther(set, filter)
		return
	}
	var suites []*suite
	for _, p := range peers.All() {
		if !filter.MatchString(p.Name) {
			continue
		}
		version, err := p.Version()
		if p.Server != nil {
			suites = append(suites, &suite{peer: p, version: version, role: probe.Server, err: err})
		}
		if p.Client != nil {
			suites = append(suites, &suite{peer: p, version: version, role: probe.Client, err: err})
		}
	}
	limit := make(chan struct{}, *parallel)
	var running sync.WaitGroup
	for _, s := range suites {
		running.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			if s.err == nil {
				began := time.Now()
				s.err = s.run(set, all)
				s.took = time.Since(began)
			}
		})
	}
	running.Wait()

	found := map[known.Key][]known.Divergence{}
	for _, s := range suites {
		found[s.key()] = s.divergences()
	}
	if *update {
		all.Update(found, peers.Names(), "probe", "close")
		check(all.Write())
	}
	bad := printTable(suites, all)
	if *doc != "" {
		check(os.WriteFile(*doc, markdown(set, suites), 0o666))
	}
	if *captures != "" {
		for _, s := range suites {
			check(s.capture(*captures))
		}
	}
	fmt.Printf("%d suites in %.0f s\n", len(suites), time.Since(began).Seconds())
	if bad {
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		os.Exit(1)
	}
}

// run probes the peer, then closes connections with it.
func (s *suite) run(set *probe.Set, all *known.File) (err error) {
	if *noProbe {
		s.report = &probe.Report{}
		s.close, err = s.exchanges()
		return err
	}
	s.report, err = s.probe(set, nil, *timeout)
	if err != nil {
		return err
	}
	// A slow machine may cause a wrong verdict, so scenarios with unexpected
	// results are played again with more time.
	var again []string
	for _, d := range s.divergences() {
		if !all.Has(s.key(), d) {
			again = append(again, regexp.QuoteMeta(d.ID))
		}
	}
	if len(again) > 0 {
		re := regexp.MustCompile("^(" + strings.Join(again, "|") + ")$")
		rep, err := s.probe(set, re, 3*(*timeout))
		if err != nil {
			return err
		}
		for _, r := range rep.Results {
			i := slices.IndexFunc(s.report.Results, func(o probe.Result) bool { return o.ID == r.ID })
			s.report.Counts[s.report.Results[i].Verdict]--
			s.report.Counts[r.Verdict]++
			s.report.Results[i] = r
		}
	}
	s.close, err = s.exchanges()
	return err
}

func (s *suite) probe(set *probe.Set, run *regexp.Regexp, timeout time.Duration) (*probe.Report, error) {
	o := probe.Options{Run: run, Timeout: timeout, Quiet: 100 * time.Millisecond, Idle: 10 * time.Second, Trigger: s.peer.Trigger, Header: s.peer.Header}
	if s.role == probe.Server {
		// A server that does not close TCP fails only after 10 s. The scenarios
		// that wait overlap.
		o.Timeout = max(timeout, 10*time.Second)
		r, err := s.peer.Server()
		if err != nil {
			return nil, err
		}
		defer r.Stop()
		return set.Dial(context.Background(), r.URL, o)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r, err := s.peer.Client("ws://" + ln.Addr().String() + "/")
	if err != nil {
		ln.Close()
		return nil, err
	}
	defer r.Stop() // after Listen has closed ln, so that connecting fails
	return set.Listen(context.Background(), ln, o)
}

// divergences are the failures of a suite.
func (s *suite) divergences() []known.Divergence {
	if s.report == nil {
		return nil
	}
	var list []known.Divergence
	for _, r := range s.report.Results {
		if r.Verdict == probe.Fail {
			list = append(list, known.Divergence{In: "probe", ID: r.ID, Rule: r.Rule, Cause: r.Cause, What: "got " + r.Got + ", expected " + r.Expected})
		}
	}
	if s.report.Stopped != "" {
		list = append(list, known.Divergence{In: "probe", ID: "stopped", What: s.report.Stopped})
	}
	list = append(list, closeDivergences(s.close)...)
	return list
}

// printTable prints a line for each suite and reports whether anything is
// not as expected.
func printTable(suites []*suite, all *known.File) (bad bool) {
	width := 0
	for _, s := range suites {
		width = max(width, len(s.peer.Name)+len(s.version)+1)
	}
	fmt.Printf("%-*s  %-6s  %5s %7s %5s %7s %5s  %9s %9s %5s %5s %7s\n", width, "peer", "role", "PASS", "WARN", "known", "unknown", "SKIP", "exchanges", "different", "known", "unkn.", "seconds")
	var total [8]int
	for _, s := range suites {
		name := s.peer.Name + " " + s.version
		if s.err != nil {
			fmt.Printf("%-*s  %-6s  cannot be run: %v\n", width, name, s.role, s.err)
			bad = bad || *require
			continue
		}
		k := s.key()
		var count [2][2]int // probe or close; known or unknown
		var unknown []known.Divergence
		for _, d := range s.divergences() {
			in, un := 0, 0
			if d.In == "close" {
				in = 1
			}
			if !all.Has(k, d) {
				un = 1
				unknown = append(unknown, d)
			}
			count[in][un]++
		}
		c := s.report.Counts
		fmt.Printf("%-*s  %-6s  %5d %7d %5d %7d %5d  %9d %9d %5d %5d %7.1f\n", width, name, s.role,
			c[probe.Pass], c[probe.Warn], count[0][0], count[0][1], c[probe.Skip],
			len(s.close), count[1][0]+count[1][1], count[1][0], count[1][1], s.took.Seconds())
		for i, n := range []int{c[probe.Pass], c[probe.Warn], count[0][0], count[0][1], c[probe.Skip], len(s.close), count[1][0], count[1][1]} {
			total[i] += n
		}
		if *verbose {
			for _, d := range s.divergences() {
				fmt.Println("   ", d)
			}
		}
		other := !all.Version(k)
		for _, d := range unknown {
			fmt.Println("    not known:", d)
			bad = bad || !other
		}
		for _, d := range all.Missing(k, s.divergences(), "probe", "close") {
			fmt.Println("    known, but not seen:", d)
			bad = bad || !other
		}
		if other {
			fmt.Printf("    (nothing is known of this version; see %s)\n", filepath.Base(known.Path))
		}
	}
	fmt.Printf("%-*s  %-6s  %5d %7d %5d %7d %5d  %9d %9d %5d %5d\n", width, "all", "", total[0], total[1], total[2], total[3], total[4],
		total[5], total[6]+total[7], total[6], total[7])
	return bad
}
