package main

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sys/unix"

	"github.com/closeframe/closeframe/interop/peers"
)

// cases lists the captures. verdicts.json describes each of them.
var cases = []*testCase{
	{name: "clean-server", run: func(e *env) {
		c := e.dialPeer("ws")
		c.text("hello")
		c.read(1)
		c.text("close 1001 going down")
		c.read(8)
		c.closeFrame(1001, "")
		c.drain()
	}},
	{name: "clean-client", run: func(e *env) {
		e.clientOf("websockets", func(c *rawConn) {
			c.text("close 1000 done")
			c.read(8)
			c.closeFrame(1000, "")
			c.finish()
		})
	}},
	{name: "clean-empty", run: func(e *env) {
		c := e.dialPeer("gorilla/websocket")
		c.text("close")
		c.read(8)
		c.frame(8, "")
		c.drain()
	}},
	{name: "both-at-once", run: func(e *env) {
		// On a slow link, both Close frames are in transit at the same time:
		// tbf passes 1,600 bytes at once, then 2,000 per second.
		done := make(chan struct{})
		ready := make(chan *rawConn, 1)
		addr, served := listen("127.0.0.1:0", 1, func(c *rawConn) {
			ready <- c
			<-done
		})
		c := dial("tcp", addr, "/chat")
		s := <-ready
		must(exec.Command("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "16kbit", "burst", "1600", "latency", "30s").CombinedOutput())
		e.stop = append(e.stop, func() { exec.Command("tc", "qdisc", "del", "dev", "lo", "root").Run() })
		c.text(strings.Repeat("x", 1500))
		s.read(1)
		c.text(strings.Repeat("y", 200))
		c.closeFrame(1000, "leaving")
		s.closeFrame(1001, "restart")
		s.read(8)
		c.read(8)
		s.fin()
		c.drain()
		s.drain()
		close(done)
		<-served
	}},
	{name: "reset", run: func(e *env) {
		c := e.dialPeer("gobwas/ws")
		c.text("hello")
		c.read(1)
		c.reset()
	}},
	{name: "reset-unread", run: func(e *env) {
		// The server sends a Close frame and closes its socket while a message
		// of the client is unread in its buffer.
		addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
			c.read(1)
			must(c.r.Peek(1)) // another message has arrived
			time.Sleep(10 * time.Millisecond)
			c.closeFrame(1001, "bye")
			c.Close()
		})
		c := dial("tcp", addr, "/chat")
		c.text("one")
		for range 3 {
			c.text(strings.Repeat("x", 4000))
		}
		<-done
		c.drain()
	}},
	{name: "fin", run: func(e *env) {
		e.clientOf("ws", func(c *rawConn) {
			c.text("hello")
			c.read(1)
			c.finish()
		})
	}},
	{name: "half-close-frame", run: func(e *env) {
		e.clientOf("gorilla/websocket", func(c *rawConn) {
			c.text("hello")
			c.read(1)
			c.send(0x88, 0x05, 0x03, 0xe8, 'b')
			c.finish()
		})
	}},
	{name: "half-message", run: func(e *env) {
		e.clientOf("coder/websocket", func(c *rawConn) {
			c.send(0x82, 0x7e, 0x10, 0x00, 1, 2, 3, 4)
			c.finish()
		})
	}},
	{name: "bad-code", run: func(e *env) {
		e.clientOf("ws", func(c *rawConn) {
			c.send(0x88, 0x02, 0x03, 0xed) // 1005
			c.read(8)
			c.finish()
		})
	}},
	{name: "bad-utf8", run: func(e *env) {
		e.clientOf("websockets", func(c *rawConn) {
			c.send(0x88, 0x05, 0x03, 0xe8, 'a', 0xe2, 0x82)
			c.read(8)
			c.finish()
		})
	}},
	{name: "masked-by-server", run: func(e *env) {
		e.clientOf("gorilla/websocket", func(c *rawConn) {
			c.send(0x81, 0x82, 1, 2, 3, 4, 'h'^1, 'i'^2)
			c.read(8)
			c.drain()
		})
	}},
	{name: "bad-text", run: func(e *env) {
		// Invalid UTF-8 in a message, not in the Close frame.
		c := e.dialPeer("wsproto")
		c.send(0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28)
		c.read(8)
		c.closeFrame(1007, "")
		c.drain()
	}},
	{name: "too-big", run: func(e *env) {
		addr, done := serveGorilla(func(c *websocket.Conn) {
			c.SetReadLimit(1000)
			c.ReadMessage() // answers 1009 by itself
			c.Close()
		}, nil)
		c := dial("tcp", addr, "/upload")
		c.frame(2, strings.Repeat("x", 1001))
		c.read(8)
		c.closeFrame(1009, "")
		c.drain()
		<-done
	}},
	{name: "ignored-close", run: func(e *env) {
		// The server never reads its socket. The client stops waiting after 5 s
		// (coder/websocket).
		hold := make(chan struct{})
		addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
			e.keepPort(c)
			c.text("close 1000 done")
			<-hold
			c.Close()
		})
		p := e.peer("coder/websocket")
		run := must(p.Client("ws://" + addr + "/chat"))
		<-run.Events
		close(hold)
		<-done
		run.Stop()
	}},
	{name: "data-after-close", run: func(e *env) {
		e.clientOf("gorilla/websocket", func(c *rawConn) {
			c.send(0x88, 0x02, 0x03, 0xe8, 0x81, 0x04, 'l', 'a', 't', 'e')
			c.read(8)
			c.finish()
		})
	}},
	{name: "ping-unanswered", run: func(e *env) {
		// The client hangs: its kernel acknowledges, but nothing answers.
		addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
			for range 3 {
				c.frame(9, "beat")
				time.Sleep(time.Second)
			}
			c.Close()
		})
		c := dial("tcp", addr, "/live")
		<-done
		c.drain()
	}},
	{name: "ping-timeout", run: func(e *env) {
		// websockets pings after 20 s and waits 20 s for the Pong, by default.
		c := e.dialPeer("websockets")
		c.text("hello")
		c.read(1)
		c.drain()
	}},
	{name: "peer-vanished", run: func(e *env) {
		// The kernel drops packets for the client's socket, as if its network
		// were down. The server's packets are lost, and it stops waiting.
		done := make(chan struct{})
		addr, served := listen("127.0.0.1:0", 1, func(c *rawConn) {
			c.read(1)
			<-done
			c.text("are you there?")
			time.Sleep(3 * time.Second)
			c.reset()
		})
		c := dial("tcp", addr, "/feed")
		c.text("hello")
		deafen(c)
		close(done)
		<-served
		c.Close()
	}},
	{name: "half-close", run: func(e *env) {
		// The client ends its half of TCP without a Close frame; the server
		// goes on, and sends one at last.
		addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
			c.text("one")
			c.end()
			c.text("two")
			c.closeFrame(1000, "done")
			c.Close()
		})
		c := dial("tcp", addr, "/feed")
		c.read(1)
		c.text("thanks")
		c.finish()
		<-done
	}},
	{name: "close-reset", run: func(e *env) {
		// The client closes its socket while the server's Close frame is unread
		// in its buffer.
		addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
			c.read(1)
			c.closeFrame(1000, "bye")
			c.drain()
		})
		c := dial("tcp", addr, "/chat")
		c.text("last")
		time.Sleep(100 * time.Millisecond) // the Close frame arrives
		c.Close()
		<-done
	}},
	{name: "keep-alive", run: func(e *env) {
		// As peer-vanished, but nothing is sent: the server's kernel probes the
		// client, and resets TCP after three probes without an answer.
		deaf := make(chan struct{})
		addr, served := listen("127.0.0.1:0", 1, func(c *rawConn) {
			c.read(1)
			<-deaf
			c.Conn.(*net.TCPConn).SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second, Count: 3})
			c.drain()
		})
		c := dial("tcp", addr, "/feed")
		e.keepClient(c)
		c.Conn.(*net.TCPConn).SetKeepAlive(false)
		c.text("hello")
		time.Sleep(100 * time.Millisecond) // the acknowledgment is delayed
		deafen(c)
		close(deaf)
		<-served
		c.Close()
	}},
	{name: "auth-retry", run: func(e *env) {
		// The server asks for credentials with 401; the client repeats the
		// opening handshake on the same connection.
		srv := e.http(func(w http.ResponseWriter, r *http.Request) {
			if _, _, ok := r.BasicAuth(); !ok {
				w.Header().Set("WWW-Authenticate", "Basic")
				http.Error(w, "credentials needed", http.StatusUnauthorized)
				return
			}
			u := websocket.Upgrader{}
			c := must(u.Upgrade(w, r, nil))
			c.ReadMessage() // and answers Close
			c.Close()
		})
		c := must(net.Dial("tcp", srv))
		r := upgrade(c, srv, "/private")
		io.Copy(io.Discard, r.Response.Body)
		ws := upgrade(c, srv, "/private", "Authorization: Basic dXNlcjpwYXNz").rawConn
		ws.closeFrame(1000, "")
		ws.read(8)
		ws.drain()
	}},
	{name: "vlan-port-reuse", run: func(e *env) {
		// The client resets the first connection, and opens the second one
		// from the same port.
		ln := must(net.Listen("tcp", "[::1]:0"))
		done := make(chan struct{})
		go func() {
			defer close(done)
			c := accept(must(ln.Accept()))
			c.drain()
			c = accept(must(ln.Accept()))
			c.closeFrame(1001, "second")
			c.read(8)
			c.finish()
			ln.Close()
		}()
		from := &net.TCPAddr{IP: net.IPv6loopback, Port: 40999}
		open := func(path string) *rawConn {
			c := must((&net.Dialer{LocalAddr: from}).Dial("tcp", ln.Addr().String()))
			return upgrade(c, ln.Addr().String(), path).rawConn
		}
		c := open("/first")
		time.Sleep(10 * time.Millisecond)
		c.reset()
		c = open("/second")
		c.read(8)
		c.closeFrame(1001, "")
		c.drain()
		<-done
	}, rewrite: func(t *trace) {
		// In a VLAN, as on a trunk port.
		for i := range t.packets {
			p := &t.packets[i]
			p.data = slices.Insert(p.data, 12, 0x81, 0x00, 0x00, 0x2a)
			for _, at := range []int{8, 12} {
				binary.LittleEndian.PutUint32(p.header[at:], binary.LittleEndian.Uint32(p.header[at:])+4)
			}
		}
	}},
	{name: "proxy-connect", run: func(e *env) {
		// TLS through a proxy, on the leg between the client and the proxy.
		tunnel := e.http(func(w http.ResponseWriter, r *http.Request) {
			back := must(net.Dial("tcp", r.Host))
			w.WriteHeader(http.StatusOK)
			front, _ := must2(w.(http.Hijacker).Hijack())
			go func() { io.Copy(back, front); back.(*net.TCPConn).CloseWrite() }()
			go func() { io.Copy(front, back); front.(*net.TCPConn).CloseWrite() }()
		})
		_, port, _ := net.SplitHostPort(tunnel)
		e.proxy = "http://" + tunnel
		e.keep = append(e.keep, must(strconv.Atoi(port)))
		closeOverTLS(e)
	}},
	{name: "refused-403", run: func(e *env) {
		srv := e.http(func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "origin not allowed", http.StatusForbidden)
		})
		c := must(net.Dial("tcp", srv))
		upgrade(c, srv, "/chat", "Origin: http://example.com")
		c.Close()
	}},
	{name: "refused-no-answer", run: func(e *env) {
		ln := must(net.Listen("tcp", "127.0.0.1:0"))
		done := make(chan struct{})
		go func() {
			defer close(done)
			c := must(ln.Accept())
			must(http.ReadRequest(newReader(c)))
			c.Close()
			ln.Close()
		}()
		c := must(net.Dial("tcp", ln.Addr().String()))
		must(io.WriteString(c, "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"))
		io.Copy(io.Discard, c)
		c.Close()
		<-done
	}},
	{name: "refused-502-nginx", run: func(e *env) {
		front := e.nginx("127.0.0.1:1", "") // the backend has no listener
		c := must(net.Dial("tcp", front))
		upgrade(c, front, "/chat").rawConn.fin()
		c.Close()
		e.keepClient(c)
	}},
	{name: "idle-nginx", run: func(e *env) {
		front := e.nginx(peerAddr(e.server("ws")), "")
		c := dial("tcp", front, "/")
		c.text("hello")
		c.read(1)
		c.end() // after proxy_read_timeout, 60 s by default
		c.Close()
		e.keepClient(c)
	}},
	{name: "idle-haproxy", run: func(e *env) {
		front := e.haproxy(peerAddr(e.server("ws")))
		c := dial("tcp", front, "/")
		c.text("hello")
		c.read(1)
		c.end() // after timeout client and server, 50 s in Debian's haproxy.cfg
		c.Close()
		e.keepClient(c)
	}},
	{name: "killed-server", run: func(e *env) {
		cmd, addr := e.process()
		var conns []*rawConn
		for range 5 {
			c := dial("tcp", addr, "/")
			c.text("hello")
			c.read(1)
			conns = append(conns, c)
		}
		cmd.Process.Kill()
		cmd.Wait()
		var wg sync.WaitGroup
		for _, c := range conns {
			wg.Go(func() { c.end(); c.Close() })
		}
		wg.Wait()
	}},
	{name: "restart", run: func(e *env) {
		// An orderly shutdown: 1012 to every client.
		var all []*rawConn
		ready := make(chan *rawConn, 4)
		ln := must(net.Listen("tcp", "127.0.0.1:0"))
		go func() {
			for range 4 {
				ready <- accept(must(ln.Accept()))
			}
		}()
		var clients []*rawConn
		for range 4 {
			clients = append(clients, dial("tcp", ln.Addr().String(), "/feed"))
			all = append(all, <-ready)
		}
		for i, s := range all {
			s.closeFrame(1012, "deploy")
			clients[i].read(8)
			clients[i].closeFrame(1012, "")
			s.read(8)
			s.Close()
			clients[i].end()
			clients[i].Close()
		}
		ln.Close()
	}},
	{name: "ipv6", run: func(e *env) {
		addr, done := listen("[::1]:0", 1, func(c *rawConn) {
			c.read(8)
			c.closeFrame(4001, "session over")
			c.finish()
		})
		c := dial("tcp", addr, "/six")
		c.closeFrame(4001, "session over")
		c.read(8)
		c.drain()
		<-done
	}},
	{name: "tls", run: closeOverTLS},
	{name: "tls-secrets", pcapng: true, run: closeOverTLS},
	{name: "tls-idle", run: func(e *env) {
		e.tls(func(c *rawConn) {
			c.text("hello")
			time.Sleep(5 * time.Second)
			c.Close()
		})
	}},
	{name: "tls-untrusted", run: func(e *env) {
		ln, _ := e.tlsListener()
		done := make(chan struct{})
		go func() {
			defer close(done)
			c := must(ln.Accept())
			c.(*tls.Conn).Handshake() // fails
			c.Close()
		}()
		_, err := tls.Dial("tcp", ln.Addr().String(), &tls.Config{ServerName: "example.com", MaxVersion: tls.VersionTLS12})
		if err == nil {
			panic("trusted")
		}
		<-done
		ln.Close()
	}},
	{name: "compressed", run: func(e *env) {
		addr, done := serveGorilla(func(c *websocket.Conn) {
			c.EnableWriteCompression(true)
			c.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("compressed "), 20))
			c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "done"), time.Now().Add(time.Second))
			c.ReadMessage()
			c.Close()
		}, nil)
		d := websocket.Dialer{EnableCompression: true}
		c, _ := must2(d.Dial("ws://"+addr+"/deflate", nil))
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				break
			}
		}
		<-done
		c.Close()
	}},
	{name: "reordered", run: func(e *env) {
		addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
			c.text("first-" + strings.Repeat("1", 600))
			c.text("second-" + strings.Repeat("2", 600))
			c.read(1)
			c.closeFrame(1000, "all sent")
			c.read(8)
			c.finish()
		})
		c := dial("tcp", addr, "/feed")
		c.read(1)
		c.read(1)
		c.text("next")
		c.read(8)
		c.closeFrame(1000, "")
		c.drain()
		<-done
	}, rewrite: func(t *trace) {
		// The second message arrives before the first, and the first again
		// after both.
		i, j := t.find("first-"), t.find("second-")
		first, second := t.packets[i], t.packets[j]
		t.packets[i], t.packets[j] = second, first
		again := first
		copy(t.packets[i].header[:8], first.header[:]) // keep the times in order
		copy(t.packets[j].header[:8], second.header[:])
		copy(again.header[:8], second.header[:])
		t.packets = append(t.packets[:j+1], append([]packet{again}, t.packets[j+1:]...)...)
	}},
	{name: "lost-packet", run: twoMessagesAndClose, rewrite: func(t *trace) {
		i := t.find("first-")
		t.keep(func(k int, _ packet) bool { return k != i })
	}},
	{name: "begin-cut", run: twoMessagesAndClose, rewrite: func(t *trace) {
		i := t.find("second-")
		t.keep(func(k int, _ packet) bool { return k >= i })
	}},
	{name: "end-cut", run: twoMessagesAndClose, rewrite: func(t *trace) {
		i := t.find("second-")
		t.keep(func(k int, _ packet) bool { return k <= i+1 })
	}},
	{name: "snap-length", snap: 96, run: func(e *env) {
		e.clientOf("lxzan/gws", func(c *rawConn) {
			c.text(strings.Repeat("long ", 100))
			c.read(1)
			c.text("close 1000 bye")
			c.read(8)
			c.closeFrame(1000, "")
			c.finish()
		})
	}},
	{name: "violation-1002", gzip: true, run: func(e *env) {
		// A reserved opcode from the client, rejected by aiohttp.
		c := e.dialPeer("aiohttp")
		c.text("hello")
		c.read(1)
		c.send(0x83, 0x80, 1, 2, 3, 4)
		c.read(8)
		c.drain()
	}},
	{name: "http2", run: func(e *env) {
		dir := must(os.MkdirTemp("", "captures"))
		defer os.RemoveAll(dir)
		cert := certificate()
		keys := filepath.Join(dir, "keys")
		cmd := exec.Command("node", "--tls-keylog="+keys, filepath.Join(peers.Dir, "..", "captures", "http2.mjs"))
		der := must(x509.MarshalPKCS8PrivateKey(cert.PrivateKey))
		cmd.Env = append(os.Environ(),
			"CERT="+string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})),
			"KEY="+string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
		if out, err := cmd.CombinedOutput(); err != nil {
			panic(string(out))
		}
		e.keylog = must(os.ReadFile(keys))
	}},
}

// twoMessagesAndClose is a connection whose server sends two messages and then
// closes; the client answers with the same code.
func twoMessagesAndClose(e *env) {
	addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
		c.text("first-" + strings.Repeat("1", 600))
		c.read(1)
		c.text("second-" + strings.Repeat("2", 600))
		c.read(1)
		c.closeFrame(1000, "all sent")
		c.read(8)
		c.finish()
	})
	c := dial("tcp", addr, "/feed")
	c.read(1)
	c.text("next")
	c.read(1)
	c.text("next")
	c.read(8)
	c.closeFrame(1000, "")
	c.drain()
	<-done
}

// peer returns the named library.
func (e *env) peer(name string) *peers.Peer {
	for _, p := range peers.All() {
		if p.Name == name {
			return p
		}
	}
	panic("no peer " + name)
}

// server starts a library's server; it is stopped after the case.
func (e *env) server(name string) *peers.Running {
	r := must(e.peer(name).Server())
	e.stop = append(e.stop, r.Stop)
	return r
}

func peerAddr(r *peers.Running) string {
	return strings.TrimSuffix(strings.TrimPrefix(r.URL, "ws://"), "/")
}

// dialPeer opens a connection to a library's server.
func (e *env) dialPeer(name string) *rawConn {
	c := dial("tcp", peerAddr(e.server(name)), "/")
	e.keepClient(c)
	return c
}

// clientOf calls f with the first connection of a library's client.
func (e *env) clientOf(name string, f func(c *rawConn)) {
	addr, done := listen("127.0.0.1:0", 1, func(c *rawConn) {
		e.keepPort(c)
		f(c)
	})
	r := must(e.peer(name).Client("ws://" + addr + "/chat"))
	<-done
	<-r.Events
	r.Stop()
}

// deafen makes the kernel drop every packet received for the connection.
func deafen(c *rawConn) {
	raw := must(c.Conn.(*net.TCPConn).SyscallConn())
	var err error
	raw.Control(func(fd uintptr) {
		drop := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K} // 0 bytes of the packet
		err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop})
	})
	if err != nil {
		panic(err)
	}
}

// keepPort keeps the packets of this accepted connection.
func (e *env) keepPort(c net.Conn) {
	e.keep = append(e.keep, c.RemoteAddr().(*net.TCPAddr).Port)
}

// keepClient keeps the packets of this dialed connection.
func (e *env) keepClient(c net.Conn) {
	e.keep = append(e.keep, c.LocalAddr().(*net.TCPAddr).Port)
}

// http serves f at the address that it returns.
func (e *env) http(f http.HandlerFunc) string {
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	srv := &http.Server{Handler: f}
	go srv.Serve(ln)
	e.stop = append(e.stop, func() { srv.Close() })
	return ln.Addr().String()
}

// serveGorilla serves one connection with gorilla/websocket.
func serveGorilla(f func(c *websocket.Conn), h http.Header) (string, <-chan struct{}) {
	done := make(chan struct{})
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	go http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		u := websocket.Upgrader{EnableCompression: true}
		f(must(u.Upgrade(w, r, h)))
		ln.Close()
	}))
	return ln.Addr().String(), done
}

// tlsListener listens with a self-signed certificate for localhost, and returns
// it.
func (e *env) tlsListener() (net.Listener, *x509.Certificate) {
	cert := certificate()
	return must(tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})), cert.Leaf
}

func certificate() tls.Certificate {
	priv := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &priv.PublicKey, priv))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: priv, Leaf: must(x509.ParseCertificate(der))}
}

// tls calls f with a connection of gorilla/websocket over TLS, and keeps its
// secrets.
func (e *env) tls(f func(c *rawConn)) {
	ln, cert := e.tlsListener()
	addr, done := serve(ln, 1, f)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	var keys bytes.Buffer
	d := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost", KeyLogWriter: &keys}}
	if e.proxy != "" {
		d.Proxy = http.ProxyURL(must(url.Parse(e.proxy)))
	}
	c, _ := must2(d.Dial("wss://"+addr+"/secure", nil))
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			break
		}
	}
	<-done
	c.Close()
	e.keylog = keys.Bytes()
}

// process starts the Python server of package peers as a process that can be
// killed.
func (e *env) process() (*exec.Cmd, string) {
	cmd := exec.Command("/usr/bin/python3", "websockets_peer.py", "server")
	cmd.Dir = peers.Dir
	in := must(cmd.StdinPipe())
	e.stop = append(e.stop, func() { in.Close() })
	out := newReader(must(cmd.StdoutPipe()))
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	line := must(out.ReadString('\n'))
	_, addr, _ := strings.Cut(line, "ws://")
	addr, _, _ = strings.Cut(addr, "/")
	return cmd, addr
}

func writeGzip(name string, b []byte) error {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(b)
	w.Close()
	return os.WriteFile(name, buf.Bytes(), 0o666)
}

func must2[A, B any](a A, b B, err error) (A, B) { return must(a, err), b }

// closeOverTLS has a server of bytes close with 1001.
func closeOverTLS(e *env) {
	e.tls(func(c *rawConn) {
		c.text("hello")
		c.closeFrame(1001, "maintenance")
		c.read(8)
		c.Close()
	})
}
