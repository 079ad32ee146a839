// Package browsers tests real browsers. It starts Chromium, Firefox and
// WebKitGTK without a window, and makes them connect to servers that end
// connections in every way. It compares the CloseEvent and the frames of the
// browser with those of this module and with the browser's profile.
//
// A profile, testdata/profiles/NAME.json of the main module, has the known
// behavior of a browser and its version. At the same major version a difference
// fails the test; at another version it is printed. The browsers do not follow
// RFC 6455 exactly, and differ from each other. In particular, they do not show
// which codes may be sent in a Close frame.
//
// In the parent directory:
//
//	browsers/install     # the browsers, from Debian's packages; as root
//	browsers/run         # all, in little more than a minute
//	browsers/run short   # what CI runs
//	browsers/run all     # all 65,536 codes in all browsers, in some minutes
//	browsers/run 0-9999  # a part of them
//
// For a new version of a browser, after the tests have printed the differences,
// write its profile with:
//
//	go test -v -count=1 -timeout 20m ./browsers -codes 0-65535 -record
package browsers
