package docs_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/frame"
)

// answer appends to out what a server sends when b, read from a client,
// begins with a Close frame. n is how many bytes of b the frame took.
func answer(out, b []byte) (reply []byte, n int, err error) {
	var buf [frame.MaxPayload]byte
	c, n, err := frame.ParseMasked(buf[:0], b)
	switch err {
	case nil:
	case frame.ErrIncomplete, frame.ErrNotClose:
		return out, 0, err // more bytes needed, or another type of frame
	default:
		c.Code = err.(frame.Error).Code() // 1002, or 1007 for a reason that is not UTF-8
	}
	reply, err = frame.Append(out, c.Code, "")
	return reply, n, err
}

func TestAnswer(t *testing.T) {
	for _, test := range []struct {
		in    string
		reply string // in hexadecimal
		n     int
		err   error
	}{
		{"\x88\x82\x00\x00\x00\x00\x03\xe9", "880203e9", 8, nil},     // 1001 is echoed
		{"\x88\x80\x01\x02\x03\x04rest", "8800", 6, nil},             // no code: none either
		{"\x88\x82\x00\x00\x00\x00\x03\xed", "880203ea", 0, nil},     // 1005: 1002
		{"\x88\x83\x00\x00\x00\x00\x03\xe8\xff", "880203ef", 0, nil}, // not UTF-8: 1007
		{"\x88\x82\x00\x00", "", 0, frame.ErrIncomplete},             // more needed
		{"\x81\x82\x00\x00\x00\x00hi", "", 0, frame.ErrNotClose},     // a text message
	} {
		reply, n, err := answer(nil, []byte(test.in))
		if fmt.Sprintf("%x", reply) != test.reply || n != test.n || !errors.Is(err, test.err) {
			t.Errorf("answer(%q) = %x, %d, %v; want %s, %d, %v", test.in, reply, n, err, test.reply, test.n, test.err)
		}
	}
}

// TestEmbeddingCheckout does what the README says to embed a checkout, in a
// module of an older Go and with a proxy that does not hand out closeframe, and
// builds a program there.
func TestEmbeddingCheckout(t *testing.T) {
	commands := regexp.MustCompile("(?s)```sh\n(go mod edit .*?)```").FindStringSubmatch(read(t, "../README.md"))
	if commands == nil {
		t.Fatal("the README does not say how to embed a checkout")
	}
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "not published", http.StatusForbidden)
	}))
	defer proxy.Close()
	for name, text := range map[string]string{
		"go.mod":  "module example.com/embedder\n\ngo 1.22\n",
		"main.go": "package main\n\nimport _ \"github.com/closeframe/closeframe/closeconn\"\n\nfunc main() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(commands[1] + "go build -o " + os.DevNull + " .\n") {
		args := strings.Fields(strings.ReplaceAll(line, "=../closeframe", "="+checkout))
		if len(args) == 0 {
			continue
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOPROXY="+proxy.URL, "GOFLAGS=", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s%v\n%s", line, err, out)
		}
	}
}
