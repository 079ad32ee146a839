package lab

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
)

var screenshots = flag.Bool("screenshots", false, "write the pictures in docs/lab")

const pictures = "../../docs/lab"

// TestScreenshots verifies that the page still has the elements of each
// screenshot in the documentation. With -screenshots it writes them.
func TestScreenshots(t *testing.T) {
	tests := []struct {
		file, path string
		look       look
	}{
		{"result-light.png", "/?case=server&code=1001&reason=server+going+down", look{"en-US", 1200, false}},
		{"fault-dark-zh.png", "/?case=bad-utf8", look{"zh-CN", 390, true}},
		{"own-light.png", "/?case=own-wait&url=" + ownServer(t) + "/closes", look{"en-US", 1200, false}},
		{"all-light.png", "/?all=quick", look{"en-US", 1200, false}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			p := open(t, tt.look)
			p.visit(tt.path)
			what, ready := "#result", "last !== null"
			if filepath.Base(tt.file) == "all-light.png" {
				what, ready = "#all", `document.getElementById("all").dataset.done === "true"`
			}
			if tt.file == "own-light.png" {
				p.press()
			}
			p.wait(ready)
			bottom := eval[float64](p, `document.querySelector(`+js(what)+`).getBoundingClientRect().bottom + scrollY + 16`)
			top := 0.0
			if what == "#all" {
				top = eval[float64](p, `document.getElementById("all-title").getBoundingClientRect().top + scrollY - 16`)
			}
			if tt.look.width < 600 {
				bottom = min(bottom, 1700) // two screens of a phone
			}
			png := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
				CaptureBeyondViewport: new(true),
				Clip:                  &page.Viewport{Y: top, Width: float64(tt.look.width), Height: bottom - top, Scale: 1},
			}).Data
			if !*screenshots {
				return
			}
			if err := os.MkdirAll(pictures, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(pictures, tt.file), png, 0o666); err != nil {
				t.Fatal(err)
			}
		})
	}
}
