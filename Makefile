# Short names for the commands in the README and docs/.

.PHONY: test bench fuzz ci

test:
	go test ./...

bench:
	go test -run '^$$' -bench . ./...

fuzz:
	.ci/run fuzz

ci:
	.ci/run
