package main

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

func TestEncode(t *testing.T) {
	long := strings.Repeat("a", 124)
	transcript(t, "encode.txt", nil, []step{
		{"encode 1000", exitOK},
		{"encode 1001 server going down", exitOK},
		{"encode 'going away' 'two  spaces'", exitOK},
		{"encode CLOSE_TOO_LARGE", exitOK},
		{"encode 1005", exitOK},
		{"encode 4001 再见", exitOK},
		{"encode -key 37fa213d 1000", exitOK},
		{"encode -key 37:fa:21:3d 1000 bye", exitOK},
		{"encode -payload 1000 bye", exitOK},
		{"encode 1000 bye -payload", exitOK},
		{"encode -payload 1005", exitOK},
		{"encode 1000 -- -payload", exitOK},
		{"encode 1000 a -", exitOK},
		{"encode -truncate 1000 " + long, exitOK},
		{"encode -truncate 1000 \xff", exitOK},
		{"encode 1000 " + long, exitInvalid},
		{"encode 1000 ab\xffc", exitInvalid},
		{"encode 1006", exitInvalid},
		{"encode 2000", exitInvalid},
		{"encode 1005 bye", exitInvalid},
		{"encode", exitUsage},
		{"encode -truncate", exitUsage},
		{"encode nonsense", exitUsage},
		{"encode 0", exitUsage},
		{"encode 65536", exitUsage},
		{"encode -key 010203 1000", exitUsage},
		{"encode -key 0102030g 1000", exitUsage},
		{"encode -key '' 1000", exitUsage},
		{"encode -payload -mask 1000", exitUsage},
		{"encode -payload -key 01020304 1000", exitUsage},
	})
}

// Shows: encode.json
func TestEncodeVectors(t *testing.T) {
	hex := func(b []byte) string { return string(bytes.TrimSpace([]byte(hexOf(b)))) + "\n" }
	for _, v := range vectors.Encodings() {
		code := strconv.Itoa(int(v.Code))
		if code == "0" {
			continue // not accepted as an argument
		}
		for _, tt := range []struct {
			flags []string
			want  []byte
		}{
			{[]string{}, v.Frame},
			{[]string{"-payload"}, v.Payload},
			{[]string{"-key", hexOf(v.Key)}, v.Masked},
		} {
			r := runWith(nil, string(v.Reason)+"\n", append(append([]string{"encode"}, tt.flags...), code, "-")...)
			switch {
			case v.Error == "" && (r.status != exitOK || r.stdout != hex(tt.want)):
				t.Errorf("%s %q: status %d, %s%swant %s", v.ID, tt.flags, r.status, r.stderr, r.stdout, hex(tt.want))
			case v.Error != "" && (r.status != exitInvalid || r.stdout != "" || r.stderr == ""):
				t.Errorf("%s %q: status %d, %s%s", v.ID, tt.flags, r.status, r.stderr, r.stdout)
			}
		}
	}
}

func TestEncodeReasonFromStandardInput(t *testing.T) {
	for in, reason := range map[string]string{
		"bye":       "bye",
		"bye\n":     "bye",
		"bye\r\n":   "bye",
		"bye\n\n":   "bye\n",
		"\n":        "",
		"":          "",
		"two\nline": "two\nline",
	} {
		r := runWith(nil, in, "encode", "-raw", "-payload", "1000", "-")
		if want := "\x03\xe8" + reason; r.stdout != want || r.status != exitOK {
			t.Errorf("%q: status %d, %q, want %q", in, r.status, r.stdout, want)
		}
	}
}

// TestEncodeThenDecode passes the output of encode to decode.
func TestEncodeThenDecode(t *testing.T) {
	for _, flags := range [][]string{{}, {"-mask"}, {"-payload"}, {"-raw"}, {"-raw", "-mask"}} {
		e := runWith(nil, "", append(append([]string{"encode"}, flags...), "4001", "再见, \"you\"")...)
		args := []string{"decode"}
		for _, f := range flags {
			if f != "-mask" {
				args = append(args, f)
			}
		}
		d := runWith(nil, e.stdout, args...)
		if e.status != exitOK || d.status != exitOK || !strings.Contains(d.stdout, `Reason   "再见, \"you\"" (13 of 123 bytes)`) {
			t.Errorf("%q: status %d, then %d: %s%s", flags, e.status, d.status, d.stderr, d.stdout)
		}
	}
}

// Shows: R09
func TestEncodeMaskIsRandom(t *testing.T) {
	seen := map[string]bool{}
	for range 8 {
		r := runWith(nil, "", "encode", "-mask", "-raw", "1000")
		c, n, err := frame.ParseMasked(nil, []byte(r.stdout))
		if err != nil || n != 8 || c.Code != 1000 {
			t.Fatalf("%x: %v, %d, %v", r.stdout, c, n, err)
		}
		seen[r.stdout[2:6]] = true
	}
	if len(seen) < 7 {
		t.Errorf("only %d different keys in 8 frames", len(seen))
	}
}
