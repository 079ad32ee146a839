// Package wss_test closes connections between examples/stack and the Go and Node
// peers over ws and wss, in both roles and from both sides, with the peer closing its
// socket as early as its library does.
//
//	go test ./peers/wss -v -closes 200
package wss_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/interop/peers"
)

var closes = flag.Int("closes", 40, "how many connections to close for each peer, role and transport")

const wait = 20 * time.Second

var certFile string

// TestMain creates a certificate that all peers use and trust; see
// peers.CertFile.
func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "wss")
	if err == nil {
		defer os.RemoveAll(dir)
		certFile = filepath.Join(dir, "cert.pem")
		err = certificate(certFile, filepath.Join(dir, "key.pem"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// certificate writes a certificate for localhost and its key, and makes all
// clients in this process and its child processes trust it.
func certificate(certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "closeframe test"},
		NotAfter:              time.Now().Add(time.Hour),
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600),
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600),
		os.Setenv("SSL_CERT_FILE", certFile),       // of crypto/x509
		os.Setenv("NODE_EXTRA_CA_CERTS", certFile), // of Node
		os.Setenv(peers.KeyFile, keyFile),
	)
}

// A meeting returns the next connection with the peer.
type meeting func(t *testing.T) *stack.Conn

// asServer starts the peer's server.
func asServer(t *testing.T, p *peers.Peer, secure bool) (meeting, *peers.Running) {
	t.Helper()
	if secure {
		t.Setenv(peers.CertFile, certFile)
	}
	r, err := p.Server()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return func(t *testing.T) *stack.Conn {
		c, err := stack.Dial(t.Context(), r.URL, stack.Config{Timeout: wait, Header: p.Header})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}, r
}

// asClient starts a server for the peer's client.
func asClient(t *testing.T, p *peers.Peer, secure bool) (meeting, *peers.Running) {
	t.Helper()
	conns := make(chan *stack.Conn)
	ctx, cancel := context.WithCancel(context.Background())
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := stack.Upgrade(w, r, stack.Config{Timeout: wait})
		if err != nil {
			return
		}
		select {
		case conns <- c:
		case <-ctx.Done():
			c.Close(1001, "")
		}
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	scheme := "ws"
	if secure {
		scheme = "wss"
		pair, err := tls.LoadX509KeyPair(certFile, os.Getenv(peers.KeyFile))
		if err != nil {
			t.Fatal(err)
		}
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}})
	}
	go srv.Serve(ln)
	r, err := p.Client(fmt.Sprintf("%s://%s/", scheme, ln.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close(); cancel(); r.Stop() })
	return func(t *testing.T) *stack.Conn {
		select {
		case c := <-conns:
			return c
		case <-time.After(wait):
			t.Fatal("the client does not connect again")
			return nil
		}
	}, r
}

// tells reports whether a peer's library reports our Close frame to its
// application. After their own Close frame, some report only that.
func tells(p *peers.Peer, first string) bool {
	return p.Tells == peers.CodeAndReason && !(p.TellsOwn && first == "it closes")
}

// TestClean verifies that every close is clean on both sides, over TLS as over TCP.
func TestClean(t *testing.T) {
	rows, untold := 0, 0
	for _, p := range peers.All() {
		if p.Language != "Go" && p.Language != "JavaScript" {
			continue
		}
		for _, role := range []struct {
			name  string
			start func(*testing.T, *peers.Peer, bool) (meeting, *peers.Running)
			has   bool
		}{{"server", asServer, p.Server != nil}, {"client", asClient, p.Client != nil}} {
			if !role.has {
				continue
			}
			for _, secure := range []bool{false, true} {
				transport := map[bool]string{false: "ws", true: "wss"}[secure]
				for _, first := range []string{"we close", "it closes"} {
					if first == "it closes" && p.Trigger == "" {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/%s/%s", p.Name, role.name, transport, first), func(t *testing.T) {
						next, r := role.start(t, p, secure)
						ours, theirs := 0, 0
						for range *closes {
							event, told := closeOne(t, p, next(t), r, first)
							if event.WasClean {
								ours++
							}
							if cleanlyTold(told) {
								theirs++
							}
						}
						its := fmt.Sprint(theirs)
						rows++
						if !tells(p, first) {
							its = "not told"
							untold++
						}
						t.Logf("%-17s %-6s %-3s %-9s  %3d closes, clean on our side %3d, on its side %s", p.Name, role.name, transport, first, *closes, ours, its)
						if ours != *closes {
							t.Errorf("%d of %d closes are clean on our side", ours, *closes)
						}
						if theirs != *closes && tells(p, first) {
							t.Errorf("%d of %d closes are clean on its side", theirs, *closes)
						}
					})
				}
			}
		}
	}
	t.Logf("%d rows, %d closes; not told in %d rows", rows, rows**closes, untold)
	if flag.Lookup("test.run").Value.String() != "" {
		return
	}
	doc, err := os.ReadFile("../../../docs/peers.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, claim := range []string{fmt.Sprintf("in %d rows", rows), fmt.Sprintf("All %d closes", rows*200), fmt.Sprintf("In %d rows", rows-untold), fmt.Sprintf("In the other %d", untold)} {
		if !strings.Contains(string(doc), claim) {
			t.Errorf("docs/peers.md does not say %q", claim)
		}
	}
}

// closeOne closes one connection and returns the events of both applications.
func closeOne(t *testing.T, p *peers.Peer, c *stack.Conn, r *peers.Running, first string) (closeevent.Event, peers.Event) {
	t.Helper()
	var event closeevent.Event
	if first == "we close" {
		var err error
		if event, err = c.Close(1000, "bye"); err != nil {
			t.Fatal(err)
		}
	} else {
		if err := c.Write(stack.Text, []byte(p.Trigger)); err != nil {
			t.Fatal(err)
		}
		for {
			_, _, err := c.Read(nil)
			if err != nil {
				event, _ = errors.AsType[closeevent.Event](err)
				break
			}
		}
	}
	select {
	case told := <-r.Events:
		return event, told
	case <-time.After(wait):
		t.Fatal("the peer does not tell that the connection has ended")
		return event, peers.Event{}
	}
}

// cleanlyTold reports whether a peer's application was informed of the Close
// frame.
func cleanlyTold(e peers.Event) bool {
	if e.Clean != nil {
		return *e.Clean
	}
	return e.Code == 1000
}
