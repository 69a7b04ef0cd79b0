package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

// TestCostProgressIsSaid: also where standard error is no terminal.
func TestCostProgressIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newCostProgress(make([]scope, 2), 2000)
		p.show(streams{err: &out}, func() {
			p.hours(0, 700)
			p.hours(1, 500)
			time.Sleep(15 * time.Second)
			p.hours(0, 1000)
			p.samples(1)
			time.Sleep(10 * time.Second)
			p.hours(1, 1000)
			time.Sleep(10 * time.Second)
		})
		want := `fntop: reading the month: metrics of 1,200 of 2,000 functions
fntop: reading the month: metrics of 1,500 of 2,000 functions; reading REPORT lines and changes in 1 region, which is free, for up to 35s
fntop: reading REPORT lines and changes in 1 region, which is free, for up to 35s
`
		if out.String() != want {
			t.Errorf("said\n%s", out.String())
		}
	})
}
