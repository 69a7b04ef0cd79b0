package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// Focus gives a function its series and its invocations.
func Focus(f *fleet.Function) *fleet.Function {
	const day = 24 * time.Hour
	for _, w := range []time.Duration{15 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, day, 3 * day, 7 * day, 14 * day} {
		f = series(f, sources.Window{Since: w})
	}
	c := *before(before(f, day), 7*day)
	setUp(&c)
	c.Invocations = Invocations(f.ID, 200)
	oldest := c.Invocations[len(c.Invocations)-1].Start.Or(Now())
	c.ColdFrom, c.ColdThrough = Now().Add(-24*time.Hour), Now().Add(-10*time.Second)
	for at, i := Now().Add(-3*time.Hour), 0; at.Before(oldest); i++ {
		c.ColdStarts = append(c.ColdStarts, fleet.ColdStart{At: at, Init: time.Duration(1100+37*(i*7%19)) * time.Millisecond})
		gap := 4 * time.Minute // and many after the deploy
		if Now().Sub(at) < 30*time.Minute {
			gap = time.Duration(5+7*(i%5)) * time.Second
		}
		at = at.Add(gap)
	}
	for _, inv := range slices.Backward(c.Invocations) {
		if inv.Cold.Or(false) {
			c.ColdStarts = append(c.ColdStarts, fleet.ColdStart{At: inv.Start.Or(oldest), Init: inv.Init.Or(0)})
		}
	}
	c.InvocationsFrom = oldest
	c.InvocationsThrough = Now().Add(-2 * time.Second)
	c.InvocationsDropped = 18_244
	list(&c, 90)
	c.Logs = fleet.Health{Good: Now().Add(-2 * time.Second)}
	return &c
}

func series(f *fleet.Function, w sources.Window) *fleet.Function {
	rng := rand.New(rand.NewPCG(3, uint64(w.Since))) //nolint:gosec // the same at each run
	start, end := poll.SeriesSpan(w, Now())
	step := poll.RowPeriod(w)
	through := end.Add(-lag * time.Minute).Truncate(step)
	deploy := f.Config.LastModified
	var inv, errs, thr, p50, p95, p99, conc []sources.Point
	for t := start; t.Before(through); t = t.Add(step) {
		x := float64(t.Unix()) / 60
		rate := 42 + 14*math.Sin(x/23) + 6*rng.Float64()
		slow := 1.0
		if t.After(deploy) && w.Since <= 3*time.Hour {
			slow = 2.1
		}
		d := (380 + 60*math.Sin(x/11) + 30*rng.Float64()) * slow
		add := func(list *[]sources.Point, v float64) { *list = append(*list, sources.Point{Time: t, Value: v}) }
		add(&inv, math.Round(rate*step.Minutes()))
		if slow > 1 && rng.Float64() < 0.6 {
			add(&errs, math.Round(rate*step.Minutes()*0.06*rng.Float64()))
		}
		if rate > 57 {
			add(&thr, math.Round(4*rng.Float64()))
		}
		add(&p50, d)
		add(&p95, d*(2.6+0.5*rng.Float64()))
		add(&p99, d*(4.2+1.8*rng.Float64()))
		add(&conc, math.Ceil(rate/60*d/250))
	}
	put := func(m sources.Metric, st sources.Stat, list []sources.Point) {
		f = f.WithPoints(m, st, step, list, start, through)
	}
	put(sources.MetricInvocations, sources.StatSum, inv)
	put(sources.MetricErrors, sources.StatSum, errs)
	put(sources.MetricThrottles, sources.StatSum, thr)
	put(sources.MetricDuration, sources.StatP50, p50)
	put(sources.MetricDuration, sources.StatP95, p95)
	put(sources.MetricDuration, sources.StatP99, p99)
	put(sources.MetricConcurrency, sources.StatMaximum, conc)
	return f
}

// Invocations makes n invocations, newest first, up to two seconds before
// Now.
func Invocations(id sources.FunctionID, n int) []sources.Invocation {
	rng := rand.New(rand.NewPCG(5, 9)) //nolint:gosec // the same at each run
	t := Now().Add(-2 * time.Second)
	list := make([]sources.Invocation, 0, n)
	for i := range n {
		list = append(list, invocation(id, i, t, rng))
		t = t.Add(-time.Duration(200+rng.IntN(2600)) * time.Millisecond)
	}
	return list
}

func invocation(id sources.FunctionID, i int, t time.Time, rng *rand.Rand) sources.Invocation {
	d := time.Duration(120_000+rng.IntN(700_000)) * time.Microsecond
	inv := sources.Invocation{
		Function: id, RequestID: requestID(i), Attempt: 1, Version: "$LATEST",
		Environment: fmt.Sprintf("2026/11/23/[$LATEST]%032x", 0xabc0+i%7),
		MemoryMB:    sources.Some(2048), MaxMemoryMB: sources.Some(560 + rng.IntN(140)),
		Cold: sources.Some(false), Outcome: sources.OK,
		TraceID: fmt.Sprintf("1-6d2f3a10-%024x", i), Sampled: i%5 == 0,
	}
	switch i {
	case 0:
		inv.Outcome, inv.Cold, inv.MaxMemoryMB = sources.Running, sources.Opt[bool]{}, sources.Opt[int]{}
		inv.MemoryMB, inv.Sampled = sources.Opt[int]{}, false
		inv.Start = sources.Some(t)
		return inv
	case 3:
		inv.Outcome, d = sources.TimedOut, 3*time.Second
	case 5:
		inv.Outcome, inv.ErrorType, inv.TraceID = sources.Failed, "UnidentifiedImageError", TraceID
	case 9:
		inv.Outcome, inv.ErrorType, inv.MaxMemoryMB = sources.OutOfMemory, "Runtime.OutOfMemory", sources.Some(2048)
	case 14:
		inv.Outcome, inv.Attempt = sources.Unknown, 2
	}
	billed := d
	if i%6 == 1 {
		init := time.Duration(1_100_000+rng.IntN(700_000)) * time.Microsecond
		inv.Init, inv.Cold = sources.Some(init), sources.Some(true)
		billed += init
	}
	inv.Duration = sources.Some(d)
	inv.Billed = sources.Some((billed + time.Millisecond - 1).Truncate(time.Millisecond))
	inv.Start = sources.Some(t.Add(-d))
	inv.Reported = sources.Some(t)
	return inv
}

func requestID(i int) string {
	return fmt.Sprintf("7d0e3c6a-41b2-4f0e-9a55-%012x", 0x0c1d2e3f4a5b+i)
}

// Lines are the log lines of some of a function's invocations.
func Lines(f *fleet.Function) map[sources.InvocationKey]*fleet.Lines {
	all := make(map[sources.InvocationKey]*fleet.Lines)
	for i := range f.Invocations {
		inv := &f.Invocations[i]
		if i > 20 || i == 0 {
			continue
		}
		all[inv.Key()] = &fleet.Lines{
			Events: events(inv), Complete: true, Health: fleet.Health{Good: Now()},
		}
	}
	return all
}

func events(inv *sources.Invocation) []sources.LogEvent {
	start, id := inv.Start.Or(Now()), inv.RequestID
	var list []sources.LogEvent
	add := func(after time.Duration, message string) {
		list = append(list, sources.LogEvent{
			ID: fmt.Sprintf("%s-%d", id[len(id)-4:], len(list)), Time: start.Add(after), Message: message,
		})
	}
	stamp := start.Format("2006-01-02T15:04:05.000Z")
	add(0, "START RequestId: "+id+" Version: $LATEST\n")
	add(2*time.Millisecond, "[INFO]\t"+stamp+"\t"+id+"\tresize bucket=uploads key=cats/1.jpg size=1024x768\n")
	add(9*time.Millisecond, "[DEBUG]\t"+stamp+"\t"+id+"\tcache miss for cats/1.jpg, fetching from S3\n")
	add(40*time.Millisecond, `{"timestamp":"`+stamp+`","level":"INFO","requestId":"`+id+
		`","message":"fetched object","bucket":"uploads","bytes":482133,"headers":{"etag":"\"9b2cf5\"","type":"image/jpeg"}}`)
	add(70*time.Millisecond, "[WARNING]\t"+stamp+"\t"+id+"\tEXIF orientation missing, assuming 1\n")
	if inv.Outcome == sources.Failed {
		add(80*time.Millisecond, "[ERROR] UnidentifiedImageError: cannot identify image file '/tmp/1.jpg'\n"+
			"Traceback (most recent call last):\n  File \"/var/task/app.py\", line 14, in handler\n    img = load(key)\n"+
			"  File \"/var/task/images.py\", line 71, in load\n    return Image.open(path)\n"+
			"  File \"/opt/python/PIL/Image.py\", line 3536, in open\n    raise UnidentifiedImageError(msg)\n")
	}
	if inv.Outcome == sources.TimedOut {
		add(3*time.Second, stamp+" "+id+" Task timed out after 3.00 seconds\n")
	}
	add(inv.Duration.Or(0), "END RequestId: "+id+"\n")
	add(inv.Duration.Or(0), fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: 2048 MB\tMax Memory Used: %d MB\t\n",
		id, float64(inv.Duration.Or(0))/1e6, inv.Billed.Or(0).Milliseconds(), inv.MaxMemoryMB.Or(0)))
	return list
}

// TraceID is the trace that is known.
const TraceID = "1-6d2f3a10-0123456789abcdef01234567"

// Trace is a trace with a cold start, a gap and a fault.
func Trace() *fleet.Trace {
	start := time.Date(2026, 11, 23, 14, 3, 12, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	ms := func(n int) sources.Opt[time.Duration] { return sources.Some(time.Duration(n) * time.Millisecond) }
	sqs := &sources.Span{
		ID: "5555555555555555", Name: "SQS", Kind: "aws", Resource: "SendMessage thumbs", Start: at(520), Duration: ms(70),
		Fault: true, Status: sources.Some(400), ParentID: "3333333333333333",
		Exception: &sources.Exception{
			Type: "QueueDoesNotExist", Message: "The specified queue does not exist", Remote: true,
			Stack: []string{"handler (app.py:31)", "publish (queue.py:12)"},
		},
	}
	s3 := &sources.Span{
		ID: "4444444444444444", Name: "S3", Kind: "aws", Resource: "GetObject uploads", Start: at(220), Duration: ms(90),
		Status: sources.Some(200), ParentID: "3333333333333333",
	}
	invoke := &sources.Span{ID: "3333333333333333", Name: "Invocation", Start: at(200), Duration: ms(400), Children: []*sources.Span{s3, sqs}, ParentID: "89abcdef01234567"}
	boot := &sources.Span{ID: "2222222222222222", Name: "Initialization", Start: at(110), Duration: ms(81), ColdInit: true, ParentID: "89abcdef01234567"}
	over := &sources.Span{ID: "7777777777777777", Name: "Overhead", Start: at(600), Duration: ms(10), ParentID: "89abcdef01234567"}
	fn := &sources.Span{
		ID: "89abcdef01234567", ParentID: "1111111111111111", Name: "image-resize", Kind: "AWS::Lambda::Function",
		Start: at(200), Duration: ms(410), Annotations: map[string]string{"bucket": "uploads", "tenant": "acme"},
		RequestID: requestID(5), Children: []*sources.Span{boot, invoke, over},
	}
	root := &sources.Span{
		ID: "1111111111111111", Name: "image-resize", Kind: "AWS::Lambda", Start: start, Duration: ms(612),
		Status: sources.Some(200), RequestID: requestID(5), Children: []*sources.Span{fn},
	}
	return &fleet.Trace{
		Found: true, Health: fleet.Health{Good: Now()},
		Trace: sources.Trace{ID: TraceID, Start: start, Duration: 612 * time.Millisecond, Spans: []*sources.Span{root}},
	}
}
