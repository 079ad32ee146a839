// Package lab starts closeframe lab and clicks through its page in real
// browsers. It also records the profiles that the page compares a browser with.
//
//	interop/browsers/install && interop/lab/install                  # browsers, axe-core
//	go test -v -count=1 ./lab                                        # all: one case takes a minute
//	go test -v -count=1 -short ./lab                                 # what CI runs
//	go test -v -count=1 -run TestAllIn ./lab -record                 # write the profiles anew
//	go test -v -count=1 -short -run Screenshots ./lab -screenshots   # make the pictures in docs/lab
//
// An unknown difference fails the test if the profile is of the same major
// version; otherwise it is printed. The pictures need a font with Chinese
// characters, such as Debian's fonts-wqy-microhei.
package lab
