package invocation

import (
	"slices"
	"strings"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/page"
)

// relate finds the invocation among those of its function that are kept: its
// place in their list, the runs of the same request, and what ran before and
// after it in the same execution environment.
func (p *Page) relate(fn *fleet.Function) {
	want := p.inv.Key()
	p.at, p.of, p.place = -1, len(fn.Invocations), -1
	p.same, p.attempts = nil, nil
	for i := range fn.Invocations {
		inv := &fn.Invocations[i]
		if inv.Key() == want {
			p.at, p.inv = i, *inv
		}
		if inv.RequestID == want.RequestID && want.RequestID != "" {
			p.attempts = append(p.attempts, *inv)
		}
	}
	slices.SortFunc(p.attempts, func(a, b sources.Invocation) int { return a.Attempt - b.Attempt })
	if p.at < 0 || p.inv.Environment == "" {
		return
	}
	for i := len(fn.Invocations) - 1; i >= 0; i-- { // oldest first
		if inv := &fn.Invocations[i]; inv.Environment == p.inv.Environment {
			if i == p.at {
				p.place = len(p.same)
			}
			p.same = append(p.same, *inv)
		}
	}
}

// neighbour goes to the next older or newer invocation of the function that
// passes the filter of the list.
func (p *Page) neighbour(env *page.Env, by int) page.Step {
	if p.at < 0 {
		return page.Say{Text: "This invocation is no longer among those that are kept: it has no neighbours."}
	}
	price := func(inv *sources.Invocation) (float64, bool) { return env.Price(*inv, p.fn.Config) }
	next := p.at + by
	for next >= 0 && next < p.of && !p.filter.Match(&p.fn.Invocations[next], price) {
		next += by
	}
	passing := ""
	if !p.filter.Empty() {
		passing = " that passes the filter"
	}
	switch {
	case next < 0:
		return page.Say{Text: "This is the newest invocation" + passing + "."}
	case next >= p.of:
		return page.Say{Text: "This is the oldest invocation that is kept" + strings.Replace(passing, " that", " and", 1) + "."}
	}
	p.turnTo(p.fn.Invocations[next])
	p.Show(env)
	return nil
}

// along goes to the invocation that ran before or after this one in the same
// execution environment.
func (p *Page) along(env *page.Env, by int) page.Step {
	switch {
	case p.inv.Environment == "":
		return page.Say{Text: "Its execution environment is not known."}
	case p.place < 0:
		return page.Say{Text: "This invocation is no longer among those that are kept: what ran beside it is not known."}
	case p.place+by < 0:
		return page.Say{Text: "No earlier invocation of this environment is kept."}
	case p.place+by >= len(p.same):
		return page.Say{Text: "No later invocation of this environment is known."}
	}
	p.turnTo(p.same[p.place+by])
	p.Show(env)
	return nil
}

// another goes to the next run of the same request, and from the last to the
// first.
func (p *Page) another(env *page.Env) page.Step {
	if len(p.attempts) < 2 {
		return page.Say{Text: "No other attempt of this request is among those that are kept."}
	}
	at := slices.IndexFunc(p.attempts, func(inv sources.Invocation) bool { return inv.Key() == p.inv.Key() })
	p.turnTo(p.attempts[(at+1)%len(p.attempts)])
	p.Show(env)
	return nil
}
