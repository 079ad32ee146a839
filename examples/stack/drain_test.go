package stack

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
)

var restart = closeevent.Event{Code: 1012, Reason: "the server restarts, see you in a moment", WasClean: true}

// A drainServer records its connections, to close them all at once.
type drainServer struct {
	*httptest.Server
	conns chan *Conn
}

func newDrainServer(n int) *drainServer {
	s := &drainServer{conns: make(chan *Conn, n)}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := Upgrade(w, r, Config{Timeout: time.Minute}); err == nil {
			s.conns <- c
			echo(c)
		}
	}))
	return s
}

// drain closes the connections at once and returns the number of ends that were
// not clean.
func drain(conns []*Conn) (bad int) {
	var wg sync.WaitGroup
	ends := make(chan closeevent.Event, len(conns))
	for _, c := range conns {
		wg.Go(func() {
			event, _ := c.Close(restart.Code, restart.Reason)
			ends <- event
		})
	}
	wg.Wait()
	close(ends)
	for event := range ends {
		if event != clean(restart.Code, "") {
			bad++
		}
	}
	return bad
}

// clients connects n clients. It returns a function that waits for all ends and
// returns the number of clients without the server's code and reason.
func clients(url string, n int, config Config) (wait func() (bad int), err error) {
	config.Timeout = time.Minute
	ends := make(chan bool, n)
	for range n {
		c, err := Dial(context.Background(), url, config)
		if err != nil {
			return nil, err
		}
		go func() {
			_, _, err := c.Read(nil)
			ends <- err == error(restart)
		}()
	}
	return func() (bad int) {
		for range n {
			if !<-ends {
				bad++
			}
		}
		return bad
	}, nil
}

// descriptors returns the number of open files and sockets, or 0 if it is
// unknown.
func descriptors() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// TestDrain verifies that many connections closed at once all end cleanly and
// leave no goroutine and no descriptor.
func TestDrain(t *testing.T) {
	// The descriptor of the poller is opened with the first socket and kept.
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	for _, secure := range []bool{false, true} {
		n := 1000
		if secure {
			n = 100
		}
		goroutines, files := runtime.NumGoroutine(), descriptors()
		s := newDrainServer(n)
		url, config := "", Config{}
		if secure {
			s.StartTLS()
			url = "wss" + s.URL[len("https"):]
			config.TLS = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		} else {
			s.Start()
			url = "ws" + s.URL[len("http"):]
		}
		wait, err := clients(url, n, config)
		if err != nil {
			t.Fatal(err)
		}
		var conns []*Conn
		for range n {
			conns = append(conns, <-s.conns)
		}
		if bad := drain(conns); bad > 0 {
			t.Errorf("%d of %d ends of the server are not clean", bad, n)
		}
		if bad := wait(); bad > 0 {
			t.Errorf("%d of %d clients did not get code and reason", bad, n)
		}
		s.Close()
		left := func() bool { return runtime.NumGoroutine() > goroutines || descriptors() > files }
		for end := time.Now().Add(10 * time.Second); left(); runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatalf("%d goroutines before, %d after; %d descriptors before, %d after",
					goroutines, runtime.NumGoroutine(), files, descriptors())
			}
		}
		t.Logf("%d connections, %d goroutines and %d descriptors before and after", n, goroutines, files)
	}
}

// drainEnv makes the test binary run the clients of BenchmarkDrain. Its value
// is the URL and the number of clients.
const drainEnv = "CLOSEFRAME_DRAIN_URL"

// TestMain runs the clients of BenchmarkDrain in a separate process, because
// many systems limit the descriptors of a process to fewer than both ends of
// 10,000 connections need.
func TestMain(m *testing.M) {
	if url := os.Getenv(drainEnv); url != "" {
		n, _ := strconv.Atoi(os.Getenv(drainEnv + "_N"))
		wait, err := clients(url, n, Config{})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("connected")
		fmt.Println(wait())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// BenchmarkDrain measures a server that closes 10,000 connections at once. It
// reports the time from the first call of Close to the last end, the number of
// clients without code and reason, and the server's memory per connection, both
// idle and at the peak while closing.
func BenchmarkDrain(b *testing.B) {
	const n = 10_000
	for b.Loop() {
		b.StopTimer()
		runtime.GC()
		var idle, open, peak runtime.MemStats
		runtime.ReadMemStats(&idle)

		s := newDrainServer(n)
		s.Start()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), drainEnv+"=ws"+s.URL[len("http"):], drainEnv+"_N="+strconv.Itoa(n))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			b.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "connected" {
			cmd.Wait()
			b.Fatal("the clients do not connect: ", lines.Text())
		}
		conns := make([]*Conn, n)
		for i := range conns {
			conns[i] = <-s.conns
		}
		runtime.GC()
		runtime.ReadMemStats(&open)

		b.StartTimer()
		bad := drain(conns)
		b.StopTimer()
		runtime.ReadMemStats(&peak) // before memory is released

		if !lines.Scan() {
			b.Fatal("nothing from the clients")
		}
		missed, err := strconv.Atoi(lines.Text())
		if err := errors.Join(err, cmd.Wait()); err != nil && err != io.EOF {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n), "connections")
		b.ReportMetric(float64(bad), "unclean")
		b.ReportMetric(float64(missed), "missed")
		b.ReportMetric(float64(inUse(&open)-inUse(&idle))/n, "B/idle-conn")
		b.ReportMetric(float64(peak.Sys-idle.Sys)/n, "B/conn-at-most")
		if bad > 0 || missed > 0 {
			b.Errorf("%d of %d ends of the server are not clean, %d clients did not get code and reason", bad, n, missed)
		}
		s.Close()
		b.StartTimer()
	}
}

// inUse returns the memory in use by goroutines and the heap.
func inUse(m *runtime.MemStats) uint64 { return m.HeapAlloc + m.StackInuse }
