package main

import (
	"net/http"
	"testing"
	"time"

	"fntop/sources/aws"
	"fntop/sources/engine"
	"fntop/ui"
)

// TestSwitchedFaultsReachTheCloud turns each fault of the demo on and off while
// it is served, beside one that the flags have set, and asks it through the
// real command each time.
func TestSwitchedFaultsReachTheCloud(t *testing.T) {
	serveDemo(t) // for its credentials in the environment
	o := &demoOptions{seed: 7, faults: []string{"denied:xray"}}
	options := new(aws.Options)
	switches, stop, err := o.start(t.Context(), engine.Wall{}, options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	ask := func() (code int, stderr string) {
		code, _, stderr = fntop(t, "functions", "--endpoint-url", options.EndpointURL, "--region", "us-east-1", "-o", "json", "--since", "5m")
		return code, stderr
	}
	if code, stderr := ask(); code != 0 {
		t.Fatalf("a healthy demo: exit %d, %s", code, stderr)
	}
	byName := make(map[string]ui.Fault)
	for _, s := range switches {
		byName[s.Name] = s
	}
	expired := byName["expired"]
	expired.Set(true)
	if code, stderr := ask(); code != exitDenied {
		t.Errorf("expired: exit %d, want %d; it says %q", code, exitDenied, stderr)
	}
	expired.Set(false)
	byName["latency"].Set(true)
	began := time.Now()
	answer, err := http.Get(options.EndpointURL) // even a call that is refused is late
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || time.Since(began) < 2*time.Second {
		t.Errorf("latency: an answer after %v (%v)", time.Since(began), err)
	}
}
