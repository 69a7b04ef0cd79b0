package functions

import (
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/page"
)

// rest is how long the cursor must have rested before rows change their
// place by themselves, and pace how long they then stay at least.
const (
	rest = 3 * time.Second
	pace = 5 * time.Second
)

// refresh takes a new snapshot over: rows are sorted anew when they may move,
// and otherwise only completed by those that are new. Groups are made anew when
// a function has come or belongs to another.
func (p *Page) refresh(env *page.Env) {
	same := p.snap != nil && p.win == env.Window && env.Snapshot.Len() >= p.snap.Len() && p.sameFunctions(env.Snapshot)
	may := env.Now.Sub(p.moved) >= rest && env.Now.Sub(p.sorted) >= pace
	if same && !may && !p.coming(env) {
		old := p.snap.Len()
		p.snap = env.Snapshot
		if p.grouping == (Grouping{}) {
			p.complete(env, old)
			return
		}
		if p.recount() {
			return
		}
	}
	p.rebuild(env)
}

// coming tells that figures are still arriving for the first time and the
// user has not moved yet, so that order must be found soon.
func (p *Page) coming(env *page.Env) bool {
	if p.pinned {
		return false
	}
	if env.Snapshot.Len() > p.snap.Len() {
		return true
	}
	if p.known == p.snap.Len() {
		return false
	}
	known := 0
	for i := range env.Snapshot.Len() {
		p.row = env.Snapshot.Function(i).Row(env.Window)
		if p.row.Invocations.Known() {
			known++
		}
	}
	return known > p.known
}

// sameFunctions checks that the indices of the order still mean the same.
func (p *Page) sameFunctions(snap *fleet.Snapshot) bool {
	for _, i := range p.order {
		if i < 0 {
			continue // a header
		}
		if int(i) >= snap.Len() || snap.Function(int(i)).ID != p.snap.Function(int(i)).ID {
			return false
		}
	}
	return true
}

// complete appends the functions from index old on that pass the filter.
func (p *Page) complete(env *page.Env, old int) {
	for i := old; i < p.snap.Len(); i++ {
		fn := p.snap.Function(i)
		p.row = fn.Row(env.Window)
		if p.filter.Match(fn, &p.row, env.Now) {
			p.order = append(p.order, int32(i)) //nolint:gosec // far fewer functions than that
			p.passed++
		}
	}
	p.table.SetLen(len(p.order))
}

// rebuild filters and sorts all functions, and puts the cursor where it was:
// on the selected function, on the same line of the screen.
func (p *Page) rebuild(env *page.Env) {
	if env.Snapshot == nil {
		return
	}
	line := p.table.Cursor() - p.table.Top()
	p.snap, p.win, p.sorted = env.Snapshot, env.Window, env.Now
	p.survey(env.Now)
	p.rank()
	p.disband()
	p.choose(env)
	if p.desc {
		slices.SortFunc(p.keys, descending)
	} else {
		slices.SortFunc(p.keys, ascending)
	}
	p.passed = len(p.keys)
	if p.grouping == (Grouping{}) {
		p.order = p.order[:0]
		for _, k := range p.keys {
			p.order = append(p.order, k.index)
		}
	} else {
		p.gather()
		p.unroll()
	}
	p.table.SetLen(len(p.order))
	switch at := p.selectedRow(); {
	case at >= 0:
		p.table.SelectAt(at, line)
	case !p.pinned:
		p.table.Home()
	default:
		p.table.Select(p.table.Cursor())
	}
}

// choose makes the keys of the functions that pass the filter.
func (p *Page) choose(env *page.Env) {
	texts, get := p.texts(), p.sort.text()
	p.keys, p.known, p.untold = p.keys[:0], 0, untoldCount{}
	for i := range p.snap.Len() {
		fn := p.snap.Function(i)
		p.row = fn.Row(p.win)
		if p.row.Invocations.Known() {
			p.known++
		}
		p.untold.add(fn)
		if !p.filter.Match(fn, &p.row, env.Now) {
			continue
		}
		k := sortKey{index: int32(i), rank: p.ranks[i]} //nolint:gosec // far fewer functions than that
		switch {
		case p.sort == colName:
			k.num, k.known = float64(k.rank), true
		case get != nil:
			text := get(fn)
			k.num, k.known = texts[text], text != ""
		default:
			k.num, k.known = p.sort.figure(fn, &p.row)
		}
		p.keys = append(p.keys, k)
		if p.grouping != (Grouping{}) {
			p.join(i, fn, &p.row)
		}
	}
}

// selectedRow is the row of what is selected, or of the header of its group
// while that is folded; -1 when it has none.
func (p *Page) selectedRow() int {
	if !p.pinned {
		return -1
	}
	at := -1
	for row, i := range p.order {
		switch {
		case i < 0 && p.onHeader && p.groups[^i].key == p.selectedGroup:
			return row
		case i < 0 && !p.onHeader && p.folded[p.foldKey(^i)] && p.holds(^i):
			at = row
		case i >= 0 && !p.onHeader && p.snap.Function(int(i)).ID == p.selected:
			return row
		}
	}
	return at
}

// holds tells whether the selected function is in a group.
func (p *Page) holds(at int32) bool {
	return slices.ContainsFunc(p.groups[at].members, func(i int32) bool { return p.snap.Function(int(i)).ID == p.selected })
}

// untoldCount is how many functions there are of which something is not known
// that a filter may ask for.
type untoldCount struct{ tags, triggers, versions int }

func (c *untoldCount) add(fn *fleet.Function) {
	if !fn.Tagged {
		c.tags++
	}
	if !slices.ContainsFunc(fn.Changes, func(c sources.Change) bool { return c.Version != "" }) {
		c.versions++
	}
	if !fn.Mapped || fn.Triggered.Good.IsZero() {
		c.triggers++
	}
}

// surveyEvery is how often a fleet that does not grow is surveyed: its
// functions may still become configured.
const surveyEvery = 10 * time.Second

// survey finds out which columns are worth their room, and how much. Bytes
// are near enough: the texts are ASCII but for hostile ones.
func (p *Page) survey(now time.Time) {
	if p.snap.Len() == p.surveyed.functions && now.Sub(p.surveyed.at) < surveyEvery {
		return
	}
	p.surveyed.functions, p.surveyed.at = p.snap.Len(), now
	var many manyOf
	var first sources.FunctionID
	for i := range p.snap.Len() {
		fn := p.snap.Function(i)
		id := fn.ID
		if i == 0 {
			first = id
		}
		many.regions = many.regions || id.Region != first.Region
		many.accounts = many.accounts || id.Account != first.Account
		many.name = max(many.name, len(id.Name)+badgeRoom(fn))
		many.region = max(many.region, len(id.Region))
		many.runtime = max(many.runtime, len(shortRuntime(runtimeOf(fn))))
		many.prepared = many.prepared || prepared(fn)
	}
	if many.prepared {
		many.runtime += 2
	}
	const step = 4
	many.name = (many.name + step - 1) / step * step
	if many != p.many {
		p.many = many
		p.table.SetColumns(p.columns())
	}
}
