// Package paste finds the bytes in pasted text: a hex dump, an array in any
// language, a string literal, or a log line.
//
// It never guesses silently. A text with exactly one sensible reading is read,
// and the Reading has the form of the text and the skipped parts. A text with
// two readings of different bytes is an [Ambiguity].
package paste

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// Options describe the content of the text and its form.
type Options struct {
	Payload bool   // the payload of one Close frame, not frames
	As      string // the form that the text has: one of [Forms], or "" to find out
}

// A Reading is the bytes in a text.
type Reading struct {
	Form    string // one of Forms, the values of -as
	Name    string // the tool or language of the form, such as "hexdump -C"
	Chunks  []envelope.Chunk
	Content *envelope.Content

	Skipped []Skip
	Notes   []Note
	Cut     int // number of bytes that the tool omitted at the end; -1 if unknown
	Fit     envelope.Fit

	used  []span // of norm or raw
	of    string // norm or raw
	rank  rank
	lossy bool // the tool may have left out a byte, as gdb does before an incomplete sequence
	loose bool // the text around the bytes is skipped and not parsed
	at    int  // offset of the bytes in of
}

// A rank is how naturally a text matches a form.
type rank int

const (
	marked    rank = iota // the text has marks of this form
	natural               // the text fits this form
	unnatural             // the text could have this form, but rarely has
	certain   rank = -1   // for errors: no other form is possible
)

// Bytes returns the bytes of all chunks.
func (r *Reading) Bytes() []byte {
	var b []byte
	for _, c := range r.Chunks {
		b = append(b, c.Data...)
	}
	return b
}

// A Skip is a part of the text without bytes.
type Skip struct {
	Text string
	Rune int // its index in the input, in runes
}

// A Note names a peculiarity of the input.
type Note string

// The notes.
const (
	NoteBOM    Note = "bom"    // a byte order mark was skipped
	NoteUTF16  Note = "utf16"  // the text was UTF-16
	NoteColors Note = "colors" // escape sequences for colors were skipped
	NoteOthers Note = "others" // sections of the dump that repeat its bytes were skipped
)

// An Error describes an error in a text and its position.
type Error struct {
	Rune int    // index in the input, in runes; -1 for the whole text
	Kind string // the name of a message
	Args []any  // of the message
	rank rank
}

func (e *Error) Error() string { return e.Kind }

// An Ambiguity is an error: the text has readings of different bytes.
type Ambiguity struct {
	Readings []Reading
}

func (a *Ambiguity) Error() string { return "ambiguous" }

// A result is the result of a recognizer.
type result struct {
	readings []Reading
	errors   []*Error
}

func (r *result) add(x Reading) { r.readings = append(r.readings, x) }

// fail records that the text has the form except for a fault at s[i].
func (r *result) fail(t *text, s string, i int, rank rank, kind string, args ...any) {
	r.errors = append(r.errors, &Error{Rune: t.rune(s, i), Kind: kind, Args: args, rank: rank})
}

// dropLossy removes the readings of output in which gdb left out a byte: their
// frames are incomplete.
func (r *result) dropLossy(t *text) {
	lossy := func(x Reading) bool { return x.lossy && x.Fit < envelope.Complete }
	i := slices.IndexFunc(r.readings, lossy)
	if i < 0 {
		return
	}
	x := r.readings[i]
	r.readings = slices.DeleteFunc(r.readings, lossy)
	if !slices.ContainsFunc(r.readings, func(x Reading) bool { return x.lossy }) {
		r.errors = append(r.errors, &Error{Rune: t.rune(x.of, x.at), Kind: "lossy", rank: natural})
	}
}

// maxText is the maximum length of a text in bytes.
const maxText = 1 << 20

// Read finds the bytes in text. Its error is an *Error or an *Ambiguity.
func Read(input []byte, opt Options) (Reading, error) {
	if len(input) > maxText {
		return Reading{}, &Error{Rune: -1, Kind: "long", Args: []any{maxText >> 10}}
	}
	t := decodeText(input)
	if strings.TrimSpace(t.norm) == "" {
		return Reading{}, &Error{Rune: -1, Kind: "nothing"}
	}
	if i := strings.IndexFunc(t.raw, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != '\v' }); i >= 0 {
		return binary(t, input, i)
	}
	var all result
	for _, f := range recognizers {
		var r result
		f.read(t, opt, &r)
		all.readings = append(all.readings, r.readings...)
		all.errors = append(all.errors, r.errors...)
	}
	for i := range all.readings {
		r := &all.readings[i]
		r.Content = envelope.Open(r.Chunks)
		r.Fit = r.Content.Fits(opt.Payload)
		if r.Cut != 0 && r.Fit >= envelope.Faulty && r.Content.Foreign == "" {
			r.Fit = envelope.Partial
		}
		r.Notes = append(r.Notes, t.notes...)
	}
	all.dropLossy(t)
	if opt.As != "" {
		r, err := as(all, opt)
		r.skip(t)
		return r, err
	}
	r, err := choose(t, all, opt)
	if err == nil {
		r.skip(t)
		for _, check := range []func(*text, *Reading) *Error{missing, compared, replaced} {
			if e := check(t, &r); e != nil {
				return Reading{}, e
			}
		}
	}
	return r, err
}

// binary is the error for an input that has control characters.
func binary(t *text, input []byte, i int) (Reading, error) {
	c := envelope.Open([]envelope.Chunk{{Data: input}})
	if c.Foreign == envelope.PCAP {
		return Reading{Content: c}, &Error{Rune: -1, Kind: "pcap", Args: []any{c.Detail}}
	}
	return Reading{}, &Error{Rune: t.rune(t.raw, i), Kind: "binary"}
}

// as returns the best reading in the requested form.
func as(all result, opt Options) (Reading, error) {
	var best *Reading
	for i := range all.readings {
		r := &all.readings[i]
		if r.Form == opt.As && (best == nil || r.Fit > best.Fit) {
			best = r
		}
	}
	if best != nil {
		return *best, nil
	}
	return Reading{}, &Error{Rune: -1, Kind: "not-as", Args: []any{opt.As}}
}

// httpRE matches the first line of an HTTP request or response.
var httpRE = regexp.MustCompile(`(?m)^(?:[<>] )?(?:[A-Z]+ \S+ HTTP/[0-9.]+|HTTP/[0-9.]+ [1-5][0-9]{2}\b)`)

// choose returns the only sensible reading.
func choose(t *text, all result, opt Options) (Reading, error) {
	list := distinct(all.readings)
	slices.SortStableFunc(list, func(a, b Reading) int {
		return cmp.Or(cmp.Compare(b.Fit, a.Fit), cmp.Compare(a.rank, b.rank))
	})
	best := pick(list)
	var bad *Error
	for _, e := range all.errors {
		if bad == nil || e.rank < bad.rank {
			bad = e
		}
	}
	if best == nil {
		if bad != nil {
			return Reading{}, bad
		}
		if m := httpRE.FindStringIndex(t.norm); m != nil {
			return Reading{}, &Error{Rune: t.rune(t.norm, m[0]), Kind: "http-text"}
		}
		return Reading{}, &Error{Rune: -1, Kind: "no-bytes"}
	}
	// Another reading makes sense too.
	var others []Reading
	for _, r := range list {
		if !bytes.Equal(r.Bytes(), best.Bytes()) && competes(best, &r) {
			others = append(others, r)
		}
	}
	if len(others) > 0 {
		return Reading{}, &Ambiguity{append([]Reading{*best}, others...)}
	}
	if bad != nil && (bad.rank < best.rank || bad.rank == best.rank && (best.Fit < envelope.Partial || best.loose && best.Fit < envelope.Complete)) {
		return Reading{}, bad
	}
	if best.loose && best.Fit < envelope.Faulty && best.rank != marked {
		return Reading{}, &Error{Rune: -1, Kind: "no-bytes"}
	}
	return *best, nil
}

// pick returns the preferred reading: one that fits well, or else the most
// natural one.
func pick(list []Reading) *Reading {
	for i := range list {
		if r := &list[i]; r.rank != unnatural && r.Fit >= envelope.Faulty {
			return r
		}
	}
	var best *Reading
	for i := range list {
		r := &list[i]
		if r.rank == unnatural || r.loose && r.Fit < envelope.Partial {
			continue
		}
		if best == nil || r.rank < best.rank {
			best = r
		}
	}
	return best
}

// competes reports whether r, whose bytes differ from best's, makes sense too.
func competes(best, r *Reading) bool {
	switch {
	case r.Fit == envelope.Complete:
		return best.rank != marked || r.rank == marked || best.Fit < r.Fit
	case r.rank == unnatural:
		return false
	case r.Fit == best.Fit && best.Fit >= envelope.Partial:
		return r.rank <= best.rank
	case r.Fit == envelope.Faulty && best.Fit < envelope.Complete:
		return r.rank <= best.rank
	}
	// Neither fits: the natural form wins if there is one.
	return best.Fit < envelope.Partial && r.rank == best.rank && !r.loose
}

// distinct returns one reading, the most natural, for each form and bytes.
func distinct(all []Reading) []Reading {
	var list []Reading
next:
	for _, r := range all {
		if r.loose && r.Fit < envelope.Partial && r.rank != marked {
			continue
		}
		for i := range list {
			if same(&list[i], &r) {
				if r.rank < list[i].rank || r.rank == list[i].rank && list[i].loose && !r.loose {
					list[i] = r
				}
				continue next
			}
		}
		list = append(list, r)
	}
	return list
}

// same reports whether two readings have the same bytes in the same streams.
func same(a, b *Reading) bool {
	if !bytes.Equal(a.Bytes(), b.Bytes()) || len(a.Content.Streams) != len(b.Content.Streams) {
		return false
	}
	for i := range a.Content.Streams {
		if !bytes.Equal(a.Content.Streams[i].Data, b.Content.Streams[i].Data) {
			return false
		}
	}
	return true
}

// skip sets Skipped to the unused parts, without white space and punctuation.
func (r *Reading) skip(t *text) {
	used := slices.Clone(r.used)
	slices.SortFunc(used, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	at := 0
	add := func(from, to int) {
		if from >= to {
			return
		}
		for _, l := range lines(r.of[from:to]) {
			s := strings.TrimSpace(l.s)
			if strings.Trim(s, " \t,;:()[]{}<>\"'`|+-=#*._/\\&$%┌┬┐├┼┤└┴┘─│┊") == "" {
				continue
			}
			i := from + l.from + strings.Index(l.s, s)
			r.Skipped = append(r.Skipped, Skip{Text: show(s), Rune: t.rune(r.of, i)})
		}
	}
	for _, u := range used {
		add(at, u.from)
		at = max(at, u.to)
	}
	add(at, len(r.of))
}
