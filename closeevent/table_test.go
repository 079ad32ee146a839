package closeevent

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

var update = flag.Bool("update", false, "write testdata/handshake.json anew")

// The table of transitions is generated from the code, and the pictures of the
// handshake are generated from the table, so they always agree. States with the
// same visible behavior are merged.
//
//	go test ./closeevent -run Table -update
type (
	table struct {
		About       string       `json:"about"`
		States      []state      `json:"states"`
		Transitions []transition `json:"transitions"`
	}
	state struct {
		Name         string `json:"name"`
		State        string `json:"state"`         // of RFC 6455
		ServerCloses bool   `json:"server_closes"` // the transport should be closed now
		ClientCloses bool   `json:"client_closes"`
		PeerFirst    bool   `json:"peer_first"`
		Code         string `json:"code"` // of the event, if the transport ends now
		WasClean     bool   `json:"was_clean"`
	}
	transition struct {
		From  string `json:"from"`
		Event string `json:"event"`
		Sends string `json:"sends"`
		To    string `json:"to"`
	}
)

const about = "The closing handshake of RFC 6455 as package closeevent performs it. Each state is what one endpoint has sent and received. " +
	"go test ./closeevent -run Table -update writes this file. " +
	"server_closes and client_closes: whether a server or a client should close the transport in this state. " +
	"code and was_clean are those of the CloseEvent if the transport closes in this state, and received is the code of the peer's Close frame. " +
	"Events are the methods of Handshake: \"refused\" means a call with arguments that must not be sent, \"invalid\" a call with a code that no Close frame has. " +
	"sends: the Close frame that is appended, with the code given, with the code that was received, or with 1002."

// The events of the table, and the call for each.
var tableEvents = []struct {
	name string
	do   func(h *Handshake, dst []byte) []byte
}{
	{"Close", func(h *Handshake, dst []byte) []byte { return must(h.Close(dst, 4001, "")) }},
	{"Close, refused", func(h *Handshake, dst []byte) []byte {
		b, err := h.Close(dst, closecode.AbnormalClosure, "")
		if err == nil {
			panic("1006 was accepted")
		}
		return b
	}},
	{"Receive", func(h *Handshake, dst []byte) []byte { return h.Receive(dst, frame.Close{Code: 4002}) }},
	{"Receive, invalid", func(h *Handshake, dst []byte) []byte { return h.Receive(dst, frame.Close{Code: 1006}) }},
	{"Fail", func(h *Handshake, dst []byte) []byte { return h.Fail(dst, 4001) }},
	{"Fail, refused", func(h *Handshake, dst []byte) []byte { return h.Fail(dst, 1006) }},
	{"WriteFailed", func(h *Handshake, dst []byte) []byte { h.WriteFailed(); return dst }},
	{"TransportClosed", func(h *Handshake, dst []byte) []byte { h.TransportClosed(); return dst }},
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// sends describes the Close frame b.
func sends(b []byte, client bool) string {
	if len(b) == 0 {
		return ""
	}
	parse := frame.Parse
	if client {
		parse = func(b []byte) (frame.Close, int, error) { return frame.ParseMasked(nil, b) }
	}
	c, n, err := parse(b)
	if err != nil || n != len(b) || len(c.Reason) != 0 {
		return fmt.Sprintf("% x", b)
	}
	switch c.Code {
	case 4001:
		return "the code given"
	case 4002:
		return "the code received"
	case 1002:
		return "1002"
	}
	return c.Code.String()
}

// name returns a name for the state of h, by its future behavior.
func name(h Snapshot) string {
	received, sent, lost := h.code != 0, h.sent != 0, h.past&writeFailed != 0
	switch {
	case h.past&closed != 0:
		return "closed"
	case h.past&failed != 0 && !received:
		return "failed"
	case !sent && !received:
		return "open"
	case sent && !lost && !received:
		return "sent"
	case lost && !received:
		return "write failed"
	}
	who := "ours first"
	if h.past&peerFirst != 0 {
		who = "peer first"
	}
	if lost {
		return "half, " + who
	}
	return "complete, " + who
}

// order lists the states from first to last.
var order = []string{"open", "sent", "complete, ours first", "complete, peer first", "failed", "write failed", "half, ours first", "half, peer first", "closed"}

// Shows: R20 R26 R27 R31 R32 R36 R37
func TestTable(t *testing.T) {
	var roles [2]map[string]state
	transitions := map[[2]string]transition{}
	client := NewClient([4]byte{1, 2, 3, 4})
	for role, start := range []Snapshot{{}, client.Snapshot()} {
		roles[role] = map[string]state{}
		queue := []Snapshot{start}
		seen := map[Snapshot]bool{start: true}
		for len(queue) > 0 {
			h := queue[0]
			queue = queue[1:]
			s := seenFrom(h)
			if was, ok := roles[role][s.Name]; ok && was != s {
				t.Errorf("two states called %q differ: %+v and %+v", s.Name, was, s)
			}
			roles[role][s.Name] = s
			for _, e := range tableEvents {
				next := h
				var b []byte
				next.Do(func(h *Handshake) { b = e.do(h, nil) })
				tr := transition{name(h), e.name, sends(b, role == 1), name(next)}
				k := [2]string{tr.From, tr.Event}
				if was, ok := transitions[k]; ok && was != tr {
					t.Errorf("two states called %q differ: %+v and %+v", tr.From, was, tr)
				}
				transitions[k] = tr
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}

	got := table{About: about}
	for _, from := range order {
		// A server and a client differ only in who closes the transport.
		s, ok := roles[0][from]
		if !ok {
			t.Errorf("%q was not reached", from)
		}
		c := roles[1][from]
		s.ClientCloses, c.ServerCloses = c.ClientCloses, s.ServerCloses
		if s != c {
			t.Errorf("%q differs between the roles: %+v and %+v", from, s, c)
		}
		got.States = append(got.States, s)
		for _, e := range tableEvents {
			got.Transitions = append(got.Transitions, transitions[[2]string{from, e.name}])
		}
	}
	if n := len(roles[0]); n != len(order) {
		t.Errorf("%d states, want %d", n, len(order))
	}

	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "handshake.json")
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s is not what the code does; run go test ./closeevent -run Table -update, look at the difference, and make the pictures anew", file)
	}
	t.Logf("%d states, %d transitions", len(got.States), len(got.Transitions))
}

// seenFrom returns the visible state of h.
func seenFrom(from Snapshot) state {
	h := from.Handshake()
	s := state{Name: name(from), State: h.State().String(), PeerFirst: h.PeerFirst()}
	if h.past&client == 0 {
		s.ServerCloses = h.ShouldCloseTransport()
	} else {
		s.ClientCloses = h.ShouldCloseTransport()
	}
	e := h.TransportClosed()
	s.Code, s.WasClean = strconv.Itoa(int(e.Code)), e.WasClean
	if e.Code == 4002 {
		s.Code = "received"
	}
	if s.Name == "closed" {
		// The previous state determines how the connection ended.
		s.Code, s.WasClean, s.PeerFirst = "as before", false, false
	}
	return s
}
