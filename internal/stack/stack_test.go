package stack

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

func TestEcho(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Upgrade(w, r, Config{})
		if err != nil {
			t.Error(err)
			return
		}
		var msg []byte
		for {
			var op Op
			if op, msg, err = c.Read(msg[:0]); err != nil {
				return
			}
			c.Write(op, msg)
		}
	}))
	defer s.Close()
	c, err := Dial(context.Background(), "ws"+s.URL[4:], Config{})
	if err != nil {
		t.Fatal(err)
	}
	c.Ping([]byte("x"))
	big := make([]byte, 200000)
	for i := range big {
		big[i] = 'a'
	}
	c.Write(Text, big)
	if op, msg, err := c.Read(nil); op != Text || !bytes.Equal(msg, big) || err != nil {
		t.Errorf("Read = %v, %d bytes, %v", op, len(msg), err)
	}
	event, err := c.Close(closecode.GoingAway, "bye")
	if want := (closeevent.CloseEvent{Code: closecode.GoingAway, WasClean: true}); event != want || err != nil {
		t.Errorf("Close = %v, %v, want %v", event, err, want)
	}
}
