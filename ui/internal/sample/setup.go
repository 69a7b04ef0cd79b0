package sample

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// setUp gives a function what is known of it beside what it does: changes,
// triggers, tags and limits.
func setUp(f *fleet.Function) {
	at := func(clock string) time.Time {
		t, _ := time.Parse(time.DateTime, "2026-11-23 "+clock) // written above each use
		return t
	}
	f.ChangesFrom = Now().Add(-24 * time.Hour)
	f.Changes = []sources.Change{
		{Time: at("13:48:02"), Kind: sources.ChangeConfiguration, Operation: "UpdateFunctionConfiguration", Who: "maria", What: "memory 2048 MB, timeout 30 s"},
		{Time: at("13:31:15"), Kind: sources.ChangeVersion, Operation: "PublishVersion", Who: "deploy-bot", Via: "cloudformation", Version: "41"},
		{Time: at("13:31:12"), Kind: sources.ChangeCode, Operation: "UpdateFunctionCode", Who: "deploy-bot", Via: "cloudformation"},
		{Time: at("09:12:40"), Kind: sources.ChangeConcurrency, Operation: "PutFunctionConcurrency", Who: "maria", What: "reserved 100"},
	}
	for i := range f.Changes {
		f.Changes[i].Function = f.ID
	}
	f.Tagged = true
	f.Config.Tags = map[string]string{"team": "media", "stack": "images-prod", "cost-centre": "4711"}
	arn := "arn:aws:lambda:" + f.ID.Region + ":" + Account
	f.Triggers = []sources.Trigger{
		{
			Kind: sources.TriggerS3, ID: "s3-uploads", Source: "arn:aws:s3:::uploads", Name: "uploads", Permitted: true,
		},
		{
			Kind: sources.TriggerSQS, ID: "0f1e2d3c-aaaa-bbbb-cccc-0123456789ab", Name: "resize-retry", State: "Enabled", Result: "OK", Qualifier: "live",
			Source: "arn:aws:sqs:" + f.ID.Region + ":" + Account + ":resize-retry", Settings: []sources.Setting{{Name: "batch", Value: "10"}, {Name: "window", Value: "5s"}},
		},
		{
			Kind: sources.TriggerKinesis, ID: "1f1e2d3c-aaaa-bbbb-cccc-0123456789ab", Name: "clicks", State: "Disabled", Result: "PROBLEM: Function call failed",
			Source: "arn:aws:kinesis:" + f.ID.Region + ":" + Account + ":stream/clicks", Settings: []sources.Setting{{Name: "batch", Value: "100"}},
		},
		{Kind: sources.TriggerURL, ID: "url", Name: "abcdef", Source: "https://abcdef.lambda-url." + f.ID.Region + ".on.aws/", Public: true},
	}
	for i := range f.Triggers {
		f.Triggers[i].Function = f.ID
	}
	f.Mapped, f.Triggered = true, fleet.Health{Good: Now()}
	f.Concurrency = sources.Some(sources.FunctionConcurrency{
		Reserved:    sources.Some(100),
		Provisioned: []sources.ProvisionedConcurrency{{Qualifier: "live", Requested: 5, Available: 5, Status: "READY"}},
	})
	f.Config.ARN = arn + ":function:" + f.ID.Name
}

// before gives a function the series of the same windows so much earlier:
// a little less traffic, and twice as quick.
func before(f *fleet.Function, ago time.Duration) *fleet.Function {
	for _, step := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour} {
		for _, s := range []struct {
			metric sources.Metric
			stat   sources.Stat
			factor float64
		}{
			{sources.MetricInvocations, sources.StatSum, 0.9},
			{sources.MetricErrors, sources.StatSum, 0.5},
			{sources.MetricDuration, sources.StatP50, 0.5},
			{sources.MetricDuration, sources.StatP95, 0.5},
			{sources.MetricDuration, sources.StatP99, 0.5},
			{sources.MetricConcurrency, sources.StatMaximum, 0.5},
		} {
			points, from, through, _ := f.Points(s.metric, s.stat, step)
			var earlier []sources.Point
			for _, p := range points {
				earlier = append(earlier, sources.Point{Time: p.Time.Add(-ago), Value: p.Value * s.factor})
			}
			f = f.WithPointsBefore(s.metric, s.stat, step, ago, earlier, from.Add(-ago), through.Add(-ago))
		}
	}
	return f
}
