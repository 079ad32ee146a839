package dissect

// An Order reports a frame after a Close frame of the same side.
type Order struct {
	// Violation reports whether a rule forbids it. Otherwise the message is
	// only information.
	Violation bool   `json:"violation"`
	Message   string `json:"message"`
	Rule      string `json:"rule"`
	Quote     string `json:"quote"`
}

var (
	noData  = rule{"RFC 6455 §5.5.1", "The application MUST NOT send any more data frames after sending a Close frame."}
	noMore  = rule{"RFC 6455 §1.4", "After sending a control frame indicating the connection should be closed, a peer does not send any further data"}
	noReply = rule{"RFC 6455 §5.5.2", "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame."}
)

// order returns the Order for f after a Close frame of the same side, or nil.
func (d *dissector) order(f *Frame) *Order {
	switch {
	case f.data():
		return &Order{true, d.text.Text("dissect.order.data"), noData.section, noData.quote}
	case f.Type == "close":
		return &Order{true, d.text.Text("dissect.order.close"), noMore.section, noMore.quote}
	case f.Type == "ping":
		return &Order{false, d.text.Text("dissect.order.ping"), noReply.section, noReply.quote}
	}
	return nil
}
