package utf8check_test

import (
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/utf8check"
)

// TestConformance runs this module's conformance kit, as any other
// implementation would.
func TestConformance(t *testing.T) {
	closetest.UTF8(t, utf8check.Valid[[]byte])
}
