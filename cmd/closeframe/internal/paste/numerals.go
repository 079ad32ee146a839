package paste

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var numerals = recognizer{
	read: readNumerals,
	samples: []sample{
		{"88_02_03_e8", "880203e8"},
		{"0x8802_03e8", "880203e8"},
		{"0b10001000_00000010_00000011_11101000", "880203e8"},
		{"localparam CLOSE = 32'h880203e8;\n", "880203e8"},
		{`X"8802_03E8"`, "880203e8"},
		{"16#8802_03E8#", "880203e8"},
	},
}

// numeralRE matches a number of several bytes, which is its first group. The
// others are the size and the digits of Verilog, and the digits of the other
// notations.
var numeralRE = regexp.MustCompile(`(?:^|[\s=(\[{,;:>&|"'])(([0-9]*)'[sS]?(?:[hH]([0-9a-fA-F_]+)|[bB]([01_]+))` +
	`|0[xX]([0-9a-fA-F]+(?:_[0-9a-fA-F]+)+)|0[bB]([01]+(?:_[01]+)*)|[xX]"([0-9a-fA-F_]+)"|16#([0-9a-fA-F_]+)#|2#([01_]+)#` +
	`|([0-9a-fA-F]{2,}(?:_[0-9a-fA-F]{2,})+))(?:$|[\s,;)\]}&|"']|[.:](?:\s|$))`)

// readNumerals reads numbers with digit separators, and numbers of hardware
// description languages.
func readNumerals(t *text, opt Options, r *result) {
	s := t.norm
	if !strings.ContainsAny(s, "_'\"#bB") {
		return
	}
	out := Reading{Form: "hex", of: s, rank: marked, loose: true}
	for i := 0; i < len(s); {
		m := numeralRE.FindStringSubmatchIndex(s[i:])
		if m == nil {
			break
		}
		group := func(k int) string {
			if m[2*k] < 0 {
				return ""
			}
			return strings.ReplaceAll(s[i+m[2*k]:i+m[2*k+1]], "_", "")
		}
		size, hex, binary := group(2), group(3)+group(5)+group(7)+group(8)+group(10), group(4)+group(6)+group(9)
		at := span{i + m[2], i + m[3]}
		i = at.to
		switch n := 4*len(hex) + len(binary); {
		case n < 8:
			continue
		case n%8 != 0:
			r.fail(t, s, at.from, natural, "odd", clip(s[at.from:at.to]))
			return
		case size != "" && size != strconv.Itoa(n):
			r.fail(t, s, at.from, natural, "width", clip(s[at.from:at.to]))
			return
		}
		if m[20] >= 0 {
			out.rank = natural
		}
		data := hexBytes(hex)
		for ; binary != ""; binary = binary[8:] {
			b, _ := bitCell(binary[:8])
			data = append(data, b...)
			out.Form = "binary"
		}
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: data})
		out.used = append(out.used, at)
	}
	if len(out.Chunks) == 0 {
		return
	}
	out.at = out.used[0].from
	out.loose = len(out.used) > 1 || strings.TrimSpace(s) != s[out.at:out.used[0].to]
	out.label()
	r.add(out)
}
