package metricsql

import (
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Query{
		`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY SUM() DESC LIMIT 100`: {
			Function: Sum, Metric: "Invocations", Namespace: "AWS/Lambda", Schema: true, Labels: []string{"FunctionName"},
			Group: []string{"FunctionName"}, Order: Sum, Descending: true, Limit: 100,
		},
		"select avg(Duration)\nfrom \"AWS/Lambda\"": {Function: Avg, Metric: "Duration", Namespace: "AWS/Lambda", Limit: 500},
		`SELECT MAX("My.Metric") FROM SCHEMA(Own)`:  {Function: Max, Metric: "My.Metric", Namespace: "Own", Schema: true, Limit: 500},
		`SELECT COUNT(Errors) FROM SCHEMA("AWS/Lambda",FunctionName,"Resource") WHERE FunctionName != 'it\'s "x"' AND "Resource"='a' GROUP BY "Resource",FunctionName ORDER BY MIN() ASC`: {
			Function: Count, Metric: "Errors", Namespace: "AWS/Lambda", Schema: true, Labels: []string{"FunctionName", "Resource"},
			Where: []Condition{{"FunctionName", true, `it's "x"`}, {"Resource", false, "a"}},
			Group: []string{"Resource", "FunctionName"}, Order: Min, Limit: 500,
		},
		`SELECT AVG("Bytes\"Input\"") FROM "a\\b" ORDER BY AVG() limit 1`: {
			Function: Avg, Metric: `Bytes"Input"`, Namespace: `a\b`, Order: Avg, Limit: 1,
		},
	} {
		got, err := Parse(text)
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s:\n%+v, %v\nwant\n%+v", text, got, err, want)
		}
		if !IsQuery(text) {
			t.Errorf("%s: not a query", text)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, says := range map[string]string{
		`SELECT`:                                        "position 7: expected one of AVG",
		`SELECT P99(Duration) FROM x`:                   "expected one of AVG",
		`SELECT SUM() FROM x`:                           "the name of a metric",
		`SELECT SUM(Invocations) FROM AWS/Lambda`:       `found "/"`,
		`SELECT SUM(Invocations) FROM "AWS/Lambda`:      "a namespace",
		`SELECT SUM(Invocations)`:                       "expected FROM, found the end",
		`SELECT SUM(Invocations) FROM SCHEMA()`:         "a namespace",
		`SELECT SUM(a) FROM SCHEMA(x, Resource)`:        "a label",
		`SELECT SUM(Limit) FROM x`:                      "the name of a metric",
		`SELECT SUM(a) FROM x WHERE b = c`:              "single quotation marks",
		`SELECT SUM(a) FROM x WHERE b = "c"`:            "single quotation marks",
		`SELECT SUM(a) FROM x WHERE b > 'c'`:            "= or !=",
		`SELECT SUM(a) FROM x WHERE b = 'c' OR d = 'e'`: "the end of the query",
		`SELECT SUM(a) FROM x GROUP FunctionName`:       "BY",
		`SELECT SUM(a) FROM x ORDER BY SUM`:             "(",
		`SELECT SUM(a) FROM x ORDER BY SUM(a)`:          ")",
		`SELECT SUM(a) FROM x LIMIT 501`:                "1 to 500",
		`SELECT SUM(a) FROM x LIMIT 0`:                  "1 to 500",
		`SELECT SUM(a) FROM x LIMIT -1`:                 "1 to 500",
		`SELECT SUM(a) FROM x LIMIT 5 ORDER BY SUM()`:   "the end of the query",
		`SELECT SUM(a), SUM(b) FROM x`:                  "FROM",
		"SELECT SUM(a) FROM x WHERE b = 'c\\'":          "single quotation marks",
	} {
		if q, err := Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %+v, %v; want %q", text, q, err, says)
		}
	}
}

func TestIsQuery(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "SELECT": false, " select x": true, "SELECT(": true, "SELECTED(m1)": false, "SUM(METRICS())": false, "m1/m2": false,
	} {
		if IsQuery(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE a = 'b\'' GROUP BY c ORDER BY MAX() DESC LIMIT 7`)
	f.Add("SELECT \x00'\"\\")
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if (q == nil) == (err == nil) {
			t.Fatalf("%v, %v", q, err)
		}
		if q != nil && (q.Metric == "" || q.Namespace == "" || q.Limit < 1 || q.Limit > MaxSeries) {
			t.Errorf("%q: %+v", text, q)
		}
	})
}
