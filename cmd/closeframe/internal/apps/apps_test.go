package apps

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/internal/catalog"
)

// TestData verifies that every application has a source and the date on which
// it was read, and every code a name and a meaning in each language.
func TestData(t *testing.T) {
	seen := map[string]string{}
	for _, a := range All() {
		if u, err := url.Parse(a.Source); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: the source is not an https URL: %q", a.ID, a.Source)
		}
		if d, err := time.Parse(time.DateOnly, a.Read); err != nil || d.Year() < 2025 {
			t.Errorf("%s: the date read is %q", a.ID, a.Read)
		}
		if a.Title == "" || len(a.Codes) == 0 {
			t.Errorf("%s: no title or no codes", a.ID)
		}
		for _, name := range append([]string{a.ID}, a.Aliases...) {
			if other, ok := seen[name]; ok || name != strings.ToLower(name) {
				t.Errorf("%s: the name %q is also that of %q, or not in lower case", a.ID, name, other)
			}
			seen[name] = a.ID
		}
		for i, c := range a.Codes {
			if c.Name == "" || c.Reconnect != "" && c.Reconnect != "yes" && c.Reconnect != "no" {
				t.Errorf("%s: %+v", a.ID, c)
			}
			if i > 0 && c.Code <= a.Codes[i-1].Code {
				t.Errorf("%s: %d is out of order", a.ID, c.Code)
			}
			for _, tag := range catalog.Languages() {
				if !catalog.In(tag).Has(a.Key(c.Code)) {
					t.Errorf("%s: no text %s", tag, a.Key(c.Code))
				}
			}
		}
	}
	// Find texts whose code does not exist.
	n := 0
	for _, a := range All() {
		n += len(a.Codes)
	}
	if m := len(catalog.In("en").Section("apps")); m != n {
		t.Errorf("%d texts for %d codes", m, n)
	}
}

func TestFind(t *testing.T) {
	for name, id := range map[string]string{"discord": "discord", "OBS": "obs-websocket", "Twitch EventSub": "twitch-eventsub", "graphql": "graphql-transport-ws"} {
		if a, ok := Find(name); !ok || a.ID != id {
			t.Errorf("Find(%q) = %v, %v, want %s", name, a, ok, id)
		}
	}
	if a, ok := Find("bananas"); ok {
		t.Errorf("bananas is %s", a.ID)
	}
	if list := Using(4004); len(list) < 5 {
		t.Errorf("%d applications use 4004", len(list))
	}
	if list := Using(4998); len(list) != 0 {
		t.Errorf("%s uses 4998", list[0].ID)
	}
}
