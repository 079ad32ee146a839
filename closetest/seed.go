package closetest

import (
	"slices"
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
	Text                    // valid and invalid UTF-8
)

// Seed adds every vector of a kind, and the inputs found by fuzzing this
// module, to the seed corpus of a fuzz target that takes one []byte.
func Seed(f *testing.F, kind Kind) {
	f.Helper()
	for _, b := range seeds(kind) {
		f.Add(b)
	}
}

// seeds returns the inputs of a kind.
func seeds(kind Kind) [][]byte {
	var list [][]byte
	name := ""
	switch kind {
	case Payload:
		name = vectors.KindPayload
		for _, v := range vectors.Payloads() {
			list = append(list, v.Bytes)
		}
	case ServerFrame, ClientFrame:
		name = vectors.Server
		if kind == ClientFrame {
			name = vectors.Client
		}
		for _, v := range vectors.Frames() {
			if v.Role == name {
				list = append(list, v.Bytes)
			}
		}
	case Text:
		name = vectors.KindText
		for _, v := range vectors.Texts() {
			list = append(list, v.Bytes)
		}
	}
	for _, v := range vectors.Corpus() {
		if slices.Contains(v.Kinds, name) {
			list = append(list, v.Bytes)
		}
	}
	return list
}
