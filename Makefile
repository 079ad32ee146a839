# Thin names for the commands that the README and docs/ give; no logic of its own.

.PHONY: test bench fuzz ci

test:
	go test ./...

bench:
	go test -run '^$$' -bench . ./...

fuzz:
	.ci/run fuzz

ci:
	.ci/run
