package dissect

import "github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"

// An Order reports a frame after a Close frame of the same side.
type Order struct {
	// Violation reports whether a rule forbids it. Otherwise the message is
	// only information.
	Violation bool   `json:"violation"`
	Message   string `json:"message"`
	Rule      string `json:"rule"`
	Quote     string `json:"quote"`
}

// order returns the Order for f after a Close frame of the same side, or nil.
func (d *dissector) order(f *Frame) *Order {
	violation, key, id := true, "", ""
	switch {
	case f.data():
		key, id = "dissect.order.data", "R17"
	case f.Type == "close":
		key, id = "dissect.order.close", "R55"
	case f.Type == "ping":
		violation, key, id = false, "dissect.order.ping", "R22"
	default:
		return nil
	}
	r := rulebook.Of(id)
	return &Order{violation, d.text.Text(key), r.Section, r.Quote}
}
