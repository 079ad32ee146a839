package autopsy

import "testing"

// TestTwoPass verifies which filters name fields of HTTP or WebSocket.
func TestTwoPass(t *testing.T) {
	for filter, want := range map[string]bool{
		"":                                       false,
		"ip.addr == 192.0.2.7 && tcp.port == 80": false,
		"tcp.payload contains \"http\"":          false,
		`frame contains "\" http"`:               false,
		"frame contains \"http\" or tcp.port==443":              false,
		"http2.streamid == 1":                                   true,
		"tls.handshake.extensions_server_name == \"a.example\"": true,
		"websocket":                       true,
		"!websocket":                      true,
		"(http.response.code==403)":       true,
		"tcp && websocket.opcode == 8":    true,
		`frame contains "x" || http.host`: true,
	} {
		ts := Tshark{Filter: filter}
		if got := ts.TwoPass(); got != want {
			t.Errorf("TwoPass of %q = %t, want %t", filter, got, want)
		}
	}
}

// TestStreamFilter verifies the filter for a set of connections, in which
// consecutive numbers are a range.
func TestStreamFilter(t *testing.T) {
	for _, tt := range []struct {
		streams []int
		want    string
	}{
		{nil, "!tcp"},
		{[]int{7}, "tcp.stream in {7}"},
		{[]int{3, 0, 1, 2, 5, 9, 8}, "tcp.stream in {0..3, 5, 8..9}"},
	} {
		set := map[int]bool{}
		for _, n := range tt.streams {
			set[n] = true
		}
		if got := streamFilter(set); got != tt.want {
			t.Errorf("streamFilter(%v) = %q, want %q", tt.streams, got, tt.want)
		}
	}
}
