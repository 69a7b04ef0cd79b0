package jsonscan

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// tree reads a text into maps and slices, as a reader of everything would.
func tree(p *Scanner, depth int) any {
	if depth > 100 {
		p.Skip()
		return nil
	}
	switch p.Next() {
	case '{':
		p.I++
		m := map[string]any{}
		for {
			k, ok := p.Key()
			if !ok {
				return m
			}
			m[k] = tree(p, depth+1)
		}
	case '[':
		p.I++
		list := []any{}
		for p.Element() {
			list = append(list, tree(p, depth+1))
		}
		return list
	case '"':
		return p.Scalar()
	}
	v := p.Scalar()
	switch v {
	case "":
		return nil
	case "true":
		return true
	case "false":
		return false
	}
	return json.Number(v)
}

func decode(s string) (any, bool) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil, false
	}
	return v, true
}

func FuzzScanner(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"b":[true,null,"x\n\u00e9\ud83d\ude00\ud800"],"c":{"d":-1.5e3}}`, `[]`, `{}`, `""`, `"\"`, `"\\"`, `"\u12"`, `{"a":1,}`, `[1,,2]`,
		`{"a" "b"}`, `{"a":`, `[[[[`, `{"a":"b`, `nul`, "\"\x00\xff\"", `{"":0}`, `"\/\b\f\r\t\q"`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := Scanner{S: s}
		got := tree(&p, 0)
		if p.I > len(s) {
			t.Fatalf("%q: read %d bytes", s, p.I)
		}
		want, ok := decode(s)
		if !ok || !strings.Contains(`{["tfn-0123456789`, strings.TrimLeft(s, " \t\r\n")[:1]) {
			return
		}
		if p.Bad {
			t.Errorf("%q cannot be read", s)
		}
		if strings.ToValidUTF8(s, "") == s && !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %#v, want %#v", s, got, want)
		}
		q := Scanner{S: s}
		q.Skip()
		r := Scanner{S: s}
		r.Value()
		if q.I != p.I || r.I != p.I || q.Bad || r.Bad {
			t.Errorf("%q: %d bytes read, %d skipped, %d taken", s, p.I, q.I, r.I)
		}
	})
}

func TestBad(t *testing.T) {
	for _, s := range []string{"", " ", "{", `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `[`, `[1`, `{1:2}`, `{"a":}`, `"`, `"\"`, `{:`} {
		p := Scanner{S: s}
		tree(&p, 0)
		if !p.Bad {
			t.Errorf("%q was read", s)
		}
	}
}

func TestValue(t *testing.T) {
	for in, want := range map[string]string{
		`{"a": {"b":[1, "}"]} ,"c":2}`: `{"b":[1, "}"]}`,
		`{"a": [1,2] }`:                `[1,2]`,
		`{"a":"x\ty"}`:                 "x\ty",
		`{"a":12}`:                     "12",
		`{"a":null}`:                   "",
	} {
		p := Scanner{S: in, I: 1}
		p.Key()
		if got := p.Value(); got != want || p.Bad {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
