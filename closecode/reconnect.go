package closecode

import "time"

// windows are the codes after which reconnecting can help, and the window of
// the first attempt.
var windows = [...]struct {
	code   Code
	lo, hi time.Duration
}{
	// No source: the server goes down or the page goes away; another server,
	// or the same one later, can answer.
	{GoingAway, 0, 5 * time.Second},
	// No source: a Close without a code does not say why, so it is treated as
	// the abnormal closure is.
	{NoStatusRcvd, 0, 5 * time.Second},
	// RFC 6455 §7.2.3: "The first reconnect attempt SHOULD be delayed by a
	// random amount of time. […] a value chosen randomly between 0 and 5
	// seconds is a reasonable initial delay".
	{AbnormalClosure, 0, 5 * time.Second},
	// No source: the server met an unexpected condition, which may have passed.
	{InternalError, 0, 5 * time.Second},
	// The registry's note (hybi list, msg09670): a client that reconnects
	// should do so after a random delay of 5 to 30 seconds.
	{ServiceRestart, 5 * time.Second, 30 * time.Second},
	// No source: like HTTP 502, the server behind the gateway may come back.
	{BadGateway, 0, 5 * time.Second},
}

// longest is where the delays stop growing. No source gives a number.
const longest = 5 * time.Minute

// Reconnect returns the window to draw a random delay from before reconnecting
// to a server after a connection ended with c, and reports whether reconnecting
// can help at all. Attempts count from 0; a negative attempt counts as 0.
//
// The first window is 0 to 5 seconds, and 5 to 30 seconds for
// [ServiceRestart], which every client of a server gets at once. For each
// further attempt hi doubles, up to 5 minutes, and lo is half of it: a
// "truncated binary exponential backoff" (RFC 6455 §7.2.3).
//
// ok is true for 1001, 1005, 1006, 1011, 1012 and 1014. It is false, and the
// window empty, for all others: reconnecting after 1000 was not asked for,
// after a fault such as 1002 or 1009 it would only meet the fault again, after
// 1013 the registry's note leaves it to the user, and what 3000–4999 mean only
// the application knows.
func (c Code) Reconnect(attempt int) (lo, hi time.Duration, ok bool) {
	for i := range windows {
		w := &windows[i]
		if w.code != c {
			continue
		}
		if attempt <= 0 {
			return w.lo, w.hi, true
		}
		// Six doublings take every window past the longest.
		hi = min(w.hi<<min(attempt, 6), longest)
		return hi / 2, hi, true
	}
	return 0, 0, false
}
