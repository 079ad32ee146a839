package autopsy

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/timeouts"
)

// idleTimeout checks whether the idle time or the duration of c is a default
// limit of a known product.
func (c *Connection) idleTimeout() {
	if c.How != "fin" && c.How != "reset" && c.How != "notify" {
		return
	}
	f := c.facts
	if idle, ok := f["idle"].(float64); ok {
		if c.matchLimits(idle, timeouts.Idle); len(c.Timeouts) > 0 {
			want := float64(c.Timeouts[0].Seconds)
			f["timeout"], f["timeout_default"] = products(c.Timeouts), want
			f["timeout_off"] = math.Round(math.Abs(idle-want)*1e3) / 1e3
		} else if r := math.Round(idle/5) * 5; r >= 5 && math.Abs(idle-r) <= 0.1 {
			f["round"] = r
		}
		if len(c.Timeouts) > 0 {
			return
		}
	}
	if f["opening"] == "done" || f["opening"] == "hidden" {
		if c.matchLimits(c.Duration, timeouts.Lifetime); len(c.Timeouts) > 0 {
			f["lifetime"], f["lifetime_limit"] = products(c.Timeouts), float64(c.Timeouts[0].Seconds)
		}
	}
}

// matchLimits sets c.Timeouts to the nearest limits of the given kind that
// match s seconds. If the answer to the opening handshake names a product, only
// its limits count.
func (c *Connection) matchLimits(s float64, kind timeouts.Kind) {
	list := slices.DeleteFunc(timeouts.Match(time.Duration(s*float64(time.Second))), func(l timeouts.Limit) bool { return l.Kind != kind })
	slices.SortStableFunc(list, func(a, b timeouts.Limit) int {
		off := func(l timeouts.Limit) float64 { return math.Abs(s - float64(l.Seconds)) }
		switch {
		case off(a) < off(b):
			return -1
		case off(a) > off(b):
			return 1
		}
		return 0
	})
	list = slices.DeleteFunc(list, func(l timeouts.Limit) bool { return l.Seconds != list[0].Seconds })
	named := func(l timeouts.Limit) bool {
		return c.software != "" && strings.Contains(strings.ToLower(c.software), strings.ToLower(l.Product))
	}
	if slices.ContainsFunc(list, named) {
		list = slices.DeleteFunc(list, func(l timeouts.Limit) bool { return !named(l) })
	}
	c.Timeouts = list
}

// products names the products of the limits.
func products(list []timeouts.Limit) string {
	var names []string
	for _, l := range list {
		if !slices.Contains(names, l.Product) {
			names = append(names, l.Product)
		}
	}
	return strings.Join(names, "; ")
}
