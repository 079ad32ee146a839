package docs_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closeevent"
)

// seen returns the events of each case in the profile of a client, in the
// format of why-1006.md.
func seen(t *testing.T, client string) map[string][]string {
	t.Helper()
	var profile struct {
		Outcomes []struct {
			ID string
			closeevent.Event
			Error bool // an event of that name came before
		}
	}
	if err := json.Unmarshal([]byte(read(t, "../testdata/profiles/"+client+".json")), &profile); err != nil {
		t.Fatal(err)
	}
	m := make(map[string][]string)
	for _, o := range profile.Outcomes {
		s := fmt.Sprint(uint16(o.Code))
		switch {
		case o.WasClean:
			s += ", clean"
		case o.Code != 1006:
			s += ", not clean"
		}
		if o.Error {
			s += ", error"
		}
		if !slices.Contains(m[o.ID], s) {
			m[o.ID] = append(m[o.ID], s)
		}
	}
	return m
}

// TestSeen verifies that why-1006.md and its translation agree with the
// recorded profiles in each case, and that every case they name exists.
func TestSeen(t *testing.T) {
	var endings struct {
		Vectors []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(read(t, "../testdata/endings.json")), &endings); err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, v := range endings.Vectors {
		known[v.ID] = true
	}
	testSeen(t, known, read(t, "why-1006.md"))
	chinese := strings.NewReplacer("，非正常", ", not clean", "，正常", ", clean", "，error", ", error", " 或 ", " or ")
	testSeen(t, known, chinese.Replace(read(t, "why-1006.zh-CN.md")))
}

func testSeen(t *testing.T, known map[string]bool, doc string) {
	chromium, firefox, ours := seen(t, "chromium"), seen(t, "firefox"), seen(t, "closeframe")
	for _, m := range regexp.MustCompile("`(ending/[^`]*)`").FindAllStringSubmatch(doc, -1) {
		if !known[m[1]] {
			t.Errorf("there is no case %s", m[1])
		}
	}
	rows := regexp.MustCompile("(?m)^\\| .* \\| `(ending/.*)` \\| (.*) \\| (.*) \\| (.*) \\|$").FindAllStringSubmatch(doc, -1)
	for _, row := range rows {
		check := func(client, cell string, want []string) {
			got := strings.Split(cell, " or ")
			slices.Sort(got)
			want = slices.Sorted(slices.Values(want))
			if !slices.Equal(got, want) {
				t.Errorf("%s: the document says that %s gives %q, and it gave %q", row[1], client, got, want)
			}
		}
		check("Chromium", row[2], chromium[row[1]])
		check("Firefox", row[3], firefox[row[1]])
		check("closeframe", row[4], ours[row[1]])
	}
	if len(rows) < 20 {
		t.Errorf("found %d rows, want 20 at least", len(rows))
	}
}
