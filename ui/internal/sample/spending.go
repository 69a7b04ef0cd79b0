package sample

import (
	"math"
	"strconv"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/sources/spending"
)

// Spent is Fleet with the month's cost read.
func Spent(n int) *fleet.Snapshot { return WithSpending(n, Spending(n)) }

// WithSpending is a snapshot of n functions with this of the month's cost.
func WithSpending(n int, s *fleet.Spending) *fleet.Snapshot {
	functions, head := Functions(n), Head(n)
	head.Spending = s
	if s != nil && s.Month != nil {
		head.Bill.Uses = append(head.Bill.Uses, meter.Op{Name: string(poll.ForSpend), Calls: 9, Metrics: int64(4 * n), USD: 0.00004 * float64(n)})
	}
	for i, f := range functions {
		if f.ID == Focused() {
			functions[i] = Focus(f)
		}
	}
	return fleet.Assemble(head, functions, nil, nil)
}

// Spending is the month of n functions, read to the end.
func Spending(n int) *fleet.Spending {
	s := &fleet.Spending{Month: Month(Functions(n)), Listed: true}
	for _, pl := range Places(n) {
		s.Places = append(s.Places, fleet.SpendingPlace{
			Account: pl.Account, Region: pl.Region, Functions: pl.Listed, Through: s.Month.Report.Span.Now,
		})
	}
	return s
}

// Month is a reckoning of the month of these functions: every fifth has no
// sample of its inits, and the last line is a shared log group.
func Month(functions []*fleet.Function) *fleet.Month {
	span := spending.SpanAt(Now())
	r := &spending.Report{Span: span, PriceDate: "2026-09-19"}
	m := &fleet.Month{Usage: spending.Usage{Span: span}, Report: r, Whole: true, FreeTier: true, TodayAll: true}
	for i, f := range functions {
		l, requests := costOf(i, f, span)
		m.Usage.Used = append(m.Usage.Used, hoursOf(f, span, requests))
		m.Options = append(m.Options, optionsOf(f, &l))
		r.Lines = append(r.Lines, l)
		change(&r.Changed, i, &l)
	}
	scope := sources.Scope{Cloud: sources.AWS, Account: Account, Region: Regions()[0]}
	shared := spending.Line{Function: scope.In(""), Group: "/prod/documents", LastMonth: usd(14.2), ToDate: usd(11.75)}
	shared.Components.LogIngestion = usd(11.75)
	r.Lines, m.Options = append(r.Lines, shared), append(m.Options, nil)
	m.Usage.Used = append(m.Usage.Used, spending.Used{Function: sources.Function{ID: scope.In("")}, Group: shared.Group})
	var low, high, value float64
	for i := range r.Lines {
		l := &r.Lines[i]
		r.Total.ToDate, r.Total.LastMonth = r.Total.ToDate.Add(l.ToDate), r.Total.LastMonth.Add(l.LastMonth)
		r.Total.Requests += l.Used.Requests
		sum(&r.Total.Components, l.Components)
		f := l.Forecast.Or(spending.Range{})
		low, value, high = low+f.Low, value+f.Value, high+f.High
	}
	r.Total.Forecast = sources.Some(spending.Range{Value: value, Low: low, High: high})
	r.Total.AtLeast, r.Total.Rounding = true, 0.61
	r.Missing = spending.Missing{Init: (len(functions) + 1) / 5, InitCompute: 42.18, SnapStart: 1}
	m.Today, _ = r.Total.ToDate.Per(int64(span.Now.Day())).Float64()
	return m
}

// usd is an amount to a millionth of a dollar.
func usd(x float64) cost.USD {
	u, err := cost.ParseUSD(strconv.FormatFloat(x, 'f', 6, 64))
	if err != nil {
		return cost.Unknown()
	}
	return u
}

// sum adds what is known.
func sum(to *cost.Components, c cost.Components) {
	if !c.Init.Known() {
		c.Init = usd(0)
	}
	*to = to.Add(c)
}

// costOf is the line of a function, and its requests of an hour.
func costOf(i int, f *fleet.Function, span spending.Span) (l spending.Line, hourly float64) {
	row := f.Row(Window())
	hourly = float64(row.Invocations.Or(0))
	hours := span.Now.Sub(span.Month).Hours()
	n := hourly * hours
	gbSeconds := row.Average.Or(0).Seconds() * float64(f.Config.MemoryMB) / 1024
	rate := 0.0000166667
	if f.Config.Architecture == sources.ARM {
		rate = 0.0000133334
	}
	inits := n * row.ColdRate.Or(0) * row.InitP50.Or(0).Seconds() * float64(f.Config.MemoryMB) / 1024
	c := cost.Components{
		Requests: usd(n * 0.2e-6), Compute: usd(n * gbSeconds * rate), Init: usd(inits * rate), LogIngestion: usd(n * 420 / (1 << 30) * 0.5),
	}
	c.FreeTier = usd(-0.004 * n * gbSeconds * rate)
	l = spending.Line{Function: f.ID, Components: c, ToDate: c.Total()}
	l.Used = cost.Usage{
		Region: f.ID.Region, Arch: cost.Arch(f.Config.Architecture), Requests: int64(n), LogBytes: int64(n * 420),
		Compute: cost.MemoryTime(n * gbSeconds * float64(cost.GBSecond)), Init: cost.MemoryTime(inits * float64(cost.GBSecond)),
	}
	if i%5 == 4 {
		l.ToDate = l.ToDate.Sub(c.Init)
		l.Components.Init, l.AtLeast = cost.Unknown(), true
		l.Notes = []string{"no REPORT lines of it were read: what its inits cost is not known, and not in the sums"}
	} else {
		l.Correction.Sample = sources.Some(spending.Sample{Reports: 300, Cold: 41 + i, Looked: 31 * time.Hour})
	}
	x, _ := l.ToDate.Float64()
	l.LastMonth = usd(x * 1.08)
	if hourly > 0 {
		full := x * span.End.Sub(span.Month).Hours() / hours
		l.Forecast = sources.Some(spending.Range{Value: full, Low: full - 0.15*(full-x), High: full + 0.18*(full-x)})
	}
	return l, hourly
}

// hoursOf is the usage of a function that goes up and down each day.
func hoursOf(f *fleet.Function, span spending.Span, hourly float64) spending.Used {
	u := spending.Used{Function: f.Config}
	ms := float64(f.Row(Window()).Average.Or(0)) / float64(time.Millisecond)
	for h := range span.Hours() {
		n := math.Round(hourly * (1 + 0.6*math.Sin(float64(h)*math.Pi/12) + 0.2*math.Sin(float64(h)*math.Pi/84)))
		u.Requests, u.Milliseconds = append(u.Requests, n), append(u.Milliseconds, n*ms)
		u.Provisioned, u.LogBytes = append(u.Provisioned, 0), append(u.LogBytes, n*420)
	}
	return u
}

// optionsOf are what could be set otherwise.
func optionsOf(f *fleet.Function, l *spending.Line) []spending.Option {
	some := func(x float64) sources.Opt[float64] { return sources.Some(x) }
	x, _ := l.Components.Compute.Float64()
	logs, _ := l.Components.LogIngestion.Float64()
	if x == 0 {
		return nil
	}
	mean := f.Row(Window()).Average.Or(0)
	all := []spending.Option{{
		Setting: spending.SetMemory, To: strconv.Itoa(f.Config.MemoryMB/2) + " MB", Basis: spending.Assumed, Low: some(-x / 2), High: some(0),
		Faster: sources.Some(time.Duration(0)), Slower: sources.Some(mean), Note: "from as long as now to twice as long: CPU goes with memory",
	}, {
		Setting: spending.SetLogs, To: "half the bytes", Basis: spending.Arithmetic, Low: some(-logs / 2), High: some(-logs / 2),
		Note: "log level, sampling, shorter lines",
	}}
	if f.Config.Architecture == sources.X86 {
		all = append(all, spending.Option{
			Setting: spending.SetARM, To: "arm64", Basis: spending.Assumed, Low: some(-x / 5), High: some(-x / 5),
			Note: "if it runs as long as on x86_64, and its dependencies are built for it",
		})
	}
	if f.ID == Focused() {
		all[0].Basis, all[0].To, all[0].High = spending.Observed, "1024 MB", all[0].Low
		all[0].Faster, all[0].Slower = sources.Some(200*time.Millisecond), sources.Some(200*time.Millisecond)
		all[0].Note = "as 184,204 requests ran with that memory"
	}
	return all
}

// change adds what a function costs more than a week before.
func change(c *spending.Changed, i int, l *spending.Line) {
	x, _ := l.ToDate.Float64()
	if x < 0.01 || i > 40 {
		return
	}
	week := x / 3
	part := func(cause spending.Cause, share float64) spending.Part {
		return spending.Part{Cause: cause, USD: usd(week * share)}
	}
	d := spending.Difference{Function: l.Function, Before: usd(week)}
	switch i % 4 {
	case 0:
		d.Causes = []spending.Part{part(spending.CauseTraffic, 0.06), part(spending.CauseDuration, -0.01)}
	case 1:
		d.Causes = []spending.Part{part(spending.CauseTraffic, 0.02), part(spending.CauseMemory, 0.3), part(spending.CauseLogs, 0.01)}
	case 2:
		d.Causes = []spending.Part{part(spending.CauseDuration, -0.08)}
	case 3:
		d.Before, d.Causes = usd(0), []spending.Part{part(spending.CauseNew, 1)}
	}
	d.After = d.Before
	for _, p := range d.Causes {
		d.After = d.After.Add(p.USD)
	}
	c.Lines = append(c.Lines, d)
	c.Total.Before, c.Total.After = c.Total.Before.Add(d.Before), c.Total.After.Add(d.After)
	for _, p := range d.Causes {
		add(&c.Total, p)
	}
}

func add(d *spending.Difference, p spending.Part) {
	for i := range d.Causes {
		if d.Causes[i].Cause == p.Cause {
			d.Causes[i].USD = d.Causes[i].USD.Add(p.USD)
			return
		}
	}
	d.Causes = append(d.Causes, p)
}
