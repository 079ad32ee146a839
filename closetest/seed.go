package closetest

import (
	"testing"

	"github.com/closeframe/closeframe/internal/vectors"
)

// A Kind is a kind of input for a fuzz target.
type Kind int

// The kinds.
const (
	Payload     Kind = iota // the payload of a Close frame, unmasked
	ServerFrame             // bytes as a server receives them, masked
	ClientFrame             // bytes as a client receives them, unmasked
	Text                    // UTF-8, and what is not
)

// Seed adds every vector of a kind, and what fuzzing this module has found, to
// the seed corpus of a fuzz target that takes one []byte.
func Seed(f *testing.F, kind Kind) {
	f.Helper()
	for _, b := range seeds(kind) {
		f.Add(b)
	}
}

// seeds returns the inputs of a kind.
func seeds(kind Kind) [][]byte {
	var list [][]byte
	switch kind {
	case Payload:
		for _, v := range vectors.Payloads() {
			list = append(list, v.Bytes)
		}
	case ServerFrame, ClientFrame:
		role := vectors.Server
		if kind == ClientFrame {
			role = vectors.Client
		}
		for _, v := range vectors.Frames() {
			if v.Role == role {
				list = append(list, v.Bytes)
			}
		}
	case Text:
		for _, v := range vectors.Texts() {
			list = append(list, v.Bytes)
		}
	}
	return list
}
