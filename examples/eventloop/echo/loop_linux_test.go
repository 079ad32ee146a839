package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/internal/probe"
)

// start starts a loop with the timeout and returns its address and the events
// of its connections.
func start(t *testing.T, timeout time.Duration) (addr string, ends chan closeevent.Event) {
	_, addr, ends = startLoop(t, timeout)
	return addr, ends
}

func startLoop(t *testing.T, timeout time.Duration) (l *loop, addr string, ends chan closeevent.Event) {
	ends = make(chan closeevent.Event, 10_000)
	l, at, err := newLoop(netip.MustParseAddrPort("127.0.0.1:0"), func(e closeevent.Event) { ends <- e })
	if err != nil {
		t.Fatal(err)
	}
	l.timeout = timeout
	stopped := make(chan error)
	go func() { stopped <- l.run() }()
	t.Cleanup(func() {
		l.stop.Store(true)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
	return l, at.String(), ends
}

// TestStack verifies that one loop serves many endpoints of package stack at
// once. Half of the endpoints close; the loop closes the others.
func TestStack(t *testing.T) {
	addr, ends := start(t, time.Minute) // longer than on any busy machine
	const n = 300
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			c, err := stack.Dial(t.Context(), "ws://"+addr+"/", stack.Config{})
			if err != nil {
				t.Error(err)
				return
			}
			for _, msg := range []string{"", "Grüße", strings.Repeat("x", 70_000)} {
				for _, op := range []stack.Op{stack.Text, stack.Binary} {
					if err := c.Write(op, []byte(msg)); err != nil {
						t.Error(err)
					}
					if gotOp, got, err := c.Read(nil); gotOp != op || string(got) != msg || err != nil {
						t.Errorf("Read = %v, %d bytes, %v", gotOp, len(got), err)
					}
				}
			}
			if i%2 == 0 {
				event, err := c.Close(4000, "done")
				if want := (closeevent.Event{Code: 4000, WasClean: true}); event != want || err != nil {
					t.Errorf("Close = %v, %v", event, err)
				}
				return
			}
			c.Write(stack.Text, []byte("close"))
			if _, _, err := c.Read(nil); err != error(closeevent.Event{Code: 1000, Reason: "bye", WasClean: true}) {
				t.Errorf("Read: %v", err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return // not every connection will end
	}
	got := map[closeevent.Event]int{}
	for range n {
		got[<-ends]++
	}
	if got[closeevent.Event{Code: 4000, Reason: "done", WasClean: true}] != n/2 ||
		got[closeevent.Event{Code: 1000, WasClean: true}] != n/2 {
		t.Errorf("the loop's ends: %v", got)
	}
}

// TestProbe plays every scenario of closing to the loop.
func TestProbe(t *testing.T) {
	addr, _ := start(t, 500*time.Millisecond)
	set, err := probe.Load()
	if err != nil {
		t.Fatal(err)
	}
	report, err := set.Dial(t.Context(), "ws://"+addr+"/", probe.Options{Timeout: 5 * time.Second, Quiet: 20 * time.Millisecond, Trigger: "close"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		if r.Verdict != probe.Pass && !(r.Verdict == probe.Skip && strings.Contains(r.ID, "deflate")) {
			t.Errorf("%s: %v: %s", r.ID, r.Verdict, r.Got)
		}
	}
	if report.Counts[probe.Pass] < 150 {
		t.Errorf("counts %v", report.Counts)
	}
}

// TestBadRequest verifies the response to an invalid opening handshake.
func TestBadRequest(t *testing.T) {
	addr, _ := start(t, 500*time.Millisecond)
	for _, request := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"no HTTP\r\n\r\n",
		"GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 4000),
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, request)
		if resp, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || resp.StatusCode != 400 {
			t.Errorf("%.20q: %v, %v", request, resp, err)
		}
	}
}

// TestTooManyFiles verifies that the loop does not spin while no descriptor is left
// for a connection that waits, and that it accepts the connection afterwards.
func TestTooManyFiles(t *testing.T) {
	l, addr, _ := startLoop(t, time.Minute)
	at := netip.MustParseAddrPort(addr)
	client, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(client)
	var limit, low syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	low = syscall.Rlimit{Cur: 3, Max: limit.Max} // below the number of open descriptors, so that none is left
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	before := l.rounds.Load()
	err = syscall.Connect(client, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()})
	begin := time.Now()
	for l.rounds.Load() < before+5 && time.Since(begin) < time.Minute {
		time.Sleep(10 * time.Millisecond)
	}
	rounds, elapsed := l.rounds.Load()-before, time.Since(begin)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	// Each tick has two rounds: one for the waiting connection and one for
	// the tick.
	if most := 5 + 4*int64(elapsed/tick+1); rounds > most {
		t.Errorf("%d rounds in %v, want at most %d", rounds, elapsed, most)
	}
	if _, err := syscall.Write(client, []byte("no HTTP\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 12)
	if n, err := syscall.Read(client, answer); err != nil || string(answer[:n]) != "HTTP/1.1 400" {
		t.Errorf("after the limit was raised: %q, %v", answer[:n], err)
	}
}
