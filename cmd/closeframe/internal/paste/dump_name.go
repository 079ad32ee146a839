package paste

import (
	"strings"
)

// name returns the tool that writes dumps in the format of x.
func (d *dumper) name(x row) string {
	s := d.t.norm[x.from : x.from+len(x.s)]
	switch {
	case strings.Contains(s, "│"):
		return "hexyl"
	case strings.HasSuffix(x.prefix, "|") && x.sep == "|":
		return "Netty"
	case d.enc.form == "chars":
		return "od -c"
	case d.enc.form == "octal":
		return "od -b"
	case d.enc.form == "decimal" && x.sep == "":
		return "od -t u1"
	case d.enc.form == "binary" && x.sep == ":":
		return "xxd -b"
	case strings.Contains(s, "0x") && strings.HasPrefix(d.t.norm[x.hex.from:], "0x"), d.enc.form == "decimal", d.enc.form == "binary":
		return "gdb"
	case d.enc.words && x.sep == ":":
		return "xxd -e"
	case d.enc.words:
		return "od -x"
	case x.offset == "":
		return ""
	case strings.Contains(s, "0x"+x.offset) && x.sep == ":" && len(x.offset) == 4:
		return "tcpdump"
	case x.sep == ":" && len(x.offset) == 4:
		return "curl --trace"
	case x.sep == ":":
		return "xxd"
	case x.gutter && strings.HasSuffix(strings.TrimSpace(s), "|") && len(x.offset) == 8:
		return "hexdump -C"
	case len(x.offset) == 4 && x.sep == "":
		return "Wireshark"
	case (len(x.offset) == 6 || len(x.offset) == 7) && x.sep == "":
		return "od"
	}
	return ""
}
