package waterfall_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"fntop/sources"
	"fntop/ui/theme"
	"fntop/ui/widget/table"
	"fntop/ui/widget/waterfall"
)

func start() time.Time { return time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC) }

const ms = time.Millisecond

// span makes a span from so many milliseconds to so many.
func span(name string, from, to int, children ...*sources.Span) *sources.Span {
	return &sources.Span{
		ID: name, Name: name, Start: start().Add(time.Duration(from) * ms),
		Duration: sources.Some(time.Duration(to-from) * ms), Children: children,
	}
}

func trace(total int, roots ...*sources.Span) *sources.Trace {
	return &sources.Trace{ID: "1-x", Start: start(), Duration: time.Duration(total) * ms, Spans: roots}
}

func draw(tr *sources.Trace, width int) string {
	rows, _ := waterfall.Rows(tr)
	m := table.New(waterfall.Columns(tr.Duration))
	m.Resize(width, len(rows)+1)
	m.SetLen(len(rows))
	m.Blurred = true
	th := theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor})
	lines := m.Draw(th, &waterfall.View{List: rows, Total: tr.Duration, Theme: th})
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

func TestDraw(t *testing.T) {
	fault := span("SQS", 70, 90)
	fault.Fault, fault.Exception = true, &sources.Exception{Type: "QueueDoesNotExist"}
	init := span("Initialization", 10, 20)
	init.ColdInit = true
	open := span("open", 85, 0)
	open.Duration = sources.Opt[time.Duration]{}
	tr := trace(100, span("api", 0, 100, span("fn", 20, 100, init, span("S3", 22, 40), fault, open)))
	want := strings.Join([]string{
		"  SPAN                   0      20ms    40ms    60ms    80ms        TIME WHAT",
		"  api                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━   100ms",
		"  ├─ self                ···                                        10ms own work",
		"  └─ fn                         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━    80ms",
		"    ├─ Initialization       ┅┅┅┅                                    10ms cold start",
		"    ├─ S3                        ━━━━━━━                            18ms",
		"    ├─ self                             ············                30ms own work",
		"    ├─ ✗ SQS                                        ━━━━━━━━        20ms QueueDoesNotExist",
		"    └─ open                                               ━━━━━›    open",
	}, "\n")
	if got := draw(tr, 90); got != want {
		t.Errorf("drawn:\n%s\nwant:\n%s", got, want)
	}
}

// critical gives the time each span has on the critical path, in
// milliseconds, and the length of the path.
func critical(tr *sources.Trace) (map[string]int, int) {
	rows, length := waterfall.Rows(tr)
	own := map[string]int{}
	for _, r := range rows {
		if !r.Gap && r.OnPath {
			own[r.Span.Name] = int(r.Critical / ms)
		}
	}
	return own, int(length / ms)
}

func TestCriticalPath(t *testing.T) {
	for _, c := range []struct {
		name   string
		tr     *sources.Trace
		want   map[string]int
		length int
	}{
		{"one span", trace(10, span("a", 0, 10)), map[string]int{"a": 10}, 10},
		{"one after the other", trace(10, span("a", 0, 10, span("b", 1, 4), span("c", 5, 9))), map[string]int{"a": 3, "b": 3, "c": 4}, 10},
		{"at the same time: the later end counts", trace(10, span("a", 0, 10, span("b", 0, 9), span("c", 0, 10))), map[string]int{"a": 0, "c": 10}, 10},
		{"overlapping", trace(10, span("a", 0, 10, span("b", 0, 6), span("c", 4, 10))), map[string]int{"a": 0, "b": 4, "c": 6}, 10},
		{"deep", trace(10, span("a", 0, 10, span("b", 2, 8, span("c", 3, 5)))), map[string]int{"a": 4, "b": 4, "c": 2}, 10},
		{"a child that outlives its parent", trace(12, span("a", 0, 6, span("b", 2, 12))), map[string]int{"a": 2, "b": 4}, 6},
		{
			"an init before its segment", trace(20, span("a", 0, 20, span("fn", 10, 20, span("init", 3, 8), span("run", 11, 19)))),
			map[string]int{"a": 5, "fn": 2, "init": 5, "run": 8},
			20,
		},
		{"roots with a gap between them", trace(20, span("a", 0, 5), span("b", 10, 20)), map[string]int{"a": 5, "b": 10}, 15},
		{"skew: a child begins before its parent", trace(10, span("a", 0, 10, span("b", 5, 10, span("c", 4, 9)))), map[string]int{"a": 5, "b": 1, "c": 4}, 10},
		{"nothing", trace(0), map[string]int{}, 0},
	} {
		got, length := critical(c.tr)
		if length != c.length {
			t.Errorf("%s: the path takes %d, want %d", c.name, length, c.length)
		}
		for name, want := range c.want {
			if own, ok := got[name]; !ok || own != want {
				t.Errorf("%s: %s has %d on the path (%v), want %d", c.name, name, own, ok, want)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: on the path are %v, want %v", c.name, got, c.want)
		}
	}
}

func TestGaps(t *testing.T) {
	gaps := func(tr *sources.Trace) []string {
		rows, _ := waterfall.Rows(tr)
		var found []string
		for _, r := range rows {
			if r.Gap {
				found = append(found, r.Start.String()+"-"+r.End.String())
			}
		}
		return found
	}
	for _, c := range []struct {
		name string
		tr   *sources.Trace
		want string
	}{
		{"no children, no gaps", trace(100, span("a", 0, 100)), ""},
		{"before, between, behind", trace(100, span("a", 0, 100, span("b", 20, 40), span("c", 60, 80))), "0s-20ms 40ms-60ms 80ms-100ms"},
		{"too short to tell", trace(100, span("a", 0, 100, span("b", 4, 97))), ""},
		{"overlapping children", trace(100, span("a", 0, 100, span("b", 0, 70), span("c", 10, 50), span("d", 90, 100))), "70ms-90ms"},
		{"filled by a grandchild that ran early", trace(100, span("a", 0, 100, span("b", 50, 100, span("init", 10, 45)))), "0s-10ms 45ms-50ms"},
	} {
		if got := strings.Join(gaps(c.tr), " "); got != c.want && !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: gaps %q, want %q", c.name, got, c.want)
		}
	}
}

func TestATreeThatIsNone(t *testing.T) {
	a, b := span("a", 0, 10), span("b", 2, 4)
	a.Children, b.Children = []*sources.Span{b, b, a}, []*sources.Span{a}
	rows, _ := waterfall.Rows(trace(10, a, b, a))
	if len(rows) < 2 || len(rows) > 10 {
		t.Fatalf("%d rows", len(rows))
	}
}

func TestAVeryDeepTree(t *testing.T) {
	leaf := span("leaf", 0, 10)
	for range 5000 {
		leaf = span("x", 0, 10, leaf)
	}
	if got := draw(trace(10, leaf), 60); !strings.Contains(got, "…") {
		t.Error("a deep tree is not cut")
	}
}

func BenchmarkRows(b *testing.B) {
	var children []*sources.Span
	for i := range 2000 {
		children = append(children, span("call", i, i+1, span("inner", i, i+1)))
	}
	tr := trace(2000, span("a", 0, 2000, children...))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = waterfall.Rows(tr)
	}
}
