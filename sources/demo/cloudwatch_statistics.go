package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
	"fntop/sources/demo/wire"
)

// maxStatistics is how many datapoints GetMetricStatistics gives at most (API
// reference).
const maxStatistics = 1440

type getMetricStatisticsInput struct {
	metricName
	StartTime          *wire.Time
	EndTime            *wire.Time
	Period             wire.Int
	Statistics         []string
	ExtendedStatistics []string
}

func (in *getMetricStatisticsInput) check() *wire.Error {
	combination := func(message string) *wire.Error {
		return &wire.Error{
			Status: http.StatusBadRequest, Code: "InvalidParameterCombinationException",
			QueryCode: "InvalidParameterCombination", Message: message,
		}
	}
	switch {
	case in.Namespace == "" || in.MetricName == "" || in.StartTime == nil || in.EndTime == nil:
		return &wire.Error{
			Status: http.StatusBadRequest, Code: "MissingRequiredParameterException", QueryCode: "MissingParameter",
			Message: "The request must contain Namespace, MetricName, StartTime, EndTime and Period.",
		}
	case !in.StartTime.Before(in.EndTime.Time):
		return validationError("The parameter StartTime must be less than the parameter EndTime.")
	case !validPeriod(int64(in.Period)):
		return validationError("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
	case len(in.Statistics) == 0 && len(in.ExtendedStatistics) == 0:
		return combination("Must specify either Statistics or ExtendedStatistics")
	}
	for _, stat := range append(append([]string(nil), in.Statistics...), in.ExtendedStatistics...) {
		if !validStat(stat) {
			return validationError("The value " + stat + " for parameter Statistics is not supported.")
		}
	}
	if n := in.EndTime.Sub(in.StartTime.Time) / (time.Duration(in.Period) * time.Second); n > maxStatistics {
		return combination(fmt.Sprintf("You have requested up to %d datapoints, which exceeds the limit of %d. "+
			"You may reduce the datapoints requested by increasing Period, or decreasing the time range.", n, maxStatistics))
	}
	return nil
}

func getMetricStatistics(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in getMetricStatisticsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	if failure := in.check(); failure != nil {
		return nil, failure
	}
	out := &cloudwatch.GetMetricStatisticsOutput{Label: aws.String(in.MetricName), Datapoints: []types.Datapoint{}}
	target, ok := in.target(s, c.Region)
	if !ok || !s.lives(c.Region) {
		return out, nil
	}
	var stats []sources.Stat
	for _, stat := range in.Statistics {
		stats = append(stats, sources.Stat(stat))
	}
	for _, stat := range in.ExtendedStatistics {
		stats = append(stats, sources.Stat(stat))
	}
	period := time.Duration(max(in.Period, 60)) * time.Second
	start, end := metricWindow(in.StartTime.Time, in.EndTime.Time, period, c.asOf)
	answers := s.read(c.Region, target, sources.Metric(in.MetricName), stats, period, start, end, c.asOf)
	unit := unitOf(in.MetricName)
	at := map[int64]int{} // index of the datapoint by its time
	for i, points := range answers {
		for _, p := range until(points, in.EndTime.Time) {
			n, ok := at[p.Time.UnixMilli()]
			if !ok {
				n = len(out.Datapoints)
				at[p.Time.UnixMilli()] = n
				out.Datapoints = append(out.Datapoints, types.Datapoint{Timestamp: aws.Time(p.Time), Unit: unit})
			}
			setStatistic(&out.Datapoints[n], string(stats[i]), p.Value)
		}
	}
	return out, nil
}

// unitOf is the unit of a metric (Lambda Developer Guide, "Types of metrics for
// Lambda functions"; CloudWatch Logs User Guide, "Monitoring with CloudWatch
// metrics").
func unitOf(metric string) types.StandardUnit {
	switch metric {
	case "Duration", "PostRuntimeExtensionsDuration", "AsyncEventAge", "IteratorAge":
		return types.StandardUnitMilliseconds
	case "IncomingBytes":
		return types.StandardUnitBytes
	case "ProvisionedConcurrencyUtilization":
		return types.StandardUnitNone
	}
	return types.StandardUnitCount
}

func setStatistic(d *types.Datapoint, stat string, v float64) {
	switch stat {
	case "SampleCount":
		d.SampleCount = &v
	case "Sum":
		d.Sum = &v
	case "Average":
		d.Average = &v
	case "Minimum":
		d.Minimum = &v
	case "Maximum":
		d.Maximum = &v
	default:
		if d.ExtendedStatistics == nil {
			d.ExtendedStatistics = map[string]float64{}
		}
		d.ExtendedStatistics[stat] = v
	}
}
