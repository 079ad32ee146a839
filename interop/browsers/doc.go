// Package browsers tests real browsers: it starts Chromium, Firefox and WebKitGTK
// without a window, lets them connect to servers that end connections in every way,
// and compares the CloseEvent that the browser fires, and what it sends, with
// what this module says and with the browser's profile.
//
// A profile, testdata/profiles/NAME.json of the module above, is all that a
// browser is known to do, with the version it was seen at. At that major
// version a difference fails the test; at another one it is printed. The
// browsers do not follow RFC 6455 to the letter, nor each other: which codes
// may be in a Close frame is no question to ask a browser.
//
// In the folder above:
//
//	browsers/install     # the browsers, from Debian's packages; as root
//	browsers/run         # all, in little more than a minute
//	browsers/run short   # what CI runs
//	browsers/run all     # all 65,536 codes in all browsers, in some minutes
//	browsers/run 0-9999  # a part of them
//
// and where a browser has a new version, after the tests have printed what is
// different there, to write its profile anew:
//
//	go test -v -count=1 -timeout 20m ./browsers -codes 0-65535 -record
package browsers
