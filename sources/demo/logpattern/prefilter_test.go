package logpattern

import "testing"

// FuzzPrefilter checks that the texts looked for before decoding never turn a
// match into a miss.
func FuzzPrefilter(f *testing.F) {
	f.Add(`{ $.type = "platform.report" && $.record.a EXISTS }`, `{"type":"platform.report","record":{"a":1}}`)
	f.Add(`{ $.a = "*b*" || $.c = 4* }`, `{"a":"abc"}`)
	f.Add(`{ $.a = "/" && $.b != "x" }`, `{"a":"\/","b":1}`)
	f.Fuzz(func(t *testing.T, pattern, message string) {
		p, err := parseJSON(pattern)
		if err != nil {
			return
		}
		full := &jsonPattern{root: p.root}
		if p.match(message) != full.match(message) {
			t.Errorf("%q on %q: %v with prefilter %q", pattern, message, p.match(message), p.literals)
		}
	})
}
