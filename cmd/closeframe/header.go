package main

import (
	"net/http"
	"strings"
)

// addHeader returns the function of a flag -H, which adds "NAME: VALUE" to h.
// It rejects what would end the field, or break the request.
func addHeader(h http.Header) func(string) error {
	return func(v string) error {
		name, value, ok := strings.Cut(v, ":")
		value = strings.Trim(value, " \t")
		switch {
		case !ok:
			return errText("probe.error.header")
		case !token(name):
			return errText("probe.error.headerName", name)
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return errText("probe.error.headerValue")
		}
		h.Add(name, value)
		return nil
	}
}

// token reports whether s is a token of HTTP (RFC 9110 §5.6.2), as names of
// header fields and subprotocols are.
func token(s string) bool {
	return visible(s) && !strings.ContainsAny(s, "\"(),/:;<=>?@[\\]{}")
}

// visible reports whether s consists of visible ASCII characters, and is not
// empty.
func visible(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
