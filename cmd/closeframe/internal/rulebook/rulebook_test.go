package rulebook

import (
	"testing"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

// TestOf verifies that Of returns the section and the quote of a rule, and that
// it panics for an unknown ID and for a rule that has no quote.
func TestOf(t *testing.T) {
	want := Rule{"RFC 6455 §5.1", "A server MUST NOT mask any frames that it sends to the client."}
	if got := Of("R03"); got != want {
		t.Errorf("Of(R03) = %+v, want %+v", got, want)
	}
	for _, id := range []string{"R00", "P01"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Of(%s) does not panic", id)
				}
			}()
			Of(id)
		}()
	}
}

// TestBroken verifies that every violation has a rule, and that the names of
// frame's errors are those of the test vectors.
func TestBroken(t *testing.T) {
	for _, name := range names {
		if broken[name] == "" {
			t.Errorf("no rule for %s", name)
		}
	}
	for name := range broken {
		if Section(name) == "" {
			t.Errorf("no section for %s", name)
		}
	}
	for _, v := range vectors.Frames() {
		_, _, err := frame.Parse(v.Bytes)
		if v.Role == vectors.Server {
			_, _, err = frame.ParseMasked(nil, v.Bytes)
		}
		if name := Name(err); name != "" && name != v.Error {
			t.Errorf("%s: %v is named %s, want %s", v.ID, err, name, v.Error)
		}
	}
	if Name(nil) != "" || Name(frame.ErrIncomplete) != "" {
		t.Error("what is no violation has a name")
	}
}

// TestHref verifies the address of a section of RFC 6455, and that other
// specifications have none.
func TestHref(t *testing.T) {
	if got, want := Href("RFC 6455 §7.1.5"), "https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := Href("RFC 3629 §4"); got != "" {
		t.Errorf("got %s, want none", got)
	}
}
