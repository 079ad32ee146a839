package closeconn_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"path/filepath"
	"sync"
	"testing"
)

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

func bottom(conn net.Conn) net.Conn {
	if c, ok := conn.(*tls.Conn); ok {
		return c.NetConn()
	}
	return conn
}

func pairPipe(t testing.TB) (server, client net.Conn) { return net.Pipe() }
func pairTLSPipe(t testing.TB) (server, client net.Conn) {
	server, client = net.Pipe()
	return overTLS(t, server, client)
}
