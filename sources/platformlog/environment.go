package platformlog

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fntop/sources"
)

// Environment is what the log of one execution environment tells about it.
// Times are UTC; what the log has not told is unknown.
type Environment struct {
	Stream  string // its log stream, which is its identity
	Version string // of the function

	// FirstSeen and LastSeen are the times of its oldest and newest line.
	FirstSeen sources.Opt[time.Time]
	LastSeen  sources.Opt[time.Time]
	// LastUsed is when its newest invocation was reported.
	LastUsed sources.Opt[time.Time]
	// Running means that an invocation has begun in it and is not reported.
	Running bool

	// InitStart is when its first init or restore began.
	InitStart         sources.Opt[time.Time]
	InitType          string // one of the Init constants, or empty
	RuntimeVersion    string // such as "python:3.13.v31"
	RuntimeVersionARN string
	Init              sources.Opt[time.Duration]
	Restore           sources.Opt[time.Duration]
	// InitFailures counts failed inits and restores. InitError is the error
	// type of the last one, or its status when it has none.
	InitFailures int
	InitError    string

	// Invocations counts reports, forgotten ones included.
	Invocations int
	// Crashes counts invocations after which the runtime had to be started
	// anew: time-outs, out of memory, exits and failed inits.
	Crashes   int
	LastCrash sources.Opt[time.Time]
}

// Environments gives the environments that are known, in order of their first
// line and then by name.
func (c *Correlator) Environments() []Environment {
	list := make([]Environment, 0, len(c.streams))
	for _, s := range c.streams {
		if !s.foreign {
			list = append(list, s.environment())
		}
	}
	slices.SortFunc(list, func(a, b Environment) int {
		return cmp.Or(
			a.FirstSeen.Or(time.Time{}).Compare(b.FirstSeen.Or(time.Time{})),
			strings.Compare(a.Stream, b.Stream),
		)
	})
	return list
}

func (s *stream) environment() Environment {
	p := s.past
	e := Environment{
		Stream:    s.name,
		Version:   cmp.Or(streamVersion(s.name), p.version),
		FirstSeen: position{at: s.first}.time(),
		LastSeen:  position{at: s.last}.time(),
	}
	e.InitFailures, e.InitError = p.initFailures, p.initError
	for _, m := range s.marks {
		e.boot(m)
	}
	for _, a := range s.spans {
		if a.report == nil {
			e.Running = e.Running || a.running
			continue
		}
		p.add(a)
	}
	e.Version = cmp.Or(e.Version, p.version)
	e.Invocations, e.Crashes = p.invocations, p.crashes
	e.LastUsed, e.LastCrash = position{at: p.lastUsed}.time(), position{at: p.lastCrash}.time()
	e.Init, e.Restore = e.Init.OrElse(p.init), e.Restore.OrElse(p.restore)
	return e
}

// add counts a reported attempt.
func (p *past) add(a *attempt) {
	p.invocations++
	p.lastUsed = max(p.lastUsed, a.end.at)
	if a.crashed {
		p.crashes++
		p.lastCrash = max(p.lastCrash, a.end.at)
	}
	p.init = p.init.OrElse(a.report.init)
	p.restore = p.restore.OrElse(a.report.restore)
	if p.version == "" && a.start != nil {
		p.version = a.start.version
	}
}

// boot takes in a line about an init or a restore.
func (e *Environment) boot(m *mark) {
	b := m.details.boot
	if b == nil {
		return
	}
	e.InitType = cmp.Or(e.InitType, b.initType)
	e.RuntimeVersion = cmp.Or(e.RuntimeVersion, b.runtime)
	e.RuntimeVersionARN = cmp.Or(e.RuntimeVersionARN, b.runtimeARN)
	switch m.kind {
	case InitStart, RestoreStart:
		e.InitStart = e.InitStart.OrElse(m.time())
	case InitReport, RestoreReport:
		if failed(m.details.status) {
			e.InitFailures++
			e.InitError = cmp.Or(m.details.errorType, m.details.status)
			return
		}
		e.Init = e.Init.OrElse(m.details.init)
		e.Restore = e.Restore.OrElse(m.details.restore)
	default:
	}
}
