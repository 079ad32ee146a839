// Command bench measures closeframe beside the WebSocket libraries and UTF-8
// validators that Go programs use, and prints how many times faster or slower
// each is.
//
// All contenders of a scenario run in one process, taking turns for a
// millisecond each over the same pool of different buffers, for many rounds, some in
// each of several passes over all scenarios. What is reported is the median over the
// rounds, how far the middle half of the rounds spreads, and the median of every round's
// own ratio to closeframe; so a noisy machine, or one whose clock changes, slows
// everybody, and gives the same verdict twice. Garbage is collected between the rounds,
// not within.
//
// Every library does its work through its public API. Where one can do only less
// (does not check UTF-8, say), its note says so. Where one needs a new connection
// for every Close, the connections are made beforehand, in batches, and neither
// their time nor their memory counts.
//
// The scenarios run on the best backend that closeframe's kernel has on this
// processor; those called validate-go, validate-avx2 and so on run on the
// backend they name. With the tag purego, which leaves the assembly of
// closeframe and segmentio/asm out, there is only validate-go.
//
// A text of random lengths, validate/ascii/8-64, shows what branches cost that
// no predictor learns. The curves have every length from 0 to 1,100 bytes on
// every backend, so that a step, at which an implementation changes to a slower
// path, is seen.
//
// The goals come first in the report: each with the figure reached, what is
// required, and the worst input where it is about many.
//
// What an open connection keeps is measured on the heap after making so many of them,
// from one to a million.
//
//	go run ./bench            # everything: tables on the terminal, under 3 minutes
//	go run ./bench -write     # and writes results.json, results.md, the plots and the README's figures
//	go run ./bench -short     # a few milliseconds a scenario: does it all work, does anything allocate
//	go run ./bench -run 'validate/.*/123'
//	go run -tags purego ./bench -run '^validate'
//	go test -bench . ./bench  # the same scenarios for benchstat
package main
