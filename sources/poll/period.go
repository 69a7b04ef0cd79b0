package poll

import "time"

// ChartPeriod is the length of one point for a window of this length: a
// minute up to three hours, five minutes up to two days, an hour beyond. It
// keeps a series under 600 points, and never asks CloudWatch for a period it
// no longer has while the window ends near now (one-minute points are kept 15
// days, five-minute points 63 days: CloudWatch API reference, GetMetricData).
func ChartPeriod(window time.Duration) time.Duration {
	switch {
	case window <= 3*time.Hour:
		return time.Minute
	case window <= 48*time.Hour:
		return 5 * time.Minute
	default:
		return time.Hour
	}
}
