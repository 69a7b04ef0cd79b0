package plain_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/plain"
)

func noon() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

func window() sources.Window { return sources.Window{Since: time.Hour} }

// show is a fleet that changes from minute to minute, and a watch that is
// shown each minute of it.
type show struct {
	t      *testing.T
	watch  *plain.Watch
	now    time.Time
	places []fleet.Place
	pace   poll.Pace
	over   int
	totals plain.Totals
	// at gives a minute of a function: its invocations, errors and throttles.
	at func(minute int) (inv, errs, throttles int)
	// edit changes the function before it is shown.
	edit  func(*fleet.Function)
	told  []string
	named string
}

func newShow(t *testing.T, every time.Duration) *show {
	t.Helper()
	return &show{
		t: t, now: noon(), named: "checkout",
		watch: plain.New(plain.Options{Window: window(), Every: every, Label: "prod", MetricUSD: 0.00001}),
		places: []fleet.Place{{
			Label: "us-east-1", Region: "us-east-1", Account: "123456789012", State: fleet.Open, Complete: true, Listed: 1,
		}},
		pace:   poll.Pace{Rows: time.Minute, Rest: 5 * time.Minute},
		totals: plain.Totals{Functions: 1, Active: sources.Some(1)},
		at:     func(int) (int, int, int) { return 100, 0, 0 },
	}
}

func (s *show) id() sources.FunctionID {
	return sources.FunctionID{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1", Name: s.named}
}

// function is the function as it is known at a time: the last hour of it, two
// minutes late.
func (s *show) function() *fleet.Function {
	through := s.now.Add(-2 * time.Minute)
	from := through.Add(-time.Hour)
	var inv, errs, thr []sources.Point
	var sum, failed int64
	for m := range 60 {
		at := from.Add(time.Duration(m) * time.Minute)
		n, e, th := s.at(int(at.Sub(noon()) / time.Minute))
		inv = append(inv, sources.Point{Time: at, Value: float64(n)})
		errs = append(errs, sources.Point{Time: at, Value: float64(e)})
		thr = append(thr, sources.Point{Time: at, Value: float64(th)})
		sum, failed = sum+int64(n), failed+int64(e)
	}
	f := &fleet.Function{ID: s.id(), Configured: true}
	f.Config = sources.Function{ID: s.id(), Runtime: "nodejs22.x", Architecture: sources.ARM, MemoryMB: 512, Timeout: 3 * time.Second}
	f.ColdFrom, f.ColdThrough = from, through
	f = f.WithRow(window(), fleet.Row{
		Start: from, End: through, Invocations: sources.Some(sum), Errors: sources.Some(failed), Throttles: sources.Some(int64(0)),
		P95: sources.Some(120 * time.Millisecond),
	})
	f = f.WithPoints(sources.MetricInvocations, sources.StatSum, time.Minute, inv, from, through).
		WithPoints(sources.MetricErrors, sources.StatSum, time.Minute, errs, from, through).
		WithPoints(sources.MetricThrottles, sources.StatSum, time.Minute, thr, from, through)
	if s.edit != nil {
		s.edit(f)
	}
	return f
}

// step shows the fleet as it is now, and lets a time pass.
func (s *show) step(d time.Duration) *show {
	head := fleet.Snapshot{At: s.now, Places: slices.Clone(s.places), Pace: s.pace, OverBudget: s.over, Settled: true}
	snap := fleet.Assemble(head, []*fleet.Function{s.function()}, nil, nil)
	s.told = append(s.told, s.watch.Take(snap, s.totals, s.now)...)
	s.now = s.now.Add(d)
	return s
}

func (s *show) run(d time.Duration) *show {
	for end := s.now.Add(d); s.now.Before(end); {
		s.step(time.Minute)
	}
	return s
}

// tells checks that since it was last asked these were told, in this order,
// and nothing else.
func (s *show) tells(want ...string) *show {
	s.t.Helper()
	if len(s.told) != len(want) {
		s.t.Fatalf("told %d lines, want %d:\n%s", len(s.told), len(want), strings.Join(s.told, "\n"))
	}
	for i, l := range s.told {
		if !strings.Contains(l, want[i]) {
			s.t.Errorf("told %q, want %q", l, want[i])
		}
		if !regexp.MustCompile(`^\d\d:\d\d:\d\d [^\n]+$`).MatchString(l) {
			s.t.Errorf("%q is no line with the time first", l)
		}
	}
	s.told = nil
	return s
}

func (s *show) begins() *show {
	s.t.Helper()
	return s.step(time.Minute).tells("12:00:00 fntop watches prod, account 123456789012 in us-east-1: 1 function, 1 active. Figures are of the last 1h, times are UTC.",
		"reads metrics every 1m")
}

func TestBeginWaits(t *testing.T) {
	s := newShow(t, time.Hour)
	s.places[0].State = fleet.Opening
	s.step(time.Second).step(time.Second).tells()
	s.places[0].State = fleet.Open
	s.step(time.Second).tells("1 function, 1 active.", "reads metrics")
	s = newShow(t, time.Hour)
	s.places[0].Complete = false
	s.step(20 * time.Second).step(20 * time.Second).tells()
	s.step(time.Second).tells("1 function, 1 active so far.", "reads metrics")
}

func TestFailing(t *testing.T) {
	s := newShow(t, time.Hour)
	s.at = func(int) (int, int, int) { return 100, 4, 0 }
	s.step(time.Minute).tells("fntop watches", "reads metrics", "failing: checkout 4.0 %")
}

// TestErrors: what begins to fail is told once, and once that it is over.
func TestErrors(t *testing.T) {
	s := newShow(t, 4*time.Hour).begins()
	s.at = func(m int) (int, int, int) {
		if m >= 20 && m < 31 {
			return 100, 30, 0
		}
		return 100, 0, 0
	}
	s.run(23 * time.Minute).tells("12:23:00 checkout began to fail at 12:20: 30 of 100 invocations, none before")
	s.run(15 * time.Minute).tells()
	s.run(10 * time.Minute).tells("checkout stopped failing at 12:31, after 11m")
	s.run(2 * time.Hour).tells()
}

// TestErrorsThatFlap are one episode.
func TestErrorsThatFlap(t *testing.T) {
	s := newShow(t, 8*time.Hour).begins()
	s.at = func(m int) (int, int, int) {
		if m >= 20 && m < 200 && m%8 < 3 {
			return 100, 40, 0
		}
		return 100, 0, 0
	}
	s.run(3 * time.Hour)
	s.tells("checkout began to fail at 12:2")
	s.run(2 * time.Hour).tells("checkout stopped failing at 15:1")
}

func TestThrottles(t *testing.T) {
	s := newShow(t, 4*time.Hour).begins()
	s.at = func(m int) (int, int, int) {
		if m >= 20 && m < 26 {
			return 100, 0, 7
		}
		return 100, 0, 0
	}
	s.run(50*time.Minute).tells("checkout is throttled since 12:20: 7 invocations were turned away", "checkout is no longer throttled since 12:26, after 6m")
}

func TestSilence(t *testing.T) {
	s := newShow(t, 4*time.Hour).begins()
	s.at = func(m int) (int, int, int) {
		if m >= 20 && m < 40 {
			return 0, 0, 0
		}
		return 100, 0, 0
	}
	s.run(time.Hour).tells("checkout fell silent: no invocations since 12:20", "checkout is invoked again since 12:4")
}

// TestColdStartsAfterADeploy: the spike says how many times the usual it is
// and which deploy came before.
func TestColdStartsAfterADeploy(t *testing.T) {
	s := newShow(t, 4*time.Hour).begins()
	deploy := noon().Add(19 * time.Minute)
	s.edit = func(f *fleet.Function) {
		f.ChangesFrom = noon().Add(-time.Hour)
		if s.now.After(deploy) {
			f.Changes = []sources.Change{{Function: f.ID, ID: "1", Time: deploy, Kind: sources.ChangeCode, Who: "ci", Version: "41"}}
		}
		for at := f.ColdFrom; at.Before(f.ColdThrough); at = at.Add(6 * time.Minute) {
			f.ColdStarts = append(f.ColdStarts, fleet.ColdStart{At: at, Init: time.Second})
		}
		for i := range 40 {
			at := noon().Add(20*time.Minute + time.Duration(i)*3*time.Second)
			if at.Before(f.ColdThrough) {
				f.ColdStarts = append(f.ColdStarts, fleet.ColdStart{At: at, Init: time.Second})
			}
		}
		slices.SortFunc(f.ColdStarts, func(a, b fleet.ColdStart) int { return a.At.Compare(b.At) })
	}
	s.run(50*time.Minute).tells("checkout was deployed at 12:19 of version 41 by ci",
		"cold starts of checkout are up, ", "cold starts of checkout are as usual again since 12:2")
}

func TestModifiedWhereTheCloudTellsNoMore(t *testing.T) {
	s := newShow(t, 4*time.Hour)
	at := noon().Add(-time.Hour)
	s.edit = func(f *fleet.Function) { f.Config.LastModified = at }
	s.begins()
	s.run(5 * time.Minute).tells()
	at = noon().Add(4 * time.Minute)
	s.run(5 * time.Minute).tells("checkout was deployed or changed at 12:04")
}

// TestSlower: p95 that has doubled is told, what wavers around it is not.
func TestSlower(t *testing.T) {
	s := newShow(t, 24*time.Hour)
	p95 := 120 * time.Millisecond
	s.edit = func(f *fleet.Function) {
		row := f.Row(window())
		row.P95 = sources.Some(p95)
		*f = *f.WithRow(window(), row)
	}
	s.begins()
	for _, c := range []struct {
		p95  int
		want []string
	}{
		{150, nil},
		{230, nil},
		{400, []string{"checkout became slower: p95 400ms, usually 1"}},
		{180, nil},
		{410, nil},
		{130, []string{"checkout is as fast as before: p95 130ms"}},
	} {
		p95 = time.Duration(c.p95) * time.Millisecond
		s.run(3 * time.Minute).tells(c.want...)
	}
}

// TestFleetErrors: the error rate of everything together.
func TestFleetErrors(t *testing.T) {
	s := newShow(t, 24*time.Hour)
	s.totals.Errors = sources.Some(0.003)
	s.begins()
	s.run(6 * time.Minute)
	s.totals.Errors = sources.Some(0.0045)
	s.run(5 * time.Minute).tells()
	s.totals.Errors = sources.Some(0.024)
	s.run(10 * time.Minute).tells("the error rate of all functions is up: 2.4 %, usually 0.3 %")
	s.totals.Errors = sources.Some(0.003)
	s.run(5 * time.Minute).tells("the error rate of all functions is back at 0.3 %")
}

func TestPlaces(t *testing.T) {
	s := newShow(t, 24*time.Hour).begins()
	broken := errors.New("connection reset")
	s.places[0].Metrics.Err = broken
	s.step(20 * time.Second).tells() // a moment
	s.places[0].Metrics.Err = nil
	s.step(20 * time.Second).step(20 * time.Second).tells()
	s.places[0].Metrics.Err = broken
	s.step(50 * time.Second).step(time.Minute).step(time.Minute).tells("metrics of us-east-1 of account 123456789012 are not read: connection reset")
	s.places[0].Metrics.Err = nil
	s.step(50 * time.Second).step(time.Minute).tells("metrics of us-east-1 of account 123456789012 are read again, after ")
	s.places[0].Metrics.Err = &sources.Error{Op: "cloudwatch:GetMetricData", Kind: sources.ExpiredCredentials, Fix: "aws sso login", Err: broken}
	s.step(time.Second).tells("are not read: expired credentials: cloudwatch:GetMetricData")
	s.places[0].Metrics.Err = nil
	s.step(time.Minute).step(time.Minute)
	s.told = nil
	s.places[0].State, s.places[0].Err = fleet.Failed, &sources.Error{Op: "sts:GetCallerIdentity", Kind: sources.Denied, Err: broken}
	s.step(time.Minute).step(time.Minute).tells("us-east-1 of account 123456789012 is not read: AccessDenied")
	s.places[0].State, s.places[0].Err = fleet.Open, nil
	s.step(time.Minute).step(time.Minute).tells("us-east-1 of account 123456789012 is read again, after 2m")
}

func TestBudget(t *testing.T) {
	s := newShow(t, 24*time.Hour).begins()
	s.pace = poll.Pace{Rows: 3 * time.Minute, Slowed: true}
	s.step(30 * time.Second)
	s.pace = poll.Pace{Rows: time.Minute, Rest: 5 * time.Minute}
	s.step(30 * time.Second).step(time.Minute).tells() // a moment
	s.pace = poll.Pace{Rows: 3 * time.Minute, Slowed: true}
	s.run(3 * time.Minute).tells("the budget is reached: the busiest functions are read every 3m, the others no more")
	s.pace = poll.Pace{Rows: time.Minute, Rest: 5 * time.Minute}
	s.run(3 * time.Minute).tells("the budget suffices again: the busiest functions are read every 1m, the others every 5m")
}

func TestTotals(t *testing.T) {
	s := newShow(t, 2*time.Minute).begins()
	s.totals = plain.Totals{
		Functions: 60, Active: sources.Some(41), PerMinute: sources.Some(48200.0), Errors: sources.Some(0.0031),
		Throttles: sources.Some(int64(12)), PartThrottles: true, Age: sources.Some(84 * time.Second),
	}
	s.run(4*time.Minute).tells(
		"12:02:00 totals: 48,200 invocations a minute, errors 0.3 %, throttles at least 12, cold starts unknown, cost unknown; 60 functions, 41 active; metrics 80s old; API $0.00 an hour",
		"12:04:00 totals: ")
}

func TestAnswers(t *testing.T) {
	s := newShow(t, time.Hour)
	ask := func(line string) string {
		lines, quit := s.watch.Answer(line)
		return strings.Join(lines, "\n") + fmt.Sprint(quit)
	}
	if got := ask("list"); !strings.Contains(got, "nothing is known yet") {
		t.Errorf("before anything is known, list gives %q", got)
	}
	s.step(time.Minute)
	for line, want := range map[string]string{
		"help":            "list  ",
		"list":            "1. checkout: 6,000 invocations, unknown in the last minute, errors 0.0 %, throttles 0, p95 120ms, cold starts unknown",
		"show check":      "checkout in us-east-1: nodejs22.x, arm64, 512 MB, timeout 3s",
		"show nothing":    `no function "nothing"`,
		"show":            "needs the name",
		"status":          "1 function, 1 active",
		"what\x1b[2J now": `no command "what`,
		"":                "false",
		" QUIT ":          "true",
	} {
		got := ask(line)
		if !strings.Contains(got, want) || strings.Contains(got, "\x1b") {
			t.Errorf("%q is answered with %q, want %q", line, got, want)
		}
		if strings.HasSuffix(got, "true") != (line == " QUIT ") {
			t.Errorf("%q: quit %s", line, got)
		}
	}
}

// TestHostileNames: no text of a cloud breaks a line.
func TestHostileNames(t *testing.T) {
	const nasty = "a\x1b]0;x\x07\nb\u202e"
	s := newShow(t, time.Minute)
	s.named, s.places[0].Label, s.places[0].Account = nasty, nasty, nasty
	s.places[0].Metrics.Err = &sources.Error{Op: nasty, On: nasty, Kind: sources.Denied, Err: errors.New(nasty)}
	s.at = func(m int) (int, int, int) { return 100, max(min(m, 1), 0) * 40, 0 }
	s.edit = func(f *fleet.Function) {
		f.Changes = []sources.Change{{Function: f.ID, ID: "1", Time: noon(), Kind: sources.ChangeOther, Who: nasty, What: nasty, Version: nasty}}
	}
	s.run(20 * time.Minute)
	lines, _ := s.watch.Answer("list")
	more, _ := s.watch.Answer("show a")
	for _, l := range slices.Concat(s.told, lines, more) {
		if strings.ContainsAny(l, "\x1b\x07\n\u202e") {
			t.Errorf("told %q", l)
		}
	}
	if len(s.told) < 20 {
		t.Errorf("only %d lines were told", len(s.told))
	}
}

func BenchmarkTake(b *testing.B) {
	var list []*fleet.Function
	for i := range 10_000 {
		id := sources.FunctionID{Cloud: sources.AWS, Region: "us-east-1", Name: fmt.Sprint("function-", i)}
		f := &fleet.Function{ID: id}
		list = append(list, f.WithRow(window(), fleet.Row{Invocations: sources.Some(int64(i)), P95: sources.Some(time.Second)}))
	}
	w := plain.New(plain.Options{Window: window()})
	snap := fleet.Assemble(fleet.Snapshot{At: noon(), Settled: true}, list, nil, nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_ = w.Take(snap, plain.Totals{}, noon().Add(time.Duration(i)*time.Second))
	}
}
