package spending_test

import (
	"context"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/spending"
)

// counting is a reader of metrics that are the same each hour, and counts what it
// is asked for.
type counting struct {
	value float64
	hours map[string]int // by function, hours of invocations
}

func (r *counting) Metrics(_ context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	var out []sources.MetricResult
	for i, q := range w.Queries {
		res := sources.MetricResult{Query: i, Stat: sources.StatSum}
		for at := w.Start; at.Before(w.End); at = at.Add(time.Hour) {
			res.Points = append(res.Points, sources.Point{Time: at, Value: r.value})
			if q.Metric == sources.MetricInvocations {
				r.hours[q.Function.Name]++
			}
		}
		out = append(out, res)
	}
	return out, nil
}

func named(names ...string) []sources.Function {
	scope := sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1"}
	var all []sources.Function
	for _, name := range names {
		all = append(all, sources.Function{ID: scope.In(name), MemoryMB: 1024, Architecture: sources.X86, LogGroup: "/aws/lambda/" + name})
	}
	return all
}

func take(t *testing.T, r *counting, u spending.Usage) spending.Usage {
	t.Helper()
	indices := u.Unread()
	part := u.Part(indices)
	if err := spending.Read(t.Context(), r, &part); err != nil {
		t.Fatal(err)
	}
	return u.Put(indices, part)
}

func TestWhatWasReadIsKept(t *testing.T) {
	r := &counting{value: 60, hours: make(map[string]int)}
	now := time.Date(2026, 11, 30, 21, 30, 0, 0, time.UTC)
	span := spending.SpanAt(now)
	u := take(t, r, spending.Usage{}.With(named("a", "b"), span))
	if left := u.Unread(); len(left) != 0 || len(u.Known().Used) != 2 {
		t.Fatalf("unread %v, known %d", left, len(u.Known().Used))
	}
	before := u.Used[0].Requests[0]
	// A function more, and one less, in the same hour.
	u = u.With(named("b", "c"), span)
	if left := u.Unread(); len(left) != 1 || u.Used[left[0]].Function.ID.Name != "c" || len(u.Known().Used) != 2 {
		t.Fatalf("unread %v, known %d", left, len(u.Known().Used))
	}
	u = take(t, r, u)
	all := span.Hours()
	if r.hours["a"] != all || r.hours["b"] != all || r.hours["c"] != all {
		t.Errorf("hours asked for: %v, want %d of each", r.hours, all)
	}
	// Into the next month: what was known of it stays, and only new hours are read.
	next := spending.SpanAt(now.Add(5 * time.Hour))
	if got := span.Next(); !got.Equal(time.Date(2026, 11, 30, 22, 3, 0, 0, time.UTC)) {
		t.Errorf("the next hour is final at %v", got)
	}
	moved := u.With(named("b", "c"), next)
	if n := len(moved.Unread()); n != 3 || len(moved.Known().Used) != 0 {
		t.Errorf("%d unread, %d known", n, len(moved.Known().Used))
	}
	moved = take(t, r, moved)
	if asked := r.hours["b"] - all; asked < 5 || asked > 6 {
		t.Errorf("%d hours were asked for again after five", asked)
	}
	for i := range moved.Used {
		if len(moved.Used[i].Requests) != next.Hours() || moved.Used[i].Requests[0] != 60 {
			t.Errorf("%s: %d hours of %d", moved.Used[i].Function.ID.Name, len(moved.Used[i].Requests), next.Hours())
		}
	}
	if u.Used[0].Requests[0] != before || u.Span != span {
		t.Error("what was handed out has changed")
	}
}

// TestDeletedFunctions are not in the catalogue, and what they have cost is not
// in the sums, unless it was read before.
func TestDeletedFunctions(t *testing.T) {
	r := &counting{value: 60, hours: make(map[string]int)}
	span := spending.SpanAt(time.Date(2026, 11, 23, 14, 3, 0, 0, time.UTC))
	all := named("a", "b", "c", "d")
	u := take(t, r, spending.Usage{}.With(all[:2], span))
	part := u.Part([]int{0})
	if err := spending.ReadMemory(t.Context(), changes{all: []sources.Change{
		{Function: all[1].ID, Kind: sources.ChangeDeleted, Time: span.Now.Add(-time.Hour)},
		{Function: all[2].ID, Kind: sources.ChangeDeleted, Time: span.Month.Add(time.Hour)},
		{Function: all[2].ID, Kind: sources.ChangeDeleted, Time: span.Month.Add(time.Hour)},
		{Function: all[3].ID, Kind: sources.ChangeDeleted, Time: span.Month.Add(-time.Hour)},
	}}, &part); err != nil {
		t.Fatal(err)
	}
	for what, u := range map[string]spending.Usage{"put": u.Put([]int{0}, part), "later": u.Put([]int{0}, part).With(all[:1], span), "joined": spending.Join(part, u.Part([]int{1}))} {
		if report := bill(t, u, spending.Options{}); report.Missing.Deleted != 1 || !report.Total.AtLeast {
			t.Errorf("%s: %+v", what, report.Missing)
		}
	}
	if only := u.Put([]int{0}, part).Only(all[0].ID); bill(t, only, spending.Options{}).Missing.Deleted != 0 {
		t.Error("of one function another is missing")
	}
	quiet := sampled(spending.Join(u), spending.Sample{Requests: 1})
	for i := range quiet.Used {
		quiet.Used[i].Kept = sources.Some(1)
	}
	quiet.Deleted = []spending.Deleted{{Function: all[3].ID, At: span.Month.Add(-time.Hour)}}
	if total := bill(t, quiet, spending.Options{}).Total; total.AtLeast || !total.LastMonthAtLeast {
		t.Errorf("one of last month: %+v", total)
	}
}

func TestDaysAddUp(t *testing.T) {
	r := &counting{value: 60, hours: make(map[string]int)}
	span := spending.SpanAt(time.Date(2026, 11, 23, 14, 3, 0, 0, time.UTC))
	u := take(t, r, spending.Usage{}.With(named("a", "b"), span))
	days := u.Days(0)
	if first, last := days[0], days[len(days)-1]; first.Requests != 24*60 || last.Requests != 14*60 || !last.At.Equal(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the first day has %v requests, the last %v", first, last)
	}
	today, all := u.Today()
	if want := 2 * days[len(days)-1].USD; !all || today != want || want == 0 {
		t.Errorf("today $%v %v, want $%v", today, all, want)
	}
}
