package main

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/autopsy"
	"github.com/closeframe/closeframe/internal/catalog"
)

const recorded = "../../testdata/pcap/tshark/"

// TestAutopsyDocs verifies the outputs in docs/autopsy.md, in English and in
// Chinese. With -update it writes them.
func TestAutopsyDocs(t *testing.T) {
	const path = "../../docs/autopsy.md"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)<!-- autopsy: (\S+) -->\n.*?<!-- end -->\n`)
	n := 0
	got := block.ReplaceAllStringFunc(string(b), func(s string) string {
		n++
		name := block.FindStringSubmatch(s)[1]
		out := "<!-- autopsy: " + name + " -->\n"
		for _, lang := range []string{"en", "zh"} {
			r := runWith(nil, "", "autopsy", "-lang", lang, recorded+name)
			if r.status != exitOK {
				t.Errorf("%s: status %d: %s", name, r.status, r.stderr)
			}
			checkScreen(t, r.stdout, true)
			file := "testdata/pcap/" + strings.TrimSuffix(name, ".tsv") + ".pcap"
			flags := ""
			if lang != "en" {
				flags = "-lang " + lang + " "
				out += "<details><summary>中文</summary>\n\n"
			}
			out += "```text\n$ closeframe autopsy " + flags + file + "\n" + r.stdout + "```\n"
			if lang != "en" {
				out += "\n</details>\n"
			}
		}
		return out + "<!-- end -->\n"
	})
	if n != 5 {
		t.Errorf("%d outputs, expected 5", n)
	}
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(b) {
		t.Error("docs/autopsy.md is out of date: run go test ./cmd/closeframe -run TestAutopsyDocs -update")
	}
}

// TestAutopsy verifies the command's flags, exit status and errors.
func TestAutopsy(t *testing.T) {
	dir := t.TempDir()
	fields, err := os.ReadFile(recorded + "killed-server.tsv")
	if err != nil {
		t.Fatal(err)
	}
	zipped := filepath.Join(dir, "fields.tsv.gz")
	f, err := os.Create(zipped)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	z.Write(fields)
	z.Close()
	f.Close()
	cut := filepath.Join(dir, "cut.tsv")
	if err := os.WriteFile(cut, fields[:len(fields)-10], 0o666); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.tsv")
	first, _, _ := strings.Cut(string(fields), "\n")
	if err := os.WriteFile(empty, []byte(first+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args, stdin    string
		status         int
		stdout, stderr string // part of the output
	}{
		{"autopsy " + recorded + "killed-server.tsv", "", exitOK, "by cause: lost 5\nby code: 1006 5\n", ""},
		{"autopsy " + zipped, "", exitOK, "5 connections\n", ""},
		{"autopsy -", string(fields), exitOK, "5 connections\n", ""},
		{"autopsy -conn 3 " + zipped, "", exitOK, "the server closed TCP", ""},
		{"autopsy -conn 9 " + zipped, "", exitInvalid, "", "no connection \"9\"\n"},
		{"autopsy -cause clean " + zipped, "", exitInvalid, "", "no connection matches; there are 5\n"},
		{"autopsy -code 1006 -cause lost " + zipped, "", exitOK, "5 connections\n", ""},
		{"autopsy -code 1000 " + zipped, "", exitInvalid, "", "no connection matches"},
		{"autopsy " + cut, "", exitInvalid, "5 connections\n", "the answer is partial: unexpected EOF\n"},
		{"autopsy -lang zh " + cut, "", exitInvalid, "", "结果不完整：输入意外结束\n"},
		{"autopsy -lang zh -json " + cut, "", exitInvalid, `"partial": "输入意外结束"`, "结果不完整"},
		{"autopsy -", "frame.number\tx\n", exitUsage, "", "its first line does not name the fields\n"},
		{"autopsy -lang zh -", "frame.number\tx\n", exitUsage, "", "第一行没有给出字段名称\n"},
		{"autopsy -", string(fields) + "x\n", exitInvalid, "", "partial: line 67 does not have 32 fields\n"},
		{"autopsy -lang zh -", strings.Replace(string(fields), "\n1\t", "\nx\t", 1), exitUsage, "", "第 2 行：frame.number 的值是 \"x\"，应为数字\n"},
		{"autopsy " + empty, "", exitInvalid, "", "no WebSocket connection in 0 TCP packets\n"},
		{"autopsy -json " + empty, "", exitInvalid, `"connections": []`, ""},
		{"autopsy", "", exitUsage, "", "missing file"},
		{"autopsy - -", "", exitUsage, "", "only once"},
		{"autopsy -cause odd x", "", exitUsage, "", `the cause "odd" is unknown; the causes are clean, lost`},
		{"autopsy -cause lsot x", "", exitUsage, "", `the cause "lsot" is unknown; did you mean "lost"?`},
		{"autopsy -code 0 x", "", exitUsage, "", `the code "0" is not a number from 1 to 65535, nor a name`},
		{"autopsy -code 'going awya' x", "", exitUsage, "", `did you mean "Going Away"?`},
		{"autopsy -code AbnormalClosure " + zipped, "", exitOK, "5 connections\n", ""},
		{"autopsy -sort odd x", "", exitUsage, "", `cannot sort by "odd"; the columns are time, duration`},
		{"autopsy -sort durtion x", "", exitUsage, "", `cannot sort by "durtion"; did you mean "duration"?`},
		{"autopsy -memory -1 x", "", exitUsage, "", "-memory must not be negative"},
		{"autopsy " + filepath.Join(dir, "none"), "", exitUsage, "", "no such file"},
		{"autopsy -keylog " + filepath.Join(dir, "none") + " " + zipped, "", exitUsage, "", "no such file"},
		{"autopsy -keylog " + empty + " " + zipped, "", exitUsage, "", "empty.tsv has no TLS secrets"},
		{"autopsy -", "xyz", exitUsage, "", "autopsy: - has 3 bytes, so it is no capture\n"},
		{"autopsy " + dir, "", exitUsage, "", "is a directory\n"},
		{"autopsy " + empty + " " + dir + " " + zipped, "", exitUsage, "fields.tsv.gz <==\n\nID ", "is a directory\n"},
		{"autopsy -tshark " + filepath.Join(dir, "none") + " -", "capture", exitUsage, "", "tshark is not installed; install it with"},
		{"autopsy -lang zh -tshark " + filepath.Join(dir, "none") + " -", "capture", exitUsage, "", "未安装 tshark；安装方法："},
		{"autopsy -tshark " + zipped + " -", "capture", exitUsage, "", "permission denied\n"},
		{"autopsy -keylog k.txt -r 'tcp.port == 1' -print-tshark my.pcap", "", exitOK, "tshark -r my.pcap -n ", ""},
	} {
		r := runWith(nil, tt.stdin, split(tt.args)...)
		if r.status != tt.status || !strings.Contains(r.stdout, tt.stdout) || !strings.Contains(r.stderr, tt.stderr) {
			t.Errorf("%s: status %d, expected %d\n%s%s", tt.args, r.status, tt.status, r.stdout, r.stderr)
		}
		if tt.stderr == "" && r.stderr != "" {
			t.Errorf("%s: %s", tt.args, r.stderr)
		}
	}
}

// TestAutopsyBadTshark verifies that a tshark that is too old, fails or hangs
// causes an error or a partial answer, even if it is a script whose children
// outlive it.
func TestAutopsyBadTshark(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	fields, err := filepath.Abs(recorded + "fin.tsv")
	if err != nil {
		t.Fatal(err)
	}
	const version = "test $1 = --version && echo 'TShark (Wireshark) 4.0.17' && exit\n"
	for _, tt := range []struct {
		script         string
		status         int
		stdout, stderr string // part of the output
	}{
		{"echo 'TShark (Wireshark) 2.6.20'", exitUsage, "", "tshark 2.6.20 is too old, expected 3.6 or later; install it with"},
		{"echo hello", exitUsage, "", `says "hello", expected a version`},
		{"exit 3", exitUsage, "", "exit status 3"},
		{version + "cat " + fields + "; echo 'tshark: broken' >&2; exit 2", exitInvalid, "the server closed TCP", "the answer is partial: tshark: broken\n"},
		{version + "cat " + fields + "; echo 'failed to allocate 8388608 bytes' >&2; exit 133", exitInvalid, "the server closed TCP",
			"the answer is partial: tshark failed, probably at its memory limit of 4096 MiB, which -memory raises: tshark: failed to allocate"},
		{version + "cat " + fields + "; kill -KILL $$", exitInvalid, "the server closed TCP", "the answer is partial: tshark was killed"},
		{version + "head -n 1 " + fields + "; kill -KILL $$", exitUsage, "", "autopsy: tshark was killed"},
		{version + "cat /dev/zero", exitUsage, "", "line 1 is longer than"},
		{version + "cat " + fields + "; sleep 20", exitInvalid, "the server closed TCP", "the answer is partial: the time limit of 4s has passed"},
		{version + "cat " + fields + "; exec sleep 20", exitInvalid, "the server closed TCP", "the answer is partial: the time limit of 4s has passed"},
		{"sleep 20", exitUsage, "", "the time limit of 200ms has passed"},
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "tshark")
			// Without the lock, a process that another test starts may have the
			// file open for writing, and it cannot be executed.
			syscall.ForkLock.RLock()
			err := os.WriteFile(path, []byte("#!/bin/sh\n"+tt.script+"\n"), 0o777)
			syscall.ForkLock.RUnlock()
			if err != nil {
				t.Fatal(err)
			}
			limit := "1m"
			if _, after, ok := strings.Cut(tt.stderr, "the time limit of "); ok {
				limit, _, _ = strings.Cut(after, " ")
			}
			r := runWith(nil, "capture", "autopsy", "-timeout", limit, "-tshark", path, "-")
			if r.status != tt.status || !strings.Contains(r.stdout, tt.stdout) || !strings.Contains(r.stderr, tt.stderr) {
				t.Errorf("%s: status %d, expected %d\n%s%s", tt.script, r.status, tt.status, r.stdout, r.stderr)
			}
		})
	}
}

// TestAutopsySort verifies the orders of -sort, with and without a filter.
func TestAutopsySort(t *testing.T) {
	for name := range autopsyOrders {
		r := runWith(nil, "", "autopsy", "-json", "-sort", name, recorded+"killed-server.tsv")
		var result autopsy.Result
		if err := json.Unmarshal([]byte(r.stdout), &result); err != nil {
			t.Fatal(err)
		}
		list := result.Connections
		for i := 1; i < len(list); i++ {
			if autopsyOrders[name](list[i-1], list[i]) > 0 {
				t.Errorf("-sort %s: %s is before %s", name, list[i-1].ID, list[i].ID)
			}
		}
		if len(list) != 5 {
			t.Errorf("-sort %s: %d connections, expected 5", name, len(list))
		}
	}
}

// TestAutopsyProgress verifies the bar for a large file.
func TestAutopsyProgress(t *testing.T) {
	s := &session{text: catalog.In("en")}
	p := s.newProgress(1 << 30)
	p.done = 1 << 28
	if got, want := p.line(p.start.Add(10*time.Second)), "[#######.......................]  25 % of 1024 MiB, 30s left"; got != want {
		t.Errorf("%q, expected %q", got, want)
	}
	p = s.newProgress(0)
	p.done = 5 << 20
	if got, want := p.line(p.start), "5 MiB read"; got != want {
		t.Errorf("%q, expected %q", got, want)
	}
}
