package kernel

import (
	"encoding/binary"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"
)

var speed = flag.String("speed", "", "for TestSpeed: measure the cases that match this `pattern`, such as . or ^valid/chinese")

// TestSpeed prints what the kernels take beside unicode/utf8, and how many times faster they are:
//
//	go test ./internal/kernel -run TestSpeed -v -speed .
//
// All contenders take turns in one process, over the same pool of 128 different texts; the
// figures are medians of 9 rounds, the ratios those of the rounds' own. At the end it says where a kernel is
// slower, beyond noise: its ratio is less than 0.97 and it takes more than 0.5 ns longer, in 9 rounds and in twice 63 more, after
// all others: what else the processor does, which it shares, comes and goes.
func TestSpeed(t *testing.T) {
	if *speed == "" {
		t.Skip("to measure, add -speed .")
	}
	which := regexp.MustCompile(*speed)
	defer Use(Backends()[len(Backends())-1])
	names := append([]string{"std"}, Backends()...)
	fmt.Printf("%-28s", "ns per call; (times faster)")
	for _, name := range names {
		fmt.Printf("%18s", name)
	}
	fmt.Println()
	var todo []speedCase
	for _, c := range speedCases() {
		if which.MatchString(c.name) {
			todo = append(todo, c)
		}
	}
	cells := len(todo) * (len(names) - 1)
	slower := map[string]string{} // by the start of the line
	for again, n := range [...]int{9, 63, 63} {
		var missed []speedCase
		for _, c := range todo {
			text := fmt.Sprintf("%-28s", c.name)
			miss := false
			rounds := c.measure(names, n)
			for i, name := range names {
				var nanos, ratios, longer []float64
				for _, r := range rounds {
					nanos = append(nanos, r[i])
					ratios = append(ratios, r[0]/r[i])
					longer = append(longer, r[i]-r[0])
				}
				if i == 0 {
					text += fmt.Sprintf("%11.4g       ", median(nanos))
					continue
				}
				text += fmt.Sprintf("%11.4g (%4.3g)", median(nanos), median(ratios))
				cell := name + " " + c.name
				switch _, was := slower[cell]; {
				case median(ratios) >= 0.97 || median(longer) <= 0.5:
					delete(slower, cell)
				case again == 0 || was:
					slower[cell] = fmt.Sprintf("%.3g, %+.1f ns", median(ratios), median(longer))
					miss = true
				}
			}
			if again == 0 {
				fmt.Println(text)
			}
			if miss {
				missed = append(missed, c)
			}
		}
		todo = missed
	}
	fmt.Printf("%d cells, slower in %d\n", cells, len(slower))
	for _, cell := range slices.Sorted(maps.Keys(slower)) {
		fmt.Println(cell, slower[cell])
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// measure returns what a call takes in each of n rounds, in nanoseconds: by unicode/utf8, which is
// the first of names, and by each backend.
func (c speedCase) measure(names []string, n int) (rounds [][]float64) {
	pool := c.pool()
	reps := make([]int, len(names))
	for round := -1; round < n; round++ {
		nanos := make([]float64, len(names))
		for k := range names {
			i := (k + round + 1) % len(names)
			run := c.kernel
			if i == 0 {
				run = c.std
			} else {
				Use(names[i])
			}
			start := time.Now()
			if round < 0 { // the first round finds out how long a turn is
				for ; time.Since(start) < 400*time.Microsecond; reps[i]++ {
					run(pool)
				}
				continue
			}
			for range reps[i] {
				run(pool)
			}
			nanos[i] = float64(time.Since(start).Nanoseconds()) / float64(reps[i]*len(pool))
		}
		if round >= 0 {
			rounds = append(rounds, nanos)
		}
	}
	return rounds
}

type speedCase struct {
	name        string
	pool        func() []string
	std, kernel func(pool []string)
}

var (
	speedOK  bool
	speedOut = make([]byte, 2<<20)
)

func speedCases() (all []speedCase) {
	// What a loop keeps over a call goes through memory, in 5 cycles or in none, as the processor guesses. Eight calls
	// in a row hide that.
	stdValid := func(pool []string) {
		for ; len(pool) >= 8; pool = pool[8:] {
			speedOK = utf8.ValidString(pool[0])
			speedOK = utf8.ValidString(pool[1])
			speedOK = utf8.ValidString(pool[2])
			speedOK = utf8.ValidString(pool[3])
			speedOK = utf8.ValidString(pool[4])
			speedOK = utf8.ValidString(pool[5])
			speedOK = utf8.ValidString(pool[6])
			speedOK = utf8.ValidString(pool[7])
		}
	}
	kernelValid := func(pool []string) {
		for ; len(pool) >= 8; pool = pool[8:] {
			speedOK = len(pool[0]) == 0 || Valid(pool[0])
			speedOK = len(pool[1]) == 0 || Valid(pool[1])
			speedOK = len(pool[2]) == 0 || Valid(pool[2])
			speedOK = len(pool[3]) == 0 || Valid(pool[3])
			speedOK = len(pool[4]) == 0 || Valid(pool[4])
			speedOK = len(pool[5]) == 0 || Valid(pool[5])
			speedOK = len(pool[6]) == 0 || Valid(pool[6])
			speedOK = len(pool[7]) == 0 || Valid(pool[7])
		}
	}
	const key = 0x3D21FA37
	contents := [...]string{"ascii", "latin", "cyrillic", "chinese", "emoji", "mixed"}
	for _, content := range contents {
		// Every length that a reason may have, and some more.
		lengths := []int{124, 125, 126, 127, 128, 256, 1 << 10, 64 << 10, 1 << 20}
		for n := range 124 {
			lengths = append(lengths, n)
		}
		slices.Sort(lengths)
		for _, n := range lengths {
			all = append(all, speedCase{fmt.Sprintf("valid/%s/%d", content, n), func() []string { return speedPool(content, n, n) }, stdValid, kernelValid})
		}
		all = append(all, speedCase{"valid/" + content + "/random<=123", func() []string { return speedPool(content, 0, 123) }, stdValid, kernelValid})
	}
	for _, content := range contents {
		for _, where := range [...]string{"start", "middle", "end"} {
			for _, n := range [...]int{1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96, 123, 125, 1 << 10, 64 << 10} {
				all = append(all, speedCase{fmt.Sprintf("fault/%s/%s/%d", content, where, n), func() []string {
					pool := speedPool(content, n, n)
					for i, s := range pool {
						b := []byte(s)
						switch where {
						case "start":
							b[0] = 0xFF
						case "middle":
							b[len(b)/2] = 0xFF
						case "end":
							b[len(b)-1] = 0xE4
						}
						pool[i] = string(b)
					}
					return pool
				}, stdValid, kernelValid})
			}
		}
	}
	// Here and there a character that is not ASCII: one in so many bytes.
	for _, rare := range [...]int{12, 25, 50, 100, 200, 1000, 4000} {
		for _, c := range [...]string{"é", "漢", "😀"} {
			for _, n := range [...]int{31, 64, 123, 1 << 10, 64 << 10} {
				if rare < 2*n {
					content := fmt.Sprintf("%s/%d", c, rare)
					all = append(all, speedCase{fmt.Sprintf("rare/%s/%d", content, n), func() []string { return speedPool(content, n, n) }, stdValid, kernelValid})
				}
			}
		}
	}
	for _, content := range [...]string{"ascii", "cyrillic", "chinese", "漢/100"} {
		for _, n := range [...]int{8, 31, 64, 123, 1 << 10, 64 << 10} {
			all = append(all, speedCase{fmt.Sprintf("next/%s/%d", content, n), func() []string { return speedPool(content, n, n) }, stdValid, func(pool []string) {
				for _, s := range pool {
					speedOK = Next(0, s)
				}
			}})
			all = append(all, speedCase{fmt.Sprintf("unmasknext/%s/%d", content, n), func() []string { return maskedPool(content, n, key) }, func(pool []string) {
				for _, s := range pool {
					xor(speedOut, s, key)
					speedOK = utf8.Valid(speedOut[:len(s)])
				}
			}, func(pool []string) {
				for _, s := range pool {
					speedOK = UnmaskNext(speedOut, s, key, 0)
				}
			}})
			if n > 123 {
				continue
			}
			all = append(all, speedCase{fmt.Sprintf("unmaskclose/%s/%d", content, n), func() []string { return closePool(content, n, key) }, func(pool []string) {
				for _, s := range pool {
					xor(speedOut, s[6:], key)
					speedOK = utf8.Valid(speedOut[2 : len(s)-6])
				}
			}, func(pool []string) {
				for _, s := range pool {
					speedOK = UnmaskClose(&speedOut[0], unsafe.StringData(s), len(s)-6)>>16 == 1
				}
			}})
			all = append(all, speedCase{fmt.Sprintf("maskpayload/%s/%d", content, n), func() []string { return speedPool(content, n, n) }, func(pool []string) {
				for _, s := range pool {
					if utf8.ValidString(s) {
						xor(speedOut, s, key)
					}
				}
			}, func(pool []string) {
				for _, s := range pool {
					speedOK = MaskPayload(&speedOut[0], 1001, s, key)
				}
			}})
		}
	}
	for _, n := range [...]int{8, 31, 64, 125, 1 << 10, 64 << 10, 1 << 20} {
		all = append(all, speedCase{fmt.Sprintf("xor/%d", n), func() []string { return speedPool("ascii", n, n) }, func(pool []string) {
			for _, s := range pool {
				for i := range len(s) {
					speedOut[i] = s[i] ^ byte(uint32(key)>>(8*(i&3)))
				}
			}
		}, func(pool []string) {
			for _, s := range pool {
				XOR(speedOut, s, key)
			}
		}})
	}
	return all
}

var scripts = map[string]string{
	"ascii":    "the quick brown fox jumps over a lazy dog and closes its connection ",
	"latin":    "déjà vu à la crème brûlée où l'été finît très près de l'île où naît le français ",
	"cyrillic": "соединение закрыто сервером потому что он перезапускается ждите ",
	"chinese":  "服务器正在重新启动以便更新请几分钟后再来已保存的内容不会丢失谢谢您的耐心等待我们很快回来，。",
	"emoji":    "😀🚀🎉👋🔧⏳🙏👍",
	"mixed":    "aäж漢😀 zéя語🚀",
}

// speedPool returns 128 texts of lo to hi bytes, in a script, or of ASCII with a rare character: "é/100". Long ones are pieces of one text and overlap, so that
// a pool fits into the caches; their lengths differ by a few bytes.
func speedPool(content string, lo, hi int) []string {
	r := rand.New(rand.NewPCG(1, uint64(hi)))
	alphabet := []rune(scripts[content])
	if c, in, ok := strings.Cut(content, "/"); ok {
		var rare int
		fmt.Sscan(in, &rare)
		alphabet = []rune(c + strings.Repeat("x", rare-1))
	}
	write := func(n int) string {
		b := make([]byte, 0, n)
		for len(b) < n {
			c := alphabet[r.IntN(len(alphabet))]
			if len(b)+utf8.RuneLen(c) > n {
				c = '.'
			}
			b = utf8.AppendRune(b, c)
		}
		return string(b)
	}
	pool := make([]string, 128)
	if hi > 4096 {
		all := write(hi + 128*64)
		start := func(i int) int {
			for i < len(all) && !utf8.RuneStart(all[i]) {
				i++
			}
			return i
		}
		for i := range pool {
			pool[i] = all[start(i*61):start(i*61+hi)]
		}
		return pool
	}
	for i := range pool {
		pool[i] = write(lo + r.IntN(hi-lo+1))
	}
	return pool
}

func maskedPool(content string, n int, key uint32) []string {
	pool := speedPool(content, n, n)
	for i, s := range pool {
		pool[i] = masked(s, key)
	}
	return pool
}

// closePool is of whole masked Close frames.
func closePool(content string, n int, key uint32) []string {
	pool := speedPool(content, n, n)
	for i, s := range pool {
		pool[i] = string(binary.LittleEndian.AppendUint32([]byte("\x88\xFF"), key)) + masked("\x03\xE9"+s, key)
	}
	return pool
}
