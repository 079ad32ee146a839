package browsers

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

var all = flag.Bool("all", false, "try all 65,536 codes, not only those up to 5100")

func TestMain(m *testing.M) {
	flag.Parse()
	// The tests that run side by side are two browsers at work and two that
	// wait for a minute.
	flag.Set("test.parallel", "4")
	status := m.Run()
	for _, line := range summary.lines {
		fmt.Println(line)
	}
	os.Exit(status)
}
