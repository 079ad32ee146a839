package paste

// A dialect is the string syntax of a language.
type dialect struct {
	name     string
	prefixes string // the prefixes of this dialect, separated by spaces
	plain    bool   // also valid without a prefix
	quotes   string
	simple   string // pairs of the character after the backslash and the byte

	octal   [2]int // minimum and maximum digits of \ooo; 0: none
	decimal [2]int // digits of \ddd
	x       [2]int // digits of \xhh
	xBrace  bool   // \x{hhh}
	chars   bool   // \x and \ooo are characters, not bytes
	u       bool   // \uhhhh, and \Uhhhhhhhh
	uBrace  bool   // \u{hhh}
	caret   bool   // \^A
	control bool   // \cA
	names   bool   // \STX, \DEL, \&, \o17: Haskell
	gap     bool   // a backslash before a line break joins the lines
	other   other
}

// An other is the meaning in a dialect of a backslash before any other
// character. Some languages ignore such a backslash and some keep it, so it is
// invalid unless a prefix identifies the language.
type other int

const (
	invalid other = iota
	keep          // the backslash and the character are kept
)

const most = 1 << 20 // digits without a limit

// dialects lists the dialects of string literals in the order of their names in
// messages.
var dialects = []dialect{
	{name: "Python bytes", prefixes: "b B", quotes: `'"`, simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"", octal: [2]int{1, 3}, x: [2]int{2, 2}, gap: true, other: keep},
	{name: "Rust bytes", prefixes: "b", quotes: `"`, simple: "n\nr\rt\t0\x00\\\\''\"\"", x: [2]int{2, 2}, gap: true},
	{name: "C", prefixes: "L u8 u U", plain: true, quotes: `'"`, simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"??e\x1b", octal: [2]int{1, 3}, x: [2]int{1, most}, u: true, gap: true},
	{name: "Go", plain: true, quotes: `"`, simple: "a\ab\bf\fn\nr\rt\tv\v\\\\\"\"", octal: [2]int{3, 3}, x: [2]int{2, 2}, u: true},
	{name: "Python", prefixes: "u U", plain: true, quotes: `'"`, simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"", octal: [2]int{1, 3}, x: [2]int{2, 2}, chars: true, u: true, gap: true},
	{name: "JavaScript", plain: true, quotes: "'\"`", simple: "b\bf\fn\nr\rt\tv\v\\\\''\"\"``0\x00", x: [2]int{2, 2}, chars: true, u: true, uBrace: true, gap: true},
	{name: "JSON", plain: true, quotes: `"`, simple: "b\bf\fn\nr\rt\t\\\\\"\"//", u: true},
	{name: "Java", plain: true, quotes: `"'`, simple: "b\bt\tn\nf\fr\rs \\\\''\"\"", octal: [2]int{1, 3}, chars: true, u: true},
	{name: "C#", plain: true, quotes: `"'`, simple: "0\x00a\ab\be\x1bf\fn\nr\rt\tv\v\\\\''\"\"", x: [2]int{1, 4}, chars: true, u: true},
	{name: "Rust", plain: true, quotes: `"`, simple: "n\nr\rt\t0\x00\\\\''\"\"", x: [2]int{2, 2}, uBrace: true, gap: true},
	{name: "Ruby", plain: true, quotes: `"`, simple: "a\ab\bt\tn\nv\vf\fr\re\x1bs \\\\\"\"##", octal: [2]int{1, 3}, x: [2]int{1, 2}, u: true, uBrace: true, control: true, gap: true},
	{name: "PHP", plain: true, quotes: `"`, simple: "n\nt\tr\rv\ve\x1bf\f\\\\\"\"$$", octal: [2]int{1, 3}, x: [2]int{1, 2}, uBrace: true},
	{name: "Perl", plain: true, quotes: `"`, simple: "t\tn\nr\rf\fb\ba\ae\x1b\\\\\"\"$$@@", octal: [2]int{1, 3}, x: [2]int{1, 2}, xBrace: true, control: true},
	{name: "Lua", plain: true, quotes: `'"`, simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"\n\n", decimal: [2]int{1, 3}, x: [2]int{2, 2}, uBrace: true},
	{name: "OCaml", plain: true, quotes: `"`, simple: "n\nt\tb\br\r\\\\''\"\"  ", decimal: [2]int{3, 3}, x: [2]int{2, 2}, uBrace: true, gap: true},
	{name: "Erlang", plain: true, quotes: `"`, simple: "b\bd\x7fe\x1bf\fn\nr\rs t\tv\v\\\\''\"\"", octal: [2]int{1, 3}, x: [2]int{2, 2}, xBrace: true, caret: true},
	{name: "Elixir", plain: true, quotes: `"`, simple: "0\x00a\ab\bd\x7fe\x1bf\fn\nr\rs t\tv\v\\\\\"\"##", x: [2]int{1, 2}, u: true, uBrace: true},
	{name: "Haskell", plain: true, quotes: `"`, simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"", decimal: [2]int{1, most}, x: [2]int{1, most}, caret: true, names: true},
	{name: "PostgreSQL", prefixes: "E e", quotes: `'`, simple: "b\bf\fn\nr\rt\t\\\\''", octal: [2]int{1, 3}, x: [2]int{1, 2}, u: true, other: keep},
	{name: "shell", prefixes: "$", quotes: `'`, simple: "a\ab\be\x1bE\x1bf\fn\nr\rt\tv\v\\\\''\"\"??", octal: [2]int{1, 3}, x: [2]int{1, 2}, u: true, control: true, other: keep},
}
