package main

import (
	"fmt"
	"strings"
)

// A part is the table in one document, between two comments.
type part struct {
	file  string
	table func(*result) string
}

var parts = []part{{"testing.md", countTable}, {"testing.zh-CN.md", chineseCountTable}, {"peers.md", faultTable}}

const (
	begin = "<!-- closetest: go run ./closetest/table -->\n"
	end   = "<!-- end of closetest -->"
)

// split returns the document before the table, the table, and the document
// after it.
func (p part) split(text string) (before, table, after string, err error) {
	before, rest, ok := strings.Cut(text, begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", "", "", fmt.Errorf("docs/%s has no place for the table", p.file)
	}
	return before + begin, table, end + after, nil
}

func countTable(r *result) string {
	var b strings.Builder
	b.WriteString("| library | tested | passed | known to fail | unknown | WARN | skipped |\n|---|---|--:|--:|--:|--:|--:|\n")
	for _, c := range r.counts {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d |\n", c.library, c.tested, c.passed, c.known, c.failed, c.warned, c.skipped)
	}
	return b.String()
}

var chinese = strings.NewReplacer(
	"| library | tested | passed | known to fail | unknown | WARN | skipped |", "| 库 | 测试对象 | 通过 | 已知失败 | 未知失败 | WARN | 跳过 |",
	"| payloads |", "| 载荷 |", "| server frames |", "| 服务器的帧 |", "| client frames |", "| 客户端的帧 |",
	"| encoder |", "| 编码器 |", "| server |", "| 服务器 |", "| client |", "| 客户端 |",
)

func chineseCountTable(r *result) string { return chinese.Replace(countTable(r)) }

func faultTable(r *result) string {
	var b strings.Builder
	b.WriteString("| library | known to fail | vectors | scenarios |\n|---|---|--:|--:|\n")
	for _, f := range r.faults {
		fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", f.library, f.why, f.vectors, f.scenarios)
	}
	return b.String()
}
