//go:build amd64 || arm64 || riscv64 || s390x

package kernel

import (
	"syscall"
	"testing"
)

// TestHuge verifies lengths that do not fit into 32 bits. Only the beginning of
// the 4 GiB is ever read, since the fault is there.
func TestHuge(t *testing.T) {
	const size = 1 << 32
	m, err := syscall.Mmap(-1, 0, size+4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(m)
	m[100] = 0xFF
	each(t, func(t *testing.T) {
		for _, n := range [...]int{1, 3, 4, 8, 12, 20, 40, 70} {
			if s := String(m[:size+n]); Valid(s) || Next(0, s) != Invalid {
				t.Fatalf("a fault in 4 GiB and %d bytes is accepted", n)
			}
		}
	})
}
