package main

import (
	"fmt"
	"slices"
	"strings"
)

// readmes lists the files that contain the figures, with their languages.
var readmes = map[string]say{"README.md": english, "README.zh-CN.md": chinese}

// shown are the goals in the README. All of them are in docs/performance.md.
var shown = []struct {
	scenario, against string
	work              func(say) string
}{
	{"validate/ascii/31", stdName, words("validate 31 bytes of ASCII", "校验 31 字节的 ASCII 文本")},
	{"validate/ascii/123", stdName, words("validate 123 bytes of ASCII", "校验 123 字节的 ASCII 文本")},
	{"validate/chinese/123", stdName, words("validate 123 bytes of Chinese", "校验 123 字节的中文文本")},
	{"parse-masked/chinese/123", gobwas, words("parse a masked Close frame of 125 bytes, Chinese", "解析带掩码的 125 字节关闭帧，中文")},
	{"append-masked/chinese/123", gorilla, words("append the same", "写出同样的帧")},
	{"append-masked/chinese/123", gobwas, words("append the same", "写出同样的帧")},
}

// summary returns the table in the README, which has at most eight rows, and
// its explanation.
func (rep *report) summary(s say) string {
	rows := [][]string{{s("work", "操作"), "closeframe", s("compared with", "比较对象"), s("its time", "对方用时"), s("ratio", "倍数")}}
	for _, row := range shown {
		for _, v := range rep.Goals {
			if v.Scenario == row.scenario && v.Against == row.against {
				rows = append(rows, []string{row.work(s), rep.nanosOf(v.Scenario, ours), v.Against, rep.nanosOf(v.Scenario, v.Against), times(v.Ratio)})
			}
		}
	}
	worst, inputs, missed := rep.worst()
	if worst.Scenario != "" {
		kind, _, _ := strings.Cut(worst.Scenario, "/")
		rows = append(rows, []string{
			fmt.Sprintf(s("the worst of %d validations on all backends (%s)", "所有后端共 %d 项校验中最慢的一项（%s）"),
				inputs, strings.TrimPrefix(kind, validateOn)),
			rep.nanosOf(worst.Scenario, ours), worst.Library, rep.nanosOf(worst.Scenario, worst.Library), times(worst.Ratio),
		})
	}
	for _, v := range rep.Goals {
		if v.Against == "allocations" {
			rows = append(rows, []string{s("every parse, append and step of a handshake", "每次解析、写出和握手步骤"), rep.allocations(s, v), "", "", ""})
		}
	}
	var b strings.Builder
	table(&b, rows)
	fmt.Fprintf(&b, s("\nMedians of %d rounds, interleaved in one process over %d different buffers. \"Never slower\" means,\n"+
		"for each of the %d validations: at least %s the speed of `unicode/utf8`, or at most %.1f ns more\n"+
		"(%d ns for invalid input). %d of them miss it. Measured with %s at commit %s on\n%s.\n",
		"\n%d 轮的中位数，在同一进程里交替运行，使用 %d 个不同的缓冲区。“绝不更慢”的含义：%d 项校验中的每一项，速度至少是\n"+
			"`unicode/utf8` 的 %s，或者最多慢 %.1f ns（无效输入为 %d ns）。其中 %d 项未达到。用 %s 在提交 %s 上测得，处理器为\n%s。\n"),
		rep.Rounds, poolSize, inputs, times(leastRatio), mostLonger, mostLongerInvalid, missed, rep.Machine.Go, rep.Machine.Commit, rep.Machine.CPU)
	return b.String()
}

// allocations describes the number of allocations.
func (rep *report) allocations(s say, v verdict) string {
	if v.Met == "yes" {
		return s("0 allocations; 1 for an Event's reason", "0 次分配；Event 的关闭原因 1 次")
	}
	return v.Reached
}

// worst returns the validation with the lowest ratio on any backend, the number
// of validations, and the number of those slower than allowed.
func (rep *report) worst() (worst result, inputs, missed int) {
	for _, r := range rep.Results {
		if !strings.HasPrefix(r.Scenario, validateOn) || r.Library == ours {
			continue
		}
		inputs++
		if slower(r) {
			missed++
		}
		if inputs == 1 || r.Ratio < worst.Ratio {
			worst = r
		}
	}
	return worst, inputs, missed
}

// chapter returns the generated part of docs/performance.md: the machine, every
// goal, and the charts.
func (rep *report) chapter() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Medians of %d rounds of %s. %s\n\n", rep.Rounds, rep.Turn, rep.Machine)
	rep.goalTable(&b)
	charts := rep.charts()
	names := make([]string, 0, len(charts))
	for name := range charts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "\n![%s](bench/%s.svg)\n", charts[name].title(english), name)
	}
	return b.String()
}
