package lab

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/closeframe/closeframe/internal/catalog"
)

// Listen listens on a loopback address. It refuses all other addresses.
func Listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, catalog.NewError("lab.error.addr", addr)
	}
	if !loopback(host) {
		return nil, catalog.NewError("lab.error.reachable", addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if !loopback(ln.Addr().String()) { // the address of localhost on this machine
		ln.Close()
		return nil, catalog.NewError("lab.error.resolved", addr, ln.Addr())
	}
	return ln, nil
}

// Serve serves the lab at ln until ctx is done, and closes ln.
func Serve(ctx context.Context, ln net.Listener, config Config) error {
	s := &http.Server{
		Handler:           Handler(ctx, config),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10, // room for cookies that other servers on this host have set
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	ended := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		err := s.Shutdown(ctx)
		if err != nil {
			err = s.Close() // a handler has not returned
		}
		ended <- err
	})
	err := s.Serve(ln)
	if stop() || !errors.Is(err, http.ErrServerClosed) {
		return err // ctx is not done
	}
	return <-ended
}
