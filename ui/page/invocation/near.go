package invocation

import (
	"cmp"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/platformlog"
)

// Bounds of how far from one of its lines an invocation may begin and end
// (Lambda quotas, 2026: a function times out after 15 minutes at most, and an
// init takes up to 15 minutes with provisioned concurrency or SnapStart, ten
// seconds otherwise).
const (
	longestRun  = 15 * time.Minute
	longestInit = 10 * time.Second
)

// around is the span to look for the lines of an invocation in, of which one
// was written at the moment near: as far as the function may run.
func around(near time.Time, fn *fleet.Function) (start, end time.Time) {
	run := longestRun
	if fn != nil && fn.Configured {
		run = cmp.Or(fn.Config.Timeout, longestRun)
	}
	return near.Add(-run - longestInit - slack), near.Add(run + slack)
}

// learn takes over what the lines tell of an invocation that is not among
// those that are kept.
func (p *Page) learn() {
	if p.at >= 0 {
		return
	}
	fn := sources.Function{ID: p.id}
	if p.fn != nil {
		fn = p.fn.Config
	}
	for _, inv := range platformlog.NewCorrelator(fn).Add(p.lines.Events) {
		if inv.RequestID == p.inv.RequestID {
			inv.Attempt = p.inv.Attempt // as it was asked for
			p.inv = inv
		}
	}
}
