package meter

import "time"

// Op is what one API operation has been used for, or what one purpose has
// taken, over all scopes.
type Op struct {
	Name      string // as permissions spell it, such as "cloudwatch:GetMetricData"
	Calls     int64  // requests sent, retries included
	Errors    int64
	Throttles int64
	Retries   int64
	Metrics   int64 // metrics requested, as billed: five statistics are one
	BytesIn   int64 // body bytes received
	BytesOut  int64
	USD       float64
	Busy      time.Duration // summed latency
}

// OtherPurpose is the purpose of calls of which nothing else was said: finding
// credentials and accounts.
const OtherPurpose = "credentials and accounts"

// Bill is what fntop has asked for since it started. It is a value: a copy
// does not change.
type Bill struct {
	Since time.Time // when counting began, UTC
	Ops   []Op      // by operation, in order of its name
	Uses  []Op      // by what the calls were for, in order of its name
	Total Op        // the sum; Name is empty
	// PerHour is dollars an hour at the pace of the last ten minutes, or of
	// the time since the start when that is shorter but at least a minute.
	PerHour float64
	// LastHour is dollars spent in the last sixty minutes, up to ten seconds
	// more of them, and Limit what may be.
	LastHour float64
	Limit    Limit
}
