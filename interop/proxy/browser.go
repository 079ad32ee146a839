package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/closeframe/closeframe/interop/browsers/browser"
	"github.com/closeframe/closeframe/interop/peers"
)

// page behaves like the clients of interop/peers: it connects repeatedly,
// executes the commands in text messages, and reports each CloseEvent.
const page = `<!doctype html><meta charset="utf-8"><script>
function connect() {
  const socket = new WebSocket("URL");
  let opened = false;
  socket.onopen = () => { opened = true; };
  socket.onmessage = (e) => {
    const [word, code, ...reason] = String(e.data).split(" ");
    if (word === "close") code ? socket.close(Number(code), reason.join(" ")) : socket.close();
  };
  socket.onclose = async (e) => {
    if (!opened) return;
    await fetch("/event", {method: "POST", body: JSON.stringify({code: e.code, reason: e.reason, wasClean: e.wasClean})});
    connect();
  };
}
connect();
</script>`

// startBrowser starts Chromium as a client.
func startBrowser(url string) (*peers.Running, error) {
	program, err := browser.Find(browser.Chromium)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	events := make(chan peers.Event, 100)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(strings.Replace(page, "URL", url, 1)))
	})
	mux.HandleFunc("POST /event", func(w http.ResponseWriter, r *http.Request) {
		var e peers.Event
		if json.NewDecoder(r.Body).Decode(&e) == nil {
			events <- e
		}
	})
	server := &http.Server{Handler: mux}
	go server.Serve(ln)
	process, err := program.Start(context.Background(), "http://"+ln.Addr().String()+"/")
	if err != nil {
		server.Close()
		return nil, err
	}
	var once sync.Once
	return &peers.Running{URL: url, Events: events, Stop: func() {
		once.Do(func() {
			process.Stop()
			server.Close()
		})
	}}, nil
}
