package fleet

import (
	"time"

	"fntop/sources"
)

// ApplyActivity takes a page of the functions that live, as a scope tells
// them. Those that have not been listed yet are known from now on.
func (f *Fleet) ApplyActivity(s sources.Scope, page []sources.FunctionID) {
	h := f.scope(s)
	if h.living == nil {
		h.living = make(map[sources.FunctionID]bool)
	}
	for _, id := range page {
		h.living[id] = true
		if have := f.function(id); have != nil && have.Active.Or(false) && have.Reader == s {
			continue
		}
		if have := f.function(id); have != nil && id.Scope() != s && have.Configured {
			continue // it is read through its own account
		}
		f.change(id, func(fn *Function) { fn.Active, fn.Reader = sources.Some(true), s })
	}
}

// EndActivity notes that a scope has told which of its functions live, well or
// badly. When it has told all of them, the others are idle.
func (f *Fleet) EndActivity(s sources.Scope, err error, now time.Time) {
	h := f.scope(s)
	h.note(&h.activity, err, now)
	living := h.living
	h.living = nil
	if err != nil {
		return
	}
	h.swept = true
	for _, r := range f.records {
		if r.pub.Reader == s && !living[r.pub.ID] && r.pub.Active != sources.Some(false) {
			f.change(r.pub.ID, func(fn *Function) { fn.Active = sources.Some(false) })
		}
	}
}

// Active tells whether the function lives; known is false while nobody has
// said.
func (f *Fleet) Active(id sources.FunctionID) (active, known bool) {
	if fn := f.function(id); fn != nil {
		return fn.Active.Get()
	}
	return false, false
}

// Reader is the scope through which the function is read.
func (f *Fleet) Reader(id sources.FunctionID) sources.Scope {
	if fn := f.function(id); fn != nil {
		return fn.Reader
	}
	return id.Scope()
}

// Listed is how many functions the catalogue of a scope has.
func (f *Fleet) Listed(s sources.Scope) int {
	if h := f.scopeStats[s]; h != nil {
		return h.listed
	}
	return 0
}
