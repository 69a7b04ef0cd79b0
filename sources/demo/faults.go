package demo

import (
	"math"
	"strings"
	"sync/atomic"
	"time"
)

// FaultKind is a way to fail.
type FaultKind string

// The ways to fail.
const (
	FaultThrottle  FaultKind = "throttle"   // the service's own throttling error
	FaultLatency   FaultKind = "latency"    // the answer comes Delay later
	FaultExpired   FaultKind = "expired"    // the credentials have expired
	FaultDenied    FaultKind = "denied"     // the action is not permitted
	FaultInternal  FaultKind = "internal"   // the service's own fault, HTTP 5xx
	FaultGarbage   FaultKind = "garbage"    // HTTP 200 with a body that is not in the protocol
	FaultDrop      FaultKind = "drop"       // the connection ends without an answer
	FaultTruncate  FaultKind = "truncate"   // the connection ends in the middle of the answer
	FaultDead      FaultKind = "dead"       // no answer ever, until the client gives up
	FaultPartial   FaultKind = "partial"    // GetMetricData answers PartialData: the second half is missing
	FaultClockSkew FaultKind = "clock-skew" // the server's clock is ahead by Delay, behind when negative
)

// FaultKinds are all ways to fail.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultThrottle, FaultLatency, FaultExpired, FaultDenied, FaultInternal, FaultGarbage,
		FaultDrop, FaultTruncate, FaultDead, FaultPartial, FaultClockSkew,
	}
}

// Fault makes calls fail. The zero values of its conditions match all calls.
type Fault struct {
	Kind FaultKind
	// Service is the prefix in permissions, such as "logs".
	Service string
	// Operation is such as "FilterLogEvents". It may end in "*".
	Operation string
	Region    string
	// Share is the part of the matching calls that fails, above 0 and up to 1;
	// 0 means all. The failing ones are spread evenly: of four calls at 0.25
	// the fourth fails. A clock is skewed for all of them.
	Share float64
	// Delay is how much later (FaultLatency), or how far ahead the clock is
	// (FaultClockSkew).
	Delay time.Duration
}

// Faults is how a server fails. The zero value does not.
type Faults struct {
	// Quotas enforces the documented request quotas of each operation in each
	// region.
	Quotas bool
	// Rules are the faults; of several of one kind the first that matches a
	// call decides.
	Rules []Fault
}

// SetFaults replaces the faults. Calls that have begun keep the old ones.
func (s *Server) SetFaults(f Faults) {
	set := &faultSet{quotas: f.Quotas}
	for _, rule := range f.Rules {
		set.rules = append(set.rules, &faultRule{Fault: rule})
	}
	s.faults.Store(set)
}

type faultSet struct {
	quotas bool
	rules  []*faultRule
}

type faultRule struct {
	Fault
	seen atomic.Uint64
}

// find gives the rule of this kind that hits the call. Asking counts: each
// kind is asked for once a call.
func (set *faultSet) find(kind FaultKind, c *call) (Fault, bool) {
	for _, rule := range set.rules {
		if rule.Kind == kind && rule.matches(c) {
			return rule.Fault, rule.hits()
		}
	}
	return Fault{}, false
}

func (set *faultSet) has(kind FaultKind, c *call) bool {
	_, ok := set.find(kind, c)
	return ok
}

func (rule *faultRule) matches(c *call) bool {
	if rule.Service != "" && rule.Service != c.Service || rule.Region != "" && rule.Region != c.Region {
		return false
	}
	if prefix, ok := strings.CutSuffix(rule.Operation, "*"); ok {
		return strings.HasPrefix(c.Operation, prefix)
	}
	return rule.Operation == "" || rule.Operation == c.Operation
}

// hits tells whether the next matching call is among those that fail.
func (rule *faultRule) hits() bool {
	if rule.Share <= 0 || rule.Share >= 1 {
		return true
	}
	n := float64(rule.seen.Add(1))
	return math.Floor(n*rule.Share) > math.Floor((n-1)*rule.Share)
}
