package demo

import (
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"fntop/sources/demo/wire"
)

// quota is a documented request quota. Operations with the same name share
// one bucket.
type quota struct {
	bucket string
	rate   float64 // requests a second
}

// quotaOf is the default quota of an operation in a region (CloudWatch
// service quotas; CloudWatch Logs quotas; Lambda Developer Guide, "Lambda
// quotas"; CloudTrail API Reference, LookupEvents; copies of 2026). ok is false where none is documented.
func quotaOf(service, op, region string) (q quota, ok bool) {
	switch service {
	case wire.CloudWatch:
		switch op {
		case "GetMetricData":
			return quota{op, 500}, true
		case "ListMetrics":
			return quota{op, 25}, true
		}
	case wire.Logs:
		return logsQuota(op, region)
	case wire.CloudTrail:
		if op == "LookupEvents" {
			return quota{op, 2}, true
		}
	case wire.Lambda:
		switch op {
		case "GetFunction":
			return quota{op, 100}, true
		case "GetPolicy":
			return quota{op, 15}, true
		}
		return quota{"control plane", 15}, true
	}
	return quota{}, false
}

func logsQuota(op, region string) (q quota, ok bool) {
	switch op {
	case "FilterLogEvents":
		switch {
		case region == "us-east-1":
			return quota{op, 25}, true
		case slices.Contains([]string{"ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1"}, region):
			return quota{op, 5}, true
		}
		return quota{op, 10}, true
	case "GetLogEvents":
		switch {
		case region == "eu-west-3":
			return quota{op, 30}, true
		case slices.Contains([]string{
			"us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-3", "ap-southeast-3", "ca-west-1", "il-central-1",
		}, region):
			return quota{op, 10}, true
		}
		return quota{op, 25}, true
	case "DescribeLogStreams":
		return quota{op, 25}, true
	case "DescribeLogGroups":
		return quota{op, 10}, true
	case "StartLiveTail":
		return quota{op, 5}, true
	}
	return quota{}, false
}

// Datapoints a second that GetMetricData may return, by how old the start of
// the window is (CloudWatch service quotas).
const (
	recentDatapoints = 180_000 // start within the last three hours
	olderDatapoints  = 396_000
)

// quotas are the token buckets. How deep AWS's buckets are is not documented:
// here they hold one second's worth.
type quotas struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

// quotaRegion is the region whose buckets a call draws on. Regions that the
// fleet does not live in share one set, since clients can invent any number.
func (s *Server) quotaRegion(c *call) string {
	if s.lives(c.Region) {
		return c.Region
	}
	return ""
}

// allow takes one request out of the bucket of the operation.
func (q *quotas) allow(service, op, region string, now time.Time) bool {
	limit, ok := quotaOf(service, op, region)
	return !ok || q.take(service+"/"+limit.bucket+"/"+region, limit.rate, 1, now)
}

// allowDatapoints takes datapoints out of the bucket of their age.
func (q *quotas) allowDatapoints(region string, n int, recent bool, now time.Time) bool {
	name, limit := "datapoints/older/", olderDatapoints
	if recent {
		name, limit = "datapoints/recent/", recentDatapoints
	}
	return q.take(name+region, float64(limit), min(n, limit), now)
}

func (q *quotas) take(name string, perSecond float64, n int, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	bucket := q.buckets[name]
	if bucket == nil {
		if q.buckets == nil {
			q.buckets = map[string]*rate.Limiter{}
		}
		bucket = rate.NewLimiter(rate.Limit(perSecond), int(math.Ceil(perSecond)))
		q.buckets[name] = bucket
	}
	return bucket.AllowN(now, n)
}
