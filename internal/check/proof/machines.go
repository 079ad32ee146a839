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

var (
	onMachine = flag.String("machine", "", "for machines: those of these `names`, separated by commas")
	kernels   = flag.Bool("kernels", false, "for machines: only the packages with assembly beneath them")
)

// A machine is a platform on which the tests run, on this computer through
// exec.
type machine struct {
	name string
	env  []string
	exec string // the command that runs a test's binary, or ""
	tags string
	only []string // the packages to test if not nil
	skip []string // packages to leave out, each with the reason in a comment
}

const wazero = "github.com/tetratelabs/wazero/cmd/wazero@v1.12.0"

// assembly has the packages whose code depends on the processor.
var assembly = []string{"internal/kernel", "utf8check", "frame"}

// tools has the packages whose tests run the go command, read the source tree
// or start processes. Their results are the same on every machine.
var tools = []string{"", "docs", "docs/pictures", "internal/check/proof", "internal/check/release", "closetest", "internal/vectors/gen", "internal/probe/gen"}

// sockets has the packages whose tests use real sockets.
var sockets = []string{"closeconn", "cmd/closeframe", "examples/stack", "internal/probe", "cmd/closeframe/internal/lab", "examples/eventloop/echo",
	"examples/echo", "examples/echo/ownframing"}

// qemu returns a machine that QEMU emulates. The backends that it must have are
// listed, not taken from the code under test: a missing one fails the run.
func qemu(name, arch, backends, emulator string) machine {
	return machine{
		name: name,
		env: []string{"GOARCH=" + arch, "CGO_ENABLED=0", "CLOSEFRAME_BACKENDS=" + backends,
			"CLOSEFRAME_EXEC=" + emulator}, // for a test that starts its own binary
		exec: emulator,
		skip: tools,
	}
}

// machines returns all machines. bin is the directory of wazero.
func machines(bin string) []machine {
	// Older processors run other assembly, and the same Go code.
	haswell := qemu("haswell", "amd64", "go,avx2", "qemu-x86_64 -cpu Haswell")
	nehalem := qemu("nehalem", "amd64", "go", "qemu-x86_64 -cpu Nehalem")
	haswell.only, nehalem.only = assembly, assembly

	// qemu-i386 does not deliver signals to the right thread of a Go program.
	i386 := qemu("386", "386", "go", "qemu-i386")
	i386.exec = "env GODEBUG=asyncpreemptoff=1 GOMAXPROCS=1 " + i386.exec

	lib := filepath.Join(goroot(), "lib", "wasm")
	return []machine{
		{name: "purego", tags: "purego"},
		haswell,
		nehalem,
		i386,
		qemu("arm64", "arm64", "neon", "qemu-aarch64"),
		qemu("arm", "arm", "go", "qemu-arm"),
		qemu("riscv64", "riscv64", "go", "qemu-riscv64"),
		qemu("s390x", "s390x", "go", "qemu-s390x"), // big-endian
		{name: "js/wasm", env: []string{"GOOS=js", "GOARCH=wasm"}, exec: filepath.Join(lib, "go_js_wasm_exec"),
			skip: append(sockets, tools...)},
		{name: "wasip1/wasm", env: []string{"GOOS=wasip1", "GOARCH=wasm", "GOWASIRUNTIME=wazero",
			"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")}, exec: filepath.Join(lib, "go_wasip1_wasm_exec"),
			skip: append(sockets, tools...)},
	}
}

// install installs what the machine needs: QEMU and Node from Debian, and wazero
// in the directory bin.
func (m machine) install(bin string) error {
	tool, cmd := "", command("sh", "-c", "apt-get update -qq && apt-get install -qq -y qemu-user")
	switch {
	case strings.Contains(m.exec, "qemu-"):
		tool = "qemu-aarch64"
	case m.name == "js/wasm":
		tool, cmd = "node", command("sh", "-c", "apt-get update -qq && apt-get install -qq -y nodejs")
	case m.name == "wasip1/wasm":
		tool, cmd = filepath.Join(bin, "wazero"), command("go", "install", wazero)
		cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	default:
		return nil
	}
	if _, err := exec.LookPath(tool); err == nil {
		return nil
	}
	return cmd.Run()
}

// args returns the arguments of go test for the packages that the machine
// tests, and their number.
func (m machine) args(packages []string) (args []string, n int) {
	args = []string{"-vet=off"}
	if m.exec != "" {
		args = append(args, "-short", "-exec", m.exec)
	}
	if m.tags != "" {
		args = append(args, "-tags", m.tags)
	}
	if *kernels {
		m.only = assembly
	}
	for _, pkg := range packages {
		if m.only != nil && !slices.Contains(m.only, pkg) || slices.Contains(m.skip, pkg) {
			continue
		}
		args = append(args, "./"+pkg)
		n++
	}
	return args, n
}

func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(out))
}

// showMachines runs the tests on other platforms.
func showMachines() (string, error) {
	bin, err := os.MkdirTemp("", "machines")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(bin)
	out, err := command("go", "list", "-f", `{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}`, "./...").Output()
	if err != nil {
		return "", err
	}
	packages := strings.Fields(string(out))
	for i, pkg := range packages {
		packages[i] = strings.TrimPrefix(strings.TrimPrefix(pkg, "github.com/closeframe/closeframe"), "/")
	}
	all := machines(bin)
	if *onMachine != "" {
		names := strings.Split(*onMachine, ",")
		all = slices.DeleteFunc(all, func(m machine) bool { return !slices.Contains(names, m.name) })
		if len(all) != len(names) {
			return "", fmt.Errorf("unknown machine in %q", names)
		}
	}
	var figures []string
	var errs []error
	for _, m := range all {
		if err := m.install(bin); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.name, err))
			continue
		}
		// All at once, because go test runs one package per core at a time.
		begin := time.Now()
		args, n := m.args(packages)
		r, err := goTest(m.env, args...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.name, err))
		}
		figure := fmt.Sprintf("%s: %d tests in %d packages", m.name, r.tests(), n)
		fmt.Printf("%s (%v)\n", figure, time.Since(begin).Round(time.Second))
		figures = append(figures, figure)
	}
	return strings.Join(figures, "; "), errors.Join(errs...)
}
