// Package waterfall draws a trace: its spans as a tree, each with a bar on
// the trace's time line.
//
// # Words
//
// A gap is a stretch of a span in which none of its children ran: its own
// work, or waiting. The critical path is the chain of spans that decided when
// the trace ended: going back from the end, at each moment the child that
// ended last. Shortening anything off the path does not shorten the trace.
package waterfall

import (
	"cmp"
	"slices"
	"time"

	"fntop/sources"
	"fntop/ui/theme"
)

// Row is one line of the waterfall: a span, or a gap within one.
type Row struct {
	Span *sources.Span
	// Gap marks a gap of Span; Start and End are then the gap's.
	Gap bool
	// Start and End are offsets from the trace's start.
	Start, End time.Duration
	// Open marks a span that has not ended: End is what is known.
	Open bool
	// Tree is the branches before the name, the innermost last. Of a very deep
	// tree it has only the innermost.
	Tree []Branch
	// Critical is the time on the critical path that the span spent itself.
	Critical time.Duration
	OnPath   bool
}

// Branch is one piece of the tree before a name.
type Branch uint8

// The pieces.
const (
	Blank  Branch = iota // nothing passes by
	Trunk                // a later sibling of an ancestor
	Tee                  // this row, and siblings follow
	Corner               // this row is the last of its siblings
)

// sign is a branch as it is drawn, two columns wide.
func (b Branch) sign(g *theme.Glyphs) string {
	switch b {
	case Trunk:
		return g.Trunk
	case Tee:
		return g.Tee
	case Corner:
		return g.Corner
	case Blank:
		return "  "
	}
	return "  "
}

// gapShare is the part of the trace from which a gap has a row of its own,
// and leastGap the least time.
const (
	gapShare = 0.05
	leastGap = time.Millisecond
)

// maxRows bounds the rows of a trace that is larger than anyone reads.
const maxRows = 20_000

// Rows lays a trace out, and gives the length of its critical path.
func Rows(tr *sources.Trace) ([]Row, time.Duration) {
	l := layout{
		trace: tr, path: make(map[*sources.Span]time.Duration), seen: make(map[*sources.Span]bool),
		spans: make(map[*sources.Span][]stretch),
	}
	critical := l.critical()
	for i, root := range tr.Spans {
		l.add(root, nil, i == len(tr.Spans)-1, true)
	}
	return l.rows, critical
}

// deepest is how many branches a row keeps.
const deepest = 64

// branch gives a tree with one more branch.
func branch(above []Branch, b Branch) []Branch {
	if len(above) >= deepest {
		above = above[1:]
	}
	return append(slices.Clone(above), b)
}

type layout struct {
	trace *sources.Trace
	rows  []Row
	path  map[*sources.Span]time.Duration
	seen  map[*sources.Span]bool // guards against a tree that is none
	spans map[*sources.Span][]stretch
}

// end is when a span ends: for one that has not ended, the end of the trace.
func (l *layout) end(s *sources.Span) time.Time {
	if d, ok := s.Duration.Get(); ok {
		return s.Start.Add(max(d, 0))
	}
	end := l.trace.Start.Add(l.trace.Duration)
	if end.Before(s.Start) {
		return s.Start
	}
	return end
}

func (l *layout) add(s *sources.Span, above []Branch, last, root bool) {
	if l.seen[s] || len(l.rows) >= maxRows {
		return
	}
	l.seen[s] = true
	tree, below := above, above
	switch {
	case root:
	case last:
		tree, below = branch(above, Corner), branch(above, Blank)
	default:
		tree, below = branch(above, Tee), branch(above, Trunk)
	}
	onPath, ok := l.path[s]
	l.rows = append(l.rows, Row{
		Span: s, Tree: tree,
		Start: s.Start.Sub(l.trace.Start), End: l.end(s).Sub(l.trace.Start),
		Open: !s.Duration.Known(), Critical: onPath, OnPath: ok,
	})
	gaps := l.gaps(s)
	g := 0
	for i, child := range s.Children {
		for ; g < len(gaps) && gaps[g].from.Before(child.Start); g++ {
			l.addGap(s, gaps[g], below, false)
		}
		l.add(child, below, i == len(s.Children)-1 && g == len(gaps), false)
	}
	for ; g < len(gaps); g++ {
		l.addGap(s, gaps[g], below, g == len(gaps)-1)
	}
}

func (l *layout) addGap(s *sources.Span, g stretch, above []Branch, last bool) {
	sign := Tee
	if last {
		sign = Corner
	}
	l.rows = append(l.rows, Row{
		Span: s, Gap: true, Tree: branch(above, sign),
		Start: g.from.Sub(l.trace.Start), End: g.to.Sub(l.trace.Start),
	})
}

// stretch is a span of time.
type stretch struct{ from, to time.Time }

// gaps are the stretches of a span that has children in which nothing below
// it ran, as long as they are worth a row.
func (l *layout) gaps(s *sources.Span) []stretch {
	if len(s.Children) == 0 || !s.Duration.Known() {
		return nil
	}
	least := max(time.Duration(gapShare*float64(l.trace.Duration)), leastGap)
	var gaps []stretch
	now, end := s.Start, l.end(s)
	for _, busy := range l.below(s) {
		if from := earlier(busy.from, end); from.Sub(now) >= least {
			gaps = append(gaps, stretch{now, from})
		}
		if busy.to.After(now) {
			now = busy.to
		}
	}
	if end.Sub(now) >= least {
		gaps = append(gaps, stretch{now, end})
	}
	return gaps
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// below are the stretches in which something below a span ran, in order and
// apart from each other. A span below may have run outside of its parent: an
// init runs before the segment that it is part of.
func (l *layout) below(s *sources.Span) []stretch {
	if known, ok := l.spans[s]; ok {
		return known
	}
	l.spans[s] = nil // guards against a tree that is none
	var all []stretch
	for _, child := range s.Children {
		all = append(all, stretch{child.Start, l.end(child)})
		all = append(all, l.below(child)...)
	}
	slices.SortFunc(all, func(a, b stretch) int { return a.from.Compare(b.from) })
	merged := all[:0]
	for _, x := range all {
		if n := len(merged); n > 0 && !x.from.After(merged[n-1].to) {
			if x.to.After(merged[n-1].to) {
				merged[n-1].to = x.to
			}
			continue
		}
		merged = append(merged, x)
	}
	l.spans[s] = merged
	return merged
}

// critical walks the critical path and gives its length.
func (l *layout) critical() time.Duration {
	w := walker{layout: l, walked: make(map[*sources.Span]bool)}
	w.walk(nil, l.trace.Spans, time.Time{}, l.trace.Start.Add(l.trace.Duration))
	var sum time.Duration
	for _, d := range l.path {
		sum += d
	}
	return sum
}

type walker struct {
	*layout
	walked map[*sources.Span]bool
}

// walk goes back from a moment through the children of a span: s is nil for
// the roots, whose own time is nobody's.
func (w walker) walk(s *sources.Span, children []*sources.Span, start, until time.Time) {
	byEnd := w.hoisted(nil, s, children)
	slices.SortStableFunc(byEnd, func(a, b *sources.Span) int {
		return cmp.Or(w.end(b).Compare(w.end(a)), b.Start.Compare(a.Start))
	})
	own := func(from, to time.Time) {
		if s != nil && to.After(from) {
			w.path[s] += to.Sub(from)
		}
	}
	if s != nil {
		w.path[s] += 0 // on the path, if only to lead to its children
	}
	now := until
	for _, child := range byEnd {
		if w.walked[child] || !child.Start.Before(now) || !now.After(start) {
			continue
		}
		end := earlier(w.end(child), now)
		from := child.Start
		if from.Before(start) {
			from = start
		}
		if !end.After(from) {
			continue
		}
		w.walked[child] = true
		own(end, now)
		w.walk(child, child.Children, from, end)
		now = from
	}
	own(start, now)
}

// hoisted are the children of a span as the path sees them: one that ran
// before its parent, as an init does, counts among its parent's siblings.
func (w walker) hoisted(to []*sources.Span, parent *sources.Span, children []*sources.Span) []*sources.Span {
	for _, c := range children {
		if parent != nil && w.before(c, parent) {
			continue
		}
		to = append(to, c)
		for _, g := range c.Children {
			if w.before(g, c) {
				to = append(to, g)
			}
		}
	}
	return to
}

// before tells that most of a span ran before its parent began.
func (w walker) before(s, parent *sources.Span) bool {
	middle := s.Start.Add(w.end(s).Sub(s.Start) / 2)
	return middle.Before(parent.Start)
}
