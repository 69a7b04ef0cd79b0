package demo

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/demo/wire"
)

// billLag is how far Cost Explorer is behind: it is brought up to date once a
// day (AWS Cost Management User Guide, "Exploring your data using Cost
// Explorer").
const billLag = 24 * time.Hour

// getCostAndUsageInput is GetCostAndUsage's question, as far as it is answered.
type getCostAndUsageInput struct {
	TimePeriod  struct{ Start, End string }
	Granularity string
	Metrics     []string
	GroupBy     []struct{ Type, Key string }
	Filter      *billFilter
}

type billFilter struct {
	And, Or    []billFilter
	Not        *billFilter
	Dimensions *struct {
		Key    string
		Values []string
	}
}

type getCostAndUsageOutput struct {
	GroupDefinitions []billKey
	ResultsByTime    []billSpan
}

type billKey struct{ Type, Key string }

type billSpan struct {
	TimePeriod struct{ Start, End string }
	Total      map[string]billAmount
	Groups     []billGroup
	Estimated  bool
}

type billGroup struct {
	Keys    []string
	Metrics map[string]billAmount
}

type billAmount struct{ Amount, Unit string }

// getCostAndUsage tells the fleet's bill by usage type: the days that are asked
// for, each with the free tier that was left.
func getCostAndUsage(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in getCostAndUsageInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	start, err1 := time.Parse(time.DateOnly, in.TimePeriod.Start)
	end, err2 := time.Parse(time.DateOnly, in.TimePeriod.End)
	switch {
	case err1 != nil || err2 != nil || !start.Before(end):
		return nil, invalidBill("Start date (and hour) should be before end date (and hour)")
	case len(in.Metrics) == 0 || slices.ContainsFunc(in.Metrics, func(m string) bool { return m != "UnblendedCost" && m != "UsageQuantity" }):
		return nil, invalidBill("Metrics: the demo cloud knows UnblendedCost and UsageQuantity")
	case len(in.GroupBy) != 1 || in.GroupBy[0].Type != "DIMENSION" || in.GroupBy[0].Key != "USAGE_TYPE":
		return nil, invalidBill("GroupBy: the demo cloud knows the dimension USAGE_TYPE")
	case in.Granularity != "MONTHLY" && in.Granularity != "DAILY":
		return nil, invalidBill("Granularity: the demo cloud knows MONTHLY and DAILY")
	case !in.Filter.known():
		return nil, invalidBill("Filter: the demo cloud knows SERVICE, REGION, LINKED_ACCOUNT and USAGE_TYPE")
	case c.asOf.AddDate(0, -14, 0).After(start):
		return nil, invalidBill("You haven't enabled historical data beyond 14 months")
	}
	out := getCostAndUsageOutput{GroupDefinitions: []billKey{{"DIMENSION", "USAGE_TYPE"}}, ResultsByTime: []billSpan{}}
	for at := start; at.Before(end); {
		next := time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		if in.Granularity == "DAILY" {
			next = at.AddDate(0, 0, 1)
		}
		if next.After(end) {
			next = end
		}
		span, failure := s.billSpan(&in, c.asOf, at, next)
		if failure != nil {
			return nil, failure
		}
		out.ResultsByTime = append(out.ResultsByTime, span)
		at = next
	}
	return out, nil
}

func invalidBill(message string) *wire.Error {
	return &wire.Error{Status: http.StatusBadRequest, Code: "ValidationException", Message: message}
}

// billSpan is what some days of a month add to its bill.
func (s *Server) billSpan(in *getCostAndUsageInput, asOf, start, end time.Time) (billSpan, *wire.Error) {
	month := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, time.UTC)
	until := asOf.Add(-billLag).Truncate(24 * time.Hour)
	span := billSpan{Total: map[string]billAmount{}, Groups: []billGroup{}, Estimated: asOf.Before(month.AddDate(0, 1, 5))}
	span.TimePeriod.Start, span.TimePeriod.End = start.Format(time.DateOnly), end.Format(time.DateOnly)
	if end.After(until) {
		end = until
	}
	if !start.Before(end) {
		return span, nil
	}
	after, err := cost.Charges(s.used(month, end), true)
	if err != nil {
		return span, &wire.Error{Status: http.StatusInternalServerError, Code: "InternalServerException", Message: err.Error()}
	}
	before, err := cost.Charges(s.used(month, start), true)
	if err != nil {
		return span, &wire.Error{Status: http.StatusInternalServerError, Code: "InternalServerException", Message: err.Error()}
	}
	for _, charge := range after {
		for _, b := range before {
			if b.Item == charge.Item && b.Region == charge.Region && b.Arch == charge.Arch {
				charge.Used, charge.USD = charge.Used-b.Used, charge.USD.Sub(b.USD)
			}
		}
		if g, ok := s.billGroup(in, charge); ok {
			span.Groups = append(span.Groups, g)
		}
	}
	return span, nil
}

// billGroup is a charge as Cost Explorer shows it. ok is false when it is not
// asked for, or has no price.
func (s *Server) billGroup(in *getCostAndUsageInput, charge cost.Charge) (billGroup, bool) {
	name, ok := cost.UsageType(charge.Item, charge.Arch)
	if !ok || charge.Used == 0 || !charge.USD.Known() {
		return billGroup{}, false
	}
	name = usagePrefix(charge.Region) + name
	service := "AWS Lambda"
	if charge.Item == cost.LogIngestionPrice {
		service = "AmazonCloudWatch"
	}
	has := map[string]string{"SERVICE": service, "REGION": charge.Region, "LINKED_ACCOUNT": s.model.Account(), "USAGE_TYPE": name}
	if !in.Filter.match(has) {
		return billGroup{}, false
	}
	unit, size := charge.Item.Unit()
	if charge.Item == cost.RequestPrice {
		unit, size = "Requests", 1
	}
	g := billGroup{Keys: []string{name}, Metrics: map[string]billAmount{}}
	for _, m := range in.Metrics {
		if m == "UnblendedCost" {
			g.Metrics[m] = billAmount{charge.USD.Decimal(10), "USD"}
			continue
		}
		g.Metrics[m] = billAmount{strconv.FormatFloat(float64(charge.Used)/float64(size), 'f', 10, 64), unit}
	}
	return g, true
}

// used is what the fleet used of a month, as it is billed: hour by hour as the
// metrics have it, at the memory of the day.
func (s *Server) used(from, to time.Time) []cost.Usage {
	var all []cost.Usage
	for _, region := range s.model.Regions() {
		groups := make(map[string]bool)
		for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
			for _, fn := range s.model.Functions(region, day) {
				all = append(all, s.usedOn(fn, day))
				groups[fn.LogGroup] = true
			}
		}
		for g := range groups {
			bytes := s.model.GroupMetric(region, g, sources.MetricIncomingBytes, []sources.Stat{sources.StatSum}, time.Hour, from, to, s.now().UTC())
			all = append(all, cost.Usage{Region: region, Arch: cost.X86, LogBytes: int64(pointSum(bytes))})
		}
	}
	return all
}

// usedOn is what a function used on a day, without its logs.
func (s *Server) usedOn(fn sources.Function, day time.Time) cost.Usage {
	end := day.AddDate(0, 0, 1)
	metric := func(m sources.Metric) float64 {
		return pointSum(s.model.Metric(fn.ID.Region, fn.ID.Name, m, []sources.Stat{sources.StatSum}, time.Hour, day, end, s.now().UTC()))
	}
	n := metric(sources.MetricInvocations)
	if n == 0 {
		return cost.Usage{Region: fn.ID.Region, Arch: cost.Arch(fn.Architecture)}
	}
	ms := metric(sources.MetricDuration) + n/2 // each is rounded up
	init := float64(s.model.Inits(fn.ID.Region, fn.ID.Name, day, end) / time.Millisecond)
	kept := 0.0
	held := func(mb int, ms float64) cost.MemoryTime { return cost.MemoryTime(math.Round(float64(mb) * ms)) }
	u := cost.Usage{Region: fn.ID.Region, Arch: cost.Arch(fn.Architecture), Requests: int64(n)}
	if count, ok := fn.ProvisionedConcurrency.Get(); ok {
		kept = min(1, metric(sources.MetricProvisionedRuns)/n)
		u.Provisioned = held(fn.MemoryMB*count, float64(end.Sub(day)/time.Millisecond))
		u.Spillover = held(fn.MemoryMB, ms*(1-kept))
		u.ProvisionedRun = held(fn.MemoryMB, ms*kept)
	} else {
		u.Compute = held(fn.MemoryMB, ms)
	}
	u.Init = held(fn.MemoryMB, init)
	u.EphemeralStorage = held(max(0, fn.EphemeralMB-512), ms+init)
	return u
}

func pointSum(series [][]sources.Point) (sum float64) {
	for _, points := range series {
		for _, p := range points {
			sum += p.Value
		}
	}
	return sum
}

func (f *billFilter) known() bool {
	if f == nil {
		return true
	}
	for _, g := range append(slices.Clone(f.And), f.Or...) {
		if !g.known() {
			return false
		}
	}
	return f.Not.known() && (f.Dimensions == nil || slices.Contains([]string{"SERVICE", "REGION", "LINKED_ACCOUNT", "USAGE_TYPE"}, f.Dimensions.Key))
}

// match tells whether a line of the bill passes.
func (f *billFilter) match(has map[string]string) bool {
	if f == nil {
		return true
	}
	for _, g := range f.And {
		if !g.match(has) {
			return false
		}
	}
	if len(f.Or) > 0 && !slices.ContainsFunc(f.Or, func(g billFilter) bool { return g.match(has) }) {
		return false
	}
	if f.Not != nil && f.Not.match(has) {
		return false
	}
	return f.Dimensions == nil || slices.Contains(f.Dimensions.Values, has[f.Dimensions.Key])
}
