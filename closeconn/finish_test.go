package closeconn_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// long is a timeout that is never reached.
const long = time.Minute

// A transport makes connected pairs of one type of connection.
type transport struct {
	name string
	pair func(t testing.TB) (server, client net.Conn)
}

var transports = []transport{{"tcp", pairTCP}, {"tls", pairTLS}, {"unix", pairUnix}}

func pairTCP(t testing.TB) (server, client net.Conn) { return pair(t, "tcp", "127.0.0.1:0") }
func pairUnix(t testing.TB) (server, client net.Conn) {
	return pair(t, "unix", filepath.Join(t.TempDir(), "s"))
}

func pairTLS(t testing.TB) (server, client net.Conn) {
	server, client = pairTCP(t)
	return overTLS(t, server, client)
}

// pair returns the two ends of a connection through the kernel.
func pair(t testing.TB, network, address string) (server, client net.Conn) {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client, err = net.Dial(network, ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); client.Close() })
	return server, client
}

var certificate = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"test"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
})

// overTLS performs the TLS handshake on a connection.
func overTLS(t testing.TB, server, client net.Conn) (_, _ net.Conn) {
	t.Helper()
	cert, err := certificate()
	if err != nil {
		t.Fatal(err)
	}
	s := tls.Server(server, &tls.Config{Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true})
	c := tls.Client(client, &tls.Config{InsecureSkipVerify: true})
	failed := make(chan error, 1)
	go func() { failed <- s.Handshake() }()
	if err := errors.Join(c.Handshake(), <-failed); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// write writes the output of a Handshake, as a stack does.
func write(conn net.Conn, h *closeevent.Handshake, b []byte) {
	if _, err := conn.Write(b); err != nil {
		h.WriteFailed()
	}
}

// endpoint returns the Handshake of a role and the parser for its input.
func endpoint(client bool) (*closeevent.Handshake, func([]byte) (frame.Close, int, error)) {
	if client {
		h := closeevent.NewClient(key)
		return &h, frame.Parse
	}
	return new(closeevent.Handshake), func(b []byte) (frame.Close, int, error) { return frame.ParseMasked(nil, b) }
}

// read reads the peer's Close frame, which must be the next frame.
func read(conn net.Conn, parse func([]byte) (frame.Close, int, error)) (frame.Close, error) {
	var buf [frame.MaxSize]byte
	if _, err := io.ReadFull(conn, buf[:2]); err != nil {
		return frame.Close{}, err
	}
	n, err := frame.Size(buf[:2])
	if err != nil {
		return frame.Close{}, err
	}
	if _, err := io.ReadFull(conn, buf[2:n]); err != nil {
		return frame.Close{}, err
	}
	c, _, err := parse(buf[:n])
	return c, err
}

// answer is a correct peer: it reads a Close frame, answers it and finishes.
func answer(conn net.Conn, client bool) closeevent.Event {
	h, parse := endpoint(client)
	if c, err := read(conn, parse); err == nil {
		write(conn, h, h.Receive(nil, c))
	}
	return closeconn.Finish(conn, h, long)
}

// TestFinish runs a complete closing handshake over each transport, started by
// each role.
//
// Shows: R20 R25 R28 R30
func TestFinish(t *testing.T) {
	for _, tr := range transports {
		for _, role := range []string{"server", "client"} {
			t.Run(tr.name+"/"+role+" first", func(t *testing.T) {
				server, client := tr.pair(t)
				first, second := server, client
				if role == "client" {
					first, second = client, server
				}
				theirs := make(chan closeevent.Event)
				go func() { theirs <- answer(second, role == "server") }()

				h, parse := endpoint(role == "client")
				b, err := h.Close(nil, closecode.GoingAway, "bye")
				if err != nil {
					t.Fatal(err)
				}
				write(first, h, b)
				c, err := read(first, parse)
				if err != nil {
					t.Fatal(err)
				}
				h.Receive(nil, c)
				ours := closeconn.Finish(first, h, long)
				if want := (closeevent.Event{Code: 1001, WasClean: true}); ours != want {
					t.Errorf("who closed got %+v, want %+v", ours, want)
				}
				if got, want := <-theirs, (closeevent.Event{Code: 1001, Reason: "bye", WasClean: true}); got != want {
					t.Errorf("the peer got %+v, want %+v", got, want)
				}
				if h.PeerFirst() {
					t.Error("PeerFirst reports true for who closed")
				}
				wantClosed(t, first)
				wantClosed(t, second)
			})
		}
	}
}

// wantClosed verifies that this end of conn and every layer below it are
// closed.
func wantClosed(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := conn.Write([]byte{0}); err == nil {
		t.Error("the connection is not closed: it can be written to")
	}
	if c, ok := conn.(*tls.Conn); ok {
		conn = c.NetConn()
	}
	if err := conn.SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the connection is not closed: setting a deadline gives %v", err)
	}
}

// TestWhoClosesFirst verifies that a client waits for the server to close TCP,
// so that the server has the TIME_WAIT state, and that a server does not wait
// for the client.
//
// Shows: R26 R27
func TestWhoClosesFirst(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			bye := frame.Close{Code: closecode.NormalClosure}

			c, _ := endpoint(true)
			c.Receive(nil, bye)
			finished := make(chan struct{})
			go func() {
				closeconn.Finish(client, c, long)
				close(finished)
			}()
			// The client does not close its write side, so the server cannot
			// read EOF.
			if err := server.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if n, err := bottom(server).Read(make([]byte, 1)); !isTimeout(err) {
				t.Errorf("before the server closed it read %d bytes and %v from the client", n, err)
			}
			select {
			case <-finished:
				t.Error("the client has closed first")
			default:
			}
			// Now the server closes. The earlier deadline has no effect.
			s, _ := endpoint(false)
			s.Receive(nil, bye)
			if got := closeconn.Finish(server, s, long); !got.WasClean {
				t.Errorf("the server got %v", got)
			}
			<-finished
		})
	}
}

func bottom(conn net.Conn) net.Conn {
	if c, ok := conn.(*tls.Conn); ok {
		return c.NetConn()
	}
	return conn
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// TestEarlierDeadlines verifies that deadlines in the past do not make Finish
// return early.
func TestEarlierDeadlines(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			h, _ := endpoint(false)
			write(server, h, h.Fail(nil, closecode.PolicyViolation))
			if err := server.SetReadDeadline(time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
			sent := make(chan error, 1)
			go func() {
				// This is more than the buffers of the kernel hold, so Finish
				// must read it.
				_, err := client.Write(make([]byte, 8<<20))
				sent <- err
				answer(client, true)
				close(sent)
			}()
			closeconn.Finish(server, h, long)
			if err := <-sent; err != nil {
				t.Error("the peer could not send all:", err)
			}
			<-sent
		})
	}
}

// TestNoTimeout verifies that a timeout of 0 or less closes the connection
// immediately.
func TestNoTimeout(t *testing.T) {
	for _, timeout := range []time.Duration{0, -1, -1 << 63} {
		synctest.Test(t, func(t *testing.T) {
			for _, tr := range []transport{{"pipe", pairPipe}, {"tls", pairTLSPipe}} {
				server, client := tr.pair(t)
				start := time.Now()
				h, _ := endpoint(false)
				h.Receive(nil, frame.Close{Code: closecode.GoingAway})
				if got, want := closeconn.Finish(server, h, timeout), (closeevent.Event{Code: 1001, WasClean: true}); got != want {
					t.Errorf("%s: got %+v, want %+v", tr.name, got, want)
				}
				if d := time.Since(start); d != 0 {
					t.Errorf("%s: with timeout %v it took %v", tr.name, timeout, d)
				}
				wantClosed(t, server)
				client.Close()
			}
		})
	}
}

func pairPipe(t testing.TB) (server, client net.Conn) { return net.Pipe() }
func pairTLSPipe(t testing.TB) (server, client net.Conn) {
	server, client = net.Pipe()
	return overTLS(t, server, client)
}

// TestPeerNeverCloses verifies that Finish takes no longer than its timeout if
// the peer neither reads nor closes, that it returns earlier if there is
// nothing to wait for, and that no goroutine remains. synctest detects both.
//
// Shows: R27
func TestPeerNeverCloses(t *testing.T) {
	for _, timeout := range []time.Duration{time.Second, time.Hour} {
		for _, tr := range []transport{{"pipe", pairPipe}, {"tls", pairTLSPipe}} {
			for _, what := range []string{"waits", "fails", "gives up"} {
				t.Run(tr.name+"/"+what+"/"+timeout.String(), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						server, client := tr.pair(t)
						defer bottom(client).Close()
						if err := server.SetDeadline(time.Now().Add(timeout / 2)); err != nil {
							t.Fatal(err)
						}
						h, _ := endpoint(false)
						want := closeevent.Event{Code: closecode.AbnormalClosure}
						took := timeout
						switch what {
						case "waits":
							h, _ = endpoint(true)
							h.Receive(nil, frame.Close{Code: closecode.GoingAway})
							want = closeevent.Event{Code: closecode.GoingAway, WasClean: true}
						case "fails":
							// The write side of a pipe cannot be closed. Over TLS that
							// shows when the close_notify has not been written for 5 s.
							h.Fail(nil, closecode.ProtocolError)
							took = 100 * time.Millisecond
							if tr.name == "tls" {
								took = min(took+5*time.Second, timeout)
							}
						}
						start := time.Now()
						if got := closeconn.Finish(server, h, timeout); got != want {
							t.Errorf("got %+v, want %+v", got, want)
						}
						if d := time.Since(start); d != took {
							t.Errorf("it took %v, want %v", d, took)
						}
						wantClosed(t, server)
					})
				})
			}
		}
	}
}

// TestPeerFloods verifies that Finish ends after its timeout or after 64 MiB if
// the peer does not stop sending.
//
// Shows: R25 R27
func TestPeerFloods(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			flooded := make(chan int, 1)
			go func() {
				n := 0
				b := make([]byte, 64<<10)
				for {
					m, err := client.Write(b)
					n += m
					if err != nil {
						flooded <- n
						return
					}
				}
			}()
			h, _ := endpoint(false)
			write(server, h, h.Fail(nil, closecode.PolicyViolation))
			const timeout = 30 * time.Millisecond
			start := time.Now()
			got := closeconn.Finish(server, h, timeout)
			took := time.Since(start)
			if want := (closeevent.Event{Code: closecode.AbnormalClosure}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			wantClosed(t, server)
			n := <-flooded
			if took < timeout && n < 64<<20 {
				t.Errorf("it took %v, less than the timeout, and the peer wrote %d bytes", took, n)
			}
			t.Logf("%d KiB were discarded in %v", n>>10, took)
		})
	}
}

// TestPeerResets verifies that a reset after a complete handshake leaves it
// clean.
//
// Shows: R32 R42
func TestPeerResets(t *testing.T) {
	for _, tr := range []transport{{"tcp", pairTCP}, {"tls", pairTLS}} {
		for _, test := range []struct {
			name string
			does func(h *closeevent.Handshake) []byte
			want closeevent.Event
		}{
			{"no Close", func(h *closeevent.Handshake) []byte { return h.Fail(nil, closecode.ProtocolError) },
				closeevent.Event{Code: closecode.AbnormalClosure}},
			{"Close answered", func(h *closeevent.Handshake) []byte {
				return h.Receive(nil, frame.Close{Code: closecode.GoingAway, Reason: []byte("bye")})
			}, closeevent.Event{Code: closecode.GoingAway, Reason: "bye", WasClean: true}},
		} {
			t.Run(tr.name+"/"+test.name, func(t *testing.T) {
				server, client := tr.pair(t)
				h, _ := endpoint(false)
				write(server, h, test.does(h))
				// Closing with a linger of 0 makes the kernel send a reset.
				tcp := bottom(client).(*net.TCPConn)
				if err := tcp.SetLinger(0); err != nil {
					t.Fatal(err)
				}
				if err := tcp.Close(); err != nil {
					t.Fatal(err)
				}
				if got := closeconn.Finish(server, h, long); got != test.want {
					t.Errorf("got %+v, want %+v", got, test.want)
				}
				wantClosed(t, server)
			})
		}
	}
}

// TestNoCloseNotify verifies that a close is clean if the peer closes TCP without a
// close_notify, even in the middle of a TLS record: the Close frames have been
// exchanged.
func TestNoCloseNotify(t *testing.T) {
	want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
	for _, last := range [][]byte{nil, {0x17, 3, 3, 0}} {
		server, client := pairTLS(t)
		if _, err := bottom(client).Write(last); err != nil {
			t.Fatal(err)
		}
		if err := bottom(client).(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		h, _ := endpoint(false)
		write(server, h, h.Receive(nil, frame.Close{Code: closecode.GoingAway}))
		if got := closeconn.Finish(server, h, long); got != want {
			t.Errorf("after % x: got %+v, want %+v", last, got, want)
		}
	}
}

// TestPeerReadsLate verifies that a peer that stops reading for a while delays
// the close_notify of TLS but not a clean end.
func TestPeerReadsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := pairTLSPipe(t)
		h, _ := endpoint(false)
		h.Receive(nil, frame.Close{Code: closecode.GoingAway})
		time.AfterFunc(10*time.Second, func() { bottom(client).Close() })
		if got, want := closeconn.Finish(server, h, long), (closeevent.Event{Code: 1001, WasClean: true}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// TestClosedBefore verifies Finish on a connection that this endpoint has
// already closed.
func TestClosedBefore(t *testing.T) {
	for _, tr := range append(transports, transport{"pipe", pairPipe}) {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			h, _ := endpoint(false)
			h.Receive(nil, frame.Close{Code: closecode.GoingAway})
			bottom(server).Close()
			if got, want := closeconn.Finish(server, h, long), (closeevent.Event{Code: 1001, WasClean: true}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			client.Close()
		})
	}
}

// A record lists the calls of several goroutines in order.
type record struct {
	sync.Mutex
	done []string
}

func (r *record) add(what string) {
	r.Lock()
	defer r.Unlock()
	r.done = append(r.done, what)
}

// A layer records when it is closed.
type layer struct {
	net.Conn
	name string
	*record
}

func (l layer) NetConn() net.Conn { return l.Conn }
func (l layer) Close() error      { l.add("close " + l.name); return l.Conn.Close() }

// A halfLayer has a CloseWrite that fails.
type halfLayer struct{ layer }

func (l halfLayer) CloseWrite() error { l.add("close write " + l.name); return errStubborn }

// A stubborn connection has no deadlines and no lower layer, and all its
// methods fail.
type stubborn struct {
	halfLayer
	closes *atomic.Int32
	closed chan struct{}
}

var errStubborn = errors.New("stubborn")

func (s stubborn) SetDeadline(time.Time) error { return errStubborn }
func (s stubborn) Read([]byte) (int, error)    { <-s.closed; return 0, errStubborn }
func (s stubborn) Close() error {
	s.add("close " + s.name)
	if s.closes.Add(1) == 1 {
		close(s.closed)
	}
	return errStubborn
}

// TestLayers verifies that all write sides are closed, and that the outermost
// Close is always called, because it may release resources.
func TestLayers(t *testing.T) {
	for _, test := range []struct {
		timeout time.Duration
		want    []string
	}{
		{0, []string{"close bottom", "close middle", "close top"}},
		{-time.Hour, []string{"close bottom", "close middle", "close top"}},
		{time.Hour, []string{"close bottom", "close middle", "close top", "close write bottom", "close write top"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var rec record
			bottom := stubborn{halfLayer{layer{nil, "bottom", &rec}}, new(atomic.Int32), make(chan struct{})}
			middle := layer{bottom, "middle", &rec}
			top := halfLayer{layer{middle, "top", &rec}}

			h, _ := endpoint(false)
			h.Receive(nil, frame.Close{Code: closecode.GoingAway})
			start := time.Now()
			got := closeconn.Finish(top, h, test.timeout)
			if want := (closeevent.Event{Code: 1001, WasClean: true}); got != want {
				t.Errorf("timeout %v: got %+v, want %+v", test.timeout, got, want)
			}
			if d := time.Since(start); d != 0 {
				t.Errorf("timeout %v: it took %v", test.timeout, d)
			}
			rec.Lock()
			defer rec.Unlock()
			slices.Sort(rec.done)
			rec.done = slices.Compact(rec.done)
			if !slices.Equal(rec.done, test.want) {
				t.Errorf("timeout %v: it did %q, want %q", test.timeout, rec.done, test.want)
			}
		})
	}
}

// A glut is a connection whose Read fills the buffer a number of times, then
// returns fewer bytes once, then EOF. It records the sizes of the buffers.
type glut struct {
	net.Conn
	times int
	room  []int
}

func (g *glut) Read(b []byte) (int, error) {
	g.room = append(g.room, len(b))
	switch g.times--; {
	case g.times >= 0:
		return len(b), nil
	case g.times == -1:
		return len(b) - 1, nil
	}
	return 0, io.EOF
}

func (g *glut) Close() error { return nil }

func (g *glut) SetDeadline(time.Time) error { return nil }

// TestDiscardMemory verifies that discarding uses a buffer of 512 bytes, and up
// to 32 KiB only for a peer that fills it.
func TestDiscardMemory(t *testing.T) {
	for times, want := range [][]int{
		{512, 512},
		{512, 2048, 2048},
		{512, 2048, 8192, 8192},
		{512, 2048, 8192, 32768, 32768},
		{512, 2048, 8192, 32768, 32768, 32768},
		{512, 2048, 8192, 32768, 32768, 32768, 32768},
	} {
		g := &glut{times: times}
		var h closeevent.Handshake
		h.Fail(nil, closecode.PolicyViolation)
		closeconn.Finish(g, &h, long)
		if !slices.Equal(g.room, want) {
			t.Errorf("%d times full: read into %d bytes, want %d", times, g.room, want)
		}
	}
}
