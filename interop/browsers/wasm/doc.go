// Package wasm has a test that runs in a browser, as WebAssembly: it opens
// WebSockets there, as any Go program compiled for GOOS=js would, and hands
// the CloseEvents that the browser fires to closeevent.FromJS. Package
// browsers builds it, serves it and runs it.
package wasm
