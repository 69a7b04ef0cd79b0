package plain

import (
	"math"
	"time"

	"fntop/sources/fleet"
	"fntop/ui/format"
)

// gauge follows a figure and tells when it has risen far above what it
// usually is, and when it is back. What is usual follows slowly.
type gauge struct {
	usual  float64
	at     time.Time // of usual; zero before the first figure
	raised time.Time // since when it is high; zero when it is not
}

const (
	// halfLife is how slowly what is usual follows.
	halfLife = 30 * time.Minute
	// accepted is after how long what is high has become usual.
	accepted = 2 * time.Hour
	// rises is how many times the usual is high, and falls how many times is
	// back: far apart, so that nothing flaps.
	rises, falls = 2.0, 1.3
)

// rose, fell and level are what a figure did.
type move int

const (
	level move = iota
	rose
	fell
)

// take takes the next figure. One that is less than least above the usual is
// not high.
func (g *gauge) take(v, least float64, now time.Time) move {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return level
	}
	if g.at.IsZero() {
		g.usual, g.at = v, now
		return level
	}
	switch {
	case g.raised.IsZero() && v >= rises*g.usual && v-g.usual >= least:
		g.raised, g.at = now, now
		return rose
	case g.raised.IsZero():
		g.follow(v, now)
	case v <= falls*g.usual || v-g.usual < least/2:
		g.raised, g.at = time.Time{}, now
		return fell
	case now.Sub(g.raised) > accepted:
		*g = gauge{usual: v, at: now}
	}
	return level
}

// follow moves what is usual towards a figure.
func (g *gauge) follow(v float64, now time.Time) {
	share := 1 - math.Exp2(-float64(now.Sub(g.at))/float64(halfLife))
	g.usual += (v - g.usual) * min(max(share, 0), 1)
	g.at = now
}

const (
	// fewest is how many invocations a percentile must be of.
	fewest = 100
	// leastSlow is by how many seconds a percentile must rise, leastErrors and
	// leastCold by which share of the invocations.
	leastSlow, leastErrors, leastCold = 0.05, 0.005, 0.01
)

// gauges tells of figures that have risen far, and of those that are back.
func (w *Watch) gauges() {
	var row fleet.Row
	for i := range w.snap.Len() {
		fn := w.snap.Function(i)
		row = fn.Row(w.opts.Window)
		p95, ok := row.P95.Get()
		if !ok || row.Invocations.Or(0) < fewest {
			continue
		}
		g := w.slow[fn.ID]
		if g == nil {
			g = new(gauge)
			w.slow[fn.ID] = g
		}
		usual := time.Duration(g.usual * float64(time.Second))
		switch g.take(p95.Seconds(), leastSlow, w.now) {
		case rose:
			w.sayf("%s became slower: p95 %s, usually %s", w.name(fn.ID), format.Duration(p95), format.Duration(usual))
		case fell:
			w.sayf("%s is as fast as before: p95 %s", w.name(fn.ID), format.Duration(p95))
		case level:
		}
	}
	if w.now.Sub(w.begun) < settling {
		return
	}
	for _, f := range []struct {
		what  string
		share float64
		known bool
		least float64
		gauge *gauge
	}{
		{"the error rate of all functions", w.total.Errors.Or(0), w.total.Errors.Known(), leastErrors, &w.errors},
		{"the share of cold starts of all functions", w.total.Cold.Or(0), w.total.Cold.Known(), leastCold, &w.cold},
	} {
		if !f.known {
			continue
		}
		usual := f.gauge.usual
		switch f.gauge.take(f.share, f.least, w.now) {
		case rose:
			w.sayf("%s is up: %s %%, usually %s %%", f.what, format.Percent(f.share), format.Percent(usual))
		case fell:
			w.sayf("%s is back at %s %%", f.what, format.Percent(f.share))
		case level:
		}
	}
}
