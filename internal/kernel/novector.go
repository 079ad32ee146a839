//go:build !((amd64 || arm64) && gc && !purego)

package kernel

func valid(s string) bool                           { return validGo(s) }
func xor(dst, src *byte, n int, key uint32)         { xorGo(dst, src, n, key) }
func unmask(dst, src *byte, n int, key uint32) bool { return unmaskGo(dst, src, n, key) }
func mask(dst, src *byte, n int, key uint32) bool   { return maskGo(dst, src, n, key) }

func available() []string { return []string{"go"} }
func use(int)             {}
