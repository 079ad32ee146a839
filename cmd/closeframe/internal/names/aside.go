package names

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
)

// An aside matches numbers that are not codes: they count, measure or identify
// something. The number is in the first group.
type aside struct {
	*regexp.Regexp
	unless *regexp.Regexp // the text before the match, if it may be a code after all
}

var asides = []aside{
	// "1006 ms", "1006 users", "1006 active connections"
	{regexp.MustCompile(`(?i)\b([0-9]+(?:\.[0-9]+)?)(?:\s?%|\s?(?:` + units + `)\b|\s(?:(?:` + adjectives + `)\s){0,2}(?:` + nouns + `)\b)`), nil},
	// "user 1006", "task_id=1006", "pid 1006", "line: 1006"
	{regexp.MustCompile(`(?i)\b(?:\w+[_-])?(?:` + things + `)s?` + ordinal + `["']?[ \t]*[:=#(\["']{0,2}[ \t]*([0-9]+)\b`), nil},
	{regexp.MustCompile(`\b[a-z]\w*(?:Id|ID)\b["']?[ \t]*[:=#(\["']{0,2}[ \t]*([0-9]+)\b`), nil}, // clientId: 1006
	// "issue 1006", but not "issue: 1006"
	{regexp.MustCompile(`(?i)\b(?:issue|bug|ticket|test|step|round|game|match|section|chapter|page|version|build|release|rfc)s?` + ordinal + `[ \t]*[=#]?[ \t]*([0-9]+)\b`), nil},
	// "client 1006", "server#1006", "peer [1006]", but not "closed by peer: 1006"
	{regexp.MustCompile(`(?i)\bclients?` + ordinal + `[ \t]*[=#]?[ \t]*([0-9]+)\b`), nil},
	{regexp.MustCompile(`(?i)\b(?:client|server|peer|host|endpoint)s?` + ordinal + `["']?[ \t]*[:=#(\["']{0,2}[ \t]*([0-9]+)\b`),
		regexp.MustCompile(`(?i)\b(?:by|from|with)(?: the| an?)?\s*$`)},
	// "connection 1006", "socket #1006", but not "web socket 1006"
	{regexp.MustCompile(`(?i)\b(?:connection|conn|socket)s?` + ordinal + `[ \t]*[=#\[]?[ \t]*([0-9]+)\b`), regexp.MustCompile(`(?i)\bweb[ -]$`)},
	// "message 1006", but not "close message 1006"
	{regexp.MustCompile(`(?i)\b(?:frame|message|msg|packet)s?` + ordinal + `[ \t]*[=#\[]?[ \t]*([0-9]+)\b`), regexp.MustCompile(`(?i)(?:clos\w*|error|status)[ _-]$`)},
	// "fixed in #1006", but not "error #1006"
	{regexp.MustCompile(`(?:^|[\s(])#([0-9]+)\b`), regexp.MustCompile(`(?i)(?:clos\w*|code|error|status|reason|number)$`)},
	// "$1006"
	{regexp.MustCompile(`[$€£¥] ?([0-9]+)\b`), nil},
	// the processes of syslog and logcat: "app[1006]: …", "11-29 10:06:01.123  1006  1011 E …"
	{regexp.MustCompile(`(?:^|\s)[A-Za-z][\w./-]*\[([0-9]+)\]:`), nil},
	{regexp.MustCompile(`^[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3}((?:\s+[0-9]+){2}) [VDIWEFA]\b`), nil},
}

// ordinal matches what may be between a thing and its number.
const ordinal = `(?:[ _-]?(?:id|no\.?|nr\.?|num|number))?`

const units = `ms|msecs?|millis|milliseconds?|µs|us|microseconds?|ns|nanoseconds?|s|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?|years?|` +
	`bytes?|octets?|bits?|[kmg]i?b|percent|times|px|[kmg]?hz|fps|rps|qps|euros?|dollars?|usd|eur`

// adjectives may precede the nouns.
const adjectives = `active|open|opened|concurrent|simultaneous|live|idle|total|new|more|other|pending|parallel|different|consecutive|connected|disconnected|` +
	`closed|failed|dropped|lost|stale|queued|unique|remaining|websocket|ws|tcp|http|client|byte`

// nouns are what people count.
const nouns = `(?:user|client|connection|message|frame|time|player|item|socket|websocket|stream|request|response|peer|session|subscriber|member|row|record|` +
	`packet|event|test|file|line|task|job|thread|node|device|server|room|channel|object|element|error|warning|char|character|point|key|token|` +
	`word|topic|worker|guest|viewer|visitor|page|result|attempt|agent|host|bot|order|ticket|call|op|operation|processe)s|(?:retr|entr|quer|propert)ies|people`

// things are what has a number as its name.
const things = `id|[ugpctsr]id|ppid|uuid|fd|ack|seq|sequence|process|port|line|column|thread|attempt|user|player|member|customer|account|guest|viewer|visitor|subscriber|` +
	`subscription|session|request|job|task|room|channel|chat|topic|lobby|order|pull request|worker|agent|bot|actor|node|device|sensor|pod|` +
	`instance|replica|shard|partition|container|tab|window|object|entity|item|row|table|epoch|iteration|` +
	`revision|stream|offset|position|index|size|length|count|total|age|year`

// setAside returns a text without the numbers that are not codes, and those of
// them that would be.
func setAside(text string) (clean string, numbers []closecode.Code) {
	for _, a := range asides {
		b := []byte(text)
		for _, m := range a.FindAllStringSubmatchIndex(text, -1) {
			if a.unless != nil && a.unless.MatchString(text[:m[0]]) {
				continue
			}
			for _, s := range strings.Fields(text[m[2]:m[3]]) {
				if n, err := strconv.Atoi(s); err == nil && isCode(n) {
					numbers = append(numbers, closecode.Code(n))
				}
			}
			for i := m[2]; i < m[3]; i++ {
				b[i] = ' '
			}
		}
		text = string(b)
	}
	return text, numbers
}

// unclear returns the numbers of a text without a code that may be one: those
// set aside, and all others that are codes.
func unclear(clean string, numbers []closecode.Code) []closecode.Code {
	for _, m := range four.FindAllStringSubmatch(clean, -1) {
		if n, _ := strconv.Atoi(m[1]); isStandard(n) {
			numbers = append(numbers, closecode.Code(n))
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

var (
	// sentence matches the words after a number that is not a code in front of a
	// reason: "1006 in the log", "1006 joined the room".
	sentence = regexp.MustCompile(`(?i)^\s+(?:in|on|at|of|is|are|was|were|has|had|and|or|to|from|for|after|before|with|when|while|during|per|than|by|as|` +
		`may|can|could|does|did|will|would|should|means?|happen\w*|occur\w*|appears?|` + subject + `)\b`)
	// subjectRE matches the words after the number of somebody.
	subjectRE = regexp.MustCompile(`(?i)^\s+(?:` + subject + `)\b`)
	// period matches the words before a number of milliseconds without a unit.
	period = regexp.MustCompile(`(?i)\b(?:after|every|within|took|than|least|most|under|max|maximum|limit|timeout|delay|interval|backoff|` +
		`(?:reconnect\w*|retr\w*|again|wait\w*|sleep\w*|clos\w*) (?:in|for))[ \t]*[:=(]?[ \t]*$`)
)

// subject lists what clients do.
const subject = `(?:(?:has|is|was|got) )?(?:joined|left|(?:dis|re)?connected|logged|entered|quit|online|offline|subscribed|unsubscribed|registered|went|sent|received|wrote|says|said|timed)`
