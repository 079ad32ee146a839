#!/usr/bin/env bash
# This script builds every fuzz target for ClusterFuzzLite and OSS-Fuzz, whose
# base image has compile_native_go_fuzzer_v2.
set -euo pipefail

# That tool replaces a file of the standard library, which the go command
# refuses for a toolchain that it has downloaded for go.mod. The go command
# accepts a copy of the toolchain.
goroot=$(go env GOROOT)
if [[ $goroot == "$(go env GOMODCACHE)"/* ]]; then
	cp -r "$goroot" "$WORK/goroot"
	chmod -R u+w "$WORK/goroot"
	export GOROOT=$WORK/goroot PATH=$WORK/goroot/bin:$PATH GOTOOLCHAIN=local
fi

module=$(go list -m)
scripts/fuzztargets | while read -r pkg target; do
	[ "$(go list -f '{{.Name}}' "$pkg")" != main ] || continue # cannot be imported
	name=${pkg##*/}_$target
	compile_native_go_fuzzer_v2 "$module/${pkg#./}" "$target" "$name"
	test -f "$OUT/$name"
done
