package demo

import (
	"maps"
	"sync"
	"time"
)

// Call is what a server tells about a call that is over.
type Call struct {
	At        time.Time // wall time of its beginning
	Service   string    // such as "cloudwatch"
	Operation string    // such as "GetMetricData"; empty when unknown
	Region    string
	Protocol  string // "cbor", "json-1.0", "json-1.1", "rest-json", "query" or "rest-xml"
	AccessKey string
	Status    int    // HTTP status; 0 when the connection was dropped
	Code      string // the error's code; empty when the call succeeded
	Metrics   int    // metrics that AWS would bill for
	Bytes     int64  // of the answer's body
	Took      time.Duration
	Err       error // why no answer was sent; nil mostly
}

// OpCount is what happened at one operation so far.
type OpCount struct {
	Calls     int64
	Errors    int64 // answers that were errors, throttles among them
	Throttles int64
	Dropped   int64 // calls that got no answer
	Metrics   int64 // metrics that AWS would bill for
	Bytes     int64 // of the answers' bodies
}

// maxActions bounds how many actions are counted apart: clients can invent any
// number. The rest is counted as "?:?".
const maxActions = 1000

type counts struct {
	mu sync.Mutex
	by map[string]OpCount
}

func (c *counts) add(done Call) {
	op := done.Operation
	if op == "" {
		op = "?"
	}
	key := done.Service + ":" + op
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[string]OpCount{}
	}
	n, ok := c.by[key]
	if !ok && len(c.by) >= maxActions {
		key = "?:?"
		n = c.by[key]
	}
	n.Calls++
	n.Metrics += int64(done.Metrics)
	n.Bytes += done.Bytes
	if done.Code != "" {
		n.Errors++
	}
	if done.Status == 0 {
		n.Dropped++
	}
	switch done.Code {
	case "ThrottlingException", "ThrottledException", "TooManyRequestsException", "SlowDown":
		n.Throttles++
	}
	c.by[key] = n
}

// Counts gives what happened so far by action, such as
// "cloudwatch:GetMetricData". Unknown operations are counted as
// "<service>:?".
func (s *Server) Counts() map[string]OpCount {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	return maps.Clone(s.counts.by)
}
