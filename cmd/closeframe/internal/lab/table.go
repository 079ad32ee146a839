package lab

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

// A table has the results of all cases in one browser.
type table struct {
	Browser   string `json:"browser"` // name and major version, such as "Firefox 153"
	UserAgent string `json:"userAgent"`
	Cases     []row  `json:"cases"`
}

// A row is the result of one case.
type row struct {
	Case     string             `json:"case"`
	Event    *closeevent.Event  `json:"event"`    // null if the case could not be run
	Expected []closeevent.Event `json:"expected"` // by the rules; several if a race decides

	// The code of the browser's Close frame and the one according to the rules:
	// 1005 if the frame is empty, 0 if there is none.
	Answer         *closecode.Code `json:"answer"`
	ExpectedAnswer *closecode.Code `json:"expectedAnswer"`

	Verdict    string `json:"verdict"`    // "same" as by the rules, "different" or "failed"
	Difference string `json:"difference"` // "accepted", "readOn" or "other"
	Known      *bool  `json:"known"`      // whether the browser's profile has the event; null if there is no profile
}

// maxTable is the size of the largest table that is accepted.
const maxTable = 256 << 10

// saveTable passes a table completed by the page to Config.Save.
func (l *lab) saveTable(w http.ResponseWriter, r *http.Request) {
	if l.config.Save == nil {
		http.Error(w, languageOf(r).Text("lab.error.save"), http.StatusNotFound)
		return
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxTable))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	// Store only the fields of a table.
	var t table
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(t); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	l.saving.Lock()
	defer l.saving.Unlock()
	if err := l.config.Save(out.Bytes()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
