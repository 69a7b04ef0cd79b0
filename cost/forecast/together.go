package forecast

import "math"

// Together is the forecast of all parts, such as the functions of an account:
// its figures are their sums. whole is the forecast of the summed series. The
// range is that of parts which err each on their own, or the relative range of
// the whole where that is wider: parts that err together. What has nothing yet
// and may come is in no range.
func Together(parts []Forecast, whole Forecast) Forecast {
	var (
		f         Forecast
		low, high float64 // squares
	)
	for _, p := range parts {
		f.Value += p.Value
		f.SoFar += p.SoFar
		f.Filled += p.Filled
		f.Rest += p.Rest
		low += (p.Value - p.Low) * (p.Value - p.Low)
		high += (p.High - p.Value) * (p.High - p.Value)
	}
	open := f.Filled + f.Rest
	common := min(1, whole.Spread) * open
	down, up := max(common, math.Sqrt(low)), max(common, math.Sqrt(high))
	f.Low, f.High = f.Value-min(down, open), f.Value+up
	if open > 0 {
		f.Spread = max(down, up) / open
	}
	f.Notes = whole.Notes
	return f
}
