package aws

import (
	"context"
	"math"
	"sync"
	"time"

	"fntop/sources"
)

// Requests a second that an account may make in a region unless it has asked
// for more.
const (
	// quotaLambda is shared by the whole control plane of Lambda (Lambda
	// Developer Guide, "Lambda quotas", 2026).
	quotaLambda = 15
	// quotaPolicy is for calls of GetPolicy, which have a quota of their own
	// ("Lambda quotas", 2026).
	quotaPolicy = 15
	// quotaLookupEvents is for calls of LookupEvents (CloudTrail API reference,
	// LookupEvents).
	quotaLookupEvents = 2
	// quotaResources is for calls of GetResources. Its documentation is not at
	// hand: the figure is general knowledge, and a pace it does not mind.
	quotaResources = 15
	// quotaMetricData is for calls of GetMetricData (CloudWatch User Guide,
	// "CloudWatch service quotas", 2026).
	quotaMetricData = 500
	// quotaInsights is for calls of GetMetricData with a Metrics Insights
	// query, which draw on quotaMetricData too, and quotaListMetrics for
	// ListMetrics ("CloudWatch service quotas", 2026). The quota of points of
	// Metrics Insights, 4.3 million a second, is out of reach: a page has
	// 100,800 at most.
	quotaInsights    = 10
	quotaListMetrics = 25
	// quotaLiveTail is for starts of live tails ("CloudWatch Logs quotas",
	// 2026).
	quotaLiveTail = 5
	// quotaTraces is our own guess at a pace X-Ray does not mind: it
	// documents none.
	quotaTraces = 5
	// quotaAccount is our own guess at a pace IAM does not mind: it documents
	// none. The alias is asked for once in a while.
	quotaAccount = 5
	// quotaBill is our own guess at a pace that Cost Explorer and the price
	// list do not mind: they document none.
	quotaBill = 5
)

// Data points a second that GetMetricData gives, by how far back the request
// starts ("CloudWatch service quotas", 2026).
const (
	quotaPointsNew = 180_000 // start within the last three hours
	quotaPointsOld = 396_000
	pointsNewSpan  = 3 * time.Hour
)

// quotaFilterLogEvents is the calls of FilterLogEvents a second in a region
// ("CloudWatch Logs quotas", 2026). It cannot be raised.
func quotaFilterLogEvents(region string) float64 {
	switch region {
	case "us-east-1":
		return 25
	case "ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1":
		return 5
	}
	return 10
}

// limits are the limiters of all scopes of one program.
type limits struct {
	now func() time.Time

	mu     sync.Mutex
	scopes map[sources.Scope]*scopeLimits
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, scopes: make(map[sources.Scope]*scopeLimits)}
}

// of gives the limiters of a scope: the same ones every time, since two roles
// in one account share its quotas.
func (l *limits) of(scope sources.Scope) *scopeLimits {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.scopes[scope]
	if s == nil {
		s = newScopeLimits(scope.Region, l.now)
		l.scopes[scope] = s
	}
	return s
}

// scopeLimits are the limiters of one account in one region. The zero value
// and nil limit nothing.
type scopeLimits struct {
	now       func() time.Time
	byAction  map[string]*limiter
	insights  *limiter
	pointsNew *limiter
	pointsOld *limiter
}

func newScopeLimits(region string, now func() time.Time) *scopeLimits {
	// A fifth of a second's quota at once lets a sequence of calls keep the
	// pace when some of them are slow.
	limit := func(perSecond float64) *limiter { return newLimiter(perSecond, int(perSecond/5), now) }
	control := limit(quotaLambda)
	return &scopeLimits{
		now: now,
		byAction: map[string]*limiter{
			opListFunctions:     control,
			opGetMetricData:     limit(quotaMetricData),
			opListMetrics:       limit(quotaListMetrics),
			opFilterLogEvents:   limit(quotaFilterLogEvents(region)),
			opStartLiveTail:     limit(quotaLiveTail),
			opGetTraceSummaries: limit(quotaTraces),
			opBatchGetTraces:    limit(quotaTraces),

			opListAccountAliases: limit(quotaAccount),
			opGetCostAndUsage:    limit(quotaBill),
			opGetProducts:        limit(quotaBill),

			opLookupEvents: limit(quotaLookupEvents),
			opGetResources: limit(quotaResources),
			opGetPolicy:    limit(quotaPolicy),

			opListEventSourceMappings: control,
			opListAliases:             control,
			opListFunctionURLs:        control,
			opGetAccountSettings:      control,
			opGetFunctionConcurrency:  control,
			opListProvisionedSettings: control,
		},
		insights:  limit(quotaInsights),
		pointsNew: newLimiter(quotaPointsNew, quotaPointsNew, now),
		pointsOld: newLimiter(quotaPointsOld, quotaPointsOld, now),
	}
}

// wait blocks until the call may be made. Calls wait at each limiter in the
// order of their urgency.
func (s *scopeLimits) wait(ctx context.Context, action string, u usage) error {
	if s == nil {
		return nil
	}
	if points := s.points(u); points != nil {
		if err := points.wait(ctx, int(min(u.points, math.MaxInt32))); err != nil {
			return err
		}
	}
	if u.insights {
		if err := s.insights.wait(ctx, 1); err != nil {
			return err
		}
	}
	if l := s.byAction[action]; l != nil {
		return l.wait(ctx, 1)
	}
	return nil
}

func (s *scopeLimits) points(u usage) *limiter {
	switch {
	case u.points == 0:
		return nil
	case s.now().Sub(u.start) <= pointsNewSpan:
		return s.pointsNew
	}
	return s.pointsOld
}

// throttled slows down after a call was refused as too many. Which of the
// quotas was hit is not in the answer; all are taken to be, but for a Metrics
// Insights query, whose own quota is a fiftieth of that of its operation.
func (s *scopeLimits) throttled(action string, u usage) {
	if s == nil {
		return
	}
	if u.insights {
		s.insights.throttled()
	} else if l := s.byAction[action]; l != nil {
		l.throttled()
	}
	if points := s.points(u); points != nil {
		points.throttled()
	}
}
