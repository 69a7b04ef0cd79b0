package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/pricing"
	"fntop/sources/spending"
)

// costArgs are for a region of the demo cloud that has few functions.
func costArgs(url string, more ...string) []string {
	return append([]string{"--endpoint-url", url, "--region", "ap-southeast-2", "cost"}, more...)
}

// TestCost: components add up to lines, the forecast lies in its range, what
// reading costs is said before and is what the meter counted.
func TestCost(t *testing.T) {
	url := serveDemo(t)
	code, stdout, stderr := fntop(t, costArgs(url, "-o", "json", "--stats")...)
	if code != exitOK {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	var lines []struct {
		Function   *string
		Region     string
		Account    string
		MTD        json.Number `json:"month_to_date_usd"`
		Forecast   float64     `json:"forecast_usd"`
		Low        float64     `json:"forecast_low_usd"`
		High       float64     `json:"forecast_high_usd"`
		Currency   string
		Components map[string]*json.Number
		AtLeast    bool `json:"at_least"`
	}
	if err := json.Unmarshal([]byte(stdout), &lines); err != nil || len(lines) != 2 {
		t.Fatalf("%v: %s", err, stdout)
	}
	for _, l := range lines {
		var sum cost.USD
		for _, name := range []string{"requests", "compute", "init", "ephemeral_storage", "provisioned", "snapstart", "logs_ingestion", "free_tier"} {
			amount, there := l.Components[name]
			if !there {
				t.Errorf("%s has no %s", *l.Function, name)
			}
			if amount != nil {
				sum = sum.Add(decimal(t, *amount))
			}
		}
		if left, ok := sum.Sub(decimal(t, l.MTD)).Float64(); !ok || math.Abs(left) > 1e-12 {
			t.Errorf("%s: components are %v, month to date %v", *l.Function, sum, l.MTD)
		}
		mtd, _ := l.MTD.Float64()
		if l.Low > l.Forecast || l.Forecast > l.High || l.Low < mtd-1e-9 || l.Currency != "USD" || l.Account == "" {
			t.Errorf("%+v", l)
		}
		if l.Components["logs_ingestion"] != nil || !l.AtLeast {
			t.Errorf("logs have no price there: %+v", l)
		}
	}
	for _, says := range []string{"reading the month costs up to $0.0000800: 8 metrics", "not in the total: logs of 2 functions", "month to date ≥$", "prices 20", `"metrics_requested":8`} {
		if !strings.Contains(stderr, says) {
			t.Errorf("%q is not said:\n%s", says, stderr)
		}
	}
}

func decimal(t *testing.T, n json.Number) cost.USD {
	t.Helper()
	whole, frac, _ := strings.Cut(n.String(), ".")
	if len(frac) > 14 { // what ParseUSD takes
		frac = frac[:14]
	}
	u, err := cost.ParseUSD(strings.TrimPrefix(whole, "-") + "." + cmp.Or(frac, "0"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(whole, "-") {
		return u.Neg()
	}
	return u
}

func TestCostForAPerson(t *testing.T) {
	url := serveDemo(t)
	code, stdout, stderr := fntop(t, costArgs(url, "--ascii")...)
	if code != exitOK {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	for _, says := range []string{"FUNCTION", "chat-bot", "total", "month to date >=$", "forecast >=$", "prices 20", "free tier applied per account, over the regions read", "never in these figures: storage of logs"} {
		if !strings.Contains(stdout, says) {
			t.Errorf("%q is not there:\n%s", says, stdout)
		}
	}
	for _, r := range stdout {
		if r > 127 {
			t.Fatalf("%q under --ascii:\n%s", r, stdout)
		}
	}
}

// TestCostOfOneFunction reads only what it needs, and is before the free tier.
func TestCostOfOneFunction(t *testing.T) {
	code, stdout, stderr := fntop(t, costArgs(serveDemo(t), "chat-bot", "--stats")...)
	if code != exitOK || !strings.Contains(stdout, "before the free tier") || strings.Contains(stdout, "total") ||
		!strings.Contains(stderr, `"metrics_requested":4`) {
		t.Errorf("exit code %d:\n%s\n%s", code, stdout, stderr)
	}
	if code, _, stderr := fntop(t, costArgs(serveDemo(t), "no-such-function")...); code != exitFailed || !strings.Contains(stderr, "not found") {
		t.Errorf("exit code %d:\n%s", code, stderr)
	}
}

func TestCostViews(t *testing.T) {
	url := serveDemo(t)
	for view, says := range map[string][]string{
		"--by=component": {`"component":"compute"`, `"basis":`, `"component":"free_tier"`},
		"--what-changed": {`"traffic_usd":`, `"difference_usd":`},
		"--what-if":      {`"setting":"arm64"`, `"basis":"assumption"`},
	} {
		code, stdout, stderr := fntop(t, costArgs(url, view, "-o", "ndjson")...)
		if code != exitOK {
			t.Errorf("%s: exit code %d:\n%s", view, code, stderr)
		}
		for _, s := range says {
			if !strings.Contains(stdout, s) {
				t.Errorf("%s: %q is not there:\n%s", view, s, stdout)
			}
		}
	}
}

func TestCostCSV(t *testing.T) {
	code, stdout, stderr := fntop(t, costArgs(serveDemo(t), "-o", "csv")...)
	if code != exitOK {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v:\n%s", err, stdout)
	}
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			if strings.HasSuffix(name, "_usd") || name == "compute" || name == "free_tier" {
				if _, err := strconv.ParseFloat(row[i], 64); err != nil || strings.ContainsAny(row[i], "eE,$") {
					t.Errorf("%s is %q: not a plain number", name, row[i])
				}
			}
			if name == "logs_ingestion" && row[i] != "" {
				t.Errorf("what is not known is %q", row[i])
			}
		}
	}
	// A name that a spreadsheet would run is text.
	hostile := spending.Line{Function: sources.FunctionID{Name: "=cmd|'/C calc'!A0", Region: "r", Account: "a"}, ToDate: cost.Unknown()}
	if v := fieldValues(shapeLine(&hostile).flat()); v[0] != "'=cmd|'/C calc'!A0" || v[3] != "" {
		t.Errorf("%q", v)
	}
}

// TestCostStaysInsideItsBudget: what would cost too much is not begun.
func TestCostStaysInsideItsBudget(t *testing.T) {
	for _, tc := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--free"}, exitFailed, "--free allows nothing"},
		{[]string{"--budget", "0.0001/h"}, exitFailed, "over budget"},
		{[]string{"--budget", "0.01/h"}, exitOK, "up to $0.0000800"},
		{[]string{"--by", "moon"}, exitUsage, "function or component"},
		{[]string{"--what-if", "--what-changed"}, exitUsage, "exclude each other"},
		{[]string{"--reconcile", "chat-bot"}, exitUsage, "takes no FUNCTION"},
	} {
		code, _, stderr := fntop(t, costArgs(serveDemo(t), append(tc.args, "--stats")...)...)
		if code != tc.code || !strings.Contains(stderr, tc.says) {
			t.Errorf("%v: exit code %d:\n%s", tc.args, code, stderr)
		}
		if tc.code == exitFailed && !strings.Contains(stderr, `"usd":0,`) {
			t.Errorf("%v: it has cost something:\n%s", tc.args, stderr)
		}
	}
}

func TestCostSaysWhatFailed(t *testing.T) {
	for what, tc := range map[string]struct {
		fault demo.Fault
		code  int
		says  string
		mtd   bool // known
	}{
		"denied logs":    {demo.Fault{Kind: demo.FaultDenied, Service: "logs"}, exitDenied, "AccessDenied: logs:FilterLogEvents on /aws/lambda/chat-bot, ", true},
		"denied metrics": {demo.Fault{Kind: demo.FaultDenied, Service: "cloudwatch"}, exitDenied, "hours or prices are not known", false},
		"throttled":      {demo.Fault{Kind: demo.FaultThrottle, Service: "cloudwatch"}, exitFailed, "throttled", false},
	} {
		code, stdout, stderr := fntop(t, costArgs(serveDemo(t, tc.fault), "-o", "ndjson")...)
		if code != tc.code || !strings.Contains(stderr, tc.says) || strings.Contains(stdout, `"month_to_date_usd":null`) == tc.mtd {
			t.Errorf("%s: exit code %d:\n%s\n%s", what, code, stdout, stderr)
		}
	}
}

// TestNothingKnownIsNoZero: where no hour is known, no sum is.
func TestNothingKnownIsNoZero(t *testing.T) {
	url := serveDemo(t, demo.Fault{Kind: demo.FaultDenied, Service: "cloudwatch"})
	code, stdout, stderr := fntop(t, costArgs(url)...)
	if code != exitDenied || !strings.Contains(stdout, "month to date – · forecast – · last month – · to") || !strings.Contains(stdout, "Δ week –\n") {
		t.Errorf("exit code %d:\n%s\n%s", code, stdout, stderr)
	}
	for line := range strings.Lines(stdout) {
		if cells := strings.Fields(line); cells[0] == "total" && strings.Join(cells[1:], "") != strings.Repeat("–", len(cells)-1) {
			t.Errorf("the total is %q", line)
		}
	}
}

func TestReconcile(t *testing.T) {
	if raced {
		t.Skip("the bill of a month is simulated, and does not come in time")
	}
	code, stdout, stderr := fntop(t, costArgs(serveDemo(t), "--reconcile", "-o", "ndjson", "--stats")...)
	if strings.Contains(stderr, "a day behind") {
		t.Skip("the month has just begun")
	}
	if code != exitOK || !strings.Contains(stderr, "$0.0100 of it for Cost Explorer") || !strings.Contains(stderr, `"ce:GetCostAndUsage":1`) {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	for row := range strings.Lines(stdout) {
		var r struct {
			Component  string
			Reckoned   *float64 `json:"reckoned_usd"`
			Billed     *float64 `json:"billed_usd"`
			Difference *float64 `json:"difference_usd"`
		}
		if err := json.Unmarshal([]byte(row), &r); err != nil {
			t.Fatal(err)
		}
		if r.Component != "requests" && r.Component != "compute" {
			continue
		}
		// The free tier is that of all regions, of which one was read: what is
		// reckoned is less.
		if r.Billed == nil || r.Difference == nil || *r.Difference > 0 || math.Abs(*r.Reckoned-*r.Billed-*r.Difference) > 1e-12 {
			t.Errorf("%s", row)
		}
	}
}

// TestPricesUpdate keeps the prices of a price list, those of another endpoint
// only where that is said, and does without a file that is broken.
func TestPricesUpdate(t *testing.T) {
	dir := t.TempDir()
	url := serveDemo(t)
	t.Setenv("XDG_CACHE_HOME", dir)
	kept := filepath.Join(dir, "fntop", "prices.json")
	code, _, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1", "prices", "update")
	if _, err := os.Stat(kept); code != exitUsage || !strings.Contains(stderr, "--into") || err == nil {
		t.Errorf("exit code %d, kept: %v\n%s", code, err, stderr)
	}
	if code, _, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1", "prices", "update", "--into", kept); code != exitOK || !strings.Contains(stderr, "kept in "+dir) {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	code, stdout, stderr := fntop(t, "prices", "-o", "csv")
	if code != exitOK || stderr != "" || !strings.Contains(stdout, "us-east-1,0.0000166667,0.0000133334,0.5,") || !strings.Contains(stdout, "price list at "+url) {
		t.Errorf("exit code %d:\n%s\n%s", code, stdout, stderr)
	}
	if err := os.WriteFile(kept, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := fntop(t, "prices", "-o", "csv"); code != exitOK || !strings.Contains(stderr, "kept prices are not used") || !strings.Contains(stdout, "us-east-1") {
		t.Errorf("exit code %d:\n%s\n%s", code, stdout, stderr)
	}
	if code, _, stderr := fntop(t, "--source", "demo", "prices", "update"); code != exitUsage {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestOldPricesAreTold: the age of kept prices is said wherever they are used.
func TestOldPricesAreTold(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	fresh, ok := cost.PriceOf("us-east-1", cost.X86, cost.ComputePrice)
	if !ok {
		t.Fatal("no price")
	}
	t.Cleanup(func() {
		if err := cost.Refresh([]cost.Price{fresh}); err != nil {
			t.Error(err)
		}
	})
	old := fresh
	old.Date, old.Source = "2020-01-01", "a list"
	if err := pricing.Save(filepath.Join(dir, "fntop", "prices.json"), []cost.Price{old}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"prices"},
		{"cost", "estimate", "--requests", "3M", "--duration", "120ms", "--memory", "1536", "--region", "us-east-1"},
	} {
		if code, stdout, stderr := fntop(t, args...); code != exitOK || !strings.Contains(stderr, "days old: fntop prices update") || !strings.Contains(stdout, "2020-01-01") {
			t.Errorf("exit code %d:\n%s\n%s", code, stdout, stderr)
		}
	}
}

func TestUnknownIsEmptyInCSV(t *testing.T) {
	var out strings.Builder
	w := newWriter[regionShape](&out, "csv", nil)
	err := errors.Join(w.write(regionShape{Region: "us-east-1", X86: cost.Unknown(), ARM: cost.Unknown(), Logs: cost.Unknown(), Date: "2026-11-26", Source: "a list"}), w.close())
	if err != nil || !strings.HasSuffix(out.String(), "\nus-east-1,,,,2026-11-26,a list\n") {
		t.Errorf("%v: %s", err, out.String())
	}
}
