package engine

import "time"

// Clock is where the engine has its time from, so that tests and a sped-up
// demo run on theirs.
type Clock interface {
	// Now is the time, UTC.
	Now() time.Time
	// Timer fires once after a duration of this clock. stop frees it.
	Timer(d time.Duration) (fired <-chan time.Time, stop func())
	// Rate is how many of this clock's seconds pass in one of the wall's.
	Rate() float64
}

// Wall is the clock on the wall.
type Wall struct{}

// Now is the wall's time, UTC.
func (Wall) Now() time.Time { return time.Now().UTC() } //nolint:forbidigo // the one place that reads it

// Timer fires after d.
func (Wall) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// Rate is 1.
func (Wall) Rate() float64 { return 1 }

// Fast is a clock that runs Speed times as fast as the wall's, counted from
// Epoch, at which both show the same.
type Fast struct {
	Epoch time.Time
	Speed float64
}

// Now is the sped-up time, UTC.
func (c Fast) Now() time.Time {
	passed := Wall{}.Now().Sub(c.Epoch)
	return c.Epoch.Add(time.Duration(float64(passed) * c.Speed)).UTC()
}

// Timer fires after d of this clock.
func (c Fast) Timer(d time.Duration) (<-chan time.Time, func()) {
	return Wall{}.Timer(time.Duration(float64(d) / c.Speed))
}

// Rate is Speed.
func (c Fast) Rate() float64 { return c.Speed }
