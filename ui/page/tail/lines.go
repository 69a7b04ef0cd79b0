package tail

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/platformlog"
)

// kept is a line that the page keeps, with what it says of itself. A line
// with gap stands for as many that were dropped before they could be taken.
type kept struct {
	*fleet.Line
	fn    int // its function's place among the page's
	level platformlog.Level
	hit   bool // the text filter chooses it
	gap   int
}

// lines are the lines that the page keeps: what the journal has brought, the
// oldest dropped beyond what a journal keeps. While the place is held nothing
// is dropped, and what there is no room for waits in the journal.
type lines struct {
	index map[sources.FunctionID]int
	all   []kept
	gone  int // lines that have left at the front: the number of all[0]
	bytes int
	gaps  int    // in all
	next  uint64 // the number in the journal to read on from
	// waiting are lines of the journal that have not been taken, and lost those
	// of them that it has let go of already.
	waiting, lost int
	levels        [levelCount]int
}

// The classes of levels that are counted.
const (
	levelNone = iota
	levelLow  // trace, debug and info
	levelWarn
	levelError
	levelCount
)

func classOf(l platformlog.Level) int {
	switch s := l.Severity(); {
	case s >= platformlog.LevelError.Severity():
		return levelError
	case s >= platformlog.LevelWarn.Severity():
		return levelWarn
	case s > 0:
		return levelLow
	}
	return levelNone
}

// end is the number of the line that comes next.
func (l *lines) end() int { return l.gone + len(l.all) }

// line gives a line by its number.
func (l *lines) line(number int) *kept { return &l.all[number-l.gone] }

// count is how many lines are kept.
func (l *lines) count() int { return len(l.all) - l.gaps }

// take takes what the journal has brought, in parts of so many bytes: more
// tells that there is another one. Lines are dropped to make room, but none
// from the number keep on: what there is no room for then waits. hit tells
// whether a text is chosen.
func (l *lines) take(j *fleet.Journal, keep, part int, hit func(string) bool) (more bool) {
	l.waiting, l.lost = 0, 0
	if j == nil || !l.room(keep) {
		l.wait(j)
		return false
	}
	if first := j.First(); l.next > 0 && first > l.next {
		at, _ := l.newest()
		l.push(kept{Line: &fleet.Line{LogEvent: sources.LogEvent{Time: at}}, gap: int(first - l.next)}) //nolint:gosec // far fewer lines than that
	}
	for line := range j.Since(l.next) {
		fn, ok := l.index[line.Function]
		if !ok {
			continue
		}
		if part <= 0 {
			l.next = line.Seq
			return true
		}
		if !l.room(keep) {
			l.next = line.Seq
			l.wait(j)
			return false
		}
		part -= len(line.Message) + perLine
		l.push(kept{Line: line, fn: fn, level: platformlog.Describe(line.Message).Level, hit: hit(line.Message)})
	}
	l.next = max(j.Next(), l.next)
	return false
}

// room makes room for another line, and tells whether there is.
func (l *lines) room(keep int) bool {
	for len(l.all) >= fleet.KeptLines || l.bytes >= fleet.KeptLineBytes {
		if l.gone >= keep {
			return false
		}
		l.drop()
	}
	return true
}

// wait counts what there is to take.
func (l *lines) wait(j *fleet.Journal) {
	l.waiting, l.lost = 0, 0
	if j == nil {
		return
	}
	if first := j.First(); l.next > 0 && first > l.next {
		l.lost = int(first - l.next) //nolint:gosec // far fewer lines than that
	}
	for line := range j.Since(l.next) {
		if _, ok := l.index[line.Function]; ok {
			l.waiting++
		}
	}
}

func (l *lines) push(k kept) {
	l.all = append(l.all, k)
	l.bytes += len(k.Message)
	if k.gap > 0 {
		l.gaps++
		return
	}
	l.levels[classOf(k.level)]++
}

// drop lets go of the oldest line.
func (l *lines) drop() {
	k := &l.all[0]
	l.bytes -= len(k.Message)
	if k.gap > 0 {
		l.gaps--
	} else {
		l.levels[classOf(k.level)]--
	}
	*k = kept{}
	l.all = l.all[1:]
	l.gone++
}

// newest is the time of the newest line, and oldest that of the oldest.
func (l *lines) newest() (time.Time, bool) {
	for i := len(l.all) - 1; i >= 0; i-- {
		if k := &l.all[i]; k.gap == 0 && !k.Time.IsZero() {
			return k.Time, true
		}
	}
	return time.Time{}, false
}

func (l *lines) oldest() (time.Time, bool) {
	for i := range l.all {
		if k := &l.all[i]; k.gap == 0 && !k.Time.IsZero() {
			return k.Time, true
		}
	}
	return time.Time{}, false
}

// rateSpan is the span that lines a second are counted over, and late how much
// later than others lines may stand in the journal.
const (
	rateSpan = 10 * time.Second
	late     = 10 * time.Second
)

// rate is how many lines a second became readable in the ten seconds before
// the moment that logs have been read up to, those that wait included.
func (l *lines) rate(j *fleet.Journal, through time.Time) sources.Opt[float64] {
	if n := len(l.all); n > 0 && l.all[n-1].Ingested.After(through) {
		through = l.all[n-1].Ingested // by a live tail, which is ahead
	}
	if through.IsZero() {
		return sources.Opt[float64]{}
	}
	from, n := through.Add(-rateSpan), 0
	if j != nil && l.waiting > 0 {
		for line := range j.Since(l.next) {
			if _, ok := l.index[line.Function]; ok && line.Ingested.After(from) {
				n++
			}
		}
	}
	for i := len(l.all) - 1; i >= 0; i-- {
		k := &l.all[i]
		if k.gap > 0 {
			continue
		}
		if k.Ingested.Before(from.Add(-late)) {
			break
		}
		if k.Ingested.After(from) {
			n++
		}
	}
	return sources.Some(float64(n) / rateSpan.Seconds())
}
