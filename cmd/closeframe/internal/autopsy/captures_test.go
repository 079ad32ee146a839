package autopsy

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/catalog"
)

var withTshark = flag.Bool("tshark", false, "read the captures with tshark and compare what it prints with the recorded output")

const folder = "../../../../testdata/pcap"

// A captureCase is a capture of testdata/pcap with the expected result.
type captureCase struct {
	Capture     string     `json:"capture"`
	About       string     `json:"about"`
	Keys        bool       `json:"keys"`
	Connections []expected `json:"connections"`
}

type expected struct {
	Say       string   `json:"say"`
	By        Side     `json:"by"`
	How       string   `json:"how"`
	Cause     Cause    `json:"cause"`
	Code      int      `json:"code"`
	Violation string   `json:"violation"`
	Client    *string  `json:"client"`
	Server    *string  `json:"server"`
	Findings  []string `json:"findings"`
	Limits    []string `json:"limits"`
}

func captureCases(t testing.TB) []captureCase {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "verdicts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		About    string        `json:"about"`
		Captures []captureCase `json:"captures"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	return file.Captures
}

// name is the name of the recorded output. The output for large captures is
// compressed.
func (c captureCase) name() string {
	if strings.HasPrefix(c.Capture, "browser-") {
		return c.Capture + ".tsv.gz"
	}
	if c.Keys {
		return c.Capture + ".keys.tsv"
	}
	return c.Capture + ".tsv"
}

// recorded returns the recorded output of tshark for the capture.
func (c captureCase) recorded(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "tshark", c.name()))
	if err == nil && strings.HasSuffix(c.name(), ".gz") {
		b, err = gunzip(b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gunzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// browserCaptures lists captures of browsers, made by interop/browsers. Each
// has the event that the browser fired.
var browserCaptures = []captureCase{
	{Capture: "browser-chromium"}, {Capture: "browser-firefox"}, {Capture: "browser-webkitgtk"},
}

// TestBrowsers verifies that the event reported for a browser is the one that
// it fired.
func TestBrowsers(t *testing.T) {
	for _, c := range browserCaptures {
		b, err := os.ReadFile(filepath.Join(folder, c.Capture+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Events map[string]closeevent.Event `json:"events"`
		}
		if err := json.Unmarshal(b, &file); err != nil {
			t.Fatal(err)
		}
		var r Reader
		result, err := r.Read(bytes.NewReader(c.recorded(t)))
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, conn := range result.Connections {
			want, ok := file.Events[conn.Path]
			if !ok {
				continue
			}
			seen++
			if conn.Browser == nil && conn.Violation.Error == "too_long" {
				continue // WebKitGTK accepts such a Close frame, and autopsy does not keep its bytes
			}
			if conn.Browser == nil || "browser-"+strings.ToLower(conn.Browser.Name) != c.Capture || conn.Browser.Event != want {
				t.Errorf("%s: %s: %+v, the browser fired %+v", c.Capture, conn.Path, conn.Browser, want)
			}
		}
		if seen != len(file.Events) || seen < 70 {
			t.Errorf("%s: %d connections, expected %d", c.Capture, seen, len(file.Events))
		}
	}
}

// TestCaptures verifies the result for each captured connection: the side that
// ended it, the cause, the events of both sides, and the sentence.
func TestCaptures(t *testing.T) {
	cases := captureCases(t)
	if len(cases) < 30 {
		t.Errorf("%d captures, expected 30 or more", len(cases))
	}
	for _, c := range cases {
		t.Run(c.name(), func(t *testing.T) {
			var r Reader
			result, err := r.Read(bytes.NewReader(c.recorded(t)))
			if err != nil {
				t.Fatal(err)
			}
			if len(result.Connections) != len(c.Connections) {
				t.Fatalf("%d connections, expected %d", len(result.Connections), len(c.Connections))
			}
			for i, got := range result.Connections {
				checkConnection(t, got, c.Connections[i])
			}
		})
	}
}

func checkConnection(t *testing.T, got *Connection, want expected) {
	t.Helper()
	w := Writer{catalog.In("en")}
	sentence := w.Sentence(got)
	say := strings.TrimPrefix(sentence, w.Title(got)+": ")
	if !strings.HasPrefix(say, want.Say) {
		t.Errorf("sentence:\n%s\nexpected:\n%s", say, want.Say)
	}
	if got.EndedBy != want.By || got.How != want.How && want.How != "*" || got.Cause != want.Cause || got.Code != want.Code {
		t.Errorf("ended by %q, how %s, cause %s, code %d; expected %q, %s, %s, %d",
			got.EndedBy, got.How, got.Cause, got.Code, want.By, want.How, want.Cause, want.Code)
	}
	violation := ""
	if v := got.Violation; v != nil {
		violation = string(v.By) + " " + v.Error
		if v.Rule == "" {
			t.Errorf("no rule for %s", v.Error)
		}
	}
	if violation != want.Violation {
		t.Errorf("violation %q, expected %q", violation, want.Violation)
	}
	checkTold(t, "client", got.Told.Client, want.Client)
	checkTold(t, "server", got.Told.Server, want.Server)
	var findings []string
	for _, f := range got.Findings {
		findings = append(findings, f.Rule)
	}
	if len(findings) < len(want.Findings) || !slices.Equal(findings[:len(want.Findings)], want.Findings) {
		t.Errorf("findings %q, expected %q first", findings, want.Findings)
	}
	if !slices.Equal(got.Limits, want.Limits) {
		t.Errorf("limits %q, expected %q", got.Limits, want.Limits)
	}
}

func checkTold(t *testing.T, who string, got *closeevent.Event, want *string) {
	t.Helper()
	if got == nil || want == nil {
		if (got == nil) != (want == nil) {
			t.Errorf("%s was told %v, expected %v", who, got, want)
		}
		return
	}
	s := fmt.Sprint(int(got.Code))
	if got.WasClean {
		s += " clean"
	}
	if strings.HasSuffix(*want, " *") {
		s += " *"
	} else if got.Reason != "" {
		s += " " + got.Reason
	}
	if s != *want {
		t.Errorf("%s was told %q, expected %q", who, s, *want)
	}
}

// openCapture opens the capture, decompressed.
func openCapture(t testing.TB, name string) io.Reader {
	t.Helper()
	for _, extension := range []string{".pcap", ".pcapng"} {
		if b, err := os.ReadFile(filepath.Join(folder, name+extension)); err == nil {
			return bytes.NewReader(b)
		}
	}
	b, err := os.ReadFile(filepath.Join(folder, name+".pcap.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = gunzip(b); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b)
}

// TestTshark verifies that the output of tshark for each capture is the
// recorded one. With -update it records the output.
func TestTshark(t *testing.T) {
	if !*withTshark {
		t.Skip("runs with -tshark, which .ci/run gives: it takes half a minute")
	}
	for _, c := range append(captureCases(t), browserCaptures...) {
		t.Run(c.name(), func(t *testing.T) {
			ts := Tshark{Memory: 4096}
			if c.Keys {
				ts.Keylog = filepath.Join(folder, c.Capture+".keys")
			}
			if _, err := ts.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []byte
			err := ts.Run(context.Background(), openCapture(t, c.Capture), func(fields io.Reader) (err error) {
				got, err = io.ReadAll(fields)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if strings.HasSuffix(c.name(), ".gz") {
					var buf bytes.Buffer
					z := gzip.NewWriter(&buf)
					z.Write(got)
					z.Close()
					got = buf.Bytes()
				}
				if err := os.WriteFile(filepath.Join(folder, "tshark", c.name()), got, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := c.recorded(t); !bytes.Equal(got, want) {
				t.Errorf("tshark prints\n%s\nrecorded:\n%s", got, want)
			}
		})
	}
}

// TestDamaged verifies that a truncated or corrupted capture causes an error or
// a partial result, and that tshark exits.
func TestDamaged(t *testing.T) {
	if !*withTshark {
		t.Skip("runs with -tshark, which .ci/run gives")
	}
	whole, err := io.ReadAll(openCapture(t, "reset-unread"))
	if err != nil {
		t.Fatal(err)
	}
	corrupt := bytes.Clone(whole)
	for i := 200; i < len(corrupt); i += 97 {
		corrupt[i] ^= 0x55
	}
	noise := make([]byte, 4096)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for name, b := range map[string][]byte{
		"empty": nil, "header": whole[:24], "half header": whole[:10], "cut": whole[:len(whole)-9], "corrupt": corrupt, "noise": noise,
		"length": append(bytes.Clone(whole[:24]), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f),
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		ts := Tshark{Memory: 4096}
		if _, err := ts.Check(ctx); err != nil {
			t.Fatal(err)
		}
		var result *Result
		err := ts.Run(ctx, bytes.NewReader(b), func(fields io.Reader) (err error) {
			var r Reader
			result, err = r.Read(fields)
			return err
		})
		if ctx.Err() != nil {
			t.Errorf("%s: %v", name, ctx.Err())
		}
		switch {
		case name == "empty" || name == "header": // a capture without packets
			if err != nil || len(result.Connections) != 0 {
				t.Errorf("%s: %v, %+v", name, err, result)
			}
		case name == "cut":
			if err == nil || len(result.Connections) != 1 {
				t.Errorf("%s: %v, %+v, expected an error and a partial answer", name, err, result)
			}
		case name != "corrupt" && err == nil:
			t.Errorf("%s: no error", name)
		}
		cancel()
	}
}

var update = flag.Bool("update", false, "with -tshark, record what tshark prints")
