package sample

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// list gives a function the traces of its sampled invocations, newest first,
// and older ones whose invocations are not known, n in all.
func list(f *fleet.Function, n int) {
	f.TracesThrough, f.TracesFrom = Now().Add(-8*time.Second), Now().Add(-time.Hour-time.Minute)
	f.Searched = fleet.Health{Good: Now().Add(-time.Hour)}
	at := f.TracesThrough
	for i := range f.Invocations {
		inv := &f.Invocations[i]
		if start, ok := inv.Start.Get(); ok && inv.Sampled && start.Before(at) && len(f.Traces) < n/2 {
			t := traced(inv.TraceID, start, inv.Duration, len(f.Traces))
			if t.Fault = inv.Outcome != sources.OK; t.Fault {
				t.Status = sources.Some(502)
			}
			f.Traces = append(f.Traces, t)
		}
	}
	if len(f.Traces) > 0 {
		at = f.Traces[len(f.Traces)-1].Start
	}
	for i := len(f.Traces); i < n; i++ {
		at = at.Add(-time.Duration(17+i%23) * time.Second)
		f.Traces = append(f.Traces, traced("1-6d2f3a10-"+requestID(i)[24:]+"0123456789ab", at, sources.Some(time.Duration(140+i*97%560)*time.Millisecond), i))
	}
}

func traced(id string, start time.Time, d sources.Opt[time.Duration], i int) sources.TraceSummary {
	t := sources.TraceSummary{
		ID: id, Start: start, Duration: d, Response: d, Status: sources.Some(200),
		Services: []string{"image-resize", "uploads", "thumbs-queue"}, Annotations: []sources.Setting{{Name: "bucket", Value: "uploads"}, {Name: "tenant", Value: []string{"acme", "umbra"}[i%2]}},
	}
	switch i % 10 {
	case 4:
		t.Error, t.Throttle, t.Status = true, true, sources.Some(429)
	case 6:
		t.Services, t.Annotations, t.Status = t.Services[:1], nil, sources.Opt[int]{}
	case 8:
		t.Partial, t.Duration, t.Response, t.Status = true, sources.Opt[time.Duration]{}, sources.Opt[time.Duration]{}, sources.Opt[int]{}
	}
	return t
}
