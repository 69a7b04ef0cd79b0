package spending_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/platformlog"
	"fntop/sources/spending"
)

// reports is a source of REPORT lines: a hundred an hour of each function, at
// the same minutes, of which the first of every hour is cold.
type reports struct {
	mu      sync.Mutex
	queries []sources.LogQuery
	err     error
	kept    time.Time // what is older has been thrown away
	raised  time.Time // what is older ran with 512 MB
}

func (r *reports) Correlator(fn sources.Function) sources.Correlator {
	return platformlog.NewCorrelator(fn)
}

func (r *reports) Logs(_ context.Context, q sources.LogQuery, page func(sources.LogPage) error) error {
	if r.err != nil {
		return r.err
	}
	r.mu.Lock()
	r.queries = append(r.queries, q)
	r.mu.Unlock()
	var events []sources.LogEvent
	for at := q.Start.Truncate(time.Hour); at.Before(q.End); at = at.Add(time.Hour) {
		for i := range 100 {
			when := at.Add(time.Duration(i) * 36 * time.Second)
			if when.Before(q.Start) || when.Before(r.kept) || !when.Before(q.End) || q.Select == sources.LogCold && i > 0 {
				continue
			}
			id := fmt.Sprintf("%08x-0000-0000-0000-%012x", when.Unix(), i)
			line := "REPORT RequestId: " + id + "\tDuration: 10.25 ms\tBilled Duration: 11 ms\tMemory Size: 1024 MB\tMax Memory Used: 90 MB\t"
			if i == 0 {
				line = "REPORT RequestId: " + id + "\tDuration: 10.25 ms\tBilled Duration: 211 ms\tMemory Size: 1024 MB\tMax Memory Used: 90 MB\tInit Duration: 200.10 ms\t"
			}
			if when.Before(r.raised) {
				line = strings.Replace(line, "Memory Size: 1024", "Memory Size: 512", 1)
			}
			events = append(events, sources.LogEvent{ID: id, Time: when, Stream: "s", Message: line + "\n"})
		}
	}
	switch most := min(q.Limit, len(events)); {
	case q.Limit > 0 && q.NewestFirst:
		events = events[len(events)-most:]
	case q.Limit > 0:
		events = events[:most]
	}
	return page(sources.LogPage{Events: events})
}

func TestSampleTellsInitAndRounding(t *testing.T) {
	for what, bytes := range map[string]float64{"all of the month": 1, "parts of it": 1e6} {
		fn := function("1", "us-east-1", "f")
		usage := read(t, &steady{requests: 100, ms: 10.25, bytes: bytes}, fn)
		from := new(reports)
		if err := spending.ReadSamples(t.Context(), from, &usage, spending.SampleOptions{Bytes: 8e9}); err != nil {
			t.Fatal(err)
		}
		s := usage.Used[0].Sample.Or(spending.Sample{})
		// One in a hundred has an init, billed as 200 ms.
		if rate := float64(s.Init) / 1e6 / s.Requests; math.Abs(rate-2) > 0.05 {
			t.Errorf("%s: init of %.3f ms for each request, want 2: %+v", what, rate, s)
		}
		if s.Rounding.Or(0) != 750*time.Microsecond || s.MaxMemoryMB.Or(0) != 90 || s.Reports < 100 || s.InitMean.Or(0) != 200100*time.Microsecond {
			t.Errorf("%s: %+v", what, s)
		}
		if s.Whole != (bytes == 1) || s.Whole == s.InitError.Known() {
			t.Errorf("%s: looked through %v from %v to %v", what, s.Looked, s.From, s.To)
		}
		for _, q := range from.queries {
			if q.Start.Before(usage.Span.Month) || q.End.After(usage.Span.Now) {
				t.Errorf("%s: asked from %v to %v", what, q.Start, q.End)
			}
		}
	}
}

// TestWhatIsNotKeptIsNotCounted: a log group that keeps a week does not make
// the weeks before look warm, and none at all leaves the init unknown.
func TestWhatIsNotKeptIsNotCounted(t *testing.T) {
	fn := function("1", "us-east-1", "f")
	usage := read(t, &steady{requests: 100, ms: 10.25, bytes: 1}, fn)
	from := &reports{kept: moment().AddDate(0, 0, -7)}
	if err := spending.ReadSamples(t.Context(), from, &usage, spending.SampleOptions{}); err != nil {
		t.Fatal(err)
	}
	s := usage.Used[0].Sample.Or(spending.Sample{})
	if rate := float64(s.Init) / 1e6 / s.Requests; math.Abs(rate-2) > 0.05 || s.Whole || s.Looked > 8*24*time.Hour {
		t.Errorf("init of %.3f ms for each request, want 2: %+v", rate, s)
	}
	usage = read(t, &steady{requests: 100, ms: 10.25, bytes: 1}, fn)
	if err := spending.ReadSamples(t.Context(), &reports{kept: moment()}, &usage, spending.SampleOptions{}); err != nil || usage.Used[0].Sample.Known() {
		t.Errorf("%v: %+v", err, usage.Used[0].Sample)
	}
	quiet := fn
	quiet.LogFormat, quiet.SystemLogLevel = sources.LogJSON, "WARN"
	usage = read(t, &steady{requests: 100, ms: 10.25, bytes: 1}, quiet)
	if err := spending.ReadSamples(t.Context(), new(reports), &usage, spending.SampleOptions{}); err != nil || usage.Used[0].Sample.Known() {
		t.Errorf("at level WARN: %v: %+v", err, usage.Used[0].Sample)
	}
}

// TestSamplesThatFail leave the init unknown, and the compute as it is.
func TestSamplesThatFail(t *testing.T) {
	usage := read(t, &steady{requests: 100, ms: 10.5, bytes: 1}, function("1", "us-east-1", "f"))
	denied := &sources.Error{Op: "logs:FilterLogEvents", Kind: sources.Denied}
	if err := spending.ReadSamples(t.Context(), &reports{err: denied}, &usage, spending.SampleOptions{}); !errors.Is(err, denied) {
		t.Errorf("error %v", err)
	}
	r := bill(t, usage, spending.Options{})
	if l := r.Lines[0]; l.Components.Init.Known() || !l.Components.Compute.Known() || !l.AtLeast || r.Missing.Init != 1 {
		t.Errorf("%+v", l)
	}
}

func TestDearestAreSampled(t *testing.T) {
	functions := many(10)
	usage := daily(functions, spending.SpanAt(moment()))
	from := new(reports)
	if err := spending.ReadSamples(t.Context(), from, &usage, spending.SampleOptions{Functions: 3}); err != nil {
		t.Fatal(err)
	}
	known := 0
	for i, u := range usage.Used {
		if u.Sample.Known() {
			known++
			if i < 7 { // the later ones run longer
				t.Errorf("%s is one of the dearest", u.Function.ID.Name)
			}
		}
	}
	if known != 3 {
		t.Errorf("%d were sampled", known)
	}
}
