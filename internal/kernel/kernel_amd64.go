//go:build !purego

package kernel

// What the processor has, set once before anything else runs. The assembly looks at it.
var level = detect()

const (
	levelSSE2   = iota // what all have
	levelAVX2          // AVX2, BMI2
	levelAVX512        // AVX-512 F, BW, VL, VBMI, VBMI2
)

// cpuid and xgetbv are the instructions of these names.
//
//go:noescape
func cpuid(eax, ecx uint32) (a, b, c, d uint32)

func xgetbv() (eax uint32)

func detect() uint8 {
	const (
		osxsave = 1 << 27 // leaf 1, ecx
		avx     = 1 << 28

		avx2  = 1 << 5 // leaf 7, ebx
		bmi2  = 1 << 8
		f     = 1 << 16
		bw    = 1 << 30
		vl    = 1 << 31
		vbmi  = 1 << 1 // leaf 7, ecx
		vbmi2 = 1 << 6

		ymm = 1<<1 | 1<<2              // what the operating system saves: xmm, ymm,
		zmm = ymm | 1<<5 | 1<<6 | 1<<7 // opmask, zmm0–15, zmm16–31
	)
	if top, _, _, _ := cpuid(0, 0); top < 7 {
		return levelSSE2
	}
	if _, _, c, _ := cpuid(1, 0); c&(osxsave|avx) != osxsave|avx {
		return levelSSE2
	}
	saved := xgetbv()
	_, b, c, _ := cpuid(7, 0)
	switch {
	case saved&ymm != ymm || b&(avx2|bmi2) != avx2|bmi2:
		return levelSSE2
	case saved&zmm != zmm || b&(f|bw|vl) != f|bw|vl || c&(vbmi|vbmi2) != vbmi|vbmi2:
		return levelAVX2
	}
	return levelAVX512
}
