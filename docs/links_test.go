package docs_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	fence = regexp.MustCompile("(?ms)^```.*?^```$")
	code  = regexp.MustCompile("`[^`\n]*`")
	// [text](target), ![text](target), and <img src="target">, which a
	// picture with a link around it may have inside.
	link    = regexp.MustCompile(`\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)`)
	attr    = regexp.MustCompile(`\b(?:src|srcset|href)="([^"]*)"`)
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.*?) *#*$`)
	anchor  = regexp.MustCompile(`\b(?:id|name)="([^"]*)"`)
)

// links returns the targets of all links and pictures in a document.
func links(text string) []string {
	text = comment.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	var targets []string
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		targets = append(targets, m[1])
	}
	for _, m := range attr.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
		targets = append(targets, m[1])
	}
	return targets
}

// anchors returns the anchors of the headings of a document.
func anchors(text string) map[string]bool {
	text = comment.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	found := make(map[string]bool)
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		base := slug(m[1])
		to := base
		for n := 1; found[to]; n++ {
			to = fmt.Sprintf("%s-%d", base, n)
		}
		found[to] = true
	}
	for _, m := range anchor.FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return found
}

// slug returns the anchor of a heading as on GitHub: in lower case, without
// punctuation, with hyphens for spaces, and with only the text of links.
func slug(heading string) string {
	heading = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(heading, "$1")
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ' || r == '-':
			b.WriteByte('-')
		case r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// check returns the error in a link of the document at path, if any.
func check(path, target string) error {
	u, err := url.Parse(target)
	if err != nil || target == "" {
		return fmt.Errorf("not a URL")
	}
	if u.IsAbs() {
		// External links are not fetched, because a test must not need the
		// network.
		if u.Scheme != "https" && u.Scheme != "mailto" || u.Scheme == "https" && !strings.Contains(u.Host, ".") {
			return fmt.Errorf("not an https address")
		}
		return nil
	}
	if u.Host != "" || strings.HasPrefix(u.Path, "/") {
		return fmt.Errorf("neither relative nor https")
	}
	to := path
	if u.Path != "" {
		to = filepath.Join(filepath.Dir(path), filepath.FromSlash(u.Path))
		if up := filepath.Join("..", ".."); to == up || strings.HasPrefix(to, up+string(filepath.Separator)) {
			return fmt.Errorf("outside of the repository")
		}
		info, err := os.Stat(to)
		if err != nil {
			return err
		}
		if strings.HasSuffix(u.Path, "/") && !info.IsDir() {
			return fmt.Errorf("not a directory")
		}
	}
	if u.Fragment == "" {
		return nil
	}
	b, err := os.ReadFile(to)
	if err != nil {
		return err
	}
	if filepath.Ext(to) != ".md" || !anchors(string(b))[u.Fragment] {
		return fmt.Errorf("no such heading")
	}
	return nil
}

// TestLinks verifies that every link in every document leads to an existing
// file or directory, and to an existing heading.
func TestLinks(t *testing.T) {
	found := 0
	for _, doc := range documents(t) {
		for _, target := range links(read(t, doc)) {
			found++
			if err := check(doc, target); err != nil {
				t.Errorf("%s: the link to %q: %v", filepath.Join("docs", doc), target, err)
			}
		}
	}
	if found < 20 {
		t.Errorf("found %d links only", found)
	}
}

// TestLinkChecker verifies that check detects broken links.
func TestLinkChecker(t *testing.T) {
	const text = "# A `b` and (c)\n## Same\n## Same\n## Same\n[x](one.md) ![y](two.svg \"title\") <img src=\"three.svg\">\n" +
		"```\n[no](code.md)\n```\n<!-- [no](comment.md) --> [z](a_(b).md)\n"
	if got := strings.Join(links(text), " "); got != "one.md two.svg a_(b).md three.svg" {
		t.Errorf("links are %q", got)
	}
	for _, want := range []string{"a-b-and-c", "same", "same-1", "same-2"} {
		if !anchors(text)[want] {
			t.Errorf("no anchor %q in %v", want, anchors(text))
		}
	}
	for target, good := range map[string]bool{
		"../go.mod": true, "../go.mod/": false, "../frame/": true, "../frame": true,
		"../nothing.md": false, "../../elsewhere": false, "/go.mod": false, "": false,
		"https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1": true, "http://example.com": false,
		"https://nodot/": false, "//example.com/x": false, "../README.md#closeframe": true,
		"../README.md#no-such-heading": false, "#why": false,
	} {
		if err := check("embedding.md", target); (err == nil) != good {
			t.Errorf("the link to %q: %v, want no error: %v", target, err, good)
		}
	}
}
