package main

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/closeframe/closeframe/internal/check/differ"
	"github.com/closeframe/closeframe/internal/check/model"
)

var (
	frames = flag.Int64("frames", 1e9, "for differential: how many frames to compare")
	seed   = flag.Uint64("seed", 1, "for differential: the seed of the frames")
)

// showDifferential compares package frame with the model for random frames.
func showDifferential() (string, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(2000)) // the model allocates, but keeps nothing
	var done atomic.Int64
	begin := time.Now()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				fmt.Printf("%s of %s frames after %v\n", count(int(done.Load())), count(int(*frames)), time.Since(begin).Round(time.Second))
			}
		}
	}()
	cpus := runtime.GOMAXPROCS(0)
	n, err := differ.Run(*seed, *frames, cpus, &done)
	if err != nil {
		return "", err
	}
	rate := float64(n.Frames) / time.Since(begin).Seconds()

	var errs []error
	for _, class := range differ.Classes() {
		fmt.Printf("%-6s  %-15s  %15s\n", class.Role, strings.ReplaceAll(class.Outcome, "_", " "), count(int(n.Classes[class])))
		if n.Classes[class] == 0 {
			errs = append(errs, fmt.Errorf("no frame for a %s with the outcome %q: more frames are needed", class.Role, class.Outcome))
		}
	}
	codes, all, lengths := 0, 0, 0
	for code, there := range n.Codes {
		if there {
			codes++
		}
		if model.SendableCode(code) || code == 1005 {
			all++
		}
	}
	for _, there := range n.Lengths {
		if there {
			lengths++
		}
	}
	return fmt.Sprintf("%s frames, seed %d: no difference; %d of %d classes, %s of %s codes, %d of %d lengths of reasons; %.2f million frames/s on %d CPUs",
		count(int(n.Frames)), *seed, len(n.Classes), len(differ.Classes()), count(codes), count(all), lengths, len(n.Lengths), rate/1e6, cpus), errors.Join(errs...)
}
