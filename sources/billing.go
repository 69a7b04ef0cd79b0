package sources

import (
	"context"
	"time"
)

// BillQuery asks for an account's bill of whole days.
type BillQuery struct {
	Start, End time.Time // at midnight UTC; End is exclusive
	Regions    []string  // only these; empty means all
}

// Billed is what an account was billed for one usage type, with what it had for
// nothing taken off.
type Billed struct {
	// UsageType is the cloud's own name, such as "EUC1-Lambda-GB-Second".
	UsageType string
	USD       float64
	Quantity  float64 // in the cloud's unit, such as GB-seconds
}

// BillReader is a source that can be asked for the bill of its account, of
// functions and their logs. That costs money for each request.
type BillReader interface {
	// Bill gives what was billed, by usage type. Clouds bill with a delay: the
	// last day or so may be missing.
	Bill(ctx context.Context, q BillQuery) ([]Billed, error)
}
