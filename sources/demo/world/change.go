package world

// changeKind is what was done to a function.
type changeKind uint8

const (
	codeChange changeKind = iota + 1
	configChange
	createChange
	recycling // not a change of the function: its environments are replaced
)

// change is one thing done to a function.
type change struct {
	at   int64 // ms, a full second: LastModified
	kind changeKind
	bad  bool // the code is bad
	fix  bool // the code repairs a bad one
	k    int64
}

// effective is when requests meet the change: a second or two after the call
// that made it, and a minute later where new provisioned environments have to
// be ready first.
func (f *function) effective(c change) int64 {
	wait := second
	if f.provisioned > 0 {
		wait += minuteMS
	}
	return c.at + wait + int64(pick(hash3(f.seed^0xeffe, uint64(c.at), 1), 1500))
}

// last is the newest event of one of the function's tracks that requests at
// ms have met.
func (f *function) last(t track, ms int64) int64 {
	k := t.last(ms)
	if f.effective(change{at: t.at(k)}) > ms {
		k--
	}
	return k
}

type changeTrack struct {
	track
	kind     changeKind
	bad, fix bool
}

func (f *function) changeTracks() [5]changeTrack {
	return [5]changeTrack{
		{track: f.deploys, kind: codeChange},
		{track: f.bad, kind: codeChange, bad: true},
		{track: f.fixes, kind: codeChange, fix: true},
		{track: f.configs, kind: configChange},
		{track: f.creation, kind: createChange},
	}
}

// lastChange is the newest change that requests at ms have met.
func (f *function) lastChange(ms int64) change {
	var newest change
	for _, t := range f.changeTracks() {
		if t.none() {
			continue
		}
		k := f.last(t.track, ms)
		c := t.change(k)
		if newest.kind == 0 || f.effective(c) > f.effective(newest) {
			newest = c
		}
	}
	return newest
}

// nextChange is the first change that requests at ms have not met.
func (f *function) nextChange(ms int64) change {
	var first change
	for _, t := range f.changeTracks() {
		if t.none() {
			continue
		}
		k := f.last(t.track, ms) + 1
		c := t.change(k)
		if first.kind == 0 || f.effective(c) < f.effective(first) {
			first = c
		}
	}
	return first
}

// isBad tells whether requests at ms meet bad code.
func (f *function) isBad(ms int64) bool {
	bad, fix := f.bad.at(f.last(f.bad, ms)), f.fixes.at(f.last(f.fixes, ms))
	return bad > fix
}

// boundary is where every environment of a function gives way to new ones: at
// once after a change, over the ramp when AWS recycles them.
type boundary struct {
	at   int64 // ms
	kind changeKind
	ramp int64 // ms
}

// recycleQuiet is how old environments are at least when they are recycled.
const recycleQuiet = 90 * minuteMS

// recycles is when AWS would replace the environments of the function even
// under steady traffic: every few hours (Lambda Developer Guide,
// "Understanding the Lambda execution environment lifecycle").
func (f *function) recycles() track {
	period := int64(span(hash2(f.seed, 0x4ec), 150, 260)) * minuteMS
	return track{
		seed: hash2(f.seed, 0x4ec1), period: period,
		phase:  int64(unit(hash2(f.seed, 0x4ec2)) * float64(period)),
		jitter: 0.25,
	}
}

// boundaryBefore is the newest boundary at or before a time.
func (f *function) boundaryBefore(ms int64) boundary {
	c := f.lastChange(ms)
	changed := f.effective(c)
	t := f.recycles()
	for k := t.last(ms); t.at(k) > changed; k-- {
		if t.at(k)-changed >= recycleQuiet {
			return f.recycled(t.at(k))
		}
	}
	return boundary{at: changed, kind: c.kind}
}

// boundaryAfter is the first boundary after a time.
func (f *function) boundaryAfter(ms int64) boundary {
	next := f.nextChange(ms)
	change := boundary{at: f.effective(next), kind: next.kind}
	changed := f.effective(f.lastChange(ms))
	t := f.recycles()
	for k := t.last(ms) + 1; t.at(k) < change.at; k++ {
		if t.at(k)-changed >= recycleQuiet {
			return f.recycled(t.at(k))
		}
	}
	return change
}

// recycled is a boundary at which environments are recycled: a busy function
// moves over to new ones little by little.
func (f *function) recycled(at int64) boundary {
	b := boundary{at: at, kind: recycling}
	if busy := f.load(at); busy >= 1 && f.reserved == 0 {
		b.ramp = int64(min(30, 4+2*busy)) * minuteMS
	}
	return b
}
