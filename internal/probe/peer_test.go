package probe

import (
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// An answer is the script of a peer on one connection: it reads after bytes,
// sends send, and ends the connection as end says.
type answer struct {
	after int    // number of bytes of frames to read first
	send  string // hexadecimal
	end   string // "fin" (close), "slow", "wait" (close once the prober has closed), "pong", "reset", "never"
}

func (a answer) play(t *testing.T, l *link) {
	defer l.raw.Close()
	l.raw.SetDeadline(time.Now().Add(10 * time.Second))
	r := io.MultiReader(strings.NewReader(string(l.early)), l.Conn)
	if _, err := io.ReadFull(r, make([]byte, a.after)); err != nil {
		t.Errorf("the peer wanted %d bytes: %v", a.after, err)
		return
	}
	b, err := hex.DecodeString(strings.ReplaceAll(a.send, " ", ""))
	if err != nil {
		t.Error(err)
	}
	l.Write(b)
	switch a.end {
	case "fin": // drained first, so that closing does not cause a reset
		l.fin()
		io.Copy(io.Discard, r)
	case "slow": // later than the quiet time, before the limit
		l.raw.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
		io.Copy(io.Discard, r)
	case "wait":
		io.Copy(io.Discard, r)
	case "answered": // the prober's answer is read first
		if _, err := io.ReadFull(r, make([]byte, masked1000)); err != nil {
			t.Error(err)
		}
		l.fin()
		io.Copy(io.Discard, r)
	case "pong": // answers the Ping that the prober sends to a silent peer
		ping := make([]byte, 6+len(pingPayload))
		if _, err := io.ReadFull(r, ping); err != nil {
			t.Error(err)
		}
		l.Write(append([]byte{0x8a, byte(len(pingPayload))}, pingPayload...))
		io.Copy(io.Discard, r)
	case "reset":
		l.reset()
	case "never":
		<-t.Context().Done()
	}
}

// listen calls talk for each connection in a goroutine, closes it afterwards, and
// returns the address.
func listen(t *testing.T, talk func(c net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(c)
			}()
		}
	}()
	return ln.Addr().String()
}

// serverOf starts a server that answers connection i with answers[i].
func serverOf(t *testing.T, network, addr string, conf *tls.Config, answers ...answer) net.Listener {
	t.Helper()
	ln, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	o := Options{TLS: conf}
	o.defaults()
	go func() {
		for _, a := range answers {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			l, err := serve(c, &o, false)
			if err != nil {
				t.Error(err)
				return
			}
			go a.play(t, l)
		}
	}()
	return ln
}

func only(ids ...string) *regexp.Regexp {
	return regexp.MustCompile("^(" + strings.Join(ids, "|") + ")$")
}

func load(t *testing.T) *Set {
	t.Helper()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const (
	masked1000 = 8 // bytes of a masked Close with a code
	plain1000  = 4
)
