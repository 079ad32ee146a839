package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var fuzzTime = flag.Duration("fuzztime", 5*time.Minute, "how long to fuzz each target")

var execs = regexp.MustCompile(`execs: (\d+)`)

// showFuzz fuzzes every target there is, found by name.
func showFuzz() (string, error) {
	out, err := command("go", "test", "-list", "^Fuzz", "./...").Output()
	if err != nil {
		return "", err
	}
	// The targets of a package stand before its line.
	var targets []string
	total, n := 0, 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "Fuzz") {
			targets = append(targets, fields[0])
			continue
		}
		if fields[0] != "ok" {
			continue // "?", for a package without tests
		}
		for _, name := range targets {
			count, err := fuzz(fields[1], name)
			if err != nil {
				return "", err
			}
			fmt.Printf("%s: %s executions\n", name, count)
			k, _ := strconv.Atoi(strings.ReplaceAll(count, ",", ""))
			total += k
			n++
		}
		targets = nil
	}
	return fmt.Sprintf("%d targets, %v each, %s executions, no finding", n, *fuzzTime, count(total)), nil
}

// fuzz returns how many executions there were.
func fuzz(pkg, name string) (string, error) {
	cmd := command("go", "test", "-run", "^$", "-fuzz", "^"+name+"$", "-fuzztime", fuzzTime.String(), pkg)
	var b bytes.Buffer
	cmd.Stdout = io.MultiWriter(os.Stdout, &b)
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s in %s: %w", name, pkg, err)
	}
	all := execs.FindAllStringSubmatch(b.String(), -1)
	if len(all) == 0 {
		return "", fmt.Errorf("%s in %s did not run", name, pkg)
	}
	n, err := strconv.Atoi(all[len(all)-1][1])
	return count(n), err
}
