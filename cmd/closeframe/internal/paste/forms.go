package paste

// A recognizer reads one family of forms.
type recognizer struct {
	name string
	read func(t *text, opt Options, r *result)
}

// recognizers lists all recognizers. Each is called with the whole text.
var recognizers = []recognizer{
	{"dump", readDump},
	{"literal", readLiteral},
	{"unquoted", readUnquoted},
	{"array", readArray},
	{"implicit", readImplicit},
	{"runs", readRuns},
	{"bytea", readBytea},
	{"bits", readBits},
	{"base64", readBase64},
	{"base32", readBase32},
}

// Forms are the values of Options.As, each with an example of 88 02 03 e8 in
// that form.
var Forms = []struct{ Name, Example string }{
	{"hex", "88 02 03 e8"},
	{"decimal", "[136, 2, 3, 232]"},
	{"octal", "0000000 210 002 003 350"},
	{"binary", "10001000 00000010 00000011 11101000"},
	{"base64", "iAID6A=="},
	{"base32", "RABAH2A="},
	{"escapes", `"\x88\x02\x03\xe8"`},
	{"octal-escapes", `"\210\2\3\350"`},
	{"decimal-escapes", `"\136\2\3\232"`},
	{"latin1", `"\u0088\u0002\u0003\u00e8"`},
	{"utf8", `"é" is c3 a9`},
	{"percent", "%88%02%03%e8"},
	{"form-encoding", "%88%05%03%e8a+b"},
	{"quoted-printable", "=88=02=03=E8"},
	{"caret", "M-^H^B^CM-h"},
	{"chars", "0000000 210 002 003 350"},
	{"words-le", "0000000 0288 e803"},
	{"text", "'1000' is 31 30 30 30"},
	{"code", "1000 is 03 e8"},
}

// Names returns the names of Forms.
func Names() []string {
	var all []string
	for _, f := range Forms {
		all = append(all, f.Name)
	}
	return all
}
