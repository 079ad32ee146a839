package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/lab"
)

// labAddr is where the lab is by default, always the same, so that links to its
// cases last.
const labAddr = "127.0.0.1:6455"

var cmdLab = &command{
	name:  "lab",
	args:  "[flags]",
	short: "see in a browser what both ends make of a close",
	long: `
Lab serves a page on which your browser and this program close WebSocket
connections with each other: you choose who closes and how, right or wrong, and
see side by side the CloseEvent that the browser fired, the server's own, the
frames that crossed, byte by byte as decode explains them, a timeline of both
ends, and why it ended so.

  closeframe lab
  closeframe lab -open
  closeframe lab -addr 127.0.0.1:8080 -lang zh
  closeframe lab -save table.json

The page is for this machine alone: other addresses than those of loopback are
refused, and nothing leaves it. It is in English or Chinese, as the browser
prefers. The program ends on an interrupt (Ctrl-C).
`,
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		addr := fs.String("addr", "", "listen at this `address` of loopback\n(default: "+labAddr+", or a free port if that is taken)")
		open := fs.Bool("open", false, "open the page in the browser")
		save := fs.String("save", "", "write the table of all cases to this `file`, as JSON, whenever\na page has completed it")
		langName := fs.String("lang", "", "the `language` of the page: en or zh\n(default: that of the browser)")
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		if len(args) > 0 {
			return s.usage("lab takes flags alone, not %q", args[0])
		}
		query := ""
		if *langName != "" {
			l, err := s.lang(*langName)
			if err != nil {
				return s.usage("%v", err)
			}
			query = "?lang=" + url.QueryEscape(l.tag)
		}
		var ln net.Listener
		var err error
		if *addr != "" {
			ln, err = lab.Listen(*addr)
		} else if ln, err = lab.Listen(labAddr); err != nil {
			ln, err = lab.Listen("127.0.0.1:0")
		}
		if err != nil {
			return s.usage("%v", err)
		}
		var config lab.Config
		if *save != "" {
			config.Save = func(table []byte) error {
				err := os.WriteFile(*save, table, 0o666)
				if err != nil {
					s.errorf("%v", err)
				} else {
					fmt.Fprintf(s.stdout, "saved %s\n", *save)
				}
				return err
			}
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		page := "http://" + ln.Addr().String() + "/" + query
		fmt.Fprintf(s.stdout, "The lab is at %s (Ctrl-C ends it).\n", page)
		if *open {
			if err := openBrowser(page); err != nil {
				s.errorf("the browser could not be opened: %v", err)
			}
		}
		if err := lab.Serve(ctx, ln, config); err != nil {
			return s.invalid("%v", err)
		}
		return exitOK
	},
}

// openBrowser opens a page in whatever browser the user prefers. It does not
// wait for the browser.
func openBrowser(page string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", page)
	case "darwin":
		cmd = exec.Command("open", page)
	default:
		cmd = exec.Command("xdg-open", page)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait()
	return nil
}
