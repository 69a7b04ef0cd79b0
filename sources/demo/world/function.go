package world

import (
	"fmt"
	"sync/atomic"
	"time"

	"fntop/sources"
)

// function is one function of the fleet with what its spec leads to.
type function struct {
	*spec
	index uint32
	seed  uint64
	week  *week
	up    *function // whose messages it takes; nil for most

	initMedian int64 // µs of a good version
	initCap    int64 // µs; no init or restore takes longer
	guard      int64 // ms before each full hour without arrivals, see arrivals.go
	longest    int64 // ms that an invocation can take, init included
	chunk      int64 // ms; the span that is simulated and kept as one

	deck atomic.Pointer[deck]
}

func newFunction(seed uint64, index int, s *spec, weeks *[rhythms]week) *function {
	f := &function{spec: s, week: &weeks[s.rhythm], index: uint32(index), seed: hashString(seed, regionTable[s.region].name+"/"+s.name)}
	floor := s.runtime.x86
	if s.arm {
		floor = s.runtime.arm
	}
	f.initMedian = int64((floor + s.initExtra) * 1000)
	longest := f.initMedian
	if s.snapStart {
		longest = int64(restoreMedian(f))
	}
	f.initCap = longest * 2
	if s.badCode == slowInit {
		f.initCap = longest * 4
	}
	f.guard = ceilMS(f.initCap) + 1
	f.longest = int64(s.timeout)*second + ceilMS(2*f.initCap) + 10
	switch rate := s.rate + s.surge.rate/4; {
	case rate > 40:
		f.chunk = minuteMS
	case rate > 4:
		f.chunk = 10 * minuteMS
	default:
		f.chunk = hourMS
	}
	return f
}

func (f *function) regionName() string { return regionTable[f.region].name }

func (f *function) arn() string {
	return "arn:aws:lambda:" + f.regionName() + ":" + account + ":function:" + f.name
}

func (f *function) id() sources.FunctionID {
	return sources.FunctionID{Cloud: sources.AWS, Account: account, Region: f.regionName(), Name: f.name}
}

func (f *function) logGroup() string {
	if f.group != "" {
		return f.group
	}
	return "/aws/lambda/" + f.name
}

// config is what changes about a function over its life.
type config struct {
	version  string // as log streams name it
	number   int64  // of the code, counted up with each deploy
	memory   int    // MB
	slowInit bool
	broken   bool
	modified int64 // ms
}

// configAt is the configuration that requests meet at a time, ms.
func (f *function) configAt(ms int64) config {
	c := config{version: "$LATEST", memory: f.memory, modified: f.lastChange(ms).at}
	c.number = f.codeNumber(ms)
	if f.published() {
		c.version = fmt.Sprint(c.number)
	}
	if f.memoryAlt > 0 && !f.configs.none() && f.last(f.configs, ms)&1 != 0 {
		c.memory = f.memoryAlt
	}
	if f.badCode != 0 && f.isBad(ms) {
		c.slowInit = f.badCode == slowInit
		c.broken = f.badCode == brokenInit
	}
	return c
}

// published tells whether its callers run published versions.
func (f *function) published() bool { return f.versioned || f.snapStart || f.provisioned > 0 }

// versionsSince is when version 1 of everything was published.
var versionsSince = time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC).UnixMilli() //nolint:gochecknoglobals // constant

// codeNumber counts deploys; it only ever grows.
func (f *function) codeNumber(ms int64) int64 {
	n := int64(1)
	for _, t := range [...]track{f.deploys, f.bad, f.fixes, f.creation} {
		if !t.none() {
			n += f.last(t, ms) - f.last(t, versionsSince)
		}
	}
	return max(1, n)
}

// source is the function as the catalogue lists it at a time.
func (f *function) source(ms int64) sources.Function {
	c := f.configAt(ms)
	out := sources.Function{
		ID:           f.id(),
		ARN:          f.arn(),
		Runtime:      f.runtime.id,
		Architecture: sources.X86,
		MemoryMB:     c.memory,
		EphemeralMB:  max(512, f.ephemeral),
		Timeout:      time.Duration(f.timeout) * time.Second,
		PackageType:  sources.PackageZip,
		CodeSize:     f.codeSize(c),
		LastModified: time.UnixMilli(c.modified).UTC(),
		Version:      "$LATEST",
		State:        "Active",
		Description:  f.description,
		LogGroup:     f.logGroup(),
		LogFormat:    sources.LogText,
		Tracing:      sources.TracingPassThrough,
		SnapStart:    f.snapStart,
		Tags:         map[string]string{"team": f.team, "env": "prod", "stack": f.team + "-services"},
	}
	if f.arm {
		out.Architecture = sources.ARM
	}
	if f.image {
		out.PackageType = sources.PackageImage
	}
	if f.json {
		out.LogFormat = sources.LogJSON
		out.SystemLogLevel = "INFO"
		if f.debug {
			out.SystemLogLevel = "DEBUG"
		}
	}
	if f.traced {
		out.Tracing = sources.TracingActive
	}
	if f.reserved > 0 {
		out.ReservedConcurrency = sources.Some(f.reserved)
	}
	if f.provisioned > 0 {
		out.ProvisionedConcurrency = sources.Some(f.provisioned)
	}
	return out
}

// codeSize follows the init: what takes long to load is large.
func (f *function) codeSize(c config) int64 {
	if f.image {
		return 0 // images have no code size of their own
	}
	size := 40_000 + f.initExtra*9_000
	if c.slowInit {
		size *= 2.3
	}
	return int64(size) + int64(hash2(f.seed^0xc0de, uint64(c.number))%20_000)
}
