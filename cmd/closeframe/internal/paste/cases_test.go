package paste

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

func TestX(t *testing.T) {
	f, _ := os.Open("testdata/cases.jsonl")
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var c struct {
			ID, Stdin string
			Args      []string
			Expect    struct {
				Exit  int
				Bytes string
			}
		}
		json.Unmarshal(sc.Bytes(), &c)
		var opt Options
		text := c.Stdin
		var rest []string
		for i := 0; i < len(c.Args); i++ {
			switch c.Args[i] {
			case "-payload":
				opt.Payload = true
			case "-from":
				i++
			default:
				rest = append(rest, c.Args[i])
			}
		}
		if len(rest) > 0 {
			text = strings.Join(rest, " ")
		}
		r, err := Read([]byte(text), opt)
		got := ""
		if err == nil {
			for _, s := range r.Content.Streams {
				got += hex.EncodeToString(s.Data)
			}
			if r.Content.Foreign != "" {
				got = string("foreign " + r.Content.Foreign)
			}
		}
		ok := got == c.Expect.Bytes || strings.HasPrefix(got, "foreign") && c.Expect.Exit == 2
		var amb *Ambiguity
		var e *Error
		d := ""
		if errors.As(err, &amb) {
			for _, x := range amb.Readings {
				d += fmt.Sprintf(" %s=%x(%d)", x.Form, x.Bytes(), x.Fit)
			}
		} else if errors.As(err, &e) {
			d = fmt.Sprint(e.Kind, e.Args, e.Rune)
		}
		mark := "ok  "
		if !ok {
			mark = "FAIL"
		}
		fmt.Println(mark, c.ID, c.Expect.Exit, c.Expect.Bytes, "got", got, r.Form, "/", r.Name, r.Fit, d, r.Skipped)
	}
	_ = envelope.None
}
