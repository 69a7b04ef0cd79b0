package cost

import (
	"math"
	"testing"
	"time"
)

func TestAPIPrice(t *testing.T) {
	everything := CallUse{Requests: 3, Metrics: 480, Traces: 5, Scanned: 2 << 30, Live: 61 * time.Second}
	for _, c := range []struct {
		operation string
		unit      string // price of one unit
		of        string // price of everything
	}{
		{"cloudwatch:GetMetricData", "$0.01", "$0.0048"},
		{"cloudwatch:ListMetrics", "$0.01", "$0.00003"},
		{"cloudwatch:GetMetricStatistics", "$0.01", "$0.00003"},
		{"xray:GetTraceSummaries", "$0.50", "$0.0000025"},
		{"xray:BatchGetTraces", "$0.50", "$0.0000025"},
		{"logs:StartLiveTail", "$0.01", "$0.02"},
		{"logs:StartQuery", "$0.005", "$0.01"},
		{"logs:FilterLogEvents", "$0.00", "$0.00"},
		{"lambda:ListFunctions", "$0.00", "$0.00"},
		{"cloudtrail:LookupEvents", "$0.00", "$0.00"},
		{"tag:GetResources", "$0.00", "$0.00"},
		{"sts:GetCallerIdentity", "$0.00", "$0.00"},
		{"s3:GetBucketNotification", "$0.0004", "$0.0000012"},

		{"cloudwatch:GetMetricWidgetImage", "–", "–"},
		{"cloudwatch:GetInsightRuleReport", "–", "–"},
		{"lambda:InvokeFunction", "–", "–"},
		{"sqs:GetQueueAttributes", "–", "–"},
		{"cloudwatch", "–", "–"},
		{"GetMetricData", "–", "–"},
		{"", "–", "–"},
		{":", "–", "–"},
	} {
		p, ok := APIPrice(c.operation)
		if ok != (c.unit != "–") || p.Operation != c.operation {
			t.Errorf("%q: %+v, %v", c.operation, p, ok)
		}
		if got := p.USD().Exact(); got != c.unit {
			t.Errorf("%q costs %s by %q, want %s", c.operation, got, p.By, c.unit)
		}
		if got := p.Of(everything).Exact(); got != c.of {
			t.Errorf("%q costs %s in all, want %s", c.operation, got, c.of)
		}
		if ok && p.Date == "" {
			t.Errorf("%q has no date", c.operation)
		}
	}
	if p := (CallPrice{}); p.USD().Known() || p.Of(everything).Known() {
		t.Error("no price is a price")
	}
}

func TestAPIPriceOfNothingAndOfTooMuch(t *testing.T) {
	for _, op := range []string{"cloudwatch:GetMetricData", "logs:StartLiveTail", "logs:StartQuery", "xray:BatchGetTraces"} {
		p, _ := APIPrice(op)
		if got := p.Of(CallUse{Requests: 7}); !got.IsZero() {
			t.Errorf("%s of nothing costs %v", op, got)
		}
		less := CallUse{Requests: -1, Metrics: -1, Traces: -1, Scanned: -1, Live: -time.Hour}
		if got := p.Of(less); got.Known() {
			t.Errorf("%s of less than nothing costs %v", op, got)
		}
		most := CallUse{Metrics: math.MaxInt64, Traces: math.MaxInt64, Scanned: math.MaxInt64, Live: 1 << 62}
		if got := p.Of(most); got.Sign() != 1 {
			t.Errorf("%s of very much costs %v", op, got)
		}
	}
	tail, _ := APIPrice("logs:StartLiveTail")
	for d, want := range map[time.Duration]string{1: "$0.01", time.Minute: "$0.01", time.Minute + 1: "$0.02", 3 * time.Hour: "$1.80"} {
		if got := tail.Of(CallUse{Live: d}).Exact(); got != want {
			t.Errorf("%v of live tail cost %s, want %s", d, got, want)
		}
	}
}

// The arithmetic of polling: a hundred functions with five metrics each.
func TestBillOfPolling(t *testing.T) {
	p, _ := APIPrice("cloudwatch:GetMetricData")
	if got := p.Of(CallUse{Metrics: 100 * 5}).Exact(); got != "$0.005" {
		t.Errorf("a poll costs %s", got)
	}
	if got := p.Of(CallUse{Metrics: 100 * 5 * 480}).Exact(); got != "$2.40" {
		t.Errorf("eight hours of a poll a minute cost %s", got)
	}
}
