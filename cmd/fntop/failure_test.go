package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// serveDemo serves a demo cloud with faults, and gives its address.
func serveDemo(t *testing.T, faults ...demo.Fault) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	server := httptest.NewServer(demo.NewServer(demo.ServerConfig{
		Model: world.New(world.Config{Seed: 7}), Now: func() time.Time { return time.Now().UTC() }, Faults: demo.Faults{Rules: faults},
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// fntop runs a command line in this process.
func fntop(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &errs, env: os.LookupEnv})
	return code, out.String(), errs.String()
}

func TestFailuresAreSaidAndTheRestWorks(t *testing.T) {
	for name, tc := range map[string]struct {
		fault demo.Fault
		code  int
		says  []string // on standard error
		known []string // fields of the first function that are known all the same
		lost  []string // and those that are not
	}{
		"denied logs": {
			demo.Fault{Kind: demo.FaultDenied, Service: "logs"},
			exitDenied,
			[]string{"AccessDenied", "logs:FilterLogEvents", "/aws/lambda/"},
			[]string{"invocations", "duration_p95_ms"},
			[]string{"cold_starts", "init_p95_ms"},
		},
		"denied metrics": {
			demo.Fault{Kind: demo.FaultDenied, Service: "cloudwatch"},
			exitDenied,
			[]string{"AccessDenied", "cloudwatch:GetMetricData"},
			[]string{"memory_mb", "cold_starts"},
			[]string{"invocations", "duration_p95_ms", "cost_usd"},
		},
		"denied listing": {
			demo.Fault{Kind: demo.FaultDenied, Service: "lambda"},
			exitDenied,
			[]string{"AccessDenied", "lambda:ListFunctions"},
			nil, nil,
		},
		"expired credentials": {
			demo.Fault{Kind: demo.FaultExpired}, exitDenied, []string{"expired credentials"}, nil, nil,
		},
		"garbage metrics": {
			demo.Fault{Kind: demo.FaultGarbage, Service: "cloudwatch"},
			exitFailed,
			[]string{"malformed answer", "cloudwatch:GetMetricData"},
			[]string{"memory_mb", "cold_starts"},
			[]string{"invocations"},
		},
		"partial metrics": {
			demo.Fault{Kind: demo.FaultPartial, Service: "cloudwatch"},
			exitFailed,
			[]string{"cloudwatch:GetMetricData"},
			[]string{"memory_mb", "cold_starts"},
			nil,
		},
		"throttled listing": {
			demo.Fault{Kind: demo.FaultThrottle, Service: "lambda"},
			exitFailed,
			[]string{"throttled", "lambda:ListFunctions"},
			nil, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := serveDemo(t, tc.fault)
			code, stdout, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1", "functions", "-o", "json", "--since", "10m")
			if code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			for _, word := range tc.says {
				if !strings.Contains(stderr, word) {
					t.Errorf("%q is not said:\n%s", word, stderr)
				}
			}
			if lines := strings.Count(stderr, "\n"); lines > 4 {
				t.Errorf("%d lines of errors, want each said once:\n%s", lines, stderr)
			}
			if tc.known == nil && tc.lost == nil {
				if stdout != "" {
					t.Errorf("printed although nothing is known:\n%s", stdout)
				}
				return
			}
			var functions []map[string]any
			if err := json.Unmarshal([]byte(stdout), &functions); err != nil || len(functions) == 0 {
				t.Fatalf("%v in:\n%s", err, stdout)
			}
			for _, field := range tc.known {
				if functions[0][field] == nil {
					t.Errorf("%s is unknown", field)
				}
			}
			for _, field := range tc.lost {
				if v := functions[0][field]; v != nil {
					t.Errorf("%s is %v, want unknown", field, v)
				}
			}
		})
	}
}

func TestADeadRegionLeavesTheOthers(t *testing.T) {
	url := serveDemo(t, demo.Fault{Kind: demo.FaultDrop, Region: "eu-west-1"})
	code, stdout, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1,eu-west-1", "functions", "-o", "ndjson", "--since", "10m")
	if code != exitFailed || !strings.Contains(stderr, "eu-west-1") && !strings.Contains(stderr, "127.0.0.1") {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr)
	}
	if n := strings.Count(stdout, `"region":"us-east-1"`); n < 10 {
		t.Errorf("%d functions of the region that lives:\n%s", n, stdout)
	}
}

func TestStats(t *testing.T) {
	url := serveDemo(t)
	code, _, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1", "functions", "-o", "json", "--stats", "--since", "10m")
	var got stats
	if err := json.Unmarshal([]byte(strings.TrimSpace(stderr)), &got); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v in %q", code, err, stderr)
	}
	if got.Calls["lambda:ListFunctions"] != 1 || got.Metrics == 0 || got.USD <= 0 || got.BytesIn == 0 {
		t.Errorf("stats: %+v", got)
	}
	if want := float64(got.Metrics) * 1e-5; got.USD < want*0.999 || got.USD > want*1.001 {
		t.Errorf("%v dollars for %d metrics, want %v", got.USD, got.Metrics, want)
	}
}

func TestFreeSpendsNothing(t *testing.T) {
	url := serveDemo(t)
	code, stdout, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1", "functions", "-o", "ndjson", "--stats", "--free", "--since", "10m")
	if code != 0 || !strings.Contains(stderr, `"usd":0,`) || !strings.Contains(stdout, `"cold_starts":`) {
		t.Errorf("exit code %d, stderr %s", code, stderr)
	}
}

func TestFindingAFunction(t *testing.T) {
	url := serveDemo(t)
	for name, tc := range map[string]struct {
		code int
		says string
	}{
		"checkout-api":           {exitOK, ""},
		"us-east-1/checkout-api": {exitOK, ""},
		"arn:aws:lambda:us-east-1:123456789012:function:checkout-api": {exitOK, ""},
		"checkout":   {exitFailed, "did you mean us-east-1/checkout-api?"},
		"no-such-fn": {exitFailed, "fntop functions lists what there is"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1", "invocations", name, "--since", "5m", "-o", "csv")
			if code != tc.code || !strings.Contains(stderr, tc.says) {
				t.Errorf("exit code %d, stderr %s", code, stderr)
			}
			if tc.code == exitOK && strings.Count(stdout, "\n") < 100 {
				t.Errorf("%d lines of invocations", strings.Count(stdout, "\n"))
			}
		})
	}
}

// TestOneCauseIsOneLine: what fails everywhere for one cause is said once, and
// where.
func TestOneCauseIsOneLine(t *testing.T) {
	for kind, want := range map[demo.Fault]string{
		{Kind: demo.FaultDenied, Service: "logs"}: "AccessDenied: logs:FilterLogEvents on ",
		{Kind: demo.FaultExpired}:                 "expired credentials",
	} {
		url := serveDemo(t, kind)
		_, _, stderr := fntop(t, "--endpoint-url", url, "--region", "us-east-1,eu-west-1,ap-southeast-2", "functions", "-o", "json", "--since", "10m")
		if strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("want one line with %q:\n%s", want, stderr)
		}
	}
}
