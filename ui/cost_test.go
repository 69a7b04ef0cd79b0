package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/spending"
	"fntop/ui/internal/sample"
)

// costStates are the states of the cost page that are not "all has been read".
func costStates() map[string]*fleet.Snapshot {
	const n = 24
	unread := func(change func(*fleet.Spending)) *fleet.Snapshot {
		s := sample.Spending(n)
		s.Month = nil
		for i := range s.Places {
			s.Places[i].Through = time.Time{}
		}
		change(s)
		return sample.WithSpending(n, s)
	}
	read := func(change func(*fleet.Spending)) *fleet.Snapshot {
		s := sample.Spending(n)
		change(s)
		return sample.WithSpending(n, s)
	}
	metricsDenied := &sources.Error{Op: "cloudwatch:GetMetricData", On: "eu-west-1", Kind: sources.Denied, Fix: "run fntop iam-policy and attach the policy"}
	refused := &sources.Error{
		Op: "read the month", Kind: sources.OverBudget, Fix: "--budget 0.25/h would do",
		Err: errors.New("it takes up to 4012 metrics, $0.0401, and the budget leaves $0.0021 now"),
	}
	return map[string]*fleet.Snapshot{
		"loading": sample.WithSpending(n, nil),
		"listing": unread(func(s *fleet.Spending) { s.Listed, s.Metrics, s.USD = false, 48, 0.00048 }),
		"asks":    unread(func(s *fleet.Spending) { s.Metrics, s.USD = 4012, 0.04012 }),
		"budget":  unread(func(s *fleet.Spending) { s.Metrics, s.USD, s.Refused = 4012, 0.04012, refused }),
		"reading": unread(func(s *fleet.Spending) {
			s.Reading, s.Places[0].Reading, s.Places[1].Through = true, true, sample.Now()
			s.Places[0].Done, s.Places[0].Of = 1200, 2000
		}),
		"empty": sample.WithSpending(0, &fleet.Spending{Listed: true}),
		"denied": unread(func(s *fleet.Spending) {
			s.Metrics, s.USD = 96, 0.00096
			s.Places[0].Err, s.Places[1].Err = metricsDenied, metricsDenied
		}),
		"denied-everywhere": read(func(s *fleet.Spending) {
			m := *s.Month
			r := spending.Report{Span: m.Report.Span, PriceDate: m.Report.PriceDate, Changed: spending.Changed{Unknown: len(m.Report.Lines)}}
			for _, l := range m.Report.Lines {
				u := cost.Unknown()
				r.Lines = append(r.Lines, spending.Line{Function: l.Function, Group: l.Group, ToDate: u, LastMonth: u, Components: cost.Components{
					Requests: u, Compute: u, Init: u, EphemeralStorage: u, Provisioned: u, SnapStart: u, LogIngestion: u, FreeTier: u,
				}, Notes: []string{"hours of the month are not known: its cost is not either"}})
			}
			r.Missing = spending.Missing{Functions: len(r.Lines), Hours: 25 * 542}
			r.Total = spending.Total{AtLeast: true, LastMonth: cost.Unknown()}
			m.Whole, m.Report, m.Options, s.Month = false, &r, make([][]spending.Option, len(r.Lines)), &m
			for i := range s.Places {
				s.Places[i].Err, s.Places[i].Through = metricsDenied, time.Time{}
			}
		}),
		"partial": read(func(s *fleet.Spending) {
			m := *s.Month
			r := *m.Report
			r.Missing.Functions, r.Missing.Hours, r.Missing.Regions = 6, 8712, []string{"mx-central-1"}
			m.Whole, m.Report, s.Month = false, &r, &m
			s.Reading, s.Places[0].Sampling = true, true
			s.Places[1].Err, s.Places[1].Through = metricsDenied, time.Time{}
		}),
		"stale": read(func(s *fleet.Spending) {
			m := *s.Month
			r := *m.Report
			r.Span.Now = r.Span.Now.Add(-5 * time.Hour)
			r.PriceDate = "2026-05-02"
			m.Report, s.Month = &r, &m
			s.Places[0].Err = &sources.Error{Op: "cloudwatch:GetMetricData", On: "us-east-1", Kind: sources.Unreachable, Err: errors.New("no route to host")}
		}),
	}
}

func TestCostStates(t *testing.T) {
	for name, snap := range costStates() {
		t.Run(name, func(t *testing.T) {
			d := open(t, 120, 40).show(snap).keys("$")
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, d.screen())
		})
	}
}

func (d *desk) reads() bool { return d.view.last().Spending.Read }

func TestReadingTheMonthIsAgreedTo(t *testing.T) {
	t.Run("dear", func(t *testing.T) {
		d := open(t, 120, 40).show(costStates()["asks"]).keys("$").sees("costs up to $0.0401: 4,012 metrics of 24 functions")
		if s := d.view.last().Spending; !s.All || s.Read {
			t.Fatalf("demands %+v before the user has agreed", s)
		}
		if d.keys("enter"); !d.reads() {
			t.Fatal("the user has agreed and nothing is read")
		}
		if d.keys("esc"); d.view.last().Spending.Wanted() {
			t.Fatal("the page is closed and still wants to know")
		}
		if d.keys("$"); !d.reads() {
			t.Fatal("what the user agreed to is not remembered")
		}
	})
	t.Run("cheap", func(t *testing.T) {
		s := sample.Spending(24)
		s.Month, s.Metrics, s.USD = nil, 96, 0.00096
		if d := open(t, 120, 40).show(sample.WithSpending(24, s)).keys("$"); !d.reads() {
			t.Fatal("less than a cent is asked for")
		}
	})
	t.Run("not known yet", func(t *testing.T) {
		if d := open(t, 120, 40).show(costStates()["listing"]).keys("$"); d.reads() {
			t.Fatal("it is read before it is known what that costs")
		}
	})
	t.Run("paused", func(t *testing.T) {
		d := open(t, 120, 40).show(costStates()["asks"]).keys("$", "enter", "p")
		if !d.reads() {
			t.Fatal("holding the picture ends the reading")
		}
	})
}

func TestCostIsSortedFilteredAndOpened(t *testing.T) {
	d := open(t, 120, 40).show(sample.Spent(24)).keys("$")
	first := d.cursorLine()
	if d.keys("S"); d.cursorLine() == first {
		t.Error("the order was not turned around")
	}
	d.keys("S", "/", "type:image-resize -name:001", "enter").sees("1 of 25", "image-resize").seesNot("checkout-api")
	d.keys("y")
	if got := copied(d); !strings.HasPrefix(got, "image-resize\tus-east-1\t123456789012\t") {
		t.Errorf("copied %q", got)
	}
	d.keys("enter").sees("image-resize", "[Cost]", "USD a day")
	d.keys("esc").sees("1 of 25")
	d.keys("esc").sees("checkout-api")
	d.keys("esc").sees("TRAFFIC")
	d.keys("$", "/", "type:saves>10 -region:eu", "enter").seesNot("session-store", "No function passes")
	d.keys("esc", "/", "type:dear>1").sees("✗")
}

func TestWhatIfGoesFromFunctionToFunction(t *testing.T) {
	d := open(t, 120, 40).show(sample.Spent(24)).keys("$", "tab", "tab", "tab").sees("[what if]")
	here := d.line("in a month of 730 hours")
	before := strings.Split(d.screen(), "\n")[here]
	d.keys("right")
	if after := strings.Split(d.screen(), "\n")[here]; before == after {
		t.Errorf("still at %q", after)
	}
	d.keys("/", "type:image-resize -name:001", "enter").sees("image-resize  us-east-1  in a month", "1 of 25").seesNot("No command")
	d.keys("esc").sees("[what if]").seesNot("1 of 25")
	d.keys("left", "tab").sees("[by function]")
	d.keys("tab", "tab", "/").sees("[by function]")
}

func TestTheHeaderTellsTheMonthWhereItIsKnown(t *testing.T) {
	open(t, 160, 40).show(sample.Fleet(24)).sees("cost ", "/h").seesNot("month $")
	open(t, 160, 40).show(sample.Spent(24)).sees("today $", "month ≥$2,689 → $3,556 ±$158")
	open(t, 160, 40).show(costStates()["stale"]).seesNot("month ≥$")
	open(t, 160, 40).show(costStates()["partial"]).seesNot("month ≥$")
}

// TestCostOfAFunction says what there is to say before it is read.
func TestCostOfAFunction(t *testing.T) {
	id := sample.Focused()
	d := open(t, 120, 40).show(sample.WithSpending(24, nil)).openFunction().keys("5").sees("[Cost]", "Reading its hours of the month…")
	if got := d.view.last().Spending; got.Function != id || !got.Read || got.All {
		t.Errorf("demand %+v", got)
	}
	states := costStates()
	d.show(states["budget"]).sees("over budget")
	d.show(states["denied"]).sees("✗ AccessDenied: cloudwatch:GetMetricData")
	d.show(states["denied-everywhere"]).sees("month to date –", "hours of the month are not known")
	s := sample.Spending(24)
	m := *s.Month
	m.FreeTier, m.Whole, s.Month = false, false, &m
	d.show(sample.WithSpending(24, s)).sees("requests", " a million requests", "before the free tier", "What if", "1024 MB")
	d.keys("end", "pgup", "home", "ctrl+d").sees("[Cost]")
}

func TestExportIsSaid(t *testing.T) {
	open(t, 120, 40).show(sample.Spent(24)).keys(":", "type:export", "enter").sees("fntop cost -o csv")
}

func TestCostOpensOnceAndCloses(t *testing.T) {
	d := open(t, 120, 40).show(sample.Spent(24)).keys("$", "enter").sees("[Cost]").keys("$").sees("[by function]")
	d.keys("$").sees("TRAFFIC")
}

// TestHostileCost draws reckonings in which every text is nasty.
func TestHostileCost(t *testing.T) {
	snap := hostileFleet()
	month := *sample.Month(sample.Functions(30))
	report := *month.Report
	report.PriceDate = nasty()
	report.Missing.Regions = []string{nasty(), nasty()}
	for i := range report.Lines {
		l := &report.Lines[i]
		l.Function.Name, l.Function.Region, l.Notes = nasty()+l.Function.Name, nasty(), []string{nasty(), strings.Repeat(nasty(), 50)}
		if i%3 == 0 {
			l.Group = nasty()
		}
		month.Usage.Used[i].Function.ID = l.Function
		for k := range month.Options[i] {
			month.Options[i][k].To, month.Options[i][k].Note, month.Options[i][k].Basis = nasty(), nasty(), spending.Basis(nasty())
		}
	}
	month.Report = &report
	s := &fleet.Spending{
		Month: &month, Listed: true, Metrics: 1 << 40, USD: 1e300, Refused: errors.New(nasty()),
		Places: []fleet.SpendingPlace{{Region: nasty(), Account: nasty(), Reading: true, Sampling: true, Err: errors.New(nasty()), Rest: errors.New(nasty())}},
	}
	head := *snap
	head.Spending = s
	d := open(t, 120, 40).show(&head).keys("$")
	for _, step := range []string{"", "down", "s", "s", "s", "S", "tab", "down", "tab", "end", "y", "tab", "right", "down", "y", "o", "tab", "y", "/", "a"} {
		if step != "" {
			d.keys(step)
		}
		for _, sz := range []size{{120, 40}, {20, 5}, {33, 11}, {80, 24}, {200, 60}} {
			d.send(resizeTo(sz))
			checkFrame(t, d.frame(), sz.width, sz.height)
		}
		if strings.Contains(d.frame(), "pwned\x07") {
			t.Fatal("a title sequence came through")
		}
	}
}

// BenchmarkCostView draws the cost of 2,000 functions, and takes a new
// reckoning over.
func BenchmarkCostView(b *testing.B) {
	b.Run("draw", func(b *testing.B) {
		d := open(b, 200, 60).show(sample.Spent(2000)).keys("$")
		b.ReportAllocs()
		for b.Loop() {
			_ = d.app.View()
		}
	})
	b.Run("take", func(b *testing.B) {
		one, other := sample.Spent(2000), sample.Spent(2000)
		d := open(b, 200, 60).show(one).keys("$")
		b.ReportAllocs()
		for b.Loop() {
			d.show(other)
			one, other = other, one
		}
	})
	b.Run("filter", func(b *testing.B) {
		d := open(b, 200, 60).show(sample.Spent(2000)).keys("$", "/", "type:mtd>")
		b.ReportAllocs()
		for b.Loop() {
			d.keys("1", "backspace")
			_ = d.app.View()
		}
	})
}
