//go:build race

package kernel

import (
	"runtime"
	"unsafe"
)

// The race detector sees neither what assembly reads and writes nor reads from
// a string, so the exported functions report both.
const raceEnabled = true

func raceRead(p *byte, n int) {
	if n != 0 {
		runtime.RaceReadRange(noescape(p), n)
	}
}

func raceWrite(p *byte, n int) {
	if n != 0 {
		runtime.RaceWriteRange(noescape(p), n)
	}
}

// noescape hides p from escape analysis: the functions of package runtime do
// not keep it.
func noescape(p *byte) unsafe.Pointer {
	u := uintptr(unsafe.Pointer(p))
	return *(*unsafe.Pointer)(unsafe.Pointer(&u))
}
