// Package testdata holds the test vectors of this module, which any WebSocket
// stack can use: see README.md.
package testdata

import "embed"

// Files holds the vectors. They are embedded so that a test finds them where
// there is no source tree: in a browser, under an emulator, with -trimpath.
//
//go:embed *.json profiles/*.json captures/*.json
var Files embed.FS
