package autopsy

import (
	"bufio"
	"context"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/internal/catalog"
)

// hiddenField matches the fields of the protocols that [Tshark.Args] switches
// off or expects on every port, and of those in TLS. quoted matches what is no
// field.
var (
	hiddenField = regexp.MustCompile(`(^|[^\w.-])(http2?|tls|websocket)($|[^\w-])`)
	quoted      = regexp.MustCompile(`"(\\.|[^"\\])*"`)
)

// TwoPass reports whether the filter names fields of TLS, HTTP or WebSocket. It
// then selects whole connections, and the capture has to be read twice.
func (t *Tshark) TwoPass() bool {
	return hiddenField.MatchString(quoted.ReplaceAllString(t.Filter, ""))
}

// maxFilter is how long a filter may be. Linux limits an argument to 128 KiB.
const maxFilter = 100 << 10

// Select reads the capture a first time and replaces the filter by one for all
// packets of the connections that have a packet which matches.
func (t *Tshark) Select(ctx context.Context, capture io.Reader) error {
	args := append(t.options(), "-o", "http.desegment_body:FALSE", "-Y", t.filter(), "-T", "fields", "-e", fields[colStream])
	streams := map[int]bool{}
	err := t.run(ctx, args, capture, func(output io.Reader) error {
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				return catalog.NewError("autopsy.error.number", fields[colStream], lines.Text())
			}
			streams[n] = true
		}
		return lines.Err()
	})
	if err != nil {
		return err
	}
	if t.Filter = streamFilter(streams); len(t.Filter) > maxFilter {
		return catalog.NewError("autopsy.error.many", len(streams))
	}
	return nil
}

// streamFilter returns a display filter for these values of tcp.stream.
func streamFilter(streams map[int]bool) string {
	if len(streams) == 0 {
		return "!tcp" // nothing: only TCP is printed
	}
	var all []int
	for n := range streams {
		all = append(all, n)
	}
	slices.Sort(all)
	var parts []string
	for i := 0; i < len(all); {
		first := i
		for i++; i < len(all) && all[i] == all[i-1]+1; i++ {
		}
		part := strconv.Itoa(all[first])
		if last := all[i-1]; last > all[first] {
			part += ".." + strconv.Itoa(last)
		}
		parts = append(parts, part)
	}
	return "tcp.stream in {" + strings.Join(parts, ", ") + "}"
}
