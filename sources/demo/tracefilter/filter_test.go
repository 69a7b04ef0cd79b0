package tracefilter_test

import (
	"strings"
	"testing"

	"fntop/sources/demo/tracefilter"
)

func sample() *tracefilter.Trace {
	front := tracefilter.Service{Name: "checkout", Type: "AWS::Lambda", Root: true, ResponseTime: 2.5, Error: true}
	fn := tracefilter.Service{Name: "checkout", Type: "AWS::Lambda::Function", ResponseTime: 2.25, Fault: true}
	table := tracefilter.Service{Name: "orders", Type: "AWS::DynamoDB::Table", ResponseTime: 0.25}
	return &tracefilter.Trace{
		Duration: 3, Fault: true, User: "ann",
		Annotations:  map[string]any{"tenant": "acme", "items": 3.0, "vip": true, "my-key.x": "y", "size": "12", "beta": "false"},
		ResponseTime: func() float64 { return 2.5 },
		HTTP: func() tracefilter.HTTP {
			return tracefilter.HTTP{Status: 502, URL: "https://x.example/pay", Method: "POST"}
		},
		Services: func() []tracefilter.Service { return []tracefilter.Service{front, fn, table} },
		Edges: func() []tracefilter.Edge {
			return []tracefilter.Edge{{From: front, To: fn, Fault: true}, {From: fn, To: table, ResponseTime: 0.25}}
		},
		ARNs: func() []string { return []string{"arn:aws:lambda:us-east-1:123456789012:function:checkout"} },
	}
}

func TestMatch(t *testing.T) {
	tests := map[string]bool{
		"":                                   true,
		"fault":                              true,
		"fault = true":                       true,
		"fault = false":                      false,
		"fault != true":                      false,
		"error":                              false,
		"!error":                             true,
		"NOT error":                          true,
		"ok":                                 false,
		"throttle OR fault":                  true,
		"throttle || fault && error":         false,
		"(throttle OR fault) AND !partial":   true,
		"responsetime > 2":                   true,
		"responsetime > 2.5":                 false,
		"responsetime>=2.5 and duration<=3":  true,
		"duration >= 5 AND duration <= 8":    false,
		"http.status = 502":                  true,
		"http.status != 200":                 true,
		`http.url CONTAINS "pay"`:            true,
		`http.url BEGINSWITH "https"`:        true,
		`http.url ENDSWITH "pays"`:           false,
		`http.method = "GET"`:                false,
		`user = "ann"`:                       true,
		`annotation.tenant = "acme"`:         true,
		`annotation.tenant != "acme"`:        false,
		`annotation[tenant] BEGINSWITH "ac"`: true,
		`annotation["my-key.x"] = "y"`:       true,
		`annotation.my-key.x = "y"`:          true,
		"annotation.items >= 3":              true,
		"annotation.items = 4":               false,
		"annotation.vip = true":              true,
		"annotation.size > 9":                true,
		"annotation.size > 12":               false,
		"annotation.tenant > 1":              false,
		"annotation.beta = false":            true,
		"annotation.tenant = false":          false,
		"annotation.vip":                     true,
		"annotation.none":                    false,
		`service("checkout")`:                true,
		`service("payments")`:                false,
		`service()`:                          true,
		`service("checkout") { fault }`:      true,
		`service("orders") { fault }`:        false,
		`service("checkout") { responsetime > 2.4 AND error }`:                               true,
		`service("checkout") { responsetime > 2.4 AND fault }`:                               false, // not the same node
		`service(id(name: "checkout", type: "AWS::Lambda::Function")) { fault }`:             true,
		`service(id(name: "checkout", type: "AWS::Lambda")) { fault }`:                       false,
		`service(id(type: "AWS::DynamoDB::Table", account.id: "123456789012"))`:              true,
		`service("checkout") { root }`:                                                       true,
		`service("checkout") {}`:                                                             true,
		`edge("checkout", "orders")`:                                                         true,
		`edge("orders", "checkout")`:                                                         false,
		`edge(id(name: "checkout", type: "AWS::Lambda"), id(name: "checkout")) { fault }`:    true,
		`edge("checkout", "orders") { responsetime > 0.2 }`:                                  true,
		`resource.arn = "arn:aws:lambda:us-east-1:123456789012:function:checkout"`:           true,
		`service("checkout") AND (duration > 1 OR annotation.tenant = "other") AND !(error)`: true,
	}
	for expression, want := range tests {
		t.Run(expression, func(t *testing.T) {
			f, err := tracefilter.Parse(expression)
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if got := f.Match(sample()); got != want {
				t.Errorf("Match = %v", got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"unknown", "fault =", "fault = maybe", "responsetime", "responsetime > ", "responsetime > x", "responsetime ~ 1",
		"http.url CONTAINS pay", `service("x"`, `service("x") { fault`, `service(id(name "x"))`, `service(id(color: "x"))`,
		`edge("a")`, `edge("a", "b"`, "(fault", "fault)", "fault fault", "fault AND", "! ", `annotation[`, `annotation[]`,
		`annotation.x = `, `"x"`, `service('x`, "AND", strings.Repeat("(", 100) + "ok" + strings.Repeat(")", 100), strings.Repeat("!", 100) + "ok",
		"responsetime > inf", "responsetime > nan",
	} {
		if _, err := tracefilter.Parse(s); err == nil {
			t.Errorf("Parse(%q) gave no error", s)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"fault", `service(id(name: "x", type: 'y')) { responsetime > 2 AND !ok }`, `annotation["k"] != 1e3`,
		`edge("a", id(type: "b")) {}`, `http.url CONTAINS "\"" OR annotation.x`, "((((", "!(!(ok))",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		filter, err := tracefilter.Parse(s)
		if err != nil {
			return
		}
		got := filter.Match(sample())
		// What matches does not match when it is negated, and the other way.
		if strings.TrimSpace(s) == "" {
			return
		}
		opposite, err := tracefilter.Parse("!(" + s + ")")
		if err != nil {
			return // one nesting too deep
		}
		if opposite.Match(sample()) == got {
			t.Errorf("%q and its negation both give %v", s, got)
		}
	})
}
