package functions

import (
	"cmp"
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

// sortKey is what a row is sorted by: a number, and among equal ones the
// place of its function by name. Text is sorted by numbers too: its place
// among all texts of the column. A key holds no pointers, so that sorting ten
// thousand of them touches nothing else.
type sortKey struct {
	num   float64
	rank  int32
	index int32
	known bool
}

// refresh takes a new snapshot over: rows are sorted anew when they may move,
// and otherwise only completed by those that are new.
func (p *Page) refresh(env *page.Env) {
	same := p.snap != nil && p.win == env.Window && env.Snapshot.Len() >= p.snap.Len() && p.sameFunctions(env.Snapshot)
	may := env.Now.Sub(p.moved) >= rest && env.Now.Sub(p.sorted) >= pace
	if same && !may && !p.coming(env) {
		old := p.snap.Len()
		p.snap = env.Snapshot
		p.complete(env, old)
		return
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
	texts := p.texts()
	p.keys, p.known = p.keys[:0], 0
	for i := range p.snap.Len() {
		fn := p.snap.Function(i)
		p.row = fn.Row(p.win)
		if p.row.Invocations.Known() {
			p.known++
		}
		if !p.filter.Match(fn, &p.row, env.Now) {
			continue
		}
		k := sortKey{index: int32(i), rank: p.ranks[i]} //nolint:gosec // far fewer functions than that
		switch get := p.sort.text(); {
		case p.sort == colName:
			k.num, k.known = float64(k.rank), true
		case get != nil:
			text := get(fn)
			k.num, k.known = texts[text], text != ""
		default:
			k.num, k.known = p.sort.figure(fn, &p.row)
		}
		p.keys = append(p.keys, k)
	}
	if p.desc {
		slices.SortFunc(p.keys, descending)
	} else {
		slices.SortFunc(p.keys, ascending)
	}
	p.order = p.order[:0]
	at := -1
	for i, k := range p.keys {
		p.order = append(p.order, k.index)
		if p.pinned && p.snap.Function(int(k.index)).ID == p.selected {
			at = i
		}
	}
	p.table.SetLen(len(p.order))
	switch {
	case at >= 0:
		p.table.SelectAt(at, line)
	case !p.pinned:
		p.table.Home()
	default:
		p.table.Select(p.table.Cursor())
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
		many.name = max(many.name, len(id.Name))
		many.region = max(many.region, len(id.Region))
		many.runtime = max(many.runtime, len(fn.Config.Runtime))
	}
	const step = 4
	many.name = (many.name + step - 1) / step * step
	if many != p.many {
		p.many = many
		p.table.SetColumns(p.columns())
	}
}

// rank finds each function's place by name. Functions stay where they are in
// a snapshot, so this is only done when there are new ones.
func (p *Page) rank() {
	if p.ranked != nil && len(p.ranks) == p.snap.Len() && p.sameIDs() {
		p.ranked = p.snap
		return
	}
	byName := make([]int32, p.snap.Len())
	for i := range byName {
		byName[i] = int32(i) //nolint:gosec // far fewer functions than that
	}
	slices.SortFunc(byName, func(a, b int32) int {
		return p.snap.Function(int(a)).ID.Compare(p.snap.Function(int(b)).ID)
	})
	p.ranks = make([]int32, len(byName))
	for rank, i := range byName {
		p.ranks[i] = int32(rank) //nolint:gosec // far fewer functions than that
	}
	p.ranked = p.snap
}

// sameIDs tells whether the snapshot has the functions that were ranked, in
// their places.
func (p *Page) sameIDs() bool {
	if p.ranked == p.snap {
		return true
	}
	for i := range p.snap.Len() {
		a, b := p.snap.Function(i), p.ranked.Function(i)
		if a != b && a.ID != b.ID {
			return false
		}
	}
	return true
}

// texts numbers the texts of the sorted column by their order; nil when the
// column holds figures.
func (p *Page) texts() map[string]float64 {
	get := p.sort.text()
	if get == nil || p.sort == colName {
		return nil
	}
	numbers := make(map[string]float64)
	var all []string
	for i := range p.snap.Len() {
		text := get(p.snap.Function(i))
		if _, ok := numbers[text]; !ok {
			numbers[text] = 0
			all = append(all, text)
		}
	}
	slices.Sort(all)
	for i, text := range all {
		numbers[text] = float64(i)
	}
	return numbers
}

// ascending and descending order rows: what is not known comes last in both,
// and equal rows stand by name.
func ascending(a, b sortKey) int {
	switch {
	case a.known != b.known:
		return knownFirst(a)
	case a.num != b.num:
		return cmp.Compare(a.num, b.num)
	}
	return cmp.Compare(a.rank, b.rank)
}

func descending(a, b sortKey) int {
	switch {
	case a.known != b.known:
		return knownFirst(a)
	case a.num != b.num:
		return cmp.Compare(b.num, a.num)
	}
	return cmp.Compare(a.rank, b.rank)
}

func knownFirst(a sortKey) int {
	if a.known {
		return -1
	}
	return 1
}

// nextSort goes on to the next column that can be sorted by.
func (p *Page) nextSort() {
	for range colCount {
		p.sort = (p.sort + 1) % colCount
		if p.sort == colSpark || !p.has(p.sort) {
			continue
		}
		break
	}
	p.desc = p.sort.descending()
}
