package sample

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// Story is a snapshot of n functions of which tags, triggers and changes are
// known, and to some of which something has happened: a deploy that is followed
// by cold starts, first errors, throttling.
func Story(n int) *fleet.Snapshot {
	teams := []string{"checkout", "media", "platform"}
	kinds := []sources.TriggerKind{sources.TriggerAPIGateway, sources.TriggerS3, sources.TriggerSQS, "", sources.TriggerSchedule}
	functions := Functions(n)
	for i, f := range functions {
		if f.ID.Name == "image-resize" {
			f = Focus(f)
		}
		c := *f
		c.Tagged, c.Mapped = true, true
		c.Triggered = fleet.Health{Good: Now()}
		c.Config.Tags = map[string]string{"env": "prod", "team": teams[i%len(teams)]}
		if i%7 == 6 {
			delete(c.Config.Tags, "team")
		}
		if kind := kinds[i%len(kinds)]; kind != "" {
			c.Triggers = []sources.Trigger{{Function: c.ID, Kind: kind, Name: "uploads"}}
			if i%4 == 2 {
				c.Triggers = append(c.Triggers, sources.Trigger{Function: c.ID, Kind: sources.TriggerSNS, Name: "events"})
			}
		}
		c.ChangesFrom = Now().Add(-24 * time.Hour)
		c.Config.SnapStart = c.Config.Runtime == "java21"
		functions[i] = happening(&c)
	}
	return fleet.Assemble(Head(n), functions, nil, nil)
}

// happening lets something happen to some functions.
func happening(f *fleet.Function) *fleet.Function {
	at := func(minutes int) time.Time {
		return Now().Truncate(time.Minute).Add(-time.Duration(minutes) * time.Minute)
	}
	spike := func(m sources.Metric, before, during float64, from, to int) {
		var points []sources.Point
		for i := 60; i > 1; i-- {
			v := before
			if i <= from && i > to {
				v = during
			}
			points = append(points, sources.Point{Time: at(i), Value: v})
		}
		f = f.WithPoints(m, sources.StatSum, time.Minute, points, at(60), at(0))
	}
	switch f.ID.Name {
	case "image-resize":
		f.Changes = []sources.Change{
			{Function: f.ID, Time: at(28).Add(-20 * time.Second), Kind: sources.ChangeVersion, Operation: "PublishVersion", Who: "ci", Version: "41"},
			{Function: f.ID, Time: at(29), Kind: sources.ChangeCode, Operation: "UpdateFunctionCode", Who: "ci"},
		}
	case "checkout-api":
		f.Changes = []sources.Change{{
			Function: f.ID, Time: at(7), Kind: sources.ChangeConfiguration, Operation: "UpdateFunctionConfiguration", Who: "anna", What: "memory 1024 MB",
		}}
		spike(sources.MetricInvocations, 12000, 12000, 0, 0)
		spike(sources.MetricErrors, 0, 40, 6, 3)
	case "webhook-fanout":
		spike(sources.MetricThrottles, 0, 31, 12, 10)
	case "orders-consumer":
		f.Changes = []sources.Change{{Function: f.ID, Time: at(16), Kind: sources.ChangeAlias, Operation: "UpdateAlias", Who: "ci", Via: "codedeploy", Version: "12", Alias: "live"}}
	}
	return f
}
