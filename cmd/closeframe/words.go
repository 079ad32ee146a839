package main

import (
	"fmt"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
)

// A lang is the language of decode: the catalog and decode's own texts.
type lang struct {
	*catalog.Language
	*words
}

// words are the texts of decode.
type words struct {
	frameOf, frameN string // type and size; the same with number, count and offset
	payloadOf       string
	types           map[string]string
	fields          map[string]string
	masked          string
	unmasked        string // over the unmasked payload
	noCode          string // the code that is reported then
	reason          string
	reasonOf        string // quoted, length
	none            string
	verdict         string
	valid           string
	invalidAt       string // offset
	incomplete      string
	other           string
	rule            string
	answer          string
	note            string
	rest            string // bytes not explained
	total           string // frames, Close frames, valid, invalid, cut off

}

func bytesEN(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

var english = words{
	frameOf:   "%s frame of %s",
	frameN:    "Frame %[3]d, at byte %[4]d: %[1]s frame of %[2]s",
	payloadOf: "Payload of a Close frame, %s",
	types: map[string]string{"continuation": "continuation", "text": "text", "binary": "binary", "close": "Close", "ping": "Ping",
		"pong": "Pong", "reserved": "unknown"},
	fields: map[string]string{"fin": "FIN", "rsv": "RSV", "opcode": "opcode", "mask": "MASK", "length": "length", "extendedLength": "length",
		"maskingKey": "key", "code": "code", "reason": "reason", "excess": "excess", "payload": "payload"},
	masked:     "masked",
	unmasked:   "unmasked:",
	noCode:     "none; the application is told %s",
	reason:     "Reason",
	reasonOf:   "%s (%d of %d bytes)",
	none:       "none",
	verdict:    "Verdict",
	valid:      "valid",
	invalidAt:  "invalid at byte %d: ",
	incomplete: "incomplete: ",
	other:      "not judged: ",
	rule:       "Rule",
	answer:     "Answer",
	note:       "Note",
	rest:       "The %d bytes after these frames are not explained.",
	total:      "%d frames, %d of them Close: %d valid, %d invalid, %d incomplete.",
}

var chinese = words{
	frameOf:   "%s，%s",
	frameN:    "第 %[3]d 帧，始于第 %[4]d 字节：%[1]s，%[2]s",
	payloadOf: "关闭帧的载荷，%s",
	types: map[string]string{"continuation": "延续帧", "text": "文本帧", "binary": "二进制帧", "close": "关闭帧", "ping": "Ping 帧",
		"pong": "Pong 帧", "reserved": "未知帧"},
	fields: map[string]string{"fin": "FIN", "rsv": "RSV", "opcode": "操作码", "mask": "MASK", "length": "长度", "extendedLength": "长度",
		"maskingKey": "密钥", "code": "关闭码", "reason": "原因", "excess": "超出", "payload": "载荷"},
	masked:     "掩码后",
	unmasked:   "去掩码：",
	noCode:     "无；应用得到的是 %s",
	reason:     "关闭原因",
	reasonOf:   "%s（%d 字节，上限 %d）",
	none:       "无",
	verdict:    "结论",
	valid:      "有效",
	invalidAt:  "无效，第 %d 字节：",
	incomplete: "不完整：",
	other:      "不作判断：",
	rule:       "规则",
	answer:     "应答",
	note:       "注意",
	rest:       "其后的 %d 字节未作解释。",
	total:      "共 %d 帧，其中关闭帧 %d：有效 %d，无效 %d，不完整 %d。",
}

// langOf returns the language of decode.
func langOf(l *catalog.Language) lang {
	if l.Tag() == "zh-Hans" {
		return lang{l, &chinese}
	}
	return lang{l, &english}
}

// size returns a number of bytes in words.
func (l *lang) size(n int) string {
	if l.words == &chinese {
		return fmt.Sprintf("%d 字节", n)
	}
	return bytesEN(n)
}

// class returns the name of a class.
func (l *lang) class(c closecode.Class) string { return l.Class(c).Title }
