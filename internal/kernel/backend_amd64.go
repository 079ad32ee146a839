//go:build gc && !purego

package kernel

// dispatch_amd64.s chooses the backend by level. best is the highest level that
// the processor has.
var (
	best  = detect()
	level = best
)

const (
	levelGo     = iota
	levelAVX2   // AVX2, BMI2
	levelAVX512 // AVX-512 F, BW, VL, VBMI, VBMI2
)

func available() []string { return []string{"go", "avx2", "avx512"}[:best+1] }

func use(i int) { level = uint8(i) }

// cpuid executes CPUID with the given leaf and subleaf.
//
//go:noescape
func cpuid(eax, ecx uint32) (a, b, c, d uint32)

// xgetbv returns the low half of XCR0.
func xgetbv() (eax uint32)

func detect() uint8 {
	const (
		osxsave = 1 << 27 // leaf 1, ECX
		avx     = 1 << 28

		avx2  = 1 << 5 // leaf 7, EBX
		bmi2  = 1 << 8
		f     = 1 << 16
		bw    = 1 << 30
		vl    = 1 << 31
		vbmi  = 1 << 1 // leaf 7, ECX
		vbmi2 = 1 << 6

		// Registers that the operating system saves.
		ymm = 1<<1 | 1<<2              // XMM, YMM
		zmm = ymm | 1<<5 | 1<<6 | 1<<7 // opmask, ZMM0–15, ZMM16–31
	)
	if top, _, _, _ := cpuid(0, 0); top < 7 {
		return levelGo
	}
	if _, _, c, _ := cpuid(1, 0); c&(osxsave|avx) != osxsave|avx {
		return levelGo
	}
	saved := xgetbv()
	_, b, c, _ := cpuid(7, 0)
	switch {
	case saved&ymm != ymm || b&(avx2|bmi2) != avx2|bmi2:
		return levelGo
	case saved&zmm != zmm || b&(f|bw|vl) != f|bw|vl || c&(vbmi|vbmi2) != vbmi|vbmi2:
		return levelAVX2
	}
	return levelAVX512
}

// mask implements Mask.
//
//go:noescape
func mask(dst, src *byte, n int, key uint32) bool
