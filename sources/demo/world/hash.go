package world

import "math"

// Everything random in the world is a hash of where it stands: the seed, the
// function, the minute, the index. Nothing is drawn from a sequence, so the
// order of asking cannot matter.

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable
// pseudorandom number generators", OOPSLA 2014).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	x ^= x >> 31
	return x
}

const golden = 0x9e3779b97f4a7c15

func hash2(a, b uint64) uint64 { return mix(a + golden*(b+1)) }

func hash3(a, b, c uint64) uint64 { return mix(hash2(a, b) + golden*(c+1)) }

func hashString(seed uint64, s string) uint64 {
	h := mix(seed + golden)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return mix(h)
}

// unit maps a hash to [0, 1).
func unit(h uint64) float64 { return float64(h>>11) * 0x1p-53 }

// open maps a hash to (0, 1).
func open(h uint64) float64 { return (float64(h>>12) + 0.5) * 0x1p-52 }

// span maps a hash to [lo, hi).
func span(h uint64, lo, hi float64) float64 { return lo + float64(unit(h)*(hi-lo)) }

// pick maps a hash to 0 … n-1; n must be positive.
func pick(h uint64, n int) int {
	return int((h >> 32) * uint64(n) >> 32)
}

// normal maps a hash to the standard normal distribution.
func normal(h uint64) float64 { return math.Sqrt2 * math.Erfinv(float64(2*open(h))-1) }

// lognormal has the given median; sigma is the standard deviation of its
// logarithm.
func lognormal(h uint64, median, sigma float64) float64 {
	return median * math.Exp(float64(sigma*normal(h)))
}

// exponentialCells is the resolution of the exponential quantile table.
const exponentialCells = 4096

// exponential is a table of quantiles of the exponential distribution with
// mean 1, at the middle of each cell.
type exponential [exponentialCells]float32

func newExponential() *exponential {
	var t exponential
	for i := range t {
		t[i] = float32(-math.Log(1 - (float64(i)+0.5)/exponentialCells))
	}
	return &t
}

func (t *exponential) at(h uint64) float32 { return t[h>>52] }

// poisson maps a hash to the Poisson distribution of the given mean: exactly
// below 30, by a corrected normal quantile above (Cornish and Fisher, 1938).
func poisson(h uint64, mean float64) int {
	if !(mean > 0) {
		return 0
	}
	if mean < 30 {
		u, p := unit(h), math.Exp(-mean)
		n, sum := 0, p
		for u >= sum && n < 200 {
			n++
			p *= mean / float64(n)
			sum += p
		}
		return n
	}
	z := normal(h)
	n := mean + float64(math.Sqrt(mean)*z) + float64((z*z-1)/6)
	return max(0, int(math.Floor(n+0.5)))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// ceilMS rounds microseconds up to milliseconds.
func ceilMS(us int64) int64 { return (us + 999) / 1000 }
