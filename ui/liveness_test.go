package ui

import (
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// TestLiveIsOnlyWhatComesAsItShould checks the sign in the header against what
// comes and what does not.
func TestLiveIsOnlyWhatComesAsItShould(t *testing.T) {
	now := sample.Now()
	fails := func(kind sources.Kind, good time.Duration) fleet.Health {
		h := fleet.Health{Bad: now, Err: &sources.Error{Op: "op", Kind: kind}}
		if good > 0 {
			h.Good = now.Add(-good)
		}
		return h
	}
	both := func(change func(*fleet.Place)) func(*fleet.Snapshot) {
		return func(s *fleet.Snapshot) {
			for i := range s.Places {
				change(&s.Places[i])
			}
		}
	}
	for name, tc := range map[string]struct {
		change func(*fleet.Snapshot)
		want   string
	}{
		"well":              {func(*fleet.Snapshot) {}, "● live"},
		"logs denied":       {both(func(p *fleet.Place) { p.Logs = fails(sources.Denied, 0) }), "▲ logs denied"},
		"denied in one":     {func(s *fleet.Snapshot) { s.Places[0].Logs = fails(sources.Denied, time.Second) }, "▲ us-east-1 logs denied"},
		"metrics denied":    {both(func(p *fleet.Place) { p.Metrics = fails(sources.Denied, time.Minute) }), "▲ metrics denied"},
		"expired":           {both(func(p *fleet.Place) { p.Metrics = fails(sources.ExpiredCredentials, time.Second) }), "▲ expired"},
		"stale in one":      {func(s *fleet.Snapshot) { s.Places[0].Logs = fails(sources.Unreachable, 4*time.Minute) }, "▲ us-east-1 stale 4m"},
		"a blip of logs":    {both(func(p *fleet.Place) { p.Logs = fails(sources.Other, 3*time.Second) }), "● live"},
		"a blip of metrics": {both(func(p *fleet.Place) { p.Metrics = fails(sources.Throttled, 70*time.Second) }), "● live"},
		"no metrics":        {both(func(p *fleet.Place) { p.Metrics = fails(sources.Throttled, 2*time.Minute) }), "▲ stale 2m"},
		"never any":         {both(func(p *fleet.Place) { p.Metrics = fails(sources.Malformed, 0) }), "▲ metrics failing"},
		"logs late":         {both(func(p *fleet.Place) { p.Logs.Good = now.Add(-2 * time.Minute) }), "▲ logs late"},
		"long past": {both(func(p *fleet.Place) {
			p.Logs = fails(sources.Denied, time.Second)
			p.Logs.Bad = now.Add(-4 * time.Minute) // nobody asks for logs
		}), "● live"},
		"two troubles": {func(s *fleet.Snapshot) {
			s.Places[0].Metrics, s.Places[1].Logs = fails(sources.Throttled, 5*time.Minute), fails(sources.Denied, 0)
		}, "▲ eu-west-1 logs denied +1"},
		"one failed": {func(s *fleet.Snapshot) { s.Places[1].State, s.Places[1].Err = fleet.Failed, denied() }, "▲ eu-west-1 failed"},
	} {
		t.Run(name, func(t *testing.T) {
			head := sample.Head(24)
			tc.change(&head)
			d := open(t, 160, 40).show(fleet.Assemble(head, sample.Functions(24), nil, nil)).sees(tc.want)
			if tc.want != "● live" {
				d.seesNot("● live")
			}
		})
	}
}

// TestMetricsThatStayAwayAreLate lets no new metrics come, without any failure.
func TestMetricsThatStayAwayAreLate(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24)).sees("● live")
	d.now = d.now.Add(6 * time.Minute)
	head := sample.Head(24)
	for i := range head.Places { // logs do come
		head.Places[i].Logs.Good = d.now
	}
	d.show(fleet.Assemble(head, sample.Functions(24), nil, nil)).sees("▲ metrics late").seesNot("● live")
}
