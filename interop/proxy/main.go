package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/closeframe/closeframe/interop/peers"
)

// eventTimeout is the timeout for the event of an application.
const eventTimeout = 20 * time.Second

func main() {
	doc := flag.String("doc", "", "write the table into this `file`")
	relay := flag.String("relay", "", "run closeframe relay instead, and write what it prints into this `file`")
	flag.Parse()
	if *relay != "" {
		out, err := runRelay()
		if err == nil {
			err = write(*relay, beginRelay, "```text\n"+out+"```\n")
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	table, err := run()
	if table != "" {
		fmt.Print(table)
	}
	if err == nil && *doc != "" {
		err = write(*doc, begin, table)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// The marks in a document around the table.
const begin, end = "<!-- table: go run ./proxy, in interop -->\n", "<!-- end -->\n"

// write replaces the text between the marks in a document.
func write(file, begin, text string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(b), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s: no marks for it", file)
	}
	return os.WriteFile(file, []byte(before+begin+"\n"+text+"\n"+end+after), 0o666)
}

// A way is how a connection is closed.
type way struct {
	name             string
	toClient, toPeer string // the text message that makes the client, or the server, close
	cut              bool   // the client's TCP connection ends
	reset            bool   // with RST
	drain            bool   // the proxy is stopped

	// The expected codes. 0: the code without the proxy.
	client, server int
}

var ways = []way{
	{name: "client closes with 4001 \"bye\"", toClient: "close 4001 bye"},
	{name: "server closes with 4001 \"bye\"", toPeer: "close 4001 bye"},
	{name: "client closes without a code", toClient: "close"},
	{name: "server closes without a code", toPeer: "close"},
	{name: "client is cut off", cut: true, client: -1, server: 1001},
	{name: "server drops TCP", toPeer: "drop", client: 1011, server: -1},
	{name: "proxy drains", drain: true, client: 1012, server: 1001},
}

// run closes every client with every server in every way, and returns the
// table. The error lists the unexpected results.
func run() (string, error) {
	dir, err := os.MkdirTemp("", "proxy")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "proxy")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/closeframe/closeframe/examples/proxy").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	var b strings.Builder
	b.WriteString("| client | server |")
	for _, w := range ways {
		b.WriteString(" " + w.name + " |")
	}
	b.WriteString("\n|" + strings.Repeat("---|", 2+len(ways)) + "\n")
	var wrong []error
	for _, c := range clients() {
		for _, s := range servers() {
			row, err := pair(binary, c, s)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s with %s: %w", c.name, s.Name, err))
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", c.name, s.Name, strings.Join(row, " | "))
		}
	}
	return b.String(), errors.Join(wrong...)
}

// named returns the named peer.
func named(name string) *peers.Peer {
	for _, p := range peers.All() {
		if p.Name == name {
			return p
		}
	}
	panic("no peer " + name)
}

// A client is a library or a browser.
type client struct {
	name  string
	start func(url string) (*peers.Running, error)
}

func clients() []client {
	list := []client{{"Chromium", startBrowser}}
	for _, name := range []string{"ws", "websockets", "gorilla/websocket"} {
		list = append(list, client{name, named(name).Client})
	}
	return list
}

func servers() []*peers.Peer {
	return []*peers.Peer{named("ws"), named("websockets"), named("gorilla/websocket")}
}

// told has the events of the two applications.
type told struct{ client, server peers.Event }

// pair closes a client with a server in every way, with the proxy and without
// it, and returns the events with it.
func pair(binary string, c client, s *peers.Peer) (row []string, err error) {
	server, err := s.Server()
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	sh, err := newShim()
	if err != nil {
		return nil, err
	}
	defer sh.close()
	running, err := c.start(sh.url())
	if err != nil {
		return nil, err
	}
	defer running.Stop()
	defer sh.close() // before Stop: a client waits for its connection
	p, err := startProxy(binary, server.URL)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	var wrong []error
	for _, w := range ways {
		direct := told{peers.Event{Code: w.client}, peers.Event{Code: w.server}}
		if w.client == 0 {
			if direct, err = once(sh, hostOf(server.URL), w, nil, running, server); err != nil {
				return row, fmt.Errorf("%s, without the proxy: %w", w.name, err)
			}
		}
		got, err := once(sh, p.addr, w, p, running, server)
		if err != nil {
			return row, fmt.Errorf("%s: %w", w.name, err)
		}
		row = append(row, describe(got.client, direct.client.Code)+", "+describe(got.server, direct.server.Code))
		if !same(got.client, direct.client) || !same(got.server, direct.server) {
			wrong = append(wrong, fmt.Errorf("%s: told %+v, want %+v", w.name, got, direct))
		}
	}
	return row, errors.Join(wrong...)
}

// same reports whether an application's event is the expected one. The code -1
// is for the side that ended its own connection.
func same(got, want peers.Event) bool {
	return want.Code == -1 || got.Code == want.Code && got.Reason == want.Reason && got.Unsupported == want.Unsupported
}

func describe(e peers.Event, want int) string {
	switch {
	case want == -1:
		return "–"
	case e.Code == 0:
		return "none"
	case e.Reason != "":
		return fmt.Sprintf("%d %q", e.Code, e.Reason)
	}
	return fmt.Sprint(e.Code)
}

// once closes one connection to addr.
func once(sh *shim, addr string, w way, p *process, c, s *peers.Running) (told, error) {
	opened := make(chan struct{})
	sh.prompts <- prompt{addr: addr, toClient: w.toClient, toServer: w.toPeer, cut: w.cut, reset: w.reset, opened: opened}
	limit := time.After(eventTimeout)
	if w.drain {
		select {
		case <-opened:
		case <-limit:
			return told{}, errors.New("the connection was not opened")
		}
		p.terminate()
	}
	var t told
	for range 2 {
		var ok bool
		select {
		case t.client, ok = <-c.Events:
			c = &peers.Running{} // one event each
		case t.server, ok = <-s.Events:
			s = &peers.Running{}
		case <-limit:
			return t, fmt.Errorf("not told within %v: so far %+v", eventTimeout, t)
		}
		if !ok {
			return t, errors.New("a peer has ended")
		}
	}
	return t, nil
}

// A process is a running proxy.
type process struct {
	cmd  *exec.Cmd
	addr string
	log  bytes.Buffer
	done chan struct{}
}

// startProxy starts the proxy in front of a server.
func startProxy(binary, url string) (*process, error) {
	p := &process{cmd: exec.Command(binary, "-listen", "127.0.0.1:0", "http://"+hostOf(url)), done: make(chan struct{})}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	line := make([]byte, 0, 256)
	for !bytes.HasSuffix(line, []byte("\n")) {
		b := make([]byte, 1)
		if _, err := stderr.Read(b); err != nil {
			return nil, fmt.Errorf("the proxy ended: %q", line)
		}
		line = append(line, b...)
	}
	_, addr, _ := strings.Cut(string(line), `"addr":"`)
	p.addr, _, _ = strings.Cut(addr, `"`)
	go func() {
		defer close(p.done)
		io.Copy(&p.log, stderr)
		p.cmd.Wait()
	}()
	return p, nil
}

func (p *process) terminate() { p.cmd.Process.Signal(os.Interrupt) }

func (p *process) stop() {
	p.terminate()
	select {
	case <-p.done:
	case <-time.After(eventTimeout):
		p.cmd.Process.Kill()
		<-p.done
	}
}

// hostOf returns the host and port of a URL of a peer.
func hostOf(url string) string {
	_, host, _ := strings.Cut(url, "://")
	host, _, _ = strings.Cut(host, "/")
	return host
}
