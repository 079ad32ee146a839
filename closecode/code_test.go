package closecode_test

import (
	_ "embed"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/vectors"
)

//go:embed code.go
var source string

// constants returns the value of each constant of type Code in code.go.
func constants(t *testing.T) map[string]int {
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]int{}
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.CONST {
			continue
		}
		for _, s := range decl.Specs {
			spec := s.(*ast.ValueSpec)
			if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Code" || !spec.Names[0].IsExported() {
				continue
			}
			n, err := strconv.Atoi(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			m[spec.Names[0].Name] = n
		}
	}
	return m
}

// TestConstants verifies that every entry of the registry but 1004, which is
// reserved, has a constant, and that Name and Lookup know it.
//
// Shows: R50 I01
func TestConstants(t *testing.T) {
	constants := constants(t)
	entries, _ := vectors.Registry()
	for _, e := range entries {
		c := closecode.Code(e.Code)
		if got := c.Name(); got != e.Name {
			t.Errorf("Code(%d).Name() = %q, want %q", c, got, e.Name)
		}
		if got, ok := closecode.Lookup(e.Name); got != c || !ok {
			t.Errorf("Lookup(%q) = %d, %v, want %d", e.Name, got, ok, c)
		}
		if c == 1004 {
			continue
		}
		if got, ok := constants[e.Ident()]; got != int(e.Code) {
			t.Errorf("code.go has the constant %s: %v, with value %d, want %d", e.Ident(), ok, got, c)
		}
		if got, ok := closecode.Lookup(e.Ident()); got != c || !ok {
			t.Errorf("Lookup(%q) = %d, %v, want %d", e.Ident(), got, ok, c)
		}
	}
	if len(constants) != len(entries)-1 {
		t.Errorf("%d constants for %d entries of the registry", len(constants), len(entries))
	}
}

var classes = []struct {
	class closecode.Class
	value uint8
	text  string
}{
	{closecode.Unused, 0, "unused"},
	{closecode.Standard, 1, "standard"},
	{closecode.Local, 2, "local"},
	{closecode.Reserved, 3, "reserved"},
	{closecode.Extension, 4, "extension"},
	{closecode.Registered, 5, "registered"},
	{closecode.Private, 6, "private"},
	{closecode.OutOfRange, 7, "out of range"},
}

// Shows: R51 R54 R64
func TestClasses(t *testing.T) {
	for _, c := range classes {
		if uint8(c.class) != c.value {
			t.Errorf("%q = %d, want %d", c.text, uint8(c.class), c.value)
		}
		if got := c.class.String(); got != c.text {
			t.Errorf("Class(%d).String() = %q, want %q", c.value, got, c.text)
		}
	}
	for i := len(classes); i < 256; i++ {
		if got, want := closecode.Class(i).String(), "Class("+strconv.Itoa(i)+")"; got != want {
			t.Errorf("Class(%d).String() = %q, want %q", i, got, want)
		}
	}
}

// TestEveryCode compares the methods of each of the 65,536 codes with
// codes.json, which is generated from the registry.
//
// Shows: codes.json R47 R48 R49 R54 P04 W01
func TestEveryCode(t *testing.T) {
	n := 0
	for _, row := range vectors.AllCodes() {
		var class closecode.Class
		for _, c := range classes {
			if c.text == row.Class {
				class = c.class
			}
		}
		for i := int(row.First); i <= int(row.Last); i++ {
			n++
			c := closecode.Code(i)
			if got := c.Valid(); got != row.Valid {
				t.Errorf("Code(%d).Valid() = %v", i, got)
			}
			if got := c.Scriptable(); got != row.Scriptable {
				t.Errorf("Code(%d).Scriptable() = %v", i, got)
			}
			if got := c.Class(); got != class {
				t.Errorf("Code(%d).Class() = %v, want %v", i, got, class)
			}
			if got := c.Name(); got != row.Name {
				t.Errorf("Code(%d).Name() = %q, want %q", i, got, row.Name)
			}
			want := strconv.Itoa(i) + " " + row.Name
			if row.Name == "" {
				want = strconv.Itoa(i) + " (" + row.Class + ")"
			}
			if got := c.String(); got != want {
				t.Errorf("Code(%d).String() = %q, want %q", i, got, want)
			}
			if got, ok := closecode.Lookup(strconv.Itoa(i)); got != c || ok != (i > 0) {
				t.Errorf("Lookup(%d) = %d, %v", i, got, ok)
			}
		}
	}
	if n != 1<<16 {
		t.Fatalf("only %d codes", n)
	}
	t.Logf("%d codes, %d calls", n, n*6)
}

// Shows: lookup.json
func TestLookup(t *testing.T) {
	for _, v := range vectors.Lookups() {
		for _, name := range []string{v.Name, strings.ToUpper(v.Name), strings.ToLower(v.Name), swapCase(v.Name, 1), swapCase(v.Name, 2), swapCase(v.Name, 3)} {
			if len(name) != len(v.Name) {
				continue // ToUpper of a long s and the like
			}
			if got, ok := closecode.Lookup(name); uint16(got) != v.Code || ok != (v.Code != 0) {
				t.Errorf("%s: Lookup(%q) = %d, %v, want %d", v.ID, name, got, ok, v.Code)
			}
		}
	}
}

// swapCase returns s with the case of every nth ASCII letter swapped.
func swapCase(s string, n int) string {
	b := []byte(s)
	for i := range b {
		if isLetter(b[i]) && i%n == 0 {
			b[i] ^= 0x20
		}
	}
	return string(b)
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// TestLookupExact verifies that Lookup rejects a name with one byte added,
// removed or replaced.
func TestLookupExact(t *testing.T) {
	known := map[string]bool{}
	for _, v := range vectors.Lookups() {
		if v.Code != 0 {
			known[strings.ToLower(v.Name)] = true
		}
	}
	refused := func(name string) {
		if code, ok := closecode.Lookup(name); ok || code != 0 {
			if !known[strings.ToLower(name)] {
				t.Errorf("Lookup(%q) = %d, %v", name, code, ok)
			}
		}
	}
	for _, v := range vectors.Lookups() {
		if v.Code == 0 || !isLetter(v.Name[0]) {
			continue
		}
		for i := range v.Name {
			refused(v.Name[:i])
			refused(v.Name[i+1:])
			refused(v.Name[:i] + v.Name[i+1:])
			for b := range 256 {
				s := string([]byte{byte(b)})
				if !strings.EqualFold(s, v.Name[i:i+1]) {
					refused(v.Name[:i] + s + v.Name[i+1:])
				}
				refused(v.Name[:i] + s + v.Name[i:])
			}
		}
	}
}

// TestLookupNumber tries every text of up to six bytes made of digits and of
// characters that other number parsers accept.
func TestLookupNumber(t *testing.T) {
	var try func(s []byte)
	n := 0
	try = func(s []byte) {
		want, digits := 0, len(s) > 0 && s[0] != '0'
		for _, b := range s {
			digits = digits && '0' <= b && b <= '9'
			want = want*10 + int(b-'0')
		}
		if !digits || want > math.MaxUint16 {
			want, digits = 0, false
		}
		if got, ok := closecode.Lookup(string(s)); int(got) != want || ok != digits {
			t.Fatalf("Lookup(%q) = %d, %v, want %d", s, got, ok, want)
		}
		n++
		if len(s) == cap(s) {
			return
		}
		for _, b := range []byte("01569+-_/: x") {
			try(append(s, b))
		}
	}
	depth := 6
	if testing.Short() {
		depth = 5
	}
	try(make([]byte, 0, depth))
	if n < 100_000 {
		t.Fatalf("only %d texts", n)
	}
}

// TestReconnect compares the windows of every code with reconnect.json,
// including attempts that could make a shift overflow.
//
// Shows: reconnect.json
func TestReconnect(t *testing.T) {
	type window struct{ lo, hi time.Duration }
	table := map[closecode.Code][]window{}
	for _, v := range vectors.Reconnects() {
		c := closecode.Code(v.Code)
		if v.Attempt != len(table[c]) {
			t.Fatalf("%s: attempts are not in order", v.ID)
		}
		table[c] = append(table[c], window{time.Duration(v.Lo) * time.Millisecond, time.Duration(v.Hi) * time.Millisecond})
	}
	attempts := []int{math.MinInt, math.MinInt + 1, -1000, -64, -63, -2, math.MaxInt32, math.MaxInt - 1, math.MaxInt}
	for a := -1; a <= 100; a++ {
		attempts = append(attempts, a)
	}
	for i := range 1 << 16 {
		c := closecode.Code(i)
		windows := table[c]
		for _, a := range attempts {
			var want window
			if windows != nil {
				want = windows[min(max(a, 0), len(windows)-1)]
			}
			lo, hi, ok := c.Reconnect(a)
			if lo != want.lo || hi != want.hi || ok != (windows != nil) {
				t.Fatalf("Code(%d).Reconnect(%d) = %v, %v, %v, want %v, %v, %v", i, a, lo, hi, ok, want.lo, want.hi, windows != nil)
			}
		}
	}
}

var (
	sinkBool     bool
	sinkString   string
	sinkCode     closecode.Code
	sinkClass    closecode.Class
	sinkDuration time.Duration
)

// TestAllocs verifies that only String allocates.
func TestAllocs(t *testing.T) {
	for _, c := range []closecode.Code{0, 1000, 1004, 1006, 1015, 1016, 3000, 3001, 4999, 5000, 65535} {
		n := testing.AllocsPerRun(100, func() {
			sinkBool = c.Valid()
			sinkBool = c.Scriptable()
			sinkClass = c.Class()
			sinkString = c.Name()
			sinkString = c.Class().String()
			sinkDuration, _, sinkBool = c.Reconnect(3)
		})
		if n != 0 {
			t.Errorf("%d: %v allocations", c, n)
		}
	}
	for _, v := range vectors.Lookups() {
		if n := testing.AllocsPerRun(10, func() { sinkCode, sinkBool = closecode.Lookup(v.Name) }); n != 0 {
			t.Errorf("Lookup(%q): %v allocations", v.Name, n)
		}
	}
}

func BenchmarkValid(b *testing.B) {
	b.ReportAllocs()
	var c closecode.Code
	n := 0
	for b.Loop() {
		c += 997
		if c.Valid() {
			n++
		}
	}
	sinkBool = n > 0
}

func BenchmarkName(b *testing.B) {
	b.ReportAllocs()
	c := closecode.NormalClosure
	n := 0
	for b.Loop() {
		c = 1000 | (c+1)&15
		n += len(c.Name())
	}
	sinkBool = n > 0
}

func BenchmarkString(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sinkString = closecode.GoingAway.String()
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, name := range []string{"1001", "GoingAway", "CLOSE_TOO_LARGE", "nobody's"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkCode, sinkBool = closecode.Lookup(name)
			}
		})
	}
}

func BenchmarkReconnect(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, sinkDuration, sinkBool = closecode.BadGateway.Reconnect(4)
	}
}
