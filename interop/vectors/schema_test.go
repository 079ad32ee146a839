package vectors

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const testdata = "../../testdata"

// TestSchemas verifies that every file of testdata matches its JSON Schema.
func TestSchemas(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(testdata, "*.json"))
	more, _ := filepath.Glob(filepath.Join(testdata, "*", "*.json"))
	used := map[string]bool{}
	for _, file := range append(files, more...) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		switch filepath.Base(filepath.Dir(file)) {
		case "profiles":
			name = "profile"
		case "captures":
			name = "capture"
		case "schemas", "pcap": // not vectors
			continue
		}
		used[name] = true
		schema := compile(t, name)
		if err := schema.Validate(parse(t, read(t, file))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	schemas, _ := filepath.Glob(filepath.Join(testdata, "schemas", "*"))
	if len(used) < 15 || len(schemas) != len(used) {
		t.Errorf("%d schemas, used %v", len(schemas), used)
	}
}

// TestSchemasRefuse verifies that the schemas reject missing and unknown fields
// and wrong types.
func TestSchemasRefuse(t *testing.T) {
	file := read(t, filepath.Join(testdata, "payloads.json"))
	for _, v := range [][2]string{
		{`"version":`, `"revision":`},
		{`"bytes":"03"`, `"bytes":"3"`},
		{`"bytes":"03"`, `"bytes":"03","byte":"03"`},
		{`"code":1005`, `"code":"1005"`},
		{`"error":"short"`, `"error":"brief"`},
		{`"rule":"R14"`, `"rule":"RFC 6455"`},
	} {
		changed := bytes.Replace(file, []byte(v[0]), []byte(v[1]), 1)
		if bytes.Equal(changed, file) {
			t.Errorf("payloads.json has no %s", v[0])
		}
		if compile(t, "payloads").Validate(parse(t, changed)) == nil {
			t.Errorf("%s is accepted", v[1])
		}
	}
}

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	schema, err := c.Compile(filepath.Join(testdata, "schemas", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t *testing.T, b []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
