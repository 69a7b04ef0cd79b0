package world

import "time"

// What days of a busy function were billed for inits is reckoned from some
// minutes of them, at another time of each day.
const (
	initMinutes = 20
	initExact   = 1000 // invocations of a day that are all looked at
)

// Inits is what a function's invocations of whole days were billed for inits
// and restores, together. Days of busy functions are estimates.
func (w *World) Inits(region, function string, start, end time.Time) time.Duration {
	r, ok := regionIndex(region)
	if !ok || w.byName[r][function] == nil {
		return 0
	}
	const dayMS = 24 * hourMS
	var ms int64
	for day := floorDiv(clamp(start), dayMS); day*dayMS < clamp(end); day++ {
		ms += w.initsOf(w.byName[r][function], day)
	}
	return time.Duration(ms) * time.Millisecond
}

func (w *World) initsOf(f *function, day int64) (ms int64) {
	key := chunkKey{f.index, day}
	if ms, ok := w.inits.get(key); ok {
		return ms
	}
	var n int64
	for hour := day * 24; hour < (day+1)*24; hour++ {
		n += w.hourAt(f, hour).n
	}
	from, minutes := day*24*60, int64(24*60)
	if n > initExact {
		from, minutes = from+floorMod(day*7, 24)*60+floorMod(day*13, 60-initMinutes), initMinutes
	}
	var seen int64
	w.chunksIn(f, (from-1)*minuteMS, (from+minutes)*minuteMS, func(c *chunk) bool {
		for i := range c.records {
			r := &c.records[i]
			if m := floorDiv(r.start, minuteMS); m < from || m >= from+minutes {
				continue
			}
			seen++
			v := w.invocation(f, c, r)
			ms += v.billedMS() - ceilMS(int64(r.dur))
		}
		return true
	})
	if seen > 0 {
		ms = ms * n / seen
	}
	return w.inits.put(key, ms, 1)
}
