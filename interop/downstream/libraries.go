package main

// A library is a library to run the tests of.
type library struct {
	module string // in go.mod
	swap   string // the folder of testdata with the files to add
	edits  []edit

	// differs lists the tests that pass only with the library's own code, with
	// the reason. The key is the package within the module, a space, and the
	// name of the test.
	differs map[string]string
}

// An edit replaces a text that must be in the file once. An edit without a text removes
// the file.
type edit struct{ file, old, new string }

// rename is an edit that makes room for a function in testdata.
func rename(file, old string) edit {
	return edit{file, "func " + old + "(", "func original" + old + "("}
}

var libraries = []library{
	{
		module: "github.com/gobwas/ws",
		swap:   "gobwas",
		edits: []edit{
			rename("cipher.go", "Cipher"),
			rename("check.go", "CheckCloseFrameData"),
			rename("frame.go", "NewCloseFrameBody"),
			{file: "wsutil/utf8.go"},
			{"wsutil/handler.go", "code, reason := ws.ParseCloseFrameData(subp)",
				"if err := c.refuse(subp); err != nil {\nreturn err\n}\ncode, reason := ws.ParseCloseFrameData(subp)"},
		},
		differs: map[string]string{
			"wsutil TestControlHandler/close#04": "it makes a Close frame whose reason is not UTF-8 with `NewCloseFrameBody`, which " +
				"now truncates such a reason, and it expects the answer 1002 instead of 1007 (RFC 6455 §7.4.1)",
		},
	},
	{
		module: "github.com/gorilla/websocket",
		swap:   "gorilla",
		edits: []edit{
			rename("mask.go", "maskBytes"),
			rename("conn.go", "isValidReceivedCloseCode"),
			rename("conn.go", "FormatCloseMessage"),
			{"conn.go", "closeCode := CloseNoStatusReceived",
				"if err := c.refuse(payload); err != nil {\nreturn noFrame, err\n}\ncloseCode := CloseNoStatusReceived"},
		},
	},
}
