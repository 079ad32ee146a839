// Command bench compares closeframe with the WebSocket libraries and UTF-8
// validators that Go programs use, and prints the ratios of their times.
//
// All implementations of a scenario run in one process. They alternate every
// millisecond over the same pool of different buffers, for many rounds, which
// are spread over several passes. The report has the median and the
// interquartile range over the rounds, and the median of the ratios to
// closeframe in each round. A noisy machine, or one whose clock frequency
// changes, slows all implementations alike, so the ratios are reproducible.
// Garbage is collected between rounds, not within a round.
//
// Every library does its work through its public API. If a library does less,
// such as not checking UTF-8, it has a note. If a library needs a new
// connection for every Close frame, the connections are made in advance, in
// batches, and neither their time nor their memory counts.
//
// The scenarios run on the best backend of closeframe's kernel for this
// processor. Those named validate-go, validate-avx2 and so on run on the
// backend in their name. With the tag purego, which excludes the assembly of
// closeframe and segmentio/asm, there is only validate-go.
//
// Inputs of random lengths, validate/ascii/8-64, show the cost of unpredictable
// branches. The curves have every length from 0 to 1,100 bytes on every
// backend, so that they show each step where an implementation changes to a
// slower path. Their texts fit into the L1 cache, so that there are no steps of
// the cache.
//
// The goals are first in the report, each with the measured figure, the
// required one, and the worst input if it concerns several.
//
// The memory of an open connection is measured on the heap, with one to a
// million connections.
//
//	go run ./bench            # everything: tables on the terminal, under 3 minutes
//	go run ./bench -write     # and writes results.json, results.md, the plots and the README's figures
//	go run ./bench -short     # a few milliseconds a scenario: does it all work, does anything allocate
//	go run ./bench -run 'validate/.*/123'
//	go run -tags purego ./bench -run '^validate'
//	go test -bench . ./bench  # the same scenarios for benchstat
package main
