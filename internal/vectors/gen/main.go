// Gen writes the generated vectors of testdata/: codes.json from registry.json,
// payloads.json, frames.json, utf8.json and encode.json, and corpus.json from
// the corpus of package fuzz. It adds new codes of registry.json to
// closecode/code.go. Run it by
//
//	go generate ./internal/vectors
//
// It imports none of the packages that the vectors test. The expected result of
// a vector follows from its parts: the class of the code (codes.json), the
// position of the ill-formed sequence, and the rule that the header violates.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"github.com/closeframe/closeframe/internal/vectors"
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
	code := filepath.Join("..", "..", "closecode", "code.go")
	b, err := os.ReadFile(code)
	if err != nil {
		log.Fatal(err)
	}
	entries, _ := vectors.Registry()
	if err := os.WriteFile(code, []byte(constants(string(b), entries)), 0o666); err != nil {
		log.Fatal(err)
	}
}

// files returns the contents of the files by name.
func files() map[string][]byte {
	return map[string][]byte{
		"codes.json":    file("All 65,536 status codes in consecutive ranges. Each vector has the class and the registered name of the codes from first to last. valid: they may be sent in a Close frame. scriptable: a script may pass them to a browser's WebSocket.close.", codes()),
		"payloads.json": file("Payloads of Close frames, unmasked, with their contents or their error. header is the header of the frame with the payload, as a server sends it. The header of a payload that is too_long has a length of 16 bits.", payloads()),
		"frames.json":   file("Frames that an endpoint receives where a Close frame is expected, with their contents or their error. role is that of the receiver: a client receives unmasked frames, a server masked ones. rest has the bytes after the frame. early: the fault is known before the frame ends. fails: the rule by which a frame that is not a Close frame fails the connection.", frames()),
		"utf8.json":     file("Inputs for UTF-8 validation, with the offset of the first ill-formed sequence.", texts()),
		"corpus.json":   file("Inputs that fuzzing found, without expected results. They are seeds for fuzzing other implementations. kinds lists what an input can be: the payload of a Close frame, bytes that a server or a client receives, or a text.", corpus()),
		"encode.json":   file("Codes and reasons, with the Close frame for them or the error.", encodings()),
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
