package main

import (
	"testing"

	"go.uber.org/goleak"
)

// TestNoGoroutineStays runs a command with an engine, a demo cloud and real
// clients, and looks for goroutines that are left when it has returned.
func TestNoGoroutineStays(t *testing.T) {
	before := goleak.IgnoreCurrent()
	code, stdout, stderr := fntop(t, "--source", "demo", "--region", "us-east-1", "functions", "--since", "5m", "-o", "csv")
	if code != 0 || stdout == "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	goleak.VerifyNone(t, before)
}
