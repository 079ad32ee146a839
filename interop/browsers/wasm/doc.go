// Package wasm has a test that runs in a browser as WebAssembly. It opens
// WebSockets like any Go program compiled for GOOS=js, and passes the
// CloseEvents of the browser to closeevent.FromJS. Package browsers builds it,
// serves it and runs it.
package wasm
