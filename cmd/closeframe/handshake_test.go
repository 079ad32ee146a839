package main

import (
	"encoding/json"
	"testing"
)

// TestDecodeFirst verifies which side's Close frame decode reports as the
// first: the order of the Close frames in the input decides, not the side of
// the first frame.
func TestDecodeFirst(t *testing.T) {
	const in = "send: 81 80 01 02 03 04\nrecv: 88 02 03 e9\nsend: 88 82 37 fa 21 3d 34 13\n"
	r := runWith(nil, in, "decode", "-json")
	var d decoded
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatal(err, r.stderr)
	}
	h := d.Handshake
	if r.status != exitOK || h == nil || !h.Complete || h.First != "server" || h.Client.Code != 1001 || !h.Client.WasClean || h.Server.Code != 1001 {
		t.Errorf("status %d, handshake %+v", r.status, h)
	}
}
