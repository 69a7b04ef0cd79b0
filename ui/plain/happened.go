package plain

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/events"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
)

const (
	// recent is how long ago something may have ended to be told at all, and
	// late the same for changes, of which the cloud tells up to half an hour
	// later.
	recent = 15 * time.Minute
	late   = 40 * time.Minute
	// again is for how long it must be quiet before something is over: what
	// begins within that time goes on.
	again = 10 * time.Minute
	// forget is how long after its end an episode is kept.
	forget = 3 * time.Hour
)

// topic is what can happen to a function at most once at a time.
type topic struct {
	function sources.FunctionID
	kind     events.Kind
}

// episode is something that happens to a function from start to end.
type episode struct {
	kind       events.Kind
	start, end time.Time
	over       bool // it was told, or need not be
}

// happened tells what has happened to functions, and what is over.
func (w *Watch) happened() {
	found, _ := w.finder.Find(w.snap, w.opts.Window)
	for i := len(found) - 1; i >= 0; i-- {
		w.note(&found[i])
	}
	topics := slices.SortedFunc(maps.Keys(w.episodes), func(a, b topic) int {
		return cmp.Or(a.function.Compare(b.function), cmp.Compare(a.kind, b.kind))
	})
	for _, t := range topics {
		switch e := w.episodes[t]; {
		case !e.over:
			w.ending(t, e)
		case w.now.Sub(e.end) > forget:
			delete(w.episodes, t)
		}
	}
}

// note tells of an event that is new.
func (w *Watch) note(e *events.Event) {
	t := topic{e.Function, e.Kind}
	if e.Kind == events.FirstErrors {
		t.kind = events.Errors
	}
	if have := w.episodes[t]; have != nil && !e.Start.After(have.end.Add(again)) {
		if e.End.After(have.end) {
			have.end = e.End
		}
		return
	}
	fresh := &episode{kind: e.Kind, start: e.Start, end: e.End}
	w.episodes[t] = fresh
	limit := recent
	if e.Kind == events.Deploy || e.Kind == events.Changed {
		limit, fresh.over = late, true
	}
	if w.now.Sub(e.End) > limit {
		fresh.over = true
		return
	}
	w.sayf("%s", w.sentence(e))
}

// sentence is an event in words.
func (w *Watch) sentence(e *events.Event) string {
	name, since := w.name(e.Function), w.at(e.Start)
	switch e.Kind {
	case events.Deploy, events.Changed:
		return changed(name, since, e)
	case events.ColdStarts:
		return fmt.Sprintf("cold starts of %s are up%s: %s since %s%s", name, times(e), format.Int(e.Count), since, blamed(e.Change))
	case events.Errors:
		return fmt.Sprintf("%s fails more%s: %s of %s invocations since %s%s",
			name, times(e), format.Int(e.Count), format.Int(e.Of), since, blamed(e.Change))
	case events.FirstErrors:
		return fmt.Sprintf("%s began to fail at %s: %s of %s invocations, none before%s",
			name, since, format.Int(e.Count), format.Int(e.Of), blamed(e.Change))
	case events.Throttles:
		return fmt.Sprintf("%s is throttled since %s: %s invocations were turned away", name, since, format.Int(e.Count))
	case events.Silence:
		return fmt.Sprintf("%s fell silent: no invocations since %s, where %s were usual", name, since, format.Count(math.Round(e.Usual)))
	}
	return name + ": " + string(e.Kind)
}

// times is how many times the usual it is, where something was usual.
func times(e *events.Event) string {
	if e.Usual <= 0 {
		return ""
	}
	return ", " + format.Count(math.Round(float64(e.Count)/e.Usual)) + " times the usual"
}

// blamed names the deploy that came before.
func blamed(c *sources.Change) string {
	if c == nil {
		return ""
	}
	return ", after a deploy" + version(c)
}

func version(c *sources.Change) string {
	text := ""
	if c.Version != "" {
		text += " of version " + sources.Clean(c.Version)
	}
	if c.Alias != "" {
		text += " to " + sources.Clean(c.Alias)
	}
	if c.Who != "" {
		text += " by " + sources.Clean(c.Who)
	}
	return text
}

// changed is a change in words.
func changed(name, since string, e *events.Event) string {
	c := e.Change
	if c == nil {
		return name + " was changed at " + since
	}
	if e.Kind == events.Deploy {
		return name + " was deployed at " + since + version(c)
	}
	text := name + " was changed at " + since + version(c) + ": " + string(c.Kind)
	if c.What != "" {
		text += ", " + sources.Clean(c.What)
	}
	return text
}

// ending tells that an episode is over, once it has been quiet for long
// enough in what has been read.
func (w *Watch) ending(t topic, e *episode) {
	fn := w.snap.Get(t.function)
	if fn == nil {
		e.over = true
		return
	}
	through, last := w.read(fn, e.kind)
	name := w.name(t.function)
	if e.kind == events.Silence {
		if last.After(e.start) {
			e.over = true
			w.sayf("%s is invoked again since %s", name, w.at(last))
		}
		return
	}
	// Errors and throttles that were none before go on with any more of them,
	// also when what is usual has been left behind.
	if e.kind != events.Errors && e.kind != events.ColdStarts && last.After(e.end) {
		e.end = last
	}
	if through.Sub(e.end) < again {
		return
	}
	e.over = true
	length := format.Span(max(e.end.Sub(e.start), time.Minute).Round(time.Minute))
	switch e.kind {
	case events.ColdStarts:
		w.sayf("cold starts of %s are as usual again since %s, after %s", name, w.at(e.end), length)
	case events.Errors:
		w.sayf("%s fails no more than usual since %s, after %s", name, w.at(e.end), length)
	case events.FirstErrors:
		w.sayf("%s stopped failing at %s, after %s", name, w.at(e.end), length)
	case events.Throttles:
		w.sayf("%s is no longer throttled since %s, after %s", name, w.at(e.end), length)
	case events.Deploy, events.Changed, events.Silence:
	}
}

// read is up to when it is known whether an episode goes on, and until
// when there was anything of what it is about.
func (w *Watch) read(fn *fleet.Function, kind events.Kind) (through, last time.Time) {
	metric := sources.MetricErrors
	switch kind {
	case events.ColdStarts:
		return fn.ColdThrough, time.Time{}
	case events.Throttles:
		metric = sources.MetricThrottles
	case events.Silence:
		metric = sources.MetricInvocations
	default:
	}
	period := poll.RowPeriod(w.opts.Window)
	points, _, through, ok := fn.Points(metric, sources.StatSum, period)
	if !ok {
		return time.Time{}, time.Time{}
	}
	for _, point := range slices.Backward(points) {
		if point.Value > 0 {
			return through, point.Time.Add(period)
		}
	}
	return through, time.Time{}
}

// modified tells of functions that were changed, where the cloud has told no
// more than when.
func (w *Watch) modified() {
	for i := range w.snap.Len() {
		fn := w.snap.Function(i)
		if i >= len(w.seen) {
			w.seen = append(w.seen, fn)
			continue
		}
		before := w.seen[i]
		if before == fn {
			continue
		}
		w.seen[i] = fn
		if before.Configured && fn.Configured && fn.ChangesFrom.IsZero() && fn.Config.LastModified.After(before.Config.LastModified) {
			w.sayf("%s was deployed or changed at %s", w.name(fn.ID), w.at(fn.Config.LastModified))
		}
	}
}
