package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"sync"
)

// A shim relays between a client and the proxy or the server. It makes peers
// close by inserting text messages with commands after the opening handshake.
type shim struct {
	ln      net.Listener
	prompts chan prompt // one for each connection
	once    sync.Once
}

// A prompt has the actions for the next connection.
type prompt struct {
	addr               string
	toClient, toServer string // text messages; "" for none
	cut                bool   // the connection to addr ends
	reset              bool   // with RST
	opened             chan struct{}
}

func newShim() (*shim, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &shim{ln: ln, prompts: make(chan prompt)}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go s.serve(c.(*net.TCPConn))
		}
	}()
	return s, nil
}

func (s *shim) url() string { return "ws://" + s.ln.Addr().String() + "/" }

// close ends the connections that wait for a prompt.
func (s *shim) close() {
	s.once.Do(func() {
		s.ln.Close()
		close(s.prompts)
	})
}

// serve forwards one connection.
func (s *shim) serve(client *net.TCPConn) {
	defer client.Close()
	fromClient := bufio.NewReader(client)
	request, err := head(fromClient)
	if err != nil {
		return
	}
	p, ok := <-s.prompts
	if !ok {
		return
	}
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		return
	}
	server := conn.(*net.TCPConn)
	defer server.Close()
	fromServer := bufio.NewReader(server)
	server.Write(withoutOrigin(request))
	response, err := head(fromServer)
	if err != nil {
		return
	}
	client.Write(response)
	if p.toClient != "" {
		client.Write(append([]byte{0x81, byte(len(p.toClient))}, p.toClient...))
	}
	if p.toServer != "" {
		server.Write(append([]byte{0x81, 0x80 | byte(len(p.toServer)), 0, 0, 0, 0}, p.toServer...))
	}
	close(p.opened)
	if p.reset {
		server.SetLinger(0)
	}
	if p.cut || p.reset {
		return
	}
	var both sync.WaitGroup
	forward := func(dst *net.TCPConn, src io.Reader, from *net.TCPConn) {
		if _, err := io.Copy(dst, src); err != nil {
			dst.SetLinger(0)
			dst.Close()
			from.Close()
			return
		}
		dst.CloseWrite()
	}
	both.Go(func() { forward(server, fromClient, client) })
	both.Go(func() { forward(client, fromServer, server) })
	both.Wait()
}

// withoutOrigin returns a request without Origin: gorilla/websocket refuses
// origins other than its own host, and the page that runs in the browser has
// another.
func withoutOrigin(request []byte) []byte {
	var b []byte
	for line := range bytes.Lines(request) {
		if !bytes.HasPrefix(bytes.ToLower(line), []byte("origin:")) {
			b = append(b, line...)
		}
	}
	return b
}

// head reads the head of an HTTP message.
func head(r *bufio.Reader) ([]byte, error) {
	var b []byte
	for !bytes.HasSuffix(b, []byte("\r\n\r\n")) {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		b = append(b, line...)
	}
	return b, nil
}
