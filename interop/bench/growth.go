package main

// The names of the lower bounds.
const (
	emptyName = "empty call"
	copyName  = "plain copy"
)

// A point is the cost of one length.
type point struct {
	Library string  `json:"library"`
	Bytes   int     `json:"bytes"`
	Nanos   float64 `json:"ns_per_op"`
}

// A growth is a measurement of time by length.
type growth struct {
	Payload []point `json:"masked_close_by_payload"` // a masked Close parsed, Chinese
	Text    []point `json:"text_by_length"`          // Chinese text validated
	Empty   float64 `json:"empty_call_ns"`           // a call that does nothing
}

const (
	byPayload = "growth/payload"
	byText    = "growth/text"
	byNothing = "growth/nothing"
)

// growthScenarios measure time by length, with two lower bounds: a call that
// does nothing, and a plain copy, which shows the memory bandwidth. All lengths
// alternate, so that a slow moment of the machine does not distort a line.
func growthScenarios() []scenario {
	payload, text := scenario{id: byPayload}, scenario{id: byText}
	for n := 0; n <= 123; n += 3 {
		pool := closings(texts(named("chinese"), n))
		payload.add(n+2, closeframeParseMasked(pool), gobwasCipherCheck(pool), copyPayload(pool))
	}
	for n := 16; n <= 16<<20; n *= 2 {
		pool := texts(named("chinese"), n)
		text.add(n, append(validators(pool), copyText(pool))...)
	}
	return []scenario{payload, text, {id: byNothing, implementations: []implementation{emptyCall()}}}
}

// add adds implementations for one length.
func (s *scenario) add(n int, c ...implementation) {
	for range c {
		s.lengths = append(s.lengths, n)
	}
	s.implementations = append(s.implementations, c...)
}

// grown returns the results of growthScenarios.
func grown(bouts []*bout) *growth {
	g := new(growth)
	for _, b := range bouts {
		var points []point
		for i, r := range b.results() {
			if b.id == byNothing {
				g.Empty = r.Nanos
				continue
			}
			points = append(points, point{r.Library, b.lengths[i], r.Nanos})
		}
		switch b.id {
		case byPayload:
			g.Payload = points
		case byText:
			g.Text = points
		}
	}
	return g
}

//go:noinline
func nothing(p []byte) uint64 { return uint64(len(p)) }

func emptyCall() implementation {
	return implementation{name: emptyName, run: func(n int) (sum uint64) {
		for range n {
			sum += nothing(key[:])
		}
		return sum
	}}
}

func copyText(pool [][]byte) implementation {
	buf := make([]byte, len(pool[0])+4) // one of the others may be longer
	return implementation{name: copyName, run: func(n int) (sum uint64) {
		for i := range n {
			sum += seen(buf[:copy(buf, pool[i%poolSize])])
		}
		return sum
	}}
}

func copyPayload(pool []closing) implementation {
	var buf [128]byte
	return implementation{name: copyName, run: func(n int) (sum uint64) {
		for i := range n {
			m := copy(buf[:], pool[i%poolSize].maskedPayload)
			sum += seen(buf[:m])
		}
		return sum
	}}
}
