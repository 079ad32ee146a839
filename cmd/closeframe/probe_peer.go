package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"unicode"

	"github.com/closeframe/closeframe/internal/probe"
)

// noPeer explains why there is no peer to probe, and returns the exit status.
func (s *session) noPeer(err error, target string) int {
	var h *probe.HandshakeError
	var unasked *probe.UnaskedError
	switch {
	case errors.As(err, &h):
		s.errorf("probe.error.opening", h.Problem)
		printResponse(s.stderr, h)
	case errors.As(err, &unasked):
		s.errorf("probe.error.unasked", s.text.Text("probe."+string(unasked.Role)), unasked.What)
	default:
		s.errorf("error.is", err)
	}
	if hint := peerHint(err, target); hint != "" {
		for _, line := range wrap(s.text.Text(hint), screen) {
			fmt.Fprintln(s.stderr, line)
		}
	}
	return exitNoPeer
}

// printResponse prints the server's response: the header and the first KiB of
// the body.
func printResponse(w io.Writer, h *probe.HandshakeError) {
	for _, name := range slices.Sorted(maps.Keys(h.Header)) {
		for _, v := range h.Header[name] {
			fmt.Fprintf(w, "  %s: %s\n", name, printable(v))
		}
	}
	if len(h.Body) == 0 {
		return
	}
	fmt.Fprintln(w)
	for line := range strings.Lines(string(h.Body)) {
		fmt.Fprintln(w, strings.TrimRight("  "+printable(strings.TrimRight(line, "\r\n")), " "))
	}
}

// printable replaces control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '.'
		}
		return r
	}, s)
}

// peerHint returns the key of a text with the usual causes of the error and the
// remedy.
func peerHint(err error, target string) string {
	var (
		h       *probe.HandshakeError
		unasked *probe.UnaskedError
		dns     *net.DNSError
		record  tls.RecordHeaderError
		cert    *tls.CertificateVerificationError
		host    x509.HostnameError
	)
	switch {
	case errors.As(err, &unasked):
		return "probe.hint.unasked"
	case errors.As(err, &host):
		return "probe.hint.hostname"
	case errors.As(err, &cert):
		return "probe.hint.certificate"
	case errors.As(err, &record):
		return "probe.hint.plain"
	case errors.As(err, &dns):
		return "probe.hint.dns"
	case errors.As(err, &h):
		switch h.Code {
		case 101:
			return "probe.hint.accept"
		case 0:
			return "probe.hint.not_http"
		case 400, 405, 426:
			return "probe.hint.400"
		case 401, 403, 407:
			return "probe.hint.401"
		case 404:
			return "probe.hint.404"
		case 502, 503, 504:
			return "probe.hint.502"
		}
		switch {
		case h.Code/100 == 3:
			return "probe.hint.redirect"
		case h.Code == 200:
			return "probe.hint.200"
		}
		return ""
	case (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || probe.IsReset(err)) && !strings.HasPrefix(target, "wss:"):
		return "probe.hint.eof"
	}
	return ""
}
