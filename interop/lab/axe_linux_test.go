package lab

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// axe is the path of axe-core, which the script install installs.
const axe = "node_modules/axe-core/axe.min.js"

// TestAxe verifies that axe-core finds nothing on the page, with a result and
// the table of all cases on it, in both languages, light and dark, at the width
// of a phone and of a screen.
func TestAxe(t *testing.T) {
	script, err := os.ReadFile(axe)
	if err != nil {
		t.Fatalf("%v (interop/lab/install installs it)", err)
	}
	for _, lang := range []string{"en-US", "zh-CN"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p := open(t, look{lang: lang, width: 1280})
			p.visit("/?case=bad-utf8&all=quick")
			p.wait(`last !== null && ` + done)
			// The report is shown if copying is not allowed.
			eval[bool](p, `(document.getElementById("report").hidden = false) === false`)
			eval[bool](p, "(() => { "+string(script)+"; return true; })()")
			for _, width := range []int64{390, 1280} {
				for _, scheme := range []string{"light", "dark"} {
					call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600})
					call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
					r := eval[struct {
						Violations []string
						Passes     int
					}](p, `axe.run().then((r) => ({Passes: r.passes.length, Violations: r.violations.map((v) =>
						v.id + ": " + v.help + ": " + v.nodes.map((n) => n.html.slice(0, 200) + " " + n.failureSummary).join("; "))}))`)
					where := fmt.Sprintf("%s, %d pixels, %s", lang, width, scheme)
					for _, v := range r.Violations {
						t.Errorf("%s: %s", where, v)
					}
					if r.Passes < 20 {
						t.Errorf("%s: only %d rules apply", where, r.Passes)
					}
					t.Logf("%s: axe-core checked %d rules and found %d violations", where, r.Passes, len(r.Violations))
				}
			}
		})
	}
}
