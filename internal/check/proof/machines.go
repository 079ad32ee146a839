package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

var onMachine = flag.String("machine", "", "for machines: the one of this name")

// A machine is a platform on which the tests run, on this computer through
// exec.
type machine struct {
	name string
	env  []string
	exec string // what runs a test's binary, or ""
	tags string
	skip []string // packages that are left out, and why in the comment beside it
}

const wazero = "github.com/tetratelabs/wazero/cmd/wazero@v1.12.0"

// tools has the packages whose tests run the go command, read the source tree
// or start processes. Their results are the same on every machine.
var tools = []string{"", "docs", "docs/pictures", "internal/check/proof", "internal/check/release", "closetest", "internal/vectors/gen", "internal/probe/gen"}

// sockets has the packages whose tests use real sockets.
var sockets = []string{"closeconn", "cmd/closeframe", "examples/stack", "internal/probe", "cmd/closeframe/internal/lab", "examples/eventloop/echo"}

func machines(dir string) []machine {
	lib := filepath.Join(goroot(), "lib", "wasm")
	qemu := func(arch, emulator string) machine {
		// A test that starts its own binary also needs the emulator.
		return machine{name: arch, env: []string{"GOARCH=" + arch, "CGO_ENABLED=0", "CLOSEFRAME_EXEC=" + emulator}, exec: emulator, skip: tools}
	}
	return []machine{
		{name: "purego", tags: "purego"},
		{name: "386", env: []string{"GOARCH=386", "CGO_ENABLED=0"}, skip: tools},
		qemu("arm64", "qemu-aarch64"),
		qemu("arm", "qemu-arm"),
		qemu("riscv64", "qemu-riscv64"),
		qemu("s390x", "qemu-s390x"), // big-endian
		{name: "js/wasm under Node", env: []string{"GOOS=js", "GOARCH=wasm"}, exec: filepath.Join(lib, "go_js_wasm_exec"),
			skip: append(sockets, tools...)},
		{name: "wasip1/wasm under wazero", env: []string{"GOOS=wasip1", "GOARCH=wasm", "GOWASIRUNTIME=wazero",
			"PATH=" + dir + string(filepath.ListSeparator) + os.Getenv("PATH")}, exec: filepath.Join(lib, "go_wasip1_wasm_exec"),
			skip: append(sockets, tools...)},
	}
}

func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(out))
}

// showMachines runs the tests on other platforms. It installs QEMU and Node
// from Debian.
func showMachines() (string, error) {
	for tool, pkg := range map[string]string{"qemu-aarch64": "qemu-user", "node": "nodejs"} {
		if _, err := exec.LookPath(tool); err != nil {
			install := command("sh", "-c", "apt-get update -qq && apt-get install -qq -y "+pkg)
			if err := install.Run(); err != nil {
				return "", err
			}
		}
	}
	dir, err := os.MkdirTemp("", "machines")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	install := command("go", "install", wazero)
	install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if err := install.Run(); err != nil {
		return "", err
	}

	all, err := command("go", "list", "-f", `{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}`, "./...").Output()
	if err != nil {
		return "", err
	}
	var figures []string
	var errs []error
	for _, m := range machines(dir) {
		if *onMachine != "" && m.name != *onMachine {
			continue
		}
		args := []string{"-vet=off"}
		if m.exec != "" {
			args = append(args, "-short", "-exec", m.exec)
		}
		if m.tags != "" {
			args = append(args, "-tags", m.tags)
		}
		n := len(args)
		for _, pkg := range strings.Fields(string(all)) {
			rel := strings.TrimPrefix(strings.TrimPrefix(pkg, "github.com/closeframe/closeframe"), "/")
			if !slices.Contains(m.skip, rel) {
				args = append(args, pkg)
			}
		}
		// All at once, because go test runs one package per core at a time.
		begin := time.Now()
		r, err := goTest(m.env, args...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.name, err))
		}
		figure := fmt.Sprintf("%s: %d tests in %d packages", m.name, r.tests(), len(args)-n)
		fmt.Printf("%s (%v)\n", figure, time.Since(begin).Round(time.Second))
		figures = append(figures, figure)
	}
	if len(figures) == 0 {
		errs = append(errs, errors.New("there is no such machine"))
	}
	return strings.Join(figures, "; "), errors.Join(errs...)
}
