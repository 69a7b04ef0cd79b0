package world

// The stories that a newcomer should find in the first minutes. They come
// again every few minutes by the clock, so that the seed and the time decide
// where each stands, and not when somebody began to look.
const (
	minutes = minuteMS

	// A deploy doubles the init of search-api; seven minutes later it is
	// repaired, five minutes after that it happens again.
	deployEvery = 12 * minutes
	deployFixed = 7 * minutes
	// Traffic on flash-sale bursts and scales it out. The gap is longer than
	// environments stay warm, so that each burst starts them again.
	burstEvery  = 11 * minutes
	burstLength = 75 * second
	// Pictures are uploaded in a storm: bucket → image-resize → queue →
	// thumbnail-index.
	stormEvery  = 10 * minutes
	stormLength = 50 * second
	// partner-webhook gets more requests than its reserved concurrency.
	throttleEvery  = 8 * minutes
	throttleLength = 150 * second
	// The payment provider that checkout-api calls turns slow.
	slowEvery  = 10 * minutes
	slowLength = 3 * minutes
	// coupon-validate is deployed without a module it imports.
	brokenEvery = 45 * minutes
	brokenFixed = 70 * second
	// Somebody changes the memory of feature-flags.
	configEvery = 20 * minutes
	// load-test-runner is deleted and created again.
	createEvery = 120 * minutes
)

// stories are the schedules of one seed.
type stories struct{ seed uint64 }

// every is a track of the story's own phase.
func (s stories) every(name string, period int64, jitter float64) track {
	h := hashString(s.seed^0x5702e, name)
	return track{seed: h, period: period, phase: int64(h % uint64(period)), jitter: jitter}
}

// after is a track that follows another at a distance.
func (t track) after(ms int64) track {
	t.phase += ms
	return t
}

// deploys is an ordinary rhythm of deploys: every few days.
func (s stories) deploys(name string) track {
	h := hashString(s.seed^0xde9, name)
	return s.every("deploy "+name, int64(span(h, 26, 210)*60)*minutes, 0.8)
}
