package plain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fntop/sources"
	"fntop/sources/events"
	"fntop/sources/fleet"
	"fntop/ui/format"
)

// Busiest gives the functions with the most invocations of the window, busiest
// first; of equal ones the order of discovery.
func Busiest(snap *fleet.Snapshot, w sources.Window, most int) []*fleet.Function {
	type one struct {
		fn *fleet.Function
		n  int64
	}
	var list []one
	for i := range snap.Len() {
		fn := snap.Function(i)
		row := fn.Row(w)
		if n := row.Invocations.Or(0); n > 0 {
			list = append(list, one{fn, n})
		}
	}
	slices.SortStableFunc(list, func(a, b one) int { return cmp.Compare(b.n, a.n) })
	var all []*fleet.Function
	for _, o := range list[:min(len(list), most)] {
		all = append(all, o.fn)
	}
	return all
}

// mostListed is how many functions list names.
const mostListed = 10

// Answer answers a typed line. quit tells that the user wants to go.
func (w *Watch) Answer(line string) (lines []string, quit bool) {
	word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch strings.ToLower(word) {
	case "":
		return nil, false
	case "quit", "q", "exit":
		return nil, true
	case "help", "?", "h":
		return []string{
			"list         the ten functions with the most invocations",
			"show NAME    one function; the beginning of a name is enough",
			"status       the totals now",
			"quit         end",
		}, false
	case "status":
		return []string{w.Status()}, false
	case "list":
		return w.list(), false
	case "show":
		return w.show(strings.TrimSpace(arg)), false
	}
	return []string{"no command " + quote(word) + ": there are help, list, show NAME, status and quit"}, false
}

func quote(s string) string { return `"` + sources.Clean(s) + `"` }

func (w *Watch) list() []string {
	if w.snap == nil {
		return []string{"nothing is known yet"}
	}
	var lines []string
	for i, fn := range Busiest(w.snap, w.opts.Window, mostListed) {
		lines = append(lines, fmt.Sprintf("%d. %s: %s", i+1, w.name(fn.ID), w.figures(fn)))
	}
	if lines == nil {
		return []string{"no function is known to have been invoked in the last " + format.Span(w.opts.Window.Since)}
	}
	return lines
}

// figures are the figures of a function in words.
func (w *Watch) figures(fn *fleet.Function) string {
	row := fn.Row(w.opts.Window)
	var errs sources.Opt[float64]
	n, ok := row.Invocations.Get()
	if e, known := row.Errors.Get(); ok && known && n > 0 {
		errs = sources.Some(float64(e) / float64(n))
	}
	return fmt.Sprintf("%s invocations, %s in the last minute, errors %s, throttles %s, p95 %s, cold starts %s",
		say(row.Invocations, format.Int), say(row.LastMinute, format.Count), say(errs, percent),
		say(row.Throttles, format.Int), say(row.P95, format.Duration), say(row.ColdRate, percent))
}

// show is what is known of one function.
func (w *Watch) show(name string) []string {
	if name == "" || w.snap == nil {
		return []string{"show needs the name of a function, or its beginning"}
	}
	var found []*fleet.Function
	for i := range w.snap.Len() {
		fn := w.snap.Function(i)
		if fn.ID.Name == name {
			found = []*fleet.Function{fn}
			break
		}
		if strings.HasPrefix(fn.ID.Name, name) {
			found = append(found, fn)
		}
	}
	switch len(found) {
	case 1:
		return w.describe(found[0])
	case 0:
		return []string{"no function " + quote(name)}
	}
	const most = 10
	var names []string
	for _, fn := range found[:min(len(found), most)] {
		names = append(names, w.name(fn.ID))
	}
	text := fmt.Sprintf("%d functions begin with %s: %s", len(found), quote(name), strings.Join(names, ", "))
	if len(found) > most {
		text += " and others"
	}
	return []string{text}
}

func (w *Watch) describe(fn *fleet.Function) []string {
	c := &fn.Config
	about := w.name(fn.ID) + " in " + sources.Clean(fn.ID.Region)
	if fn.Configured {
		runtime := cmp.Or(c.Runtime, "container image")
		about += fmt.Sprintf(": %s, %s, %s MB, timeout %s", sources.Clean(runtime), sources.Clean(string(c.Architecture)), format.Int(int64(c.MemoryMB)), format.Span(c.Timeout))
		if !c.LastModified.IsZero() {
			about += ", modified " + c.LastModified.In(w.opts.Zone).Format("2006-01-02 15:04")
		}
	}
	if fn.Gone {
		about += "; no longer there"
	}
	row := fn.Row(w.opts.Window)
	lines := []string{
		about,
		"last " + format.Span(w.opts.Window.Since) + ": " + w.figures(fn),
		fmt.Sprintf("duration p50 %s, p95 %s, p99 %s; init p95 %s; cost %s, %s a million invocations",
			say(row.P50, format.Duration), say(row.P95, format.Duration), say(row.P99, format.Duration),
			say(row.InitP95, format.Duration), say(row.CostUSD, format.USD), say(row.CostPerMillion, format.USD)),
	}
	for _, kind := range kinds() {
		if e := w.episodes[topic{fn.ID, kind}]; e != nil && !e.over {
			lines = append(lines, fmt.Sprintf("%s more than usual since %s", kind, w.at(e.start)))
		}
	}
	if err := fn.Metrics.Err; err != nil {
		lines = append(lines, "its metrics are not read: "+sources.Clean(err.Error()))
	}
	if age, ok := row.MetricsAge.Get(); ok {
		lines = append(lines, "metrics are "+format.Age(age+max(w.now.Sub(w.snap.At), 0))+" old")
	}
	return lines
}

// kinds are what may go on with a function for a while.
func kinds() []events.Kind {
	return []events.Kind{events.Errors, events.Throttles, events.ColdStarts}
}
