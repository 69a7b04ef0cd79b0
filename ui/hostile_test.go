package ui

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
)

// nasty is text that tries to break a screen in every way known.
func nasty() string {
	return "\x1b]0;pwned\x07\x1b[2J\x1b[31mred\r\n\ttab\x00\x7f\u009b5m\u202egnp.exe\u2066\u200b\u200d\ufeff" +
		"e\u0301\u0301\u0301\u0301\u0301\u0301函数👩\u200d💻🇩🇪\U0001F3FB\xff\xfe\u2028กำक्षि각\ue000 end"
}

// hostileFleet is a fleet in which every text is nasty and every figure is at
// its limit.
func hostileFleet() *fleet.Snapshot {
	var list []*fleet.Function
	lines := map[sources.FunctionID]map[sources.InvocationKey]*fleet.Lines{}
	traces := map[poll.TraceRef]*fleet.Trace{}
	for i := range 50 {
		f := hostileFunction(i)
		list = append(list, f)
		lines[f.ID] = hostileLines(f)
		for _, inv := range f.Invocations {
			traces[poll.TraceRef{Scope: f.ID.Scope(), ID: inv.TraceID}] = hostileTrace(inv.TraceID)
		}
	}
	bad := fleet.Health{Good: sample.Now(), Bad: sample.Now(), Err: errors.New(nasty())}
	head := fleet.Snapshot{
		At: sample.Now(), Demand: math.MaxInt32, Settled: true,
		Places: []fleet.Place{
			{Label: nasty(), Region: nasty(), Account: nasty(), State: fleet.Open, Complete: true, Listed: math.MaxInt, Catalog: bad, Metrics: bad, Logs: bad, Traces: bad},
			{Label: "", State: fleet.Failed, Err: &sources.Error{Op: nasty(), On: nasty(), Kind: 99, Fix: nasty(), Err: errors.New(nasty())}},
		},
		Bill: meter.Bill{
			Ops:     []meter.Op{{Name: nasty(), Calls: math.MaxInt64, Metrics: math.MinInt64, USD: math.Inf(1), Busy: math.MaxInt64, BytesIn: math.MaxInt64}, {USD: math.NaN()}},
			PerHour: math.NaN(), Total: meter.Op{USD: math.Inf(-1), Throttles: math.MaxInt64},
		},
	}
	return fleet.Assemble(head, list, lines, traces)
}

func hostileFunction(i int) *fleet.Function {
	id := sources.FunctionID{
		Cloud: sources.AWS, Account: nasty(), Region: nasty()[:i%7], Name: strings.Repeat(nasty(), i%5) + string(rune('a'+i)),
	}
	f := &fleet.Function{ID: id, Configured: i%3 > 0, Gone: i%7 == 0, InvocationsDropped: math.MaxInt}
	f.Config = sources.Function{
		ID: id, ARN: nasty(), Runtime: nasty(), Architecture: sources.Architecture(nasty()), MemoryMB: math.MinInt, Timeout: math.MinInt64,
		Version: nasty(), State: nasty(), Description: strings.Repeat(nasty(), 50), LastModified: time.Time{}.Add(-1 << 62),
		Tags: map[string]string{nasty(): nasty()}, ReservedConcurrency: sources.Some(math.MinInt), ProvisionedConcurrency: sources.Some(math.MaxInt),
	}
	numbers := []float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, 5e-324, math.MaxFloat64}
	x := numbers[i%len(numbers)]
	d := []time.Duration{0, -1, math.MinInt64, math.MaxInt64, 1}[i%5]
	row := fleet.Row{
		Start: sample.Now().Add(-time.Hour), End: sample.Now(), PerMinute: numbers, Step: time.Minute, LastMinute: sources.Some(x),
		Invocations: sources.Some(int64(math.MaxInt64)), Errors: sources.Some(int64(math.MinInt64)), Throttles: sources.Some(int64(math.MinInt64)),
		P50: sources.Some(d), P95: sources.Some(d), P99: sources.Some(d), InitP95: sources.Some(d), ColdRate: sources.Some(x),
		ColdStarts: sources.Some(int64(math.MinInt64)), CostUSD: sources.Some(x), CostPerMillion: sources.Some(x), MetricsAge: sources.Some(d),
	}
	f = f.WithRow(sample.Window(), row)
	var points []sources.Point
	for m := range 70 {
		points = append(points, sources.Point{Time: sample.Now().Add(time.Duration(m-65) * time.Minute), Value: numbers[m%len(numbers)]})
	}
	for _, m := range []sources.Metric{sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles} {
		f = f.WithPoints(m, sources.StatSum, time.Minute, points, time.Time{}, sample.Now().Add(time.Hour))
	}
	for _, st := range []sources.Stat{sources.StatP50, sources.StatP95, sources.StatP99} {
		f = f.WithPoints(sources.MetricDuration, st, time.Minute, points, time.Time{}, sample.Now())
	}
	f = f.WithPoints(sources.MetricConcurrency, sources.StatMaximum, time.Minute, points, time.Time{}, sample.Now())
	f.Invocations = hostileInvocations(id)
	f.InvocationsFrom, f.InvocationsThrough = sample.Now().Add(-1000*time.Hour), sample.Now().Add(1000*time.Hour)
	f.Logs.Err = errors.New(nasty())
	f.TracesFrom, f.TracesThrough = f.InvocationsFrom, f.InvocationsThrough
	f.Searched = fleet.Health{Bad: sample.Now(), Err: errors.New(nasty())}
	if f.Config.Tracing = sources.TracingMode(nasty()); i%2 == 0 {
		f.Config.Tracing = sources.TracingActive
	}
	for m := range 6 {
		f.Traces = append(f.Traces, sources.TraceSummary{
			ID: nasty() + string(rune('0'+m)), Start: sample.Now().Add(-time.Duration(m) * time.Minute), Duration: sources.Some(d), Response: sources.Some(d),
			Error: m%2 == 0, Fault: m%3 == 0, Throttle: m%4 == 0, Partial: m%5 == 0, Status: sources.Some(math.MinInt),
			Services: []string{nasty(), "", nasty()}, Annotations: []sources.Setting{{Name: nasty(), Value: strings.Repeat(nasty(), 20)}, {}},
		})
	}
	f.Changes = []sources.Change{
		{Time: sample.Now().Add(-10 * time.Minute), Kind: sources.ChangeKind(nasty()), Operation: nasty(), Who: nasty(), Via: nasty(), Version: nasty(), Alias: nasty(), What: nasty()},
		{Time: time.Time{}.Add(-1 << 62), Kind: sources.ChangeCode, Who: strings.Repeat(nasty(), 100)},
		{Time: sample.Now().Add(1 << 60), Kind: sources.ChangeAlias},
	}
	f.Triggers = []sources.Trigger{
		{Kind: sources.TriggerKind(nasty()), Qualifier: nasty(), ID: nasty(), Source: nasty(), Name: nasty(), State: nasty(), Result: nasty(), Settings: []sources.Setting{{Name: nasty(), Value: strings.Repeat(nasty(), 50)}}},
		{Permitted: true, ID: nasty()},
		{Public: true, State: nasty()},
	}
	f.Concurrency = sources.Some(sources.FunctionConcurrency{
		Reserved:    []sources.Opt[int]{{}, sources.Some(0), sources.Some(math.MinInt), sources.Some(math.MaxInt)}[i%4],
		Provisioned: []sources.ProvisionedConcurrency{{Qualifier: nasty(), Requested: math.MaxInt, Available: math.MinInt, Status: nasty()}},
	})
	f.ColdFrom, f.ColdThrough = sample.Now().Add(-1000*time.Hour), sample.Now().Add(1000*time.Hour)
	for m := range 40 {
		f.ColdStarts = append(f.ColdStarts, fleet.ColdStart{At: sample.Now().Add(time.Duration(m-30) * time.Minute), Init: []time.Duration{0, -1, math.MinInt64, math.MaxInt64, 1}[m%5]})
	}
	return f
}

func hostileInvocations(id sources.FunctionID) []sources.Invocation {
	var list []sources.Invocation
	for i, d := range []time.Duration{0, 1, -1, math.MaxInt64, math.MinInt64, time.Hour, time.Millisecond} {
		list = append(list, sources.Invocation{
			Function: id, RequestID: nasty() + string(rune('0'+i)), Attempt: math.MaxInt, Environment: nasty(), Version: nasty(),
			Start: sources.Some(sample.Now()), Reported: sources.Some(sample.Now().Add(time.Second)),
			Duration: sources.Some(d), Billed: sources.Some(d), Init: sources.Some(d), Restore: sources.Some(d),
			MemoryMB: sources.Some(i - 1), MaxMemoryMB: sources.Some(math.MaxInt), Cold: sources.Some(true),
			Outcome: sources.Outcome(nasty()), ErrorType: nasty(), TraceID: nasty(), Sampled: true,
		})
	}
	return append(list, sources.Invocation{Function: id})
}

func hostileLines(f *fleet.Function) map[sources.InvocationKey]*fleet.Lines {
	all := map[sources.InvocationKey]*fleet.Lines{}
	for i := range f.Invocations {
		var events []sources.LogEvent
		for _, m := range []string{
			nasty(), "", "\n\n\n", strings.Repeat("x", 256<<10), strings.Repeat(nasty(), 2000), strings.Repeat("\u0301", 100_000),
			"a" + strings.Repeat("\u200d", 100_000), `{"message":"` + strings.Repeat(`\u001b[2J`, 100) + `","level":7}`, `{"level":"ERROR","message":{"a":1}}`,
			"{" + strings.Repeat(`"a":{`, 1000), "[ERROR]\t\t\t\t", "\t\t\t\t\t\t", "{}", "{\"message\":\"\"}", strings.Repeat("函", 50_000),
		} {
			events = append(events, sources.LogEvent{ID: nasty(), Time: sample.Now(), Message: m})
		}
		all[f.Invocations[i].Key()] = &fleet.Lines{Events: events, Complete: true}
	}
	return all
}

func hostileTrace(id string) *fleet.Trace {
	deep := &sources.Span{Name: nasty(), Start: sample.Now()}
	for i := range 3000 {
		deep = &sources.Span{
			ID: nasty(), Name: nasty(), Kind: nasty(), Resource: nasty(), Start: sample.Now().Add(-time.Duration(i) * time.Hour),
			Duration: sources.Some(time.Duration(math.MaxInt64)), Children: []*sources.Span{deep}, Fault: i%2 == 0,
		}
	}
	loop := &sources.Span{
		Name: "loop", Start: sample.Now().Add(time.Hour), Duration: sources.Some(time.Duration(-5)), Orphan: true, Status: sources.Some(math.MinInt),
		Exception:   &sources.Exception{Type: nasty(), Message: strings.Repeat(nasty(), 100), Stack: []string{nasty(), nasty()}},
		Annotations: map[string]string{nasty(): nasty(), "": ""}, RequestID: nasty(),
	}
	loop.Children = []*sources.Span{loop, {Start: time.Time{}}}
	return &fleet.Trace{Found: true, Trace: sources.Trace{ID: id, Start: sample.Now(), Duration: 3, Spans: []*sources.Span{loop, deep}, Partial: true}}
}

// TestHostile walks over pages full of nasty text at many sizes.
func TestHostile(t *testing.T) {
	d := open(t, 120, 40, func(o *Options) { o.Label = nasty() }).show(hostileFleet())
	for _, step := range [][]string{
		nil,
		{"down"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"s"},
		{"S"},
		{"end"},
		{"/", "type:a", "enter"},
		{"g", "down", "enter"},
		{"down"},
		{"left", "left"},
		{"["},
		{"]", "]", "]", "]"},
		{"="},
		{"+"},
		{"+", "+"},
		{"-"},
		{"=", "="},
		{"tab"},
		{"/", "type:mem>1 dur<1h", "enter", "s", "s", "s", "S"},
		{"esc"},
		{"tab"},
		{"down", "s", "s", "S", "y", "o"},
		{"/", "type:dur>0 status<1 -fault note:a", "enter"},
		{"esc"},
		{"tab"},
		{"down", "down", "left"},
		{"tab"},
		{"down"},
		{"tab"},
		{"down", "G"},
		{"1"},
		{"[", "[", "esc"},
		{"g", "enter"},
		{"down", "down", "down", "down"},
		{"enter"},
		{"w"},
		{"G"},
		{"g", "down", "down", "down", "enter"},
		{"pgdown"},
		{"pgdown"},
		{"pgup"},
		{"w"},
		{"ctrl+d"},
		{"<"},
		{"<"},
		{">"},
		{"{"},
		{"}"},
		{"z"},
		{"/", "type:a", "enter", "n", "N", "Z"},
		{"t"},
		{"down"},
		{"G"},
		{"up"},
		{"enter"},
		{"esc"},
		{"y"},
		{"esc"},
		{"esc"},
		{"esc"},
		{"b"},
		{"down"},
		{"?"},
		{"down"},
		{"esc"},
		{"p"},
		{"r"},
	} {
		d.keys(step...)
		for _, s := range []size{{120, 40}, {20, 5}, {33, 11}, {80, 24}, {200, 60}} {
			d.send(resizeTo(s))
			checkFrame(t, d.frame(), s.width, s.height)
		}
		if strings.Contains(d.frame(), "pwned\x07") {
			t.Fatal("a title sequence came through")
		}
	}
}
