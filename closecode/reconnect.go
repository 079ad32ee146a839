package closecode

import "time"

// windows lists the codes after which reconnecting can help, each with the
// window of the first attempt.
var windows = [...]struct {
	code   Code
	lo, hi time.Duration
}{
	// No source: the server goes down or the page goes away. Another server can
	// answer, or the same one later.
	{GoingAway, 0, 5 * time.Second},
	// No source: a Close frame without a code gives no reason, so it is treated
	// like an abnormal closure.
	{NoStatusRcvd, 0, 5 * time.Second},
	// RFC 6455 §7.2.3: "The first reconnect attempt SHOULD be delayed by a
	// random amount of time. […] a value chosen randomly between 0 and 5
	// seconds is a reasonable initial delay".
	{AbnormalClosure, 0, 5 * time.Second},
	// No source: the server met an unexpected condition, which may be over.
	{InternalError, 0, 5 * time.Second},
	// The registry's note (hybi list, msg09670): a client that reconnects
	// should do so after a random delay of 5 to 30 seconds.
	{ServiceRestart, 5 * time.Second, 30 * time.Second},
	// No source: like HTTP 502, the server behind the gateway may come back.
	{BadGateway, 0, 5 * time.Second},
}

// longest is the maximum delay. No source gives a number.
const longest = 5 * time.Minute

// Reconnect returns the window from which to draw a random delay before
// reconnecting to a server after a connection ended with c, and reports whether
// reconnecting can help at all. Attempts count from 0; a negative attempt
// counts as 0.
//
// The first window is 0 to 5 seconds, except for [ServiceRestart], which every
// client of a server receives at the same time: 5 to 30 seconds. For each
// further attempt hi doubles, up to 5 minutes, and lo is half of hi: a
// "truncated binary exponential backoff" (RFC 6455 §7.2.3).
//
// ok is true for 1001, 1005, 1006, 1011, 1012 and 1014. For all other codes ok
// is false and the window is empty. After 1000 the connection is no longer
// needed. After an error such as 1002 or 1009 the same error would occur again.
// After 1013 the registry's note leaves the decision to the user. The meaning
// of 3000–4999 is known to the application only.
func (c Code) Reconnect(attempt int) (lo, hi time.Duration, ok bool) {
	for i := range windows {
		w := &windows[i]
		if w.code != c {
			continue
		}
		if attempt <= 0 {
			return w.lo, w.hi, true
		}
		// After six doublings every window exceeds the limit.
		hi = min(w.hi<<min(attempt, 6), longest)
		return hi / 2, hi, true
	}
	return 0, 0, false
}
