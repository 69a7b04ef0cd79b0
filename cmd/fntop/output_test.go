package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

type row struct {
	Name  string   `json:"name"`
	Count *int64   `json:"count"`
	Cost  *float64 `json:"cost_usd"`
}

func rowColumns() []column[row] {
	return []column[row]{
		{"NAME", false, func(r row) string { return r.Name }},
		{"COUNT", true, func(row) string { return "1" }},
	}
}

func written(t *testing.T, format string, rows ...row) string {
	t.Helper()
	var out bytes.Buffer
	w := newWriter(&out, format, rowColumns())
	for _, r := range rows {
		if err := w.write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWriterFormats(t *testing.T) {
	rows := []row{{"a", new(int64(1)), nil}, {"b,\"c\"", nil, new(0.0000005)}}
	for format, want := range map[string]string{
		"json":   "[\n {\"name\":\"a\",\"count\":1,\"cost_usd\":null},\n {\"name\":\"b,\\\"c\\\"\",\"count\":null,\"cost_usd\":5e-7}\n]\n",
		"ndjson": "{\"name\":\"a\",\"count\":1,\"cost_usd\":null}\n{\"name\":\"b,\\\"c\\\"\",\"count\":null,\"cost_usd\":5e-7}\n",
		"csv":    "name,count,cost_usd\na,1,\n\"b,\"\"c\"\"\",,0.0000005\n",
		"table":  "NAME   COUNT\na          1\nb,\"c\"      1\n",
	} {
		if got := written(t, format, rows...); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
		}
	}
	if got := written(t, "json"); got != "[]\n" {
		t.Errorf("no rows as JSON: %q", got)
	}
	if got := written(t, "csv"); got != "name,count,cost_usd\n" {
		t.Errorf("no rows as CSV: %q", got)
	}
}

func FuzzWriter(f *testing.F) {
	for _, s := range []string{evilName, "=cmd()", "\u009b2J", "\U000e0041", "plain", "漢字", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, format := range []string{"json", "csv", "table", "ndjson"} {
			out := written(t, format, row{Name: s})
			if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && (r < ' ' || obeyed(r)) }); i >= 0 {
				t.Errorf("%s: %q has a control at %d", format, out, i)
			}
		}
		var back []row
		if err := json.Unmarshal([]byte(written(t, "json", row{Name: s})), &back); err != nil || back[0].Name != strings.ToValidUTF8(s, "\ufffd") && strings.ToValidUTF8(s, "") == s {
			t.Errorf("JSON of %q reads back as %v, %v", s, back, err)
		}
		if _, err := csv.NewReader(strings.NewReader(written(t, "csv", row{Name: s}))).ReadAll(); err != nil {
			t.Errorf("CSV of %q: %v", s, err)
		}
	})
}
