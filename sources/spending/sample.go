package spending

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"fntop/sources"
)

// Reporter is a source whose REPORT lines can be read. Reading them costs
// nothing and is bounded by the quota of FilterLogEvents: five to 25 calls a
// second.
type Reporter interface {
	sources.LogReader
	sources.InvocationReader
}

// SampleOptions bound how much is read. The zero value is what they are when
// they are not told.
type SampleOptions struct {
	Functions int // that use the most compute; 30
	// Bytes are how many bytes of one function's logs are looked through for
	// cold starts. How much one call looks through is not documented; 32 MB take
	// a few calls.
	Bytes float64
	Spans int // that they are spread over, where it is not all of the month; 6
	// Reports are how many ordinary reports of each function are read; 300.
	Reports int
}

func (o SampleOptions) withDefaults() SampleOptions {
	o.Functions, o.Spans, o.Reports = cmp.Or(o.Functions, 30), cmp.Or(o.Spans, 6), cmp.Or(o.Reports, 300)
	o.Bytes = cmp.Or(o.Bytes, 32<<20)
	return o
}

// samplesAtOnce is how many functions are sampled at the same time.
const samplesAtOnce = 8

// ReadSamples reads REPORT lines of the functions that use the most compute,
// and sets their samples: all cold starts of the month or of spans spread over
// it, and the newest ordinary reports. Functions that could not be read keep
// the sample they had, and the error tells why; so do those without lines, for
// which there is no error. What is older than the log group's retention is not
// taken for time without cold starts.
func ReadSamples(ctx context.Context, from Reporter, usage *Usage, o SampleOptions) error {
	o = o.withDefaults()
	var (
		group  sync.WaitGroup
		places = make(chan struct{}, samplesAtOnce)
		mu     sync.Mutex
		failed []error
	)
	for _, i := range Dearest(*usage, o.Functions) {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if ctx.Err() != nil {
				return
			}
			s, ok, err := sample(ctx, from, &usage.Used[i], usage.Span, o)
			if err == nil {
				if ok {
					usage.Used[i].Sample = sources.Some(s)
				}
				return
			}
			mu.Lock()
			defer mu.Unlock()
			failed = append(failed, err)
		})
	}
	group.Wait()
	return errors.Join(append(failed, ctx.Err())...)
}

// Dearest are the indices of the functions that have used the most compute in
// the month, most first, without those that used none.
func Dearest(usage Usage, most int) []int {
	type used struct {
		i  int
		ms float64
	}
	var all []used
	span := usage.Span
	for i := range usage.Used {
		u := &usage.Used[i]
		if u.Group != "" || u.Function.ManagedInstances || u.Function.LogGroup == "" || !reports(&u.Function) {
			continue
		}
		c := u.count(span, span.hour(span.Month), span.Hours())
		if run := c.run() + c.blindMS*float64(u.Function.MemoryMB); run > 0 {
			all = append(all, used{i, run})
		}
	}
	slices.SortStableFunc(all, func(a, b used) int { return cmp.Compare(b.ms, a.ms) })
	indices := make([]int, 0, min(most, len(all)))
	for _, u := range all[:min(most, len(all))] {
		indices = append(indices, u.i)
	}
	return indices
}

// reports tells whether a function reports invocations that went well: in JSON
// logs that is a matter of level (Lambda Developer Guide, "System log level
// event mapping").
func reports(fn *sources.Function) bool {
	return fn.LogFormat != sources.LogJSON || fn.SystemLogLevel != "WARN"
}

// sample reads the reports of one function. ok is false when there are none.
func sample(ctx context.Context, from Reporter, u *Used, span Span, o SampleOptions) (s Sample, ok bool, err error) {
	since, ok, err := keptSince(ctx, from, u, span)
	if err != nil || !ok {
		return s, false, err
	}
	spans := u.spans(stretch{since, span.Now}, u.logged(span), o)
	s = Sample{From: spans[0].from, To: spans[len(spans)-1].to}
	parts := make([]drawn, len(spans))
	var reports []map[sources.InvocationKey]sources.Invocation
	for i, at := range spans {
		s.Looked += at.to.Sub(at.from)
		parts[i].requests = u.requestsIn(span, at)
		found, err := invocations(ctx, from, u, at, sources.LogCold, 0)
		if err != nil {
			return s, false, err
		}
		parts[i].add(found)
		reports = append(reports, found)
	}
	s.Whole = s.Looked == span.Now.Sub(span.Month)
	s.cold(parts)
	newest, err := invocations(ctx, from, u, u.newest(span, o), sources.LogPlatform, 3*o.Reports)
	if err != nil {
		return s, false, err
	}
	s.ordinary(newest)
	s.seen(append(reports, newest)...)
	return s, s.Reports > 0, nil
}

// keptSince is since when there are lines of the month: since its beginning
// unless more than some requests came before the first line, which the log
// group has not kept then. ok is false when there are none.
func keptSince(ctx context.Context, from Reporter, u *Used, span Span) (since time.Time, ok bool, err error) {
	const some = 20
	fn := u.Function
	err = from.Logs(ctx, sources.LogQuery{
		Function: fn.ID, Group: fn.LogGroup, Format: fn.LogFormat, Select: sources.LogPlatform,
		Start: span.Month, End: span.Now, Limit: 1,
	}, func(p sources.LogPage) error {
		for _, e := range p.Events {
			since, ok = e.Time.Truncate(time.Minute), true
		}
		return nil
	})
	if since.Before(span.Month) || u.requestsIn(span, stretch{span.Month, since}) <= some {
		since = span.Month
	}
	return since, ok, err
}

// stretch is a span of time that is read.
type stretch struct{ from, to time.Time }

// spans are what is looked through for cold starts: all of a stretch that has so
// many bytes of logs, or as many minutes of it as are allowed, a part in each of
// some equal spans, each time at another time of the day.
func (u *Used) spans(whole stretch, bytes float64, o SampleOptions) []stretch {
	if bytes <= o.Bytes {
		return []stretch{whole}
	}
	each := whole.to.Sub(whole.from) / time.Duration(o.Spans)
	part := max(time.Duration(float64(each)*o.Bytes/bytes).Truncate(time.Minute), time.Minute)
	if part >= each {
		return []stretch{whole}
	}
	const golden = 0.6180339887498949 // spreads times of the day evenly
	all := make([]stretch, o.Spans)
	for k := range all {
		_, at := math.Modf(float64(k+1) * golden)
		from := whole.from.Add(time.Duration(k)*each + time.Duration(at*float64(each-part))).Truncate(time.Minute)
		all[k] = stretch{from, from.Add(part)}
	}
	return all
}

// logged is how many bytes the month's logs have; of a shared group about what
// the platform's own lines have (three lines, 400 bytes, of each invocation).
func (u *Used) logged(span Span) float64 {
	c := u.count(span, span.hour(span.Month), span.Hours())
	if c.logsKnown {
		return c.logs
	}
	const platformLines = 400
	return platformLines * c.requests
}

// requestsIn is how many requests the metric has in a stretch. Those of an hour
// that is not in it as a whole are taken to be spread evenly.
func (u *Used) requestsIn(span Span, at stretch) float64 {
	total := 0.0
	for i := span.hour(at.from); i < len(u.Requests) && span.at(i).Before(at.to); i++ {
		begin, end := span.at(i), span.at(i+1)
		if end.After(span.Now) {
			end = span.Now
		}
		from, to := begin, end
		if at.from.After(from) {
			from = at.from
		}
		if at.to.Before(to) {
			to = at.to
		}
		if n := u.Requests[i]; n > 0 && to.After(from) {
			total += n * float64(to.Sub(from)) / float64(end.Sub(begin))
		}
	}
	return total
}

// newest is where the newest reports are: the last day, or the month so far
// where the day has few.
func (u *Used) newest(span Span, o SampleOptions) stretch {
	day := stretch{span.Now.Add(-24 * time.Hour), span.Now}
	if day.from.Before(span.Month) || u.requestsIn(span, day) < float64(o.Reports) {
		day.from = span.Month
	}
	return day
}

// invocations reads the invocations that lines of a stretch tell of.
func invocations(
	ctx context.Context, from Reporter, u *Used, at stretch, sel sources.LogSelect, limit int,
) (map[sources.InvocationKey]sources.Invocation, error) {
	fn := u.Function
	found := make(map[sources.InvocationKey]sources.Invocation)
	lines := from.Correlator(fn)
	err := from.Logs(ctx, sources.LogQuery{
		Function: fn.ID, Group: fn.LogGroup, Format: fn.LogFormat, Select: sel,
		Start: at.from, End: at.to, NewestFirst: limit > 0, Limit: limit,
	}, func(p sources.LogPage) error {
		for _, inv := range lines.Add(p.Events) {
			found[inv.Key()] = inv
		}
		return nil
	})
	return found, err
}
