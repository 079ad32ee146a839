package browsers

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

var codeRangeFlag = flag.String("codes", "0-5100", "the codes to try, from the first to the last of them")

func TestMain(m *testing.M) {
	flag.Parse()
	// The parallel tests run browsers, and some wait for a minute.
	flag.Set("test.parallel", "4")
	status := m.Run()
	for _, line := range summary.lines {
		fmt.Println(line)
	}
	os.Exit(status)
}
