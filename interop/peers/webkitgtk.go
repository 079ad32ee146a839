package peers

import (
	"context"
	_ "embed"
	"net"
	"net/http"
	"net/url"

	"github.com/closeframe/closeframe/interop/browsers/browser"
)

//go:embed further/webkitgtk.html
var webKitPage []byte

var webKitGTK = &Peer{
	Name: "WebKitGTK", Language: "C++", Source: "Debian: libwebkit2gtk-4.1-0", File: "further/webkitgtk.html",
	Note:    "A page in MiniBrowser.",
	Trigger: "close 1000 bye",
	Version: func() (string, error) {
		program, err := browser.Find(browser.WebKitGTK)
		return program.Version, err
	},
	Client: func(target string) (*Running, error) {
		program, err := browser.Find(browser.WebKitGTK)
		if err != nil {
			return nil, err
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(webKitPage)
		})}
		go srv.Serve(ln)
		page := "http://" + ln.Addr().String() + "/?" + url.Values{"url": {target}}.Encode()
		process, err := program.Start(context.Background(), page)
		if err != nil {
			srv.Close()
			return nil, err
		}
		events := make(chan Event)
		return &Running{URL: target, Events: events, Stop: func() {
			process.Stop()
			srv.Close()
			close(events)
		}}, nil
	},
}
