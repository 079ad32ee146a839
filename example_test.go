package closeframe_test

import (
	"fmt"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// A server restarts and sends a reason that is too long. Its client receives
// the Close frame in three reads, answers it, and learns when to reconnect.
func Example() {
	var server closeevent.Handshake
	client := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d}) // from crypto/rand

	// The server truncates its reason and sends the Close frame.
	reason := utf8check.Truncate("Wir starten neu, um eine neue Fassung einzuspielen. Das dauert wenige Minuten, danach geht es weiter. " +
		"Vielen Dank für Ihre Geduld!")
	sent, err := server.Close(nil, closecode.ServiceRestart, reason)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("server: writes %d bytes; its reason ends in %q\n", len(sent), reason[len(reason)-9:])

	// The client reads. There is no decoder state: the client parses again when
	// more bytes have arrived, and n is the size of the frame.
	var got []byte
	for _, chunk := range [][]byte{sent[:1], sent[1:60], sent[60:]} {
		got = append(got, chunk...)
		c, _, err := frame.Parse(got)
		switch err {
		case nil:
			fmt.Printf("client: got %v, %d bytes of reason\n", c.Code, len(c.Reason))
			sent = client.Receive(nil, c)
		case frame.ErrIncomplete:
			fmt.Printf("client: has %d bytes, reads on\n", len(got))
		default:
			sent = client.Fail(nil, err.(frame.Error).Code())
		}
	}
	fmt.Printf("client: writes % x\n", sent)

	// The server parses the answer in place and closes TCP first.
	c, _, err := frame.ParseMasked(sent[6:6], sent)
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Receive(nil, c)
	fmt.Println("server: closes TCP:", server.ShouldCloseTransport())
	fmt.Println("client: closes TCP:", client.ShouldCloseTransport())

	// The application gets the event that onclose gets in a browser.
	event := client.TransportClosed()
	fmt.Println("client:", event.Code, event.WasClean)
	if lo, hi, ok := event.Code.Reconnect(0); ok {
		fmt.Println("client: comes back after", lo, "to", hi)
	}
	// Output:
	// server: writes 127 bytes; its reason ends in "für Ihre"
	// client: has 1 bytes, reads on
	// client: has 60 bytes, reads on
	// client: got 1012 Service Restart, 123 bytes of reason
	// client: writes 88 82 37 fa 21 3d 34 0e
	// server: closes TCP: true
	// client: closes TCP: false
	// client: 1012 Service Restart true
	// client: comes back after 5s to 30s
}
