package closecode_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/closeframe/closeframe/closecode"
)

// Each code has a text for logs and two properties.
func Example() {
	for _, c := range []closecode.Code{1001, 1006, 3000, 4001, 5000} {
		fmt.Printf("%-25v may be sent: %-5v  from a script: %v\n", c, c.Valid(), c.Scriptable())
	}
	// Output:
	// 1001 Going Away           may be sent: true   from a script: false
	// 1006 Abnormal Closure     may be sent: false  from a script: false
	// 3000 Unauthorized         may be sent: true   from a script: true
	// 4001 (private)            may be sent: true   from a script: true
	// 5000 (out of range)       may be sent: false  from a script: false
}

// The application receives 1005 if the Close frame had no code. Some proxies
// have forwarded 1005, which is an error.
func ExampleCode_Valid() {
	received := closecode.NoStatusRcvd
	fmt.Println(received.Valid(), closecode.NormalClosure.Valid())
	// Output: false true
}

func ExampleCode_Scriptable() {
	fmt.Println(closecode.NormalClosure.Scriptable(), closecode.GoingAway.Scriptable(), closecode.Code(4000).Scriptable())
	// Output: true false true
}

// A proxy counts how the connections of its clients end, by class rather than
// by code, because anybody can invent codes.
func ExampleCode_Class() {
	var count [closecode.OutOfRange + 1]int
	for _, c := range []closecode.Code{1000, 1006, 4100, 1001, 1006} {
		count[c.Class()]++
	}
	for class, n := range count {
		if n > 0 {
			fmt.Println(closecode.Class(class), n)
		}
	}
	// Output:
	// standard 2
	// local 2
	// private 1
}

func ExampleCode_Name() {
	fmt.Printf("%q %q\n", closecode.MandatoryExtension.Name(), closecode.Code(4000).Name())
	// Output: "Mandatory Ext." ""
}

func ExampleCode_String() {
	fmt.Println(closecode.MessageTooBig, closecode.Code(2500), closecode.Code(0))
	// Output: 1009 Message Too Big 2500 (extension) 0 (unused)
}

func ExampleLookup() {
	for _, name := range []string{"1001", "going away", "GoingAway", "CLOSE_GOING_AWAY", "+1001"} {
		c, ok := closecode.Lookup(name)
		fmt.Println(uint16(c), ok)
	}
	// Output:
	// 1001 true
	// 1001 true
	// 1001 true
	// 1001 true
	// 0 false
}

// A client reconnects after its server was restarted. All other clients do too,
// so each of them waits for a random delay.
func ExampleCode_Reconnect() {
	for attempt := range 5 {
		lo, hi, ok := closecode.ServiceRestart.Reconnect(attempt)
		if !ok {
			break
		}
		delay := lo + rand.N(hi-lo)
		fmt.Println("between", lo, "and", hi, lo <= delay && delay < hi)
		// Here a client would wait: time.Sleep(delay).
	}
	_, _, ok := closecode.PolicyViolation.Reconnect(0)
	fmt.Println("after a policy violation:", ok)
	// Output:
	// between 5s and 30s true
	// between 30s and 1m0s true
	// between 1m0s and 2m0s true
	// between 2m0s and 4m0s true
	// between 2m30s and 5m0s true
	// after a policy violation: false
}
