package cost

import (
	"math/big"
	"time"
)

// MemoryTime is memory (or storage) held over time, in MB·ms: what duration
// is billed by. MB is 1,024 KB. Its range is a little over nine trillion
// GB-seconds.
type MemoryTime int64

// GBSecond is one GB held for one second.
const GBSecond MemoryTime = 1024 * 1000

// Hold gives the memory-time of holding memoryMB for the duration d, so many
// times over. Each duration counts in whole milliseconds, rounded up, as it
// is billed. The error is an [*InputError] when a value is negative or the
// product too large.
func Hold(memoryMB int, d time.Duration, times int64) (MemoryTime, error) {
	if err := firstError(
		notNegative("memory", int64(memoryMB)),
		notNegative("duration", int64(d)),
		notNegative("count", times),
	); err != nil {
		return 0, err
	}
	return hold(int64(memoryMB), milliseconds(d), times)
}

// hold is Hold for counts that are known not to be negative.
func hold(memoryMB, ms, times int64) (MemoryTime, error) {
	once, err := product("memory-time", memoryMB, ms)
	if err != nil {
		return 0, err
	}
	all, err := product("memory-time", once, times)
	return MemoryTime(all), err
}

// GBSeconds gives the memory-time in GB-seconds.
func (m MemoryTime) GBSeconds() float64 { return float64(m) / float64(GBSecond) }

// String gives the memory-time in GB-seconds with all its decimals, such as
// "3.848 GB-s".
func (m MemoryTime) String() string {
	const places = 13 // 1/1,024,000 has 13 decimals
	text := new(big.Rat).SetFrac64(int64(m), int64(GBSecond)).FloatString(places)
	return trimZeros(text, 0) + " GB-s"
}

// firstError gives the first error that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
