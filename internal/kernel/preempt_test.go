package kernel

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

// TestPreemption verifies that a goroutine can be stopped in the middle of a
// long call. ReadMemStats returns after it has stopped all goroutines: if a call
// cannot be stopped, it is over, or nearly so, by then.
func TestPreemption(t *testing.T) {
	if testing.Short() {
		t.Skip("needs 64 MiB and a processor of its own")
	}
	p := bytes.Repeat([]byte("x"), 64<<20)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	each(t, func(t *testing.T) {
		for name, f := range map[string]func(){
			"Valid":      func() { Valid(String(p)) },
			"Next":       func() { Next(0, String(p)) },
			"XOR":        func() { XOR(p, 0x01010101) },
			"UnmaskNext": func() { UnmaskNext(0, p, 0) },
		} {
			whole := time.Hour // without a pause: the shortest of a few
			for range 5 {
				begin := time.Now()
				f()
				whole = min(whole, time.Since(begin))
			}
			var rest time.Duration
			for try := 0; rest < whole/4 && try < 200; try++ {
				started, done := make(chan time.Time), make(chan time.Time)
				go func() {
					started <- time.Now()
					f()
					done <- time.Now()
				}()
				for begin := <-started; time.Since(begin) < whole/4; {
				}
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				stopped := time.Now()
				rest = max(rest, (<-done).Sub(stopped))
			}
			if rest < whole/4 {
				t.Errorf("%s of 64 MiB takes %v, and was never stopped earlier than %v before its end", name, whole, rest)
			}
		}
	})
}
