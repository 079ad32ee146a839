# The targets are short names for commands in the README and docs/.

.PHONY: test bench fuzz ci generate

test:
	go test ./...

bench:
	go test -run '^$$' -bench . ./...

fuzz:
	.ci/run fuzz

ci:
	.ci/run

# generate rewrites every file that is generated from testdata/, closecode and
# the catalog. The last command needs the packages of interop/peers (npm ci).
generate:
	go generate ./internal/vectors
	go run ./internal/probe/gen >scenarios.tmp && mv scenarios.tmp testdata/scenarios.json
	go generate ./docs/pictures
	go test ./cmd/closeframe ./closetest -update
	go test ./docs -run Output -update
	go run ./internal/check/proof api rules -generate
	cd interop && go test ./peers/doc -update
