package demo

import (
	"strconv"
	"testing"
	"time"

	"fntop/sources"
)

func TestQuotaOf(t *testing.T) {
	tests := []struct {
		service, op, region string
		rate                float64
		known               bool
	}{
		{"cloudwatch", "GetMetricData", "us-east-1", 500, true},
		{"cloudwatch", "ListMetrics", "us-east-1", 25, true},
		{"cloudwatch", "GetMetricStatistics", "us-east-1", 0, false},
		{"logs", "FilterLogEvents", "us-east-1", 25, true},
		{"logs", "FilterLogEvents", "eu-central-1", 5, true},
		{"logs", "FilterLogEvents", "eu-west-1", 10, true},
		{"logs", "GetLogEvents", "eu-west-3", 30, true},
		{"logs", "GetLogEvents", "us-west-2", 10, true},
		{"logs", "GetLogEvents", "us-east-1", 25, true},
		{"logs", "DescribeLogStreams", "us-east-1", 25, true},
		{"logs", "DescribeLogGroups", "us-east-1", 10, true},
		{"lambda", "ListFunctions", "us-east-1", 15, true},
		{"lambda", "GetFunction", "us-east-1", 100, true},
		{"lambda", "GetPolicy", "us-east-1", 15, true},
		{"cloudtrail", "LookupEvents", "us-east-1", 2, true},
		{"s3", "ListBuckets", "us-east-1", 0, false},
		{"xray", "GetTraceSummaries", "us-east-1", 0, false},
		{"logs", "GetLogRecord", "us-east-1", 0, false},
	}
	for _, tt := range tests {
		if q, ok := quotaOf(tt.service, tt.op, tt.region); ok != tt.known || q.rate != tt.rate {
			t.Errorf("%s:%s in %s: %v, %v", tt.service, tt.op, tt.region, q.rate, ok)
		}
	}
}

func TestValidStat(t *testing.T) {
	for stat, want := range map[string]bool{
		"Sum": true, "Average": true, "SampleCount": true, "Minimum": true, "Maximum": true, "IQM": true,
		"p50": true, "p99.9": true, "p0": true, "p100": true, "tm90": true, "TM(10%:90%)": true, "PR(:300)": true,
		"": false, "p": false, "p101": false, "p-1": false, "p1e1": false, "sum": false, "tm": false, "Median": false, "pNaN": false,
	} {
		if got := validStat(stat); got != want {
			t.Errorf("validStat(%q) = %v", stat, got)
		}
	}
}

func TestValidPeriod(t *testing.T) {
	for seconds, want := range map[int64]bool{1: true, 5: true, 30: true, 60: true, 300: true, 86400: true, 0: false, -60: false, 45: false, 90: false, 1 << 40: false} {
		if got := validPeriod(seconds); got != want {
			t.Errorf("validPeriod(%d) = %v", seconds, got)
		}
	}
}

func TestNameOf(t *testing.T) {
	for in, want := range map[string][2]string{
		"f": {"f", ""}, "f:live": {"f", ""}, "123456789012:function:f": {"f", ""}, "123456789012:function:f:3": {"f", ""},
		"arn:aws:lambda:eu-west-1:123456789012:function:f":   {"f", "eu-west-1"},
		"arn:aws:lambda:eu-west-1:123456789012:function:f:3": {"f", "eu-west-1"}, "": {"", ""}, ":::": {"", ""},
	} {
		if name, region := nameOf(in); name != want[0] || region != want[1] {
			t.Errorf("nameOf(%q) = %q, %q", in, name, region)
		}
	}
}

func TestConfigurationOfImage(t *testing.T) {
	f := sources.Function{ID: sources.FunctionID{Account: "1", Region: "r", Name: "f"}, Runtime: "python3.13", PackageType: sources.PackageImage}
	c := functionConfiguration(&f)
	if c.Runtime != "" || c.Handler != nil || *c.Version != "$LATEST" {
		t.Errorf("an image has runtime %q, handler %v, version %q", c.Runtime, c.Handler, *c.Version)
	}
	if code := codeLocation(&f); code.ImageUri == nil || code.Location != nil {
		t.Errorf("%+v", code)
	}
	// A change of configuration is another revision of the same code; other
	// code is both.
	before, sum := revisionOf(&f), codeSum(&f)
	f.LastModified = f.LastModified.Add(time.Second)
	if revisionOf(&f) == before || codeSum(&f) != sum {
		t.Error("a change of configuration")
	}
	f.CodeSize++
	if codeSum(&f) == sum {
		t.Error("a change of code")
	}
}

func FuzzToken(f *testing.F) {
	f.Add(int64(0), uint32(0), int64(0), byte(0), uint64(0), "")
	f.Add(time.Date(2026, 11, 23, 0, 0, 0, 1, time.UTC).UnixNano(), uint32(7), int64(-1), byte(1), uint64(1<<63), "AQA")
	f.Fuzz(func(t *testing.T, at int64, skip uint32, asOf int64, flags byte, sum uint64, other string) {
		tok := token{pos: position{at: time.Unix(0, at).UTC(), skip: skip}, asOf: time.Unix(0, asOf).UTC(), flags: flags, sum: sum}
		got, err := parseToken(tok.String(), sum)
		if err != nil || got != tok {
			t.Errorf("%+v came back as %+v, %v", tok, got, err)
		}
		if _, err := parseToken(tok.String(), sum+1); err == nil {
			t.Error("taken for another question")
		}
		if got, err := parseToken(other, sum); err == nil && got.sum != sum {
			t.Errorf("%q: %+v", other, got)
		}
		if name, err := parseNameToken(nameToken(other)); err != nil || name != other {
			t.Errorf("name %q came back as %q, %v", other, name, err)
		}
	})
}

// No question to the model is about more time than CloudWatch keeps.
func TestMetricWindowBounded(t *testing.T) {
	asOf := time.Date(2026, 11, 23, 14, 0, 30, 0, time.UTC)
	for _, period := range []time.Duration{time.Minute, 5 * time.Minute, 7 * time.Minute, time.Hour, 24 * time.Hour} {
		asked := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
		start, end := metricWindow(asked, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), period, asOf)
		if asOf.Sub(start) > retention(period) || end.After(asOf.Add(time.Minute)) || start.Add(period).Before(asOf.Add(-retention(period))) {
			t.Errorf("by %v: [%v, %v)", period, start, end)
		}
	}
}

func TestCountsAreBounded(t *testing.T) {
	var c counts
	for i := range 2 * maxActions {
		c.add(Call{Service: "s", Operation: strconv.Itoa(i)})
	}
	if len(c.by) > maxActions+1 || c.by["?:?"].Calls != maxActions {
		t.Errorf("%d actions, %d others", len(c.by), c.by["?:?"].Calls)
	}
}
