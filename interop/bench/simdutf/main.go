// Command simdutf compares closeframe's validation of UTF-8 with that of the C++
// library simdutf, for every length from 65 to 1,024 bytes and for 64 KiB. It
// uses the simdutf that Node.js contains, and needs g++ and node:
//
//	go run ./bench/simdutf
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/closeframe/closeframe/internal/kernel"
	"github.com/closeframe/closeframe/utf8check"
)

// Each round has all lengths, so that a burst of noise on the machine spoils a
// round of many lengths, and not all rounds of one.
const rounds = 40

func main() {
	log.SetFlags(0)
	log.SetPrefix("simdutf: ")
	dir, err := os.MkdirTemp("", "simdutf")
	check(err)
	defer os.RemoveAll(dir)
	const script = `g++ -std=c++17 -O2 -fPIC -shared -o "$0/simdutf.node" bench/simdutf/simdutf.cc && exec node -e '
		console.error("simdutf " + process.versions.simdutf + " of Node.js " + process.version)
		process.dlopen({exports: {}}, process.argv[1])' "$0/simdutf.node"`
	node := exec.Command("sh", "-c", script, dir)
	node.Stderr = os.Stderr
	in, err := node.StdinPipe()
	check(err)
	answers, err := node.StdoutPipe()
	check(err)
	check(node.Start())

	var sizes []int
	for size := 65; size <= 1024; size++ {
		sizes = append(sizes, size)
	}
	sizes = append(sizes, 64<<10)
	pool := make([]byte, 1<<20)
	shown := []int{65, 100, 123, 128, 129, 192, 256, 257, 384, 512, 768, 1024, 64 << 10}
	for i, content := range []string{"ASCII", "Chinese"} {
		theirs, ours := map[int]float64{}, map[int]float64{}
		for round := range rounds {
			for _, size := range sizes {
				x, y := compare(in, answers, pool, content, size)
				if round > 0 {
					x, y = min(x, theirs[size]), min(y, ours[size])
				}
				theirs[size], ours[size] = x, y
			}
		}
		if i == 0 {
			all := kernel.Backends()
			fmt.Printf("closeframe's backend %s, the fastest of %d rounds\n\n", all[len(all)-1], rounds)
			fmt.Println("          bytes  simdutf, ns  closeframe, ns  ratio")
		}
		ahead, worst, at := 0, 100.0, 0
		for _, size := range sizes {
			x, y := theirs[size], ours[size]
			if x >= y {
				ahead++
			}
			if x/y < worst {
				worst, at = x/y, size
			}
			if slices.Contains(shown, size) {
				fmt.Printf("%-8s %6d %12.2f %15.2f %5.2f×\n", content, size, x, y, x/y)
			}
		}
		fmt.Printf("%s: at least as fast at %d of %d lengths, %.2f× at %d bytes, the worst\n\n", content, ahead, len(sizes), worst, at)
	}
	check(in.Close())
	check(node.Wait())
}

// compare returns the nanoseconds per text of both libraries. The texts fit into
// the L1 cache, or into L2 if they have 64 KiB. They begin at 0, 16, 32 and 48
// bytes after a multiple of 64.
func compare(in io.Writer, answers io.Reader, pool []byte, content string, size int) (theirs, ours float64) {
	texts, stride, calls := 16, (size+63)&^63+16, 1<<20/size
	if size > 1024 {
		texts = 8
	}
	pool = pool[:texts*stride]
	each := make([][]byte, texts)
	for i := range each {
		t := pool[i*stride:][:0:size]
		for len(t) < size {
			if content == "ASCII" || size-len(t) < 3 {
				t = append(t, 'a'+byte(rand.N(26)))
			} else {
				t = fmt.Appendf(t, "%c", 0x4e00+rand.N(0x5000))
			}
		}
		each[i] = t
	}
	request := binary.LittleEndian.AppendUint64(nil, uint64(texts))
	for _, v := range []int{size, stride, calls} {
		request = binary.LittleEndian.AppendUint64(request, uint64(v))
	}
	request = append(request, pool...)

	_, err := in.Write(request)
	check(err)
	var answer struct{ Nanos, Valid int64 }
	check(binary.Read(answers, binary.LittleEndian, &answer))
	validate(each, texts) // loads the texts into the cache
	start := time.Now()
	valid := validate(each, calls)
	d := time.Since(start)
	if valid != calls || int(answer.Valid) != calls {
		log.Fatalf("of %d texts, %d are valid for simdutf, %d for closeframe", calls, answer.Valid, valid)
	}
	return float64(answer.Nanos) / float64(calls), float64(d) / float64(calls)
}

// validate validates the texts in turn and returns how many are valid.
func validate(texts [][]byte, calls int) (valid int) {
	for i := range calls {
		if utf8check.Valid(texts[i&(len(texts)-1)]) {
			valid++
		}
	}
	return valid
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
