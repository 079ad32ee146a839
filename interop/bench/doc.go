// Command bench measures closeframe beside the WebSocket libraries and UTF-8
// validators that Go programs use, and prints how many times faster or slower
// each is.
//
// All contenders of a scenario run in one process, taking turns for a few
// milliseconds each over the same pool of different buffers, for many rounds.
// What is reported is the median over the rounds, how far the middle half of
// the rounds spreads, and the ratio of the medians to closeframe's; so a noisy machine slows
// everybody, and gives the same verdict twice.
//
// Every library does its work through its public API. Where one can do only
// less (does not check UTF-8, say) or more (needs a new connection for every
// Close), its note says so.
//
//	go run ./bench            # everything: tables on the terminal, under 3 minutes
//	go run ./bench -write     # and writes results.json, results.md, the plots and the README's figures
//	go run ./bench -short     # a few milliseconds a scenario: does it all work, does anything allocate
//	go run ./bench -run 'validate/.*/123'
//	go test -bench . ./bench  # the same scenarios for benchstat
package main
