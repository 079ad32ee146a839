package closeconn_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestClose verifies that Close reads other frames up to the peer's Close
// frame, whether they arrive later or are already in a buffered reader.
//
// Shows: R20 R29 R30
func TestClose(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
		sent := make(chan []byte, 1)
		go func() {
			b := make([]byte, frame.MaxSize)
			n, _ := peer.Read(b)
			peer.Write(peerFrames(client, "\x0f\xa1later"))
			hangUp(peer, long)
			sent <- b[:n]
		}()
		h, _ := endpoint(client)
		want := closeevent.Event{Code: 4001, Reason: "later", WasClean: true}
		got, err := closeconn.Close(conn, nil, h, closecode.ServiceRestart, "deploy", long)
		if got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		if cause := h.Ending().Cause(); cause != closeevent.CauseClean {
			t.Errorf("cause %v", cause)
		}
		wantClosed(t, conn)
		parse := frame.Parse
		if client {
			parse = func(b []byte) (frame.Close, int, error) { return frame.ParseMasked(nil, b) }
		}
		if c, _, err := parse(<-sent); err != nil || c.Code != closecode.ServiceRestart || string(c.Reason) != "deploy" {
			t.Errorf("the peer received %v %q, %v", c.Code, c.Reason, err)
		}
	})
}

// TestCloseBuffered verifies that Close uses the bytes in the reader first.
func TestCloseBuffered(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
		b := peerFrames(client, "\x03\xe9")
		half := len(b) - 3
		r := bufio.NewReader(io.MultiReader(bytes.NewReader(b[:half]), conn))
		if _, err := r.Peek(half); err != nil {
			t.Fatal(err)
		}
		go func() {
			peer.Write(b[half:])
			hangUp(peer, long)
		}()
		h, _ := endpoint(client)
		want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
		if got, err := closeconn.Close(conn, r, h, closecode.NormalClosure, "", long); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
}

// TestCloseFaulty verifies that an invalid Close frame fails the connection,
// even after another invalid frame.
//
// Shows: R39
func TestCloseFaulty(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
		go func() {
			// An empty message with the wrong masking for the role.
			message := []byte{0x82, 0x00}
			if client {
				message = []byte{0x82, 0x80, 1, 2, 3, 4}
			}
			peer.Write(append(message, peerFrames(client, "\x03\xed")...)) // 1005
			hangUp(peer, long)
		}()
		h, _ := endpoint(client)
		got, err := closeconn.Close(conn, nil, h, closecode.NormalClosure, "", long)
		if want := (closeevent.Event{Code: closecode.AbnormalClosure}); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		if cause := h.Ending().Cause(); cause != closeevent.CauseFailed {
			t.Errorf("cause %v, want failed", cause)
		}
	})
}

// TestCloseRefused verifies that an invalid code or reason has no effect.
func TestCloseRefused(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
		h, _ := endpoint(client)
		before := h.Ending()
		if got, err := closeconn.Close(conn, nil, h, closecode.AbnormalClosure, "", long); got != (closeevent.Event{}) || err != frame.ErrInvalidCode {
			t.Errorf("got %v, %v", got, err)
		}
		if h.Ending() != before || h.State() != closeevent.Open {
			t.Errorf("the handshake changed to %v", h.Ending())
		}
		go conn.Write([]byte("x"))
		if b := make([]byte, 2); readOne(peer, b) != 1 || b[0] != 'x' {
			t.Errorf("the peer received % x first", b)
		}
		conn.Close()
		peer.Close()
	})
}

// TestCloseWriteFails verifies that after a failed write the event is not clean,
// and that nothing more is read.
//
// Shows: R32
func TestCloseWriteFails(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
		defer peer.Close()
		bottom(conn).Close()
		h, _ := endpoint(client)
		got, err := closeconn.Close(conn, bytes.NewReader(peerFrames(client, "\x03\xe8")), h, closecode.NormalClosure, "", long)
		if want := (closeevent.Event{Code: closecode.AbnormalClosure}); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		if cause := h.Ending().Cause(); cause != closeevent.CauseUndelivered {
			t.Errorf("cause %v, want undelivered", cause)
		}
	})
}

// TestCloseUnanswered verifies that the timeout bounds Close, and that with no
// timeout the Close frame is still written.
func TestCloseUnanswered(t *testing.T) {
	for _, timeout := range []time.Duration{-time.Second, 0, 100 * time.Millisecond} {
		eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
			defer peer.Close()
			h, _ := endpoint(client)
			start := time.Now()
			got, err := closeconn.Close(conn, nil, h, closecode.NormalClosure, "bye", timeout)
			if want := (closeevent.Event{Code: closecode.AbnormalClosure}); got != want || err != nil {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
			if d := time.Since(start); d > max(timeout, 0)+time.Second {
				t.Errorf("it took %v of %v", d, timeout)
			}
			if cause := h.Ending().Cause(); cause != closeevent.CauseUnanswered {
				t.Errorf("cause %v, want unanswered", cause)
			}
			_, parse := endpoint(!client)
			if c, err := readClose(peer, parse); err != nil || string(c.Reason) != "bye" {
				t.Errorf("the peer received %v %q, %v", c.Code, c.Reason, err)
			}
		})
	}
}

// TestCloseAfterReceive verifies that Close on a connection that the peer has closed
// writes and reads nothing more.
func TestCloseAfterReceive(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
		go hangUp(peer, long)
		h, _ := endpoint(client)
		writeClose(conn, h, h.Receive(nil, frame.Close{Code: closecode.GoingAway}))
		want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
		if got, err := closeconn.Close(conn, nil, h, closecode.NormalClosure, "", long); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
}

// TestCloseBoth verifies that both endpoints can call Close at the same time, also
// over a connection without a buffer.
func TestCloseBoth(t *testing.T) {
	for _, tr := range append([]transport{{"pipe", pairPipe}, {"tls pipe", pairTLSPipe}}, transports...) {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			done := make(chan closeevent.Event)
			go func() {
				h, _ := endpoint(false)
				e, _ := closeconn.Close(server, nil, h, closecode.GoingAway, "server", long)
				done <- e
			}()
			h, _ := endpoint(true)
			e, err := closeconn.Close(client, nil, h, closecode.NormalClosure, "client", long)
			if want := (closeevent.Event{Code: closecode.GoingAway, Reason: "server", WasClean: true}); e != want || err != nil {
				t.Errorf("client: got %v, %v, want %v", e, err, want)
			}
			if e, want := <-done, (closeevent.Event{Code: closecode.NormalClosure, Reason: "client", WasClean: true}); e != want {
				t.Errorf("server: got %v, want %v", e, want)
			}
		})
	}
}

// TestCloseWhilePeerWrites verifies that Close reads what the peer is writing, even
// if the peer does not read before.
func TestCloseWhilePeerWrites(t *testing.T) {
	conn, peer := pairPipe(t)
	go func() {
		peer.Write(peerFrames(false, "\x03\xe9"))
		hangUp(peer, long)
	}()
	h, _ := endpoint(false)
	want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
	if got, err := closeconn.Close(conn, nil, h, closecode.NormalClosure, "", long); got != want || err != nil {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// TestCloseAfterWriting verifies that Close reads on after the owner wrote the Close
// frame, although the read deadline has passed, and that it reads nothing if the
// owner could not write it.
func TestCloseAfterWriting(t *testing.T) {
	for _, failed := range []bool{false, true} {
		eachRole(t, func(t *testing.T, client bool, conn, peer net.Conn) {
			h, _ := endpoint(client)
			b, err := h.Close(nil, closecode.NormalClosure, "")
			if err != nil {
				t.Fatal(err)
			}
			want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
			if failed {
				h.WriteFailed()
				want = closeevent.Event{Code: closecode.AbnormalClosure}
			} else {
				writeClose(conn, h, b)
			}
			go func() {
				peer.Write(peerFrames(client, "\x03\xe9"))
				hangUp(peer, long)
			}()
			if err := conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
			if got, err := closeconn.Close(conn, nil, h, closecode.NormalClosure, "", long); got != want || err != nil {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
		})
	}
}

// A partial connection writes one byte and reports no error.
type partial struct{ net.Conn }

func (p partial) Write(b []byte) (int, error) { return p.Conn.Write(b[:1]) }

// TestCloseWritesPart verifies that a Close frame that was not written in full
// counts as not written.
func TestCloseWritesPart(t *testing.T) {
	conn, peer := pairTCP(t)
	peer.Close()
	h, _ := endpoint(false)
	closeconn.Close(partial{conn}, nil, h, closecode.NormalClosure, "", long)
	if cause := h.Ending().Cause(); cause != closeevent.CauseUndelivered {
		t.Errorf("cause %v, want undelivered", cause)
	}
}
