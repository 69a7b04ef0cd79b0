package events

import (
	"math"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// judge holds what judging one function after the other can use again.
type judge struct {
	period time.Duration
	span   time.Duration // what is judged, what tells the usual included
	track  track
	found  []Event
}

func newJudge(w sources.Window) *judge {
	period := poll.RowPeriod(w)
	return &judge{period: period, span: w.Since + Lead*period}
}

// Of gives what happened to a function, in no order. The window says how fine
// the metrics are and how far back they are looked at; of what is found, some
// may be older than it.
func Of(fn *fleet.Function, w sources.Window) []Event {
	return newJudge(w).events(fn)
}

func (j *judge) events(fn *fleet.Function) []Event {
	j.found = j.found[:0]
	j.changes(fn)
	deploys := len(j.found)
	j.coldStarts(fn)
	j.errors(fn)
	j.throttles(fn)
	j.silence(fn)
	for i := deploys; i < len(j.found); i++ {
		j.blame(&j.found[i], j.found[:deploys])
	}
	if len(j.found) == 0 {
		return nil
	}
	return append([]Event(nil), j.found...)
}

// blame notes the deploy that a spike came shortly after. Metrics are on a
// grid: a spike may seem to have begun up to a step before what set it off.
func (j *judge) blame(e *Event, changes []Event) {
	for i := range changes {
		c := &changes[i]
		if c.Kind == Deploy && e.Start.Add(j.period).After(c.Start) && e.Start.Sub(c.End) < after {
			e.Change = c.Change
			return
		}
	}
}

// changes tells what was done to the function. What belongs to one deploy is
// one event, and so is what is done over and over.
func (j *judge) changes(fn *fleet.Function) {
	var kinds []sources.ChangeKind // of the event that is being put together
	for i := range fn.Changes {
		c := &fn.Changes[i]
		kind := Changed
		if c.Deploy() {
			kind = Deploy
		}
		if n := len(j.found); n > 0 {
			last := &j.found[n-1]
			if last.Kind == kind && last.Start.Sub(c.Time) < together && belongs(last.Change, c, kinds) {
				last.Start = c.Time
				last.Count++
				last.Change = fuller(last.Change, c)
				kinds = append(kinds, c.Kind)
				continue
			}
		}
		j.found = append(j.found, Event{Function: fn.ID, Kind: kind, Start: c.Time, End: c.Time, Count: 1, Change: c})
		kinds = append(kinds[:0], c.Kind)
	}
}

// belongs tells whether an older change is part of the event that newer ones of
// these kinds are: code, version and alias are one deploy, but new code twice is
// two. Aliases are moved to a version step by step.
func belongs(last, older *sources.Change, kinds []sources.ChangeKind) bool {
	if !older.Deploy() {
		return older.Kind == last.Kind
	}
	return !slices.Contains(kinds, older.Kind) || older.Kind == sources.ChangeAlias && older.Version != "" && older.Version == last.Version
}

// fuller is a change with what an older one that belongs to it tells besides.
func fuller(c, older *sources.Change) *sources.Change {
	if (c.Version != "" || older.Version == "") && (c.Alias != "" || older.Alias == "") && (c.Who != "" || older.Who == "") {
		return c
	}
	full := *c
	if full.Version == "" {
		full.Version = older.Version
	}
	if full.Alias == "" {
		full.Alias = older.Alias
	}
	if full.Who == "" {
		full.Who = older.Who
	}
	return &full
}

// grid is the steps that are judged: the first begins at start.
func (j *judge) grid(from, through time.Time) (start time.Time, steps int) {
	if earliest := through.Add(-j.span); from.Before(earliest) {
		from = earliest
	}
	start = from.Truncate(j.period)
	if start.Before(from) {
		start = start.Add(j.period)
	}
	return start, int(through.Sub(start) / j.period)
}

// mostSteps bounds what is judged of one function.
const mostSteps = 4096

func (j *judge) coldStarts(fn *fleet.Function) {
	list := fn.ColdStarts
	if len(list) < least || fn.ColdFrom.IsZero() {
		return
	}
	start, n := j.grid(fn.ColdFrom, fn.ColdThrough)
	if n <= Lead || n > mostSteps {
		return
	}
	t := &j.track
	t.reset(n)
	for i := range t.of {
		t.of[i] = 1
	}
	for i := len(list) - 1; i >= 0 && !list[i].At.Before(start); i-- {
		if at := int(list[i].At.Sub(start) / j.period); at < n {
			t.count[at]++
		}
	}
	j.add(fn, ColdStarts, start, far().spikes(t))
}

func (j *judge) errors(fn *fleet.Function) {
	errs, from, through, ok := fn.Points(sources.MetricErrors, sources.StatSum, j.period)
	if !ok || !some(errs) {
		return
	}
	runs, runsFrom, runsThrough, ok := fn.Points(sources.MetricInvocations, sources.StatSum, j.period)
	if !ok {
		return
	}
	if runsFrom.After(from) {
		from = runsFrom
	}
	if runsThrough.Before(through) {
		through = runsThrough
	}
	start, n := j.grid(from, through)
	if n <= Lead || n > mostSteps {
		return
	}
	t := &j.track
	t.reset(n)
	fill(t.count, errs, start, j.period)
	fill(t.of, runs, start, j.period)
	first := len(j.found)
	j.add(fn, Errors, start, far().spikes(t))
	for i := first; i < len(j.found); i++ {
		if j.found[i].Usual == 0 {
			j.found[i].Kind = FirstErrors
		}
	}
}

func (j *judge) throttles(fn *fleet.Function) {
	points, from, through, ok := fn.Points(sources.MetricThrottles, sources.StatSum, j.period)
	if !ok || !some(points) {
		return
	}
	start, n := j.grid(from, through)
	if n <= Lead || n > mostSteps {
		return
	}
	t := &j.track
	t.reset(n)
	fill(t.count, points, start, j.period)
	for i := range t.of {
		t.of[i] = 1
	}
	j.add(fn, Throttles, start, begins().spikes(t))
}

// silence tells that a function which was invoked all the time is not any
// more. A pause as it had before is none.
func (j *judge) silence(fn *fleet.Function) {
	points, from, through, ok := fn.Points(sources.MetricInvocations, sources.StatSum, j.period)
	for ok && len(points) > 0 && !counted(points[len(points)-1].Value) {
		points = points[:len(points)-1]
	}
	if !ok || len(points) == 0 {
		return
	}
	since := points[len(points)-1].Time.Add(j.period)
	pause := int(through.Add(-settled).Sub(since) / j.period)
	lead := since.Add(-Lead * j.period)
	if pause < least || from.After(lead) {
		return
	}
	before, longest, last := 0.0, 0, since
	for i := len(points) - 1; i >= 0 && !points[i].Time.Before(lead); i-- {
		if !counted(points[i].Value) {
			continue
		}
		before += points[i].Value
		longest = max(longest, int(last.Sub(points[i].Time)/j.period)-1)
		last = points[i].Time
	}
	longest = max(longest, int(last.Sub(lead)/j.period))
	// The probability of none, as in improbable.
	none := math.Pow(Lead/float64(Lead+pause), before+0.5)
	if pause < times*longest || none >= rare {
		return
	}
	j.found = append(j.found, Event{
		Function: fn.ID, Kind: Silence, Start: since, End: through.Add(-settled).Truncate(j.period),
		Usual: before / Lead * float64(pause), Lead: Lead * j.period,
	})
}

func (j *judge) add(fn *fleet.Function, kind Kind, start time.Time, all []spike) {
	at := func(step int) time.Time { return start.Add(time.Duration(step) * j.period) }
	for _, s := range all {
		e := Event{
			Function: fn.ID, Kind: kind, Start: at(s.from), End: at(s.to), Count: int64(math.Round(s.count)),
			Usual: s.usual * s.of, Lead: time.Duration(s.from-s.lead) * j.period,
		}
		if kind == Errors {
			e.Of = int64(math.Round(s.of))
		}
		j.found = append(j.found, e)
	}
}

// fill puts points on the grid.
func fill(steps []float64, points []sources.Point, start time.Time, period time.Duration) {
	for i := len(points) - 1; i >= 0 && !points[i].Time.Before(start); i-- {
		if at := int(points[i].Time.Sub(start) / period); at < len(steps) && counted(points[i].Value) {
			steps[at] += points[i].Value
		}
	}
}

// some tells whether any point is more than zero.
func some(points []sources.Point) bool {
	for i := range points {
		if counted(points[i].Value) {
			return true
		}
	}
	return false
}

// counted tells whether a value is a count of anything: not zero, and not what
// no metric can be.
func counted(v float64) bool { return v > 0 && v < math.MaxInt32 }
