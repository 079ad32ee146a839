package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/vectors"
)

func TestExplain(t *testing.T) {
	steps := []step{
		{"explain 1006", exitOK},
		{"explain going away", exitOK},
		{"explain 'websocket: close 1006 (abnormal closure): unexpected EOF'", exitOK},
		{"explain 'received 1011 (internal error) keepalive ping timeout; then sent 1011 (internal error) keepalive ping timeout'", exitOK},
		{"explain 'sent 1011 (internal error) keepalive ping timeout; no close frame received'", exitOK},
		{"explain CloseUnsupportedData", exitOK},
		{"explain -app discord 4014", exitOK},
		{"explain -app pandascore", exitOK},
		{"explain 1006 -after 60s", exitOK},
		{"explain -after 47", exitOK},
		{"explain 4099", exitOK},
		{"explain -json 4099", exitOK},
		{"explain -app discord 4999", exitInvalid},
		{"explain -app discrod 4000", exitUsage},
		{"explain -app bananas 4000", exitUsage},
		{"explain -after soon", exitUsage},
		{"explain bananas", exitUsage},
		{"explain 2024-11-29", exitUsage},
		{"explain close", exitUsage},
		{"explain goign away", exitUsage},
		{"explain 'closed with 1000, then with 1006'", exitUsage},
		{"explain CLOSE_TOO_LARGE 4001", exitOK},
		{"explain 0", exitOK},
		{"explain", exitUsage},
		{"explain nonsense", exitUsage},
		{"explain 1000-1001", exitUsage},
		{"explain 1006 nonsense", exitUsage},
		{"explain 65536", exitUsage},
	}
	transcript(t, "explain.txt", []string{"LANG=en_US.UTF-8"}, steps)
	transcript(t, "explain.zh.txt", []string{"LANG=zh_CN.UTF-8"}, steps)
}

// TestExplainAll verifies the explanation of the codes at the ends of all
// ranges, which include all codes with a description of their own.
func TestExplainAll(t *testing.T) {
	for _, v := range vectors.AllCodes() {
		for _, c := range []uint16{v.First, v.Last} {
			for _, lang := range []string{"en", "zh"} {
				r := runWith(nil, "", "explain", "-lang", lang, strconv.Itoa(int(c)))
				if r.status != exitOK || r.stderr != "" || !strings.HasPrefix(r.stdout, strconv.Itoa(int(c))) || !strings.Contains(r.stdout, v.Name) {
					t.Errorf("%d: status %d, %s%s", c, r.status, r.stderr, r.stdout)
				}
				checkScreen(t, r.stdout, true)
				l, _ := matchLang(lang)
				for _, key := range []string{"word.who", "word.causes", "word.operator", "word.client", "word.sections"} {
					heading := l.Text(key)
					_, text, ok := strings.Cut(r.stdout, "\n"+heading+"\n  ")
					if !ok || text == "" {
						t.Errorf("%d in %s: nothing below %q", c, lang, heading)
					}
				}
			}
		}
	}
}

// TestReadingExists verifies that the files of this repository that explain
// refers to exist.
func TestReadingExists(t *testing.T) {
	for _, tag := range catalog.Languages() {
		text := catalog.In(tag).Text("explain.read.why1006")
		path := regexp.MustCompile(`docs/\S+\.md`).FindString(text)
		if _, err := os.Stat(filepath.Join("..", "..", path)); path == "" || err != nil {
			t.Errorf("%s: %q: %v", tag, text, err)
		}
	}
}
