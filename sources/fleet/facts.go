package fleet

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"fntop/sources"
)

// maxTriggers bounds the triggers that are kept of one function.
const maxTriggers = 500

// ApplyTags takes the tags of all functions of a scope that have any. With an
// error some may be missing.
func (f *Fleet) ApplyTags(s sources.Scope, found map[sources.FunctionID]map[string]string, err error, now time.Time) {
	h := f.scope(s)
	h.note(&h.tagging, err, now)
	if err == nil {
		h.tags, h.tagged = found, now
	}
	for _, r := range f.records {
		id := r.pub.ID
		tags, has := found[id]
		if id.Scope() != s || !r.pub.Configured || err != nil && !has || r.pub.Tagged && maps.Equal(r.pub.Config.Tags, tags) {
			continue
		}
		f.change(id, func(fn *Function) { fn.Config.Tags, fn.Tagged = tags, true })
	}
}

// tag fills in the tags of a configuration, which a listing may not have. A
// function that has come up since the tags were read is not known to have none.
func (h *scopeHealth) tag(config *sources.Function, have *Function) (tagged bool) {
	if config.Tags != nil {
		return true
	}
	if have != nil && have.Tagged {
		config.Tags = have.Config.Tags
		return true
	}
	tags, has := h.tags[config.ID]
	config.Tags = tags
	return has || !h.tagged.IsZero() && config.LastModified.Before(h.tagged)
}

// ApplyEventSources takes the event source mappings of a scope: all of them
// unless there is an error, which leaves things as they are.
func (f *Fleet) ApplyEventSources(s sources.Scope, found []sources.Trigger, err error, now time.Time) {
	h := f.scope(s)
	h.note(&h.mapping, err, now)
	if err != nil {
		return
	}
	h.mapped = make(map[sources.FunctionID][]sources.Trigger)
	for i := range found {
		id := found[i].Function
		h.mapped[id] = append(h.mapped[id], found[i])
	}
	for _, r := range f.records {
		if r.pub.ID.Scope() == s {
			f.showTriggers(r, nil)
		}
	}
}

// ApplyTriggers takes what else may invoke a function. With an error some of it
// may be missing: then what an earlier answer had stays.
func (f *Fleet) ApplyTriggers(id sources.FunctionID, found []sources.Trigger, err error, now time.Time) {
	if sources.KindOf(err) == sources.NotFound && f.function(id) == nil {
		return
	}
	r := f.record(id)
	if err == nil || r.pub.Triggered.Good.IsZero() {
		r.permitted = found
	}
	health := r.pub.Triggered
	if health.note(err, now); err == nil && r.pub.Triggered.Err == nil && !r.pub.Triggered.Good.IsZero() {
		health = r.pub.Triggered // the time alone is no news
	}
	f.showTriggers(r, &health)
}

// showTriggers puts what is known of the triggers of a function before its
// readers, when that has changed.
func (f *Fleet) showTriggers(r *record, triggered *Health) {
	h := f.scope(r.pub.ID.Scope())
	all := slices.Concat(h.mapped[r.pub.ID], r.permitted)
	slices.SortStableFunc(all, func(a, b sources.Trigger) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Qualifier, b.Qualifier), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source))
	})
	all = all[:min(len(all), maxTriggers)]
	mapped := h.mapped != nil
	health := r.pub.Triggered
	if triggered != nil {
		health = *triggered
	}
	if mapped == r.pub.Mapped && health == r.pub.Triggered && slices.EqualFunc(all, r.pub.Triggers, sameTrigger) {
		return
	}
	f.change(r.pub.ID, func(fn *Function) { fn.Triggers, fn.Mapped, fn.Triggered = all, mapped, health })
}

func sameTrigger(a, b sources.Trigger) bool {
	same := slices.Equal(a.Settings, b.Settings)
	a.Settings, b.Settings = nil, nil
	return same && triggerKey(a) == triggerKey(b)
}

// triggerKey is every field of a trigger but its settings, which cannot be
// compared with ==.
func triggerKey(t sources.Trigger) any {
	return struct {
		function                                   sources.FunctionID
		kind                                       sources.TriggerKind
		qualifier, id, source, name, state, result string
		permitted, public                          bool
	}{t.Function, t.Kind, t.Qualifier, t.ID, t.Source, t.Name, t.State, t.Result, t.Permitted, t.Public}
}

// ApplyLimits takes the limits of concurrency of a scope.
func (f *Fleet) ApplyLimits(s sources.Scope, limits sources.ConcurrencyLimits, err error, now time.Time) {
	h := f.scope(s)
	h.note(&h.concurrency, err, now)
	if err == nil {
		h.limits = sources.Some(limits)
	}
}

// ApplyConcurrency takes the settings of concurrency of a function.
func (f *Fleet) ApplyConcurrency(id sources.FunctionID, c sources.FunctionConcurrency, err error, now time.Time) {
	h := f.scope(id.Scope())
	h.note(&h.concurrency, ofPlace(err), now)
	if err != nil {
		return
	}
	if old, known := f.record(id).pub.Concurrency.Get(); known && old.Reserved == c.Reserved && slices.Equal(old.Provisioned, c.Provisioned) {
		return
	}
	f.change(id, func(fn *Function) { fn.Concurrency = sources.Some(c) })
}

// introduce fills in what is known of a function from before it was.
func (f *Fleet) introduce(fn *Function) {
	fn.Changes, fn.ChangesFrom = f.changes.of[fn.ID], f.changesFrom(fn.ID)
	if h := f.scopeStats[fn.ID.Scope()]; h != nil && h.mapped != nil {
		fn.Triggers, fn.Mapped = slices.Clone(h.mapped[fn.ID]), true
	}
}
