package lab

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
)

// ours is the record of the lab's own client.
type ours struct {
	Event closeevent.Event `json:"event"`
	Steps []step           `json:"steps"` // since the server's recording began

	begin time.Time
}

// playOurselves plays the browser in the case of an unmasked Close frame, which
// no browser can send, and responds with the result.
func (l *lab) playOurselves(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if c, ok := caseOf(q.Get("case")); !ok || !c.Ours {
		http.Error(w, languageOf(r).Text("lab.error.played"), http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*closeTimeout)
	defer cancel()
	seen, err := unmasked(ctx, r.Host, r.Context().Value(http.LocalAddrContextKey).(net.Addr), q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	p := l.get(q.Get("run"))
	if p == nil {
		http.Error(w, languageOf(r).Text("lab.error.noRun"), http.StatusNotFound)
		return
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		http.Error(w, languageOf(r).Text("lab.error.unfinished"), http.StatusGatewayTimeout)
		return
	}
	res := p.result()
	shift := float64(seen.begin.Sub(p.conn.begin).Microseconds()) / 1000
	for i := range seen.Steps {
		seen.Steps[i].MS += shift
	}
	res.Ours = &seen
	writeJSON(w, res)
}

// unmasked connects to this server and sends an unmasked Close frame.
func unmasked(ctx context.Context, host string, here net.Addr, q url.Values) (ours, error) {
	conn, err := new(net.Dialer).DialContext(ctx, here.Network(), here.String())
	if err != nil {
		return ours{}, err
	}
	defer conn.Close()
	u := url.URL{Scheme: "ws", Host: host, Path: "/ws", RawQuery: q.Encode()}
	if _, err := stack.NewClient(ctx, conn, u.String(), stack.Config{Header: http.Header{"Origin": {"http://" + host}}}); err != nil {
		return ours{}, err
	}
	conn.SetDeadline(time.Now().Add(closeTimeout))

	rec := &recorder{Conn: conn, begin: time.Now()}
	rec.note("open")
	h := closeevent.NewClient([4]byte{})
	_, _ = h.Close(nil, closecode.NormalClosure, "") // no error: the arguments are valid
	if _, err := rec.Write(closing(0x03, 0xe8)); err != nil {
		h.WriteFailed()
	}
	var in []byte
	buf := make([]byte, 512)
	for {
		n, err := rec.Read(buf)
		in = append(in, buf[:n]...)
		if c, _, err := frame.Parse(in); err == nil {
			h.Receive(nil, c)
		}
		if err != nil {
			rec.Close()
			return ours{h.TransportClosed(), rec.steps, rec.begin}, nil
		}
	}
}
