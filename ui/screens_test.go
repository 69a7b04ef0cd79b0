package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
	"fntop/ui/page"
)

type size struct{ width, height int }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.width, s.height) }

func sizes() []size { return []size{{80, 24}, {120, 40}, {200, 60}} }

// toTail tails the functions of the samples.
func toTail(d *desk) {
	d.keys(":", "type:tail image-resize checkout-api orders-consumer", "enter")
}

// arrived is a fleet whose journal has n lines more than it had.
func arrived(had, n int) *fleet.Snapshot {
	head := sample.Head(60)
	head.Journal = sample.Journal(1, had+n)
	return fleet.Assemble(head, sample.Functions(60), nil, nil)
}

// views are ways to each view of the dashboard.
func views() map[string]func(*desk) {
	toInvocation := func(d *desk) { d.openFunction().keys("down", "down", "down", "down", "down", "enter") }
	return map[string]func(*desk){
		"functions":              func(*desk) {},
		"functions-moved":        func(d *desk) { d.keys("down", "down", "s", "s", "S") },
		"filter":                 func(d *desk) { d.keys("/", "type:err>1 runtime:python") },
		"function":               func(d *desk) { d.openFunction() },
		"function-cursor":        func(d *desk) { d.openFunction().keys("[", "left", "left", "left", "down", "down") },
		"function-compared":      func(d *desk) { d.openFunction().keys("=", "left", "left", "left", "left", "left", "left") },
		"function-filter":        func(d *desk) { d.openFunction().keys("2", "/", "type:dur>400ms -error", "enter", "s", "down") },
		"function-traces":        func(d *desk) { d.openFunction().keys("3", "down", "down") },
		"function-traces-filter": func(d *desk) { d.openFunction().keys("3", "/", "type:dur>400ms -fault", "enter", "s", "down") },
		"function-cold":          func(d *desk) { d.openFunction().keys("4", "down", "down") },
		"function-triggers":      func(d *desk) { d.openFunction().keys("6", "down") },
		"function-configuration": func(d *desk) { d.openFunction().keys("7") },
		"invocation":             toInvocation,
		"invocation-open": func(d *desk) {
			toInvocation(d)
			d.keys("down", "down", "down", "enter", "down", "down", "enter")
		},
		"trace":             func(d *desk) { toInvocation(d); d.keys("t") },
		"trace-detail":      func(d *desk) { toInvocation(d); d.keys("t", "end", "up") },
		"marked":            func(d *desk) { d.keys("space", "space", "down", "space") },
		"tail":              toTail,
		"tail-held":         func(d *desk) { toTail(d); d.keys("pgup", "up", "z"); d.show(arrived(1240, 320)) },
		"tail-filter":       func(d *desk) { toTail(d); d.keys("/", "type:timeout") },
		"tail-around":       func(d *desk) { toTail(d); d.keys("/", "type:timeout", "tab", "enter", "N", "w") },
		"function-cost":     func(d *desk) { d.show(sample.Spent(60)).openFunction().keys("5") },
		"cost":              func(d *desk) { d.show(sample.Spent(60)).keys("$") },
		"cost-by-component": func(d *desk) { d.show(sample.Spent(60)).keys("$", "tab") },
		"cost-changed":      func(d *desk) { d.show(sample.Spent(60)).keys("$", "tab", "tab", "down") },
		"cost-what-if":      func(d *desk) { d.show(sample.Spent(60)).keys("$", "down", "tab", "tab", "tab") },
		"cost-filter":       func(d *desk) { d.show(sample.Spent(60)).keys("$", "s", "s", "/", "type:saves>10 region:us") },
		"bill":              func(d *desk) { d.keys("b") },
		"bill-by-use":       func(d *desk) { d.keys("b", "tab") },
		"help":              func(d *desk) { d.keys("?") },
		"command":           func(d *desk) { d.keys(":") },
	}
}

// oneSize tells that a view has a golden of one size alone.
func oneSize(name string) bool {
	return strings.HasPrefix(name, "function-") && name != "function-cursor" && name != "function-compared"
}

func TestScreens(t *testing.T) {
	for name, walk := range views() {
		for _, s := range sizes() {
			t.Run(name+"/"+s.String(), func(t *testing.T) {
				d := open(t, s.width, s.height).show(sample.Fleet(60))
				walk(d)
				checkFrame(t, d.frame(), s.width, s.height)
				if s.width != 120 && oneSize(name) {
					return
				}
				golden.RequireEqual(t, d.screen())
			})
		}
	}
}

// TestStyled keeps the styles of one screen of each page.
func TestStyled(t *testing.T) {
	for _, name := range []string{"functions", "function", "invocation-open", "trace", "tail-around", "cost"} {
		t.Run(name, func(t *testing.T) {
			d := open(t, 120, 40).show(sample.Fleet(20))
			views()[name](d)
			golden.RequireEqual(t, strings.ReplaceAll(d.frame(), "\x1b", "␛"))
		})
	}
}

func TestASCII(t *testing.T) {
	for _, name := range []string{"functions", "function", "function-compared", "function-traces", "invocation-open", "trace", "tail-held", "cost"} {
		t.Run(name, func(t *testing.T) {
			d := open(t, 100, 30, func(o *Options) { o.ASCII, o.NoColor = true, true }).show(sample.Fleet(20))
			views()[name](d)
			for i, r := range d.screen() {
				if r > '~' {
					t.Fatalf("%q is drawn at %d:\n%s", r, i, d.screen())
				}
			}
			golden.RequireEqual(t, d.screen())
		})
	}
}

func denied() error {
	return &sources.Error{
		Op: "lambda:ListFunctions", On: "eu-west-1", Kind: sources.Denied,
		Fix: "run fntop iam-policy and attach the policy", Err: errors.New("api error"),
	}
}

func expired() error {
	return &sources.Error{
		Op: "sts:GetCallerIdentity", On: "profile prod", Kind: sources.ExpiredCredentials,
		Fix: "aws sso login --profile prod", Err: errors.New("the SSO session has expired"),
	}
}

// states are snapshots of every state that is not "all is well".
func states() map[string]*fleet.Snapshot {
	now := sample.Now()
	with := func(n int, change func(*fleet.Snapshot)) *fleet.Snapshot {
		head := sample.Head(n)
		change(&head)
		return fleet.Assemble(head, sample.Functions(n), nil, nil)
	}
	bare := func(id sources.FunctionID) *fleet.Function { return &fleet.Function{ID: id} }
	unknown := []*fleet.Function{
		bare(sources.FunctionID{Cloud: sources.AWS, Account: sample.Account, Region: "us-east-1", Name: "found-by-its-metrics"}),
	}
	listed := *sample.Functions(1)[0]
	listed = fleet.Function{ID: listed.ID, Config: listed.Config, Configured: true}
	unknown = append(unknown, &listed)
	return map[string]*fleet.Snapshot{
		"places-opening": with(0, func(h *fleet.Snapshot) {
			h.Places = []fleet.Place{{Label: "us-east-1", Region: "us-east-1"}, {Label: "prod/eu-west-1", Region: "eu-west-1"}}
		}),
		"listing": with(24, func(h *fleet.Snapshot) {
			h.Places[1].Complete = false
		}),
		"listing-none-yet": with(0, func(h *fleet.Snapshot) {
			h.Places[0].Complete, h.Places[1].State = false, fleet.Opening
		}),
		"empty": with(0, func(*fleet.Snapshot) {}),
		"budget-rest-slower": with(60, func(h *fleet.Snapshot) {
			h.Pace = poll.Pace{Rows: time.Minute, Rest: 12 * time.Minute, Slowed: true}
		}),
		"budget-rows-slower": with(24, func(h *fleet.Snapshot) {
			h.Pace = poll.Pace{Rows: 2 * time.Minute, Slowed: true}
		}),
		"budget-none": with(24, func(h *fleet.Snapshot) { h.Pace = poll.Pace{Slowed: true} }),
		"free":        with(24, func(h *fleet.Snapshot) { h.Pace = poll.Pace{Slowed: true, Free: true} }),
		"partial": with(24, func(h *fleet.Snapshot) {
			h.Places[1].State, h.Places[1].Err, h.Places[1].Complete = fleet.Failed, denied(), false
			h.Places[1].Catalog = fleet.Health{Bad: now, Err: denied()}
		}),
		"failed": with(0, func(h *fleet.Snapshot) {
			for i := range h.Places {
				h.Places[i].State, h.Places[i].Err, h.Places[i].Account = fleet.Failed, expired(), ""
			}
		}),
		"stale": with(24, func(h *fleet.Snapshot) {
			h.At = now.Add(-4 * time.Minute)
			for i := range h.Places {
				old := fleet.Health{
					Good: now.Add(-4 * time.Minute), Bad: now,
					Err: &sources.Error{Op: "cloudwatch:GetMetricData", On: h.Places[i].Region, Kind: sources.Unreachable, Err: errors.New("no route to host")},
				}
				h.Places[i].Catalog, h.Places[i].Metrics, h.Places[i].Logs, h.Places[i].Traces = old, old, old, old
			}
		}),
		"unknown": fleet.Assemble(sample.Head(2), unknown, nil, nil),
	}
}

func TestStates(t *testing.T) {
	t.Run("opening", func(t *testing.T) {
		golden.RequireEqual(t, open(t, 120, 40).screen())
	})
	for name, snap := range states() {
		t.Run(name, func(t *testing.T) {
			d := open(t, 120, 40).show(snap)
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, d.screen())
		})
	}
}

// TestDetailStates walks through what a page says when its data are not
// there.
func TestDetailStates(t *testing.T) {
	id := sample.Focused()
	base := func() []*fleet.Function { return sample.Functions(4) }
	focused := func(change func(*fleet.Function)) []*fleet.Function {
		list := base()
		for i, f := range list {
			if f.ID == id {
				c := *sample.Focus(f)
				change(&c)
				list[i] = &c
			}
		}
		return list
	}
	inv := sample.Invocations(id, 8)[5]
	lines := func(l *fleet.Lines) map[sources.FunctionID]map[sources.InvocationKey]*fleet.Lines {
		return map[sources.FunctionID]map[sources.InvocationKey]*fleet.Lines{id: {inv.Key(): l}}
	}
	ref := poll.TraceRef{Scope: id.Scope(), ID: sample.TraceID}
	toInvocation := []string{"down", "down", "down", "down", "down", "enter"}
	logsDenied := &sources.Error{Op: "logs:FilterLogEvents", On: "/aws/lambda/image-resize", Kind: sources.Denied, Fix: "run fntop iam-policy"}
	late := sample.Head(4)
	late.Demand, late.Settled = 0, false
	for name, c := range map[string]struct {
		head   fleet.Snapshot
		list   []*fleet.Function
		lines  map[sources.FunctionID]map[sources.InvocationKey]*fleet.Lines
		traces map[poll.TraceRef]*fleet.Trace
		keys   []string
		want   string
	}{
		"function loading": {head: late, list: base(), want: "Reading the log…"},
		"function quiet": {list: focused(func(f *fleet.Function) {
			f.Invocations, f.InvocationsDropped = nil, 0
		}), want: "No invocations in the last 1h."},
		"function denied": {list: focused(func(f *fleet.Function) {
			f.Invocations, f.Logs.Err = nil, logsDenied
		}), want: "✗ AccessDenied: logs:FilterLogEvents on /aws/lambda/image-resize — run fntop iam-policy"},
		"function gone": {list: focused(func(f *fleet.Function) { f.Gone = true }), want: "no longer in the catalogue"},
		"lines loading": {list: focused(func(*fleet.Function) {}), keys: toInvocation, want: "Reading the log…"},
		"lines none":    {list: focused(func(*fleet.Function) {}), lines: lines(&fleet.Lines{Complete: true}), keys: toInvocation, want: "This invocation wrote no lines."},
		"lines late":    {list: focused(func(*fleet.Function) {}), lines: lines(&fleet.Lines{}), keys: toInvocation, want: "No lines of this invocation have reached the log yet."},
		"lines denied": {
			list: focused(func(*fleet.Function) {}), lines: lines(&fleet.Lines{Health: fleet.Health{Err: logsDenied}}),
			keys: toInvocation, want: "✗ AccessDenied: logs:FilterLogEvents",
		},
		"not sampled":  {list: focused(func(*fleet.Function) {}), keys: []string{"down", "t"}, want: "No trace: this invocation was not sampled."},
		"trace asked":  {list: focused(func(*fleet.Function) {}), keys: append(toInvocation, "t"), want: "Fetching the trace…"},
		"trace absent": {list: focused(func(*fleet.Function) {}), traces: map[poll.TraceRef]*fleet.Trace{ref: {}}, keys: append(toInvocation, "t"), want: "Not found yet"},
		"trace denied": {list: focused(func(*fleet.Function) {}), traces: map[poll.TraceRef]*fleet.Trace{ref: {Health: fleet.Health{Err: &sources.Error{
			Op: "xray:BatchGetTraces", Kind: sources.Denied, Fix: "run fntop iam-policy",
		}}}}, keys: append(toInvocation, "t"), want: "✗ AccessDenied: xray:BatchGetTraces → run fntop iam-policy"},
		"trace partial": {list: focused(func(*fleet.Function) {}), traces: func() map[poll.TraceRef]*fleet.Trace {
			tr := sample.Trace()
			tr.Trace.Partial = true
			return map[poll.TraceRef]*fleet.Trace{ref: tr}
		}(), keys: append(toInvocation, "t"), want: "incomplete: parts are missing or still running"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.head.Places == nil {
				c.head = sample.Head(4)
			}
			snap := fleet.Assemble(c.head, c.list, c.lines, c.traces)
			d := open(t, 120, 40).show(snap).openFunction().keys(c.keys...).sees(c.want)
			checkFrame(t, d.frame(), 120, 40)
		})
	}
}

// checkFrame checks what holds for every frame: never more lines than the
// screen is high, none wider than it is, and no control but styles.
func checkFrame(tb testing.TB, frame string, width, height int) {
	tb.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) > height {
		tb.Fatalf("%d lines on a screen of %d", len(lines), height)
	}
	for i, l := range lines {
		plain := stripStyles(tb, l)
		if w := cellWidth(plain); w > width {
			tb.Fatalf("line %d is %d wide on a screen of %d: %q", i, w, width, plain)
		}
	}
}

func TestEverySize(t *testing.T) {
	for name, walk := range views() {
		d := open(t, 120, 40).show(sample.Fleet(60))
		walk(d)
		for _, s := range []size{
			{1, 1},
			{2, 30},
			{19, 5},
			{20, 4},
			{20, 5},
			{21, 6},
			{25, 7},
			{30, 8},
			{34, 9},
			{39, 10},
			{40, 11},
			{41, 12},
			{50, 13},
			{55, 14},
			{60, 15},
			{61, 16},
			{66, 18},
			{72, 20},
			{79, 23},
			{80, 24},
			{95, 29},
			{96, 30},
			{100, 31},
			{110, 46},
			{111, 47},
			{132, 43},
			{160, 45},
			{170, 50},
			{220, 70},
			{300, 100},
			{20, 200},
			{400, 5},
		} {
			d.send(tea.WindowSizeMsg{Width: s.width, Height: s.height})
			t.Run(name+"/"+s.String(), func(t *testing.T) { checkFrame(t, d.frame(), s.width, s.height) })
		}
	}
}

// TestTraceStates keeps the picture of every state of the page of a trace.
func TestTraceStates(t *testing.T) {
	denied := &sources.Error{Op: "xray:BatchGetTraces", On: "us-east-1", Kind: sources.Denied, Fix: "add it to the role (fntop iam-policy prints the minimum)"}
	partial, stale := *sample.Trace(), *sample.Trace()
	partial.Trace.Partial = true
	stale.Health.Err = denied
	for name, tr := range map[string]*fleet.Trace{
		"loading": {Loading: true}, "empty": {}, "lost": {}, "partial": &partial, "stale": &stale, "denied": {Health: fleet.Health{Err: denied}},
	} {
		t.Run(name, func(t *testing.T) {
			ref := poll.TraceRef{Scope: sample.Focused().Scope(), ID: sample.TraceID}
			if name == "lost" { // of a request ten minutes ago
				ref.ID = fmt.Sprintf("1-%08x-0123456789abcdef01234567", sample.Now().Add(-10*time.Minute).Unix())
			}
			d := open(t, 120, 40)
			d.app.take(page.OpenTrace{Ref: ref, Title: "image-resize"})
			d.show(fleet.Assemble(sample.Head(20), sample.Functions(20), nil, map[poll.TraceRef]*fleet.Trace{ref: tr}))
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, d.screen())
		})
	}
}

// TestBillStates: before the first call, nothing that costs, and figures of
// long ago.
func TestBillStates(t *testing.T) {
	now := sample.Now()
	for name, bill := range map[string]meter.Bill{
		"empty": {Since: now.Add(-time.Second)},
		"free":  {Since: now.Add(-time.Hour), Ops: []meter.Op{{Name: "logs:FilterLogEvents", Calls: 3, BytesIn: 4096, Busy: time.Second}}, Total: meter.Op{Calls: 3, BytesIn: 4096}},
	} {
		t.Run(name, func(t *testing.T) {
			head := sample.Head(0)
			head.Bill, head.MetricsPerHour = bill, 0
			d := open(t, 120, 40).show(fleet.Assemble(head, nil, nil, nil)).keys("b")
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, d.screen())
		})
	}
}
