package fleet

import (
	"time"

	"fntop/sources"
)

// Tail is the live tail of a function's log.
type Tail struct {
	// On is whether it runs, since Since.
	On    bool
	Since time.Time
	// Updated is when the cloud last sent an update, with events or without;
	// zero before the first one.
	Updated time.Time
	// Sampled is when an update last held only a part of what was logged; zero
	// when that never was.
	Sampled time.Time
	// Err is why the last one ended; nil when nobody wanted it any more.
	Err error
}

// BeginTail notes that the log of a function is being tailed.
func (f *Fleet) BeginTail(id sources.FunctionID, now time.Time) {
	f.change(id, func(fn *Function) { fn.Tail = Tail{On: true, Since: now} })
}

// ApplyTail takes what the tail of a function has handed over. invocations
// tells whether its invocations are wanted of it.
func (f *Fleet) ApplyTail(id sources.FunctionID, events []sources.LogEvent, invocations, sampled bool, now time.Time) {
	if invocations && len(events) > 0 {
		f.ApplyInvocations(id, events)
	}
	f.tailLines(id, events, now)
	f.change(id, func(fn *Function) {
		fn.Tail.Updated = now
		if sampled {
			fn.Tail.Sampled = now
		}
	})
}

// EndTail notes that the tail of a function has ended, and why.
func (f *Fleet) EndTail(id sources.FunctionID, err error) {
	if err != nil && sources.KindOf(err) == sources.Cancelled {
		err = nil
	}
	f.change(id, func(fn *Function) { fn.Tail.On, fn.Tail.Err = false, err })
}

// Tailing tells whether the log of a function is being tailed and the cloud
// hands it over.
func (f *Fleet) Tailing(id sources.FunctionID) bool {
	fn := f.function(id)
	return fn != nil && fn.Tail.On && !fn.Tail.Updated.IsZero()
}
