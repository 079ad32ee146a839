package peers

import (
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"time"
)

// lws is the test server that comes with libwebsockets. It does
// not report how connections end, and cannot be told to close.
var lws = &Peer{
	Name: "libwebsockets", Language: "C", Source: "Debian: libwebsockets-test-server", File: "lws.go",
	Version: func() (string, error) { // the server itself does not say
		out, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", "libwebsockets-test-server").Output()
		return string(out), err
	},
	Server: func() (*Running, error) {
		// It has no way to tell which port it chose, so one is chosen for it.
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		port := ln.Addr().(*net.TCPAddr).Port
		ln.Close()
		cmd := exec.Command("libwebsockets-test-server", "--port", strconv.Itoa(port), "--interface", "lo")
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		events := make(chan Event)
		r := &Running{URL: "ws://" + addr + "/", Events: events, Stop: func() {
			cmd.Process.Kill()
			cmd.Wait()
		}}
		for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
			if c, err := net.Dial("tcp", addr); err == nil {
				c.Close()
				return r, nil
			}
		}
		r.Stop()
		return nil, errors.New("libwebsockets-test-server does not listen")
	},
	Tells: Nothing,
	Note:  `Its test server cannot be told to close and does not tell how a connection ended. When it fails a connection, it waits about five seconds for an answer to its Close frame before it closes TCP; the limit here is shorter.`,
}
