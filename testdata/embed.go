// Package testdata holds the test vectors of this module, which any WebSocket
// stack can use: see README.md.
package testdata

import "embed"

// Version is the version of the files, which is in the field "version" of each.
// CHANGELOG.md lists the changes.
const Version = "1.0.0"

// Scenarios is scenarios.json, and Rules is rules.json. The command carries
// these, and no other file.
var (
	//go:embed scenarios.json
	Scenarios []byte
	//go:embed rules.json
	Rules []byte
)

// Files holds the vectors. They are embedded for tests without a source tree:
// in a browser, under an emulator, or with -trimpath.
//
//go:embed *.json profiles/*.json captures/*.json
var Files embed.FS
