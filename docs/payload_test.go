package docs_test

import (
	"fmt"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// closePayload is given the payload of a frame of opcode 8, unmasked. It
// returns the payload of the answer, which the stack frames like any other,
// and what the application is to be told.
func closePayload(payload []byte) (answer []byte, event closeevent.Event) {
	c, err := frame.ParsePayload(payload)
	if fault, ok := err.(frame.Error); ok {
		answer, _ = frame.AppendPayload(nil, fault.Code(), "") // 1002 or 1007: no error
		return answer, closeevent.Event{Code: closecode.AbnormalClosure}
	}
	answer, _ = frame.AppendPayload(nil, c.Code, "") // an echo of what was parsed: no error
	return answer, closeevent.Event{Code: c.Code, Reason: string(c.Reason), WasClean: true}
}

func Example_payload() {
	for _, payload := range []string{"\x03\xe9bye", "", "\x03", "\x03\xed", "\x03\xe8\xff"} {
		answer, event := closePayload([]byte(payload))
		fmt.Printf("%-11q answer %-8q %v\n", payload, answer, event)
	}
	// Output:
	// "\x03\xe9bye" answer "\x03\xe9" websocket closed: 1001 Going Away, reason "bye"
	// ""          answer ""       websocket closed: 1005 No Status Rcvd
	// "\x03"      answer "\x03\xea" websocket closed uncleanly: 1006 Abnormal Closure
	// "\x03\xed"  answer "\x03\xea" websocket closed uncleanly: 1006 Abnormal Closure
	// "\x03\xe8\xff" answer "\x03\xef" websocket closed uncleanly: 1006 Abnormal Closure
}
