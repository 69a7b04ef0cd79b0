package forecast

import (
	"fmt"
	"math"
	"time"
)

// Reason is why a forecast is what it is.
type Reason string

// The reasons.
const (
	// New means that there was nothing before At: the history begins there.
	New Reason = "new"
	// Stopped means that there is nothing from At on, for much longer than
	// ever before: nothing more is expected.
	Stopped Reason = "stopped"
	// Silent means that there was nothing in all of the history.
	Silent Reason = "silent"
	// Spike is a one-off: from At on, for so many Hours, Amount more than is
	// usual then. It is not expected again.
	Spike Reason = "spike"
	// Missing means that so many Hours of the month are not known. They are
	// thought to have come to Amount.
	Missing Reason = "missing"
	// ShortHistory means that there are only so many Hours to tell from: less
	// than two weeks. The range is wide, and is not from errors of the past.
	ShortHistory Reason = "short-history"
	// Trend is the change from week to week, relative, in Amount: 0.05 is 5 %
	// more each week.
	Trend Reason = "trend"
)

// Note is something that the figures of a forecast do not show.
type Note struct {
	Reason Reason
	At     time.Time // UTC
	Hours  int
	Amount float64 // in the unit of the series; of Trend relative
}

// String says it in a line, without the amounts, whose unit it does not know.
func (n Note) String() string {
	const layout = "2 January 15:00"
	switch n.Reason {
	case New:
		return "new: nothing before " + n.At.UTC().Format(layout) + " UTC"
	case Stopped:
		return "nothing since " + n.At.UTC().Format(layout) + " UTC: nothing more is expected"
	case Silent:
		return "nothing in all the time that was looked at"
	case Spike:
		return fmt.Sprintf("a spike from %s UTC on for %s: it is not expected again", n.At.UTC().Format(layout), hours(n.Hours))
	case Missing:
		return hours(n.Hours) + " of the month are not known and were filled in"
	case ShortHistory:
		return "only " + hours(n.Hours) + " to tell from: the range is wide"
	case Trend:
		return fmt.Sprintf("%+.0f %% from week to week", math.Round(100*n.Amount))
	}
	return string(n.Reason)
}

func hours(n int) string {
	switch {
	case n == 1:
		return "1 hour"
	case n >= 3*day:
		return fmt.Sprintf("%d days", n/day)
	}
	return fmt.Sprintf("%d hours", n)
}
