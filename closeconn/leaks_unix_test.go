//go:build unix

package closeconn_test

import (
	"flag"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
)

var ends = flag.Int("ends", 20, "how many connections of each kind are ended before what is left open is counted")

// TestNoLeaks verifies that Finish leaves no goroutine and no descriptor open,
// whatever the peer did. To run it with more connections:
//
//	go test ./closeconn -run NoLeaks -v -ends 4000
func TestNoLeaks(t *testing.T) {
	open := func() int {
		entries, err := os.ReadDir("/dev/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	// The pairs are kept alive and closed at the end of the test, so only
	// Finish can close a server's end.
	scene := func(closes bool) {
		for _, tr := range transports {
			server, client := tr.pair(t)
			h, parse := endpoint(false)
			if closes {
				ended := make(chan closeevent.Event)
				go func() { ended <- answerClose(client, true) }()
				b, _ := h.Close(nil, closecode.GoingAway, "")
				writeClose(server, h, b)
				c, err := readClose(server, parse)
				if err != nil {
					t.Fatal(err)
				}
				h.Receive(nil, c)
				closeconn.Finish(server, h, long)
				<-ended
				continue
			}
			writeClose(server, h, h.Fail(nil, closecode.GoingAway))
			closeconn.Finish(server, h, time.Millisecond) // the peer never closes
			bottom(client).Close()
		}
	}
	// Descriptors that are opened once and kept, such as that of the poller,
	// are not leaks.
	scene(false)
	scene(true)
	files, routines := open(), runtime.NumGoroutine()
	for i := range *ends {
		scene(i%2 == 0)
	}
	if now := open(); now > files {
		t.Errorf("%d files are open, %d before", now, files)
	}
	// A goroutine is counted for a moment after its last statement.
	for deadline := time.Now().Add(long); runtime.NumGoroutine() > routines; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are running, %d before", runtime.NumGoroutine(), routines)
		}
	}
	t.Logf("%d closes, %d descriptors and %d goroutines before and after", *ends*len(transports), files, routines)
}
