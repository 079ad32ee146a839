package names

import (
	"regexp"
	"strconv"
	"strings"
)

// reasons match the reason in a text.
var reasons = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:reason|description)["']?\s*(?:[:=]|is)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`), // reason: "bye"
	regexp.MustCompile(`\bText:\s*("(?:[^"\\]|\\.)*")`),                                                           // gorilla's CloseError
	regexp.MustCompile(`(?i)\breason\s*\[([^\]]*)\]`),                                                             // Tomcat
	regexp.MustCompile(`(?i)\bCloseReason\s*\[\s*[0-9]+\s*,\s*([^\]]*)\]`),                                        // Tyrus
	regexp.MustCompile(`(?i)\breason\s*=\s*([^\]\s,;"'][^\],;]*)`),                                                // Spring
	regexp.MustCompile(`(?i)\b(?:received|sent) [0-9]{4} \([^)]*\) ([^;]+)`),                                      // Python
	regexp.MustCompile(`(?i)\bclose [0-9]{4} \([^)]*\): (.+)$`),                                                   // gorilla
	regexp.MustCompile(`(?i)\bcode:? [0-9]{4}: (.+)$`),
	regexp.MustCompile(`^[0-9]{4}(?:\s*[:=-]\s*|\s+)(\pL[^()]*)$`), // 1011 keepalive ping timeout
}

// reason returns the reason in a text, or "" if there is none.
func reason(text string) string {
	for _, re := range reasons {
		m := re.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		s := strings.TrimSpace(m[1])
		if len(s) > 1 && (s[0] == '"' || s[0] == '\'') {
			inner := s[1 : len(s)-1]
			if u, err := strconv.Unquote(`"` + strings.ReplaceAll(inner, `"`, `\"`) + `"`); err == nil && s[0] == '\'' {
				inner = u
			} else if u, err := strconv.Unquote(s); err == nil {
				inner = u
			}
			s = inner
		}
		switch strings.ToLower(s) {
		case "null", "none", "nil", "undefined":
			return ""
		}
		return s
	}
	return ""
}
