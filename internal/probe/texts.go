package probe

import (
	"slices"
	"strings"
	"time"

	"github.com/closeframe/closeframe/internal/catalog"
)

// say returns a text in the language of the run.
func (o *Options) say(key string, args ...any) string { return Say(o.Language, key, args...) }

// Say returns a text of the catalog. It puts the name of a [Role] in the
// language, and rounds durations.
func Say(l *catalog.Language, key string, args ...any) string {
	args = slices.Clone(args)
	for i, a := range args {
		switch a := a.(type) {
		case Role:
			args[i] = l.Text("probe." + string(a))
		case time.Duration:
			args[i] = short(a)
		}
	}
	return l.Text(key, args...)
}

// short rounds a duration for display.
func short(d time.Duration) time.Duration {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second)
	case d >= time.Second:
		return d.Round(100 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d
}

// wanted describes the tokens in a Judgment's Pass.
func (o *Options) wanted(j Judgment, role Role, echo string) string {
	var words []string
	add := func(key string, args ...any) {
		w := o.say(key, args...)
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	for _, t := range j.Pass {
		switch t {
		case "echo":
			t = echo
		case "first", "late":
			t = "first"
			if j.Immediately {
				t = "first_now"
			}
		}
		switch t {
		case "empty", "any", "none":
			add("probe.want." + t)
		case "first", "first_now", "after":
			add("probe.want."+t, role)
		default:
			add("probe.want.code", t)
		}
	}
	for len(words) > 1 {
		words = append([]string{o.say("probe.or", words[0], words[1])}, words[2:]...)
	}
	return strings.Join(words, "")
}
