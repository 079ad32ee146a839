package closetest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"slices"
	"time"
)

// An Option changes which cases a test runs or which results it accepts.
type Option func(*config)

type config struct {
	known   []known
	run     *regexp.Regexp
	skip    *regexp.Regexp
	answer  func(error) int
	fault   func(error) string
	trigger string
	tls     *tls.Config
	header  http.Header
	timeout time.Duration
	strict  bool
	errs    []error // of invalid options
}

// A known is an entry of the list of known failures.
type known struct{ why, pattern string }

// Known lists vectors and scenarios that are known to fail, with the reason. If
// one of them passes, the test fails, so that the list stays accurate. An id
// may be a pattern as in [path.Match], such as "payload/code-5*". It must match
// the id of a vector or scenario, not necessarily of this test, so that tests
// can share a list.
func Known(why string, ids ...string) Option {
	return func(c *config) {
		for _, id := range ids {
			k := known{why, id}
			if !slices.ContainsFunc(everyID(), k.matches) {
				c.errs = append(c.errs, fmt.Errorf("Known(%q, %q): no vector or scenario has this id", why, id))
			}
			c.known = append(c.known, k)
		}
	}
}

func (k known) matches(id string) bool {
	ok, _ := path.Match(k.pattern, id)
	return ok || k.pattern == id
}

// why returns the reason given for a known failure.
func (c *config) why(id string) (why string, ok bool) {
	i := slices.IndexFunc(c.known, func(k known) bool { return k.matches(id) })
	if i < 0 {
		return "", false
	}
	return c.known[i].why, true
}

// Run selects the vectors and scenarios whose id matches the regular
// expression pattern. It must match the id of a vector or scenario, not
// necessarily of this test.
func Run(pattern string) Option {
	return func(c *config) { c.run = c.compile("Run", pattern) }
}

// Skip leaves out the vectors and scenarios whose id matches the regular
// expression pattern, such as those whose outcome depends on chance. It must
// match an id, as for [Run].
func Skip(pattern string) Option {
	return func(c *config) { c.skip = c.compile("Skip", pattern) }
}

// compile returns the regular expression of an option.
func (c *config) compile(option, pattern string) *regexp.Regexp {
	re, err := regexp.Compile(pattern)
	if err == nil && !slices.ContainsFunc(everyID(), re.MatchString) {
		err = errors.New("no vector or scenario has a matching id")
	}
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s(%q): %w", option, pattern, err))
	}
	return re
}

// runs reports whether the vector or scenario is to be run.
func (c *config) runs(id string) bool {
	return (c.run == nil || c.run.MatchString(id)) && (c.skip == nil || !c.skip.MatchString(id))
}

// Answer sets the function that returns, for an error of the parser, the status
// code to fail the connection with. The code is compared with that of the
// vector, unless it is 0 or cannot be sent (1005, 1006, 1015), which means that
// the error does not determine a code. Without this option, any error is
// accepted where an error is expected.
func Answer(code func(err error) int) Option {
	return func(c *config) { c.answer = code }
}

// Fault sets the function that returns, for an error of the parser, the name of
// the fault, or "" if the error does not determine it. The names are not_close,
// reserved_bits, fragmented, masked, unmasked, too_long, short, invalid_code,
// invalid_utf8 and incomplete. The name is compared with that of the vector.
//
// At least distinguish incomplete, the name for an error that asks for more
// bytes: with this option, a parser of frames must return such an error for the
// beginning of a valid frame, and for no whole frame. A parser that does
// otherwise fails connections whose Close frame arrives in two parts, or waits
// for bytes that never come. Without this option, any error is accepted where an
// error is expected.
func Fault(name func(err error) string) Option {
	return func(c *config) { c.fault = name }
}

// Trigger sets the text message that makes the peer start to close the
// connection. Without it, the scenarios that need one are skipped.
func Trigger(message string) Option {
	return func(c *config) { c.trigger = message }
}

// TLS sets the configuration for connecting to a wss URL, and makes [Client]
// listen with TLS.
func TLS(conf *tls.Config) Option {
	return func(c *config) { c.tls = conf }
}

// Header adds fields to the opening handshake request, such as credentials.
func Header(h http.Header) Option {
	return func(c *config) { c.header = h }
}

// Timeout sets how long a scenario waits for each expected event. The default
// is 12 s, longer than the 10 s after which some servers close the TCP
// connection.
func Timeout(d time.Duration) Option {
	return func(c *config) { c.timeout = d }
}

// Strict makes a violation of a SHOULD or of a recommendation a failure.
// Without it, such a WARN is only logged.
func Strict() Option {
	return func(c *config) { c.strict = true }
}
