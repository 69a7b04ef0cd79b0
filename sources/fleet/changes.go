package fleet

import (
	"cmp"
	"slices"
	"time"

	"fntop/sources"
)

// Bounds of the changes that are kept: of one function, of all together, and
// of those a snapshot gives in one list.
const (
	maxFunctionChanges = 200
	maxChanges         = 5000
	maxListedChanges   = 500
)

// changeLog is what was done to functions, those that are not listed, or are
// no more, among them. Its slices are shared with snapshots and are never
// edited.
type changeLog struct {
	all  []sources.Change // newest first
	of   map[sources.FunctionID][]sources.Change
	seen map[changeKey]bool
	// from is since when the changes of a scope are known, and cut up to when
	// they have been let go of.
	from, cut map[sources.Scope]time.Time
}

type changeKey struct {
	function sources.FunctionID
	id       string
}

func newChangeLog() *changeLog {
	return &changeLog{
		of:   make(map[sources.FunctionID][]sources.Change),
		seen: make(map[changeKey]bool),
		from: make(map[sources.Scope]time.Time),
		cut:  make(map[sources.Scope]time.Time),
	}
}

// byNewest is the order of changes.
func byNewest(a, b sources.Change) int {
	return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.ID, b.ID))
}

// merge gives both lists in one, as a list of its own, of which the oldest
// beyond most are cut off.
func merge(have, fresh []sources.Change, most int) (kept, cut []sources.Change) {
	all := make([]sources.Change, 0, len(have)+len(fresh))
	for len(have) > 0 && len(fresh) > 0 {
		if byNewest(have[0], fresh[0]) <= 0 {
			all, have = append(all, have[0]), have[1:]
		} else {
			all, fresh = append(all, fresh[0]), fresh[1:]
		}
	}
	all = append(append(all, have...), fresh...)
	if len(all) > most {
		return all[:most:most], all[most:]
	}
	return all, nil
}

// ApplyChanges takes some of what was done to the functions of a scope; what is
// known already is passed over.
func (f *Fleet) ApplyChanges(page []sources.Change) {
	log := f.changes
	fresh := make([]sources.Change, 0, len(page))
	for i := range page {
		k := changeKey{page[i].Function, page[i].ID}
		if !log.seen[k] {
			log.seen[k] = true
			fresh = append(fresh, page[i])
		}
	}
	if len(fresh) == 0 {
		return
	}
	slices.SortFunc(fresh, byNewest)
	byFunction := make(map[sources.FunctionID][]sources.Change)
	for i := range fresh {
		byFunction[fresh[i].Function] = append(byFunction[fresh[i].Function], fresh[i])
	}
	for id, own := range byFunction {
		log.of[id], _ = merge(log.of[id], own, maxFunctionChanges)
	}
	var cut []sources.Change
	log.all, cut = merge(log.all, fresh, maxChanges)
	for i := range cut {
		c := &cut[i]
		delete(log.seen, changeKey{c.Function, c.ID})
		s := c.Function.Scope()
		log.cut[s] = latest(log.cut[s], c.Time.Add(time.Second)) // others of the same second may be gone too
		byFunction[c.Function] = nil
		own := log.of[c.Function]
		if i := slices.IndexFunc(own, func(have sources.Change) bool { return byNewest(have, *c) >= 0 }); i >= 0 {
			own = own[:i:i]
		}
		if log.of[c.Function] = own; len(own) == 0 {
			delete(log.of, c.Function)
		}
	}
	for id := range byFunction {
		f.showChanges(id)
	}
}

// showChanges gives a function that is known its changes.
func (f *Fleet) showChanges(id sources.FunctionID) {
	have := f.function(id)
	if have == nil {
		return
	}
	own, from := f.changes.of[id], f.changesFrom(id)
	if have.ChangesFrom.Equal(from) && slices.Equal(have.Changes, own) {
		return
	}
	f.change(id, func(fn *Function) { fn.Changes, fn.ChangesFrom = own, from })
}

// changesFrom is since when the changes of a function are known: later than
// those of its scope when there are more than are kept.
func (f *Fleet) changesFrom(id sources.FunctionID) time.Time {
	s := id.Scope()
	from := f.changes.from[s]
	if from.IsZero() {
		return from
	}
	from = latest(from, f.changes.cut[s])
	if own := f.changes.of[id]; len(own) == maxFunctionChanges {
		from = latest(from, own[len(own)-1].Time)
	}
	return from
}

// EndChanges notes that a reading of what was done between from and end, in
// full seconds, is over, well or badly. full tells that no older changes would be kept.
func (f *Fleet) EndChanges(s sources.Scope, from, end time.Time, err error, now time.Time) (full bool) {
	h := f.scope(s)
	h.note(&h.changes, err, now)
	log := f.changes
	full = len(log.all) >= maxChanges
	if err != nil {
		return full
	}
	if log.from[s].IsZero() || from.Before(log.from[s]) && !end.Add(time.Second).Before(log.from[s]) || from.After(h.changesThrough) {
		log.from[s] = from // at first, further back, or after a gap
	}
	h.changesThrough = latest(h.changesThrough, end)
	since := latest(log.from[s], log.cut[s])
	if since.Equal(h.changesSince) {
		return full
	}
	h.changesSince = since
	for _, r := range f.records {
		if r.pub.ID.Scope() == s {
			f.showChanges(r.pub.ID)
		}
	}
	return full
}

// Changes are the newest changes of all functions, newest first, up to 500;
// those of functions that are gone are among them. It must not be changed.
func (s *Snapshot) Changes() []sources.Change { return s.changes }

// listed is the part of a list that a snapshot gives.
func listed(all []sources.Change) []sources.Change {
	n := min(len(all), maxListedChanges)
	return all[:n:n]
}
