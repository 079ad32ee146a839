// Package testdata holds the test vectors of this module, which any WebSocket
// stack can use: see README.md.
package testdata

import "embed"

// Version is the version of the files, which each of them has in its field
// "version". CHANGELOG.md says what changed.
const Version = "1.0.0"

// Scenarios is scenarios.json, and Rules is rules.json. The command carries
// these, and no other file.
var (
	//go:embed scenarios.json
	Scenarios []byte
	//go:embed rules.json
	Rules []byte
)

// Files holds the vectors. They are embedded so that a test finds them where
// there is no source tree: in a browser, under an emulator, with -trimpath.
//
//go:embed *.json profiles/*.json captures/*.json
var Files embed.FS
