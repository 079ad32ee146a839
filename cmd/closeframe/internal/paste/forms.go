package paste

// A recognizer reads one form, or forms that differ in digits alone.
type recognizer struct {
	read    func(t *text, opt Options, r *result)
	samples []sample
}

// A sample is a text of a form and its bytes in hexadecimal.
type sample struct{ text, hex string }

// recognizers lists all recognizers. Each is called with the whole text.
var recognizers = []recognizer{
	hexDump, wordDump, octalDump, decimalDump, bitDump, charDump, bareChars,
	literalStrings, calls, pascal, escapes, listing,
	arrays, bareNumbers, hexDigits, bytea, bits, numerals, dotted, fields,
	base64Text, base64YAML, base32Text,
}

// Forms lists the values of Options.As.
var Forms = []string{
	"hex", "decimal", "octal", "binary", "base64", "base32", "escapes", "octal-escapes",
	"decimal-escapes", "latin1", "utf8", "percent", "form-encoding", "quoted-printable", "caret",
	"chars", "words-le", "text", "code", "fields",
}
