package closetest

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"slices"
	"time"
)

// An Option changes what a test runs, or what it accepts.
type Option func(*config)

type config struct {
	known   []known
	run     *regexp.Regexp
	skip    *regexp.Regexp
	answer  func(error) int
	trigger string
	tls     *tls.Config
	header  http.Header
	timeout time.Duration
	strict  bool
	errs    []error // of options that make no sense
}

// A known is an entry of a list of known failures.
type known struct{ why, pattern string }

// Known lists vectors and scenarios that are known to fail, and says why. Each
// of them must fail: one that passes fails the test, so that the list never
// says more than is true. An id may be a pattern, as [path.Match] has them:
// "payload/code-5*". It must match the id of a vector or scenario, though not
// one of this test, so that tests can share a list.
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
// expression pattern.
func Run(pattern string) Option {
	return func(c *config) {
		var err error
		if c.run, err = regexp.Compile(pattern); err != nil {
			c.errs = append(c.errs, fmt.Errorf("Run(%q): %w", pattern, err))
		}
	}
}

// Skip leaves out the vectors and scenarios whose id matches the regular
// expression pattern, such as those whose outcome depends on chance.
func Skip(pattern string) Option {
	return func(c *config) {
		var err error
		if c.skip, err = regexp.Compile(pattern); err != nil {
			c.errs = append(c.errs, fmt.Errorf("Skip(%q): %w", pattern, err))
		}
	}
}

// runs reports whether the vector or scenario is to be run.
func (c *config) runs(id string) bool {
	return (c.run == nil || c.run.MatchString(id)) && (c.skip == nil || !c.skip.MatchString(id))
}

// Answer tells how to find, in an error of the parser, the status code that the
// connection is failed with. The code returned is compared with the vector's,
// unless it is 0 or cannot be sent (1005, 1006, 1015), which says that the error
// does not tell. Without this option any error is accepted where one is
// expected.
func Answer(code func(err error) int) Option {
	return func(c *config) { c.answer = code }
}

// Trigger gives the text message after which the peer starts to close the
// connection by itself. The scenarios that need one are skipped without it.
func Trigger(message string) Option {
	return func(c *config) { c.trigger = message }
}

// TLS is used to connect to a wss URL, and makes [Client] listen with TLS.
func TLS(conf *tls.Config) Option {
	return func(c *config) { c.tls = conf }
}

// Header adds fields to the request for a WebSocket connection, such as those
// that a server asks for to authorize it.
func Header(h http.Header) Option {
	return func(c *config) { c.header = h }
}

// Timeout sets how long to wait for what should happen in a scenario. The
// default is 12 s, longer than the 10 s that some servers take to close TCP.
func Timeout(d time.Duration) Option {
	return func(c *config) { c.timeout = d }
}

// Strict makes a violation of a SHOULD, or of a recommendation, a failure.
// Without it such a WARN is only logged.
func Strict() Option {
	return func(c *config) { c.strict = true }
}
