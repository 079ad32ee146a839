// Package browsers meets the browsers themselves: it starts headless Chromium
// and Firefox, lets them connect to servers that end connections in every way,
// and compares the CloseEvent that the browser fires, and what it sends, with
// what this module says and with the browser's profile.
//
// A profile, testdata/profiles/NAME.json of the module above, is all that a
// browser is known to do, with the version it was seen at. At that major
// version a difference fails the test; at another one it is printed. The
// browsers do not follow RFC 6455 to the letter, nor each other: which codes
// may be in a Close frame is no question to ask a browser.
//
// All of it, in a few minutes, and what each test found:
//
//	./browsers/install                               # once, as root: the browsers
//	go test -v -count=1 ./browsers/...               # all
//	go test -v -count=1 -short ./browsers/...        # what CI runs
//	go test -v -count=1 -run Codes ./browsers -all   # all 65,536 codes in both browsers
//	go test -v -count=1 ./browsers -record           # write the profiles anew
package browsers
