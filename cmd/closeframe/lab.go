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

// labAddr is the default address of the lab. It is fixed so that links to cases
// stay valid.
const labAddr = "127.0.0.1:6455"

var cmdLab = &command{
	name: "lab",
	examples: []string{
		"closeframe lab",
		"closeframe lab -open",
		"closeframe lab -addr 127.0.0.1:8080 -lang zh",
		"closeframe lab -save table.json",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		addr := fs.String("addr", "", "")
		open := fs.Bool("open", false, "")
		save := fs.String("save", "", "")
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		if len(args) > 0 {
			return s.usage("lab.error.arguments", args[0])
		}
		query := ""
		if s.langName != "" {
			query = "?lang=" + url.QueryEscape(s.text.Tag())
		}
		var ln net.Listener
		var err error
		if *addr != "" {
			ln, err = lab.Listen(*addr)
		} else if ln, err = lab.Listen(labAddr); err != nil {
			ln, err = lab.Listen("127.0.0.1:0")
		}
		if err != nil {
			return s.usage("error.is", err)
		}
		var config lab.Config
		if *save != "" {
			config.Save = func(table []byte) error {
				err := os.WriteFile(*save, table, 0o666)
				if err != nil {
					s.errorf("error.is", err)
				} else {
					fmt.Fprintln(s.stdout, s.text.Text("lab.saved", *save))
				}
				return err
			}
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		page := "http://" + ln.Addr().String() + "/" + query
		if s.asJSON {
			s.json(struct {
				URL string `json:"url"`
			}{page})
		} else {
			fmt.Fprintln(s.stdout, s.text.Text("lab.at", page))
		}
		if *open {
			if err := openBrowser(page); err != nil {
				s.errorf("lab.error.browser", err)
			}
		}
		if err := lab.Serve(ctx, ln, config); err != nil {
			return s.invalid("error.is", err)
		}
		return exitOK
	},
}

// openBrowser opens a page in the user's browser. It does not wait for the
// browser.
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
