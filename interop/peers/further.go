package peers

import (
	"os/exec"
	"strings"
)

// Further returns peers that do not run in CI, because there are many and some
// take long to install (see further/install).
func Further() []*Peer {
	python := func(name, source, file, note string) *Peer {
		p := program{"/usr/bin/python3", file}
		return &Peer{
			Name: name, Language: "Python", Source: source, File: file, Version: p.version,
			Server: p.server, Client: p.client, Trigger: "close 1000 bye", Note: note,
		}
	}
	java := func(name, class, source string) (*Peer, program) {
		file := "further/" + class + ".java"
		classpath, _ := program{"further/classpath"}.cmd(class).Output()
		p := program{"java", "-cp", strings.ReplaceAll(":"+strings.TrimSpace(string(classpath)), ":build", ":further/build"), class}
		return &Peer{Name: name, Language: "Java", Source: source, File: file, Version: p.version, Trigger: "close 1000 bye"}, p
	}
	script := func(name, language, source, file string, p program) *Peer {
		return &Peer{
			Name: name, Language: language, Source: source, File: file, Version: p.version,
			Server: p.server, Client: p.client, Trigger: "close 1000 bye",
		}
	}
	bindings := "Run through its Python bindings."
	qt := python("Qt WebSockets", "Debian: libqt5websockets5", "further/qt_peer.py", bindings)
	soup := python("libsoup", "Debian: libsoup-3.0-0", "further/soup_peer.py", bindings)
	qt.Language, soup.Language = "C++", "C"
	jdk, p := java("JDK java.net.http", "Jdk", "Debian: default-jdk-headless")
	jdk.Client = p.client
	tomcat, p := java("Tomcat", "Tomcat", "Debian: libtomcat10-java")
	tomcat.Server = p.server
	jetty, p := java("Jetty", "Jetty", "Debian: libjetty9-java")
	jetty.Server = p.server
	haskell := script("Haskell websockets", "Haskell", "Debian: libghc-websockets-dev", "further/Websockets.hs", program{"further/build/websockets"})
	haskell.Note = "Accepts a text message that is not UTF-8 unless `connectionStrictUnicode` is set, which it is not by default."
	return []*Peer{
		script("Bun", "JavaScript", "npm: bun", "further/javascript.mjs", program{"further/node_modules/.bin/bun", "further/javascript.mjs"}),
		script("Deno", "JavaScript", "npm: deno", "further/javascript.mjs", program{"further/node_modules/.bin/deno", "run", "--quiet", "--allow-all", "further/javascript.mjs"}),
		python("Tornado", "Debian: python3-tornado", "further/tornado_peer.py", ""),
		python("autobahn-python", "Debian: python3-autobahn", "further/autobahn_peer.py", ""),
		script("Mojolicious", "Perl", "Debian: libmojolicious-perl", "further/mojolicious.pl", program{"/usr/bin/perl", "further/mojolicious.pl"}),
		soup,
		qt,
		script("Boost.Beast", "C++", "Debian: libboost-dev", "further/beast.cc", program{"further/build/beast"}),
		script("WebSocket++", "C++", "Debian: libwebsocketpp-dev", "further/websocketpp.cc", program{"further/build/websocketpp"}),
		haskell,
		jdk,
		tomcat,
		jetty,
		webKitGTK,
	}
}

// Confirm plays the scenarios of the results, given as JSON, again with a
// script that shares no code with probe. It returns the output of the script:
// the ids of the confirmed results, one per line. The url is that of a server,
// or "-listen"; then listening is called with the script's URL.
func Confirm(results []byte, url string, listening func(url string)) (string, error) {
	cmd := exec.Command("/usr/bin/python3", "further/confirm.py", url)
	cmd.Dir = Dir
	cmd.Stdin = strings.NewReader(string(results))
	var out strings.Builder
	cmd.Stdout = &firstLine{out: &out, first: listening}
	err := cmd.Run()
	return out.String(), err
}

// A firstLine calls first with the first line written to it, if first is not
// nil, and passes on the rest.
type firstLine struct {
	out   *strings.Builder
	line  string
	first func(string)
}

func (f *firstLine) Write(p []byte) (int, error) {
	rest := string(p)
	if f.first != nil {
		f.line += rest
		line, after, ok := strings.Cut(f.line, "\n")
		if !ok {
			return len(p), nil
		}
		f.first(line)
		f.first, rest = nil, after
	}
	f.out.WriteString(rest)
	return len(p), nil
}
