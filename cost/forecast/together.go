package forecast

import "math"

// Together is the forecast of all parts, such as the functions of an account:
// its figures are their sums. whole is the forecast of the summed series. The
// range is that of parts which err each on their own, or the relative range of
// the whole where that is wider: parts that err together. It reaches as far as
// the whole's own, whose trend stands out where that of each part does not.
// What has nothing yet and may come is in no range.
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
	f.Low, f.High = min(f.Value-min(down, open), max(whole.Low, f.SoFar)), max(f.Value+up, whole.High)
	if open > 0 {
		f.Spread = max(f.Value-f.Low, f.High-f.Value) / open
	}
	f.Notes = whole.Notes
	return f
}
