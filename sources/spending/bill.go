package spending

import (
	"math"
	"strings"
	"time"

	"fntop/cost"
	"fntop/cost/forecast"
	"fntop/sources"
)

// Line is what one function costs in the month.
type Line struct {
	Function sources.FunctionID
	// ToDate is the month so far, and Components what it is for. Components
	// that are not known are left out of ToDate, which Notes tell.
	ToDate     cost.USD
	Components cost.Components
	// Forecast is what the month comes to in dollars, with its range; ok is
	// false when it is not known.
	Forecast, Low, High float64
	ForecastOK          bool
	Notes               []string
}

// usage is what the function used in the hours from a on. ok is false when an
// hour is not known.
func (u *Used) usage(a int) (out cost.Usage, ok bool) {
	fn := u.Function
	var requests, ms, provisionedMS, logs float64
	for i := a; i < len(u.Requests); i++ {
		n, d := u.Requests[i], u.Milliseconds[i]
		if n > 0 {
			d += n / 2 // each is rounded up
			requests += n
			part := min(1, u.Provisioned[i]/n)
			ms += d * (1 - part)
			provisionedMS += d * part
		} else {
			requests += n
		}
		if u.LogBytes != nil {
			logs += u.LogBytes[i]
		}
	}
	held := func(mb int, ms float64) cost.MemoryTime { return cost.MemoryTime(math.Round(float64(mb) * ms)) }
	out = cost.Usage{Region: fn.ID.Region, Arch: cost.Arch(fn.Architecture), Requests: int64(math.Round(requests))}
	if !fn.ManagedInstances {
		out.Compute, out.ProvisionedRun = held(fn.MemoryMB, ms), held(fn.MemoryMB, provisionedMS)
		out.EphemeralStorage = held(max(0, fn.EphemeralMB-512), ms+provisionedMS)
	}
	out.LogBytes = int64(math.Round(logs))
	total := requests + ms + provisionedMS + logs
	return out, !math.IsNaN(total) && total < 1e14
}

// Bill prices what the functions of one account used: tiers and free tier are
// the account's, over the month.
func Bill(used []Used, span Span, freeTier bool) ([]Line, error) {
	lines := make([]Line, len(used))
	month := int(span.Month.Sub(span.Start) / time.Hour)
	var (
		soFar, whole []cost.Usage
		of           []int // the lines that are priced
		rests        []forecast.Forecast
	)
	for i := range used {
		u := &used[i]
		lines[i] = Line{Function: u.Function.ID, ToDate: cost.Unknown(), Components: unknown()}
		usage, ok := u.usage(month)
		if !ok {
			lines[i].Notes = append(lines[i].Notes, "hours of the month are not known")
			continue
		}
		list, err := cost.Month([]cost.Usage{usage}, false)
		if err != nil {
			return nil, err
		}
		f, fOK := u.forecast(span)
		soFar, of = append(soFar, usage), append(of, i)
		usd, _ := list.Total.Float64()
		rests = append(rests, f)
		lines[i].ForecastOK = fOK
		whole = append(whole, u.later(usage, usd, f))
		for _, n := range f.Notes {
			lines[i].Notes = append(lines[i].Notes, n.String())
		}
	}
	now, err := cost.Month(soFar, freeTier)
	if err != nil {
		return nil, err
	}
	then, err := cost.Month(whole, freeTier)
	if err != nil {
		return nil, err
	}
	for k, i := range of {
		l := &lines[i]
		l.price(&used[i], now.Lines[k])
		total, ok := then.Lines[k].Total().Float64()
		date, okDate := l.ToDate.Float64()
		if l.ForecastOK = l.ForecastOK && ok && okDate; !l.ForecastOK {
			continue
		}
		f := rests[k]
		net := 1.0 // of what the list says: the free tier and the tiers
		if f.Value > 0 {
			net = total / f.Value
		}
		l.Forecast = max(total, date)
		l.Low = max(date, total-net*(f.Value-f.Low))
		l.High = l.Forecast + net*(f.High-f.Value)
	}
	return lines, nil
}

// later is what the function will have used at the end of the month: what is
// to come is of the same kinds as what there was since the span's start.
func (u *Used) later(soFar cost.Usage, usd float64, f forecast.Forecast) cost.Usage {
	base, ok := u.usage(0)
	list := usd
	if bill, err := cost.Month([]cost.Usage{base}, false); err == nil && ok {
		list, _ = bill.Total.Float64()
	} else {
		base = soFar
	}
	if rest := f.Value - usd; list > 0 && rest > 0 {
		grow := func(n *int64, by int64) { *n += int64(math.Round(float64(by) * rest / list)) }
		out := soFar
		grow(&out.Requests, base.Requests)
		grow((*int64)(&out.Compute), int64(base.Compute))
		grow((*int64)(&out.ProvisionedRun), int64(base.ProvisionedRun))
		grow((*int64)(&out.EphemeralStorage), int64(base.EphemeralStorage))
		grow(&out.LogBytes, base.LogBytes)
		return out
	}
	return soFar
}

// forecast is what the month comes to at list prices.
func (u *Used) forecast(span Span) (forecast.Forecast, bool) {
	hour := Used{Function: u.Function}
	values := make([]float64, len(u.Requests))
	for i := range values {
		hour.Requests, hour.Milliseconds, hour.Provisioned = u.Requests[i:i+1], u.Milliseconds[i:i+1], u.Provisioned[i:i+1]
		if u.LogBytes != nil {
			hour.LogBytes = u.LogBytes[i : i+1]
		}
		values[i] = math.NaN()
		if usage, ok := hour.usage(0); ok {
			if usage == (cost.Usage{Region: usage.Region, Arch: usage.Arch}) {
				values[i] = 0
				continue
			}
			if bill, err := cost.Month([]cost.Usage{usage}, false); err == nil {
				if usd, known := bill.Total.Float64(); known {
					values[i] = usd
				}
			}
		}
	}
	f, err := forecast.Month(forecast.Input{
		Series: forecast.Series{Start: span.Start, Values: values},
		From:   span.Month, End: span.End, Now: span.Now,
	})
	return f, err == nil
}

// price sets the month so far. What metrics do not tell is unknown, and not in
// the sum: that is said.
func (l *Line) price(u *Used, c cost.Components) {
	l.ToDate, l.Components = c.Total(), c
	leave := func(amount *cost.USD, why string) {
		*amount = cost.Unknown()
		l.Notes = append(l.Notes, why)
	}
	if silent(u.Requests) {
		return
	}
	if !u.Function.ManagedInstances {
		leave(&l.Components.Init, "the init of cold starts is not known from metrics, and not in the sums")
	}
	if !silent(u.Provisioned) {
		leave(&l.Components.Provisioned, "what its provisioned concurrency costs to be kept is not known, and not in the sums")
	}
	if u.Function.SnapStart && !strings.HasPrefix(u.Function.Runtime, "java") {
		leave(&l.Components.SnapStart, "what SnapStart costs is not known, and not in the sums")
	}
	if u.LogBytes == nil {
		leave(&l.Components.LogIngestion, "it shares its log group: its part of the logs is not known, and not in the sums")
	}
}

// unknown are components of which nothing is known.
func unknown() cost.Components {
	u := cost.Unknown()
	return cost.Components{
		Requests: u, Compute: u, Init: u, EphemeralStorage: u, Provisioned: u, SnapStart: u,
		LogIngestion: u, FreeTier: u,
	}
}
