//go:build race

package kernel

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestRace verifies that the race detector sees what the functions read and
// write, on every backend. It runs each race in a separate process, which must
// fail. The detector may miss one race, so the process races a hundred times.
func TestRace(t *testing.T) {
	races := map[string]func(b []byte){
		"XOR":        func(b []byte) { XOR(b, 1) },
		"UnmaskNext": func(b []byte) { UnmaskNext(0, b, 1) },
		"Unmask":     func(b []byte) { Unmask(&b[0], &b[0], len(b), 1) },
		"Mask":       func(b []byte) { Mask(&b[0], "the quick brown fox jumps over a lazy dog", 1) },
		"Valid":      func(b []byte) { Valid(String(b)) },
		"Next":       func(b []byte) { Next(0, String(b)) },
	}
	if name := os.Getenv("CLOSEFRAME_RACE"); name != "" {
		for range 100 {
			b := make([]byte, 100)
			done := make(chan bool)
			go func() {
				races[name](b)
				done <- true
			}()
			b[40] = 'x'
			<-done
		}
		return
	}
	each(t, func(t *testing.T) {
		for name := range races {
			cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
			cmd.Env = append(os.Environ(), "CLOSEFRAME_RACE="+name)
			if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "DATA RACE") {
				t.Errorf("the race detector does not see %s: %v\n%s", name, err, out)
			}
		}
	})
}
