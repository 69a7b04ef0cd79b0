package monthly_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/monthly"
	"fntop/sources/spending"
)

// slow is a reader of metrics that takes too long with more than most queries at
// once, and refuses all after so many calls.
type slow struct {
	most, refuseFrom int
	calls, asked     int
}

func (s *slow) Metrics(_ context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	s.calls++
	switch {
	case s.refuseFrom > 0 && s.calls >= s.refuseFrom:
		return nil, &sources.Error{Op: "metrics", Kind: sources.Denied}
	case s.most > 0 && len(w.Queries) > s.most:
		return nil, &sources.Error{Op: "metrics", Kind: sources.TimedOutCall}
	}
	s.asked += len(w.Queries)
	var out []sources.MetricResult
	for i := range w.Queries {
		out = append(out, sources.MetricResult{Query: i, Stat: sources.StatSum, Points: []sources.Point{{Time: w.Start, Value: 3}}})
	}
	return out, nil
}

func usage(functions int) spending.Usage {
	scope := sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1"}
	var all []sources.Function
	for i := range functions {
		id := scope.In(fmt.Sprintf("fn-%04d", i))
		all = append(all, sources.Function{ID: id, MemoryMB: 512, Architecture: sources.X86, LogGroup: "/aws/lambda/" + id.Name})
	}
	return spending.NewUsage(all, spending.SpanAt(time.Date(2026, 11, 20, 14, 3, 0, 0, time.UTC)))
}

func TestWhatHasComeInIsTold(t *testing.T) {
	u, reader := usage(250), new(slow)
	var done, known []int
	err := monthly.Read(t.Context(), reader, &u, func(functions int) {
		done, known = append(done, functions), append(known, len(u.Known().Used))
	})
	if want := []int{100, 200, 250}; err != nil || !slices.Equal(done, want) || !slices.Equal(known, want) {
		t.Errorf("%v: told %v, known %v", err, done, known)
	}
	if most := spending.MostMetrics(u); reader.asked != most || len(u.Unread()) != 0 {
		t.Errorf("%d metrics of %d, %d are unread", reader.asked, most, len(u.Unread()))
	}
}

func TestWhatTookTooLongIsAskedForAgain(t *testing.T) {
	u, reader := usage(150), &slow{most: 75}
	if err := monthly.Read(t.Context(), reader, &u, nil); err != nil || len(u.Unread()) != 0 {
		t.Errorf("%v: %d are unread", err, len(u.Unread()))
	}
	u, reader = usage(150), &slow{most: 1}
	err := monthly.Read(t.Context(), reader, &u, nil)
	if sources.KindOf(err) != sources.TimedOutCall || len(u.Unread()) != 150 || reader.calls > 2*2+2*(4+4)*2 {
		t.Errorf("%v: %d are unread after %d calls", err, len(u.Unread()), reader.calls)
	}
}

func TestWhatIsRefusedIsNotAskedForAgain(t *testing.T) {
	u, reader := usage(1000), &slow{refuseFrom: 3} // of the first hundred all is answered
	err := monthly.Read(t.Context(), reader, &u, nil)
	if sources.KindOf(err) != sources.Denied || reader.calls > 4 || len(u.Unread()) != 900 {
		t.Errorf("%v: %d calls, %d are unread", err, reader.calls, len(u.Unread()))
	}
	report, err := spending.Bill(u, spending.Options{})
	if err != nil || report.Missing.Functions != 900 || !report.Lines[0].ToDate.Known() || report.Lines[999].ToDate.Known() {
		t.Errorf("%v: %+v", err, report.Missing)
	}
}
