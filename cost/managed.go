package cost

import "time"

// ManagedInstanceFee gives what AWS charges for managing the instance of
// Lambda Managed Instances for so long: 15 % of the instance's on-demand price
// an hour, whatever the instance itself is paid by. The instance and the
// requests come on top; duration is not billed. It is unknown when the price
// is or the time is negative. ("AWS Lambda pricing", 2026 copy.)
func ManagedInstanceFee(onDemandHourly USD, d time.Duration) USD {
	const feePercent = 15
	if d < 0 {
		return Unknown()
	}
	return onDemandHourly.ratio(feePercent, 100).ratio(int64(d), int64(time.Hour))
}
