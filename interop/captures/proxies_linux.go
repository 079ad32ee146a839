package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

func newReader(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }

// free returns an unused address of the loopback interface.
func free() string {
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	defer ln.Close()
	return ln.Addr().String()
}

// nginx starts nginx in front of backend, with its default timeouts unless
// extra sets others, and returns its address.
func (e *env) nginx(backend, extra string) string {
	dir := must(os.MkdirTemp("", "captures"))
	addr := free()
	conf := fmt.Sprintf(`daemon off; user root; pid %[1]s/pid; error_log %[1]s/log;
events {}
http {
	access_log off;
	server {
		listen %[2]s;
		location / {
			proxy_pass http://%[3]s;
			proxy_http_version 1.1;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection "upgrade";
			%[4]s
		}
	}
}
`, dir, addr, backend, extra)
	e.start(dir, addr, conf, "nginx", "-c", filepath.Join(dir, "conf"), "-p", dir)
	return addr
}

// haproxy starts HAProxy in front of backend with the timeouts of Debian's
// haproxy.cfg, and returns its address.
func (e *env) haproxy(backend string) string {
	dir := must(os.MkdirTemp("", "captures"))
	addr := free()
	conf := fmt.Sprintf(`defaults
	mode http
	timeout connect 5000
	timeout client 50000
	timeout server 50000
frontend in
	bind %s
	default_backend out
backend out
	server one %s
`, addr, backend)
	e.start(dir, addr, conf, "haproxy", "-f", filepath.Join(dir, "conf"))
	return addr
}

// start writes conf to the file conf in dir, starts a proxy and waits until it
// listens.
func (e *env) start(dir, addr, conf, name string, args ...string) {
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(conf), 0o666); err != nil {
		panic(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	e.stop = append(e.stop, func() {
		cmd.Process.Signal(unix.SIGTERM)
		cmd.Wait()
		os.RemoveAll(dir)
	})
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			panic(name + " does not listen: " + err.Error())
		}
	}
}
