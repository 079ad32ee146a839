// Gen writes the generated vectors of testdata/: payloads.json, frames.json,
// utf8.json and encode.json, and corpus.json from the corpus of package fuzz.
// Run it by
//
//	go generate ./internal/vectors
//
// It imports none of the packages that the vectors test. The expected result of
// a vector follows from its parts: the class of the code (codes.json, written
// from the registry), the position of the ill-formed sequence, and the rule
// that the header violates.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"github.com/closeframe/closeframe/testdata"
)

func main() {
	log.SetFlags(0)
	// go generate runs in the directory of the file with the directive.
	for name, b := range files() {
		if err := os.WriteFile(filepath.Join("..", "..", "testdata", name), b, 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// files returns the contents of the files by name.
func files() map[string][]byte {
	return map[string][]byte{
		"payloads.json": file("Payloads of Close frames, not masked, and what they say. header is the header of the frame that carries the payload, as a server sends it; one that is too_long takes a length of 16 bits.", payloads()),
		"frames.json":   file("Frames that an endpoint receives where a Close frame is expected, and what they say. The role is the receiver's: a client receives unmasked frames, a server masked ones. rest follows the frame. early: the fault is known before the frame ends. fails: the rule by which a frame that is not a Close fails the connection.", frames()),
		"utf8.json":     file("Texts, and how far they are well-formed UTF-8.", texts()),
		"corpus.json":   file("Inputs that fuzzing found and that were kept, for fuzzing other implementations. Nothing is expected of them. The kinds tell what to take an input for: the payload of a Close frame, what a server or a client receives, a text.", corpus()),
		"encode.json":   file("Codes and reasons, and the bytes of the Close that says them.", encodings()),
	}
}

// file returns a file with the vectors, one per line.
func file[T any](about string, list []T) []byte {
	var b bytes.Buffer
	b.WriteString("{\n \"version\": ")
	b.Write(line(testdata.Version))
	b.WriteString(",\n \"about\": ")
	b.Write(line(about))
	b.WriteString(",\n \"vectors\": [\n")
	for i, v := range list {
		b.WriteString("  ")
		b.Write(line(v))
		if i < len(list)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString(" ]\n}\n")
	return b.Bytes()
}

// line returns v as JSON on one line.
func line(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		log.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}
