package pricing

import (
	"fmt"
	"time"
)

// oldFrom is when a price list is said to be old.
const oldFrom = 90 * 24 * time.Hour

// Old says that prices of a date, "2006-01-02", are old at now, and what to do;
// "" when they are not, or when the date is not known.
func Old(date string, now time.Time) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil || now.Sub(at) <= oldFrom {
		return ""
	}
	return fmt.Sprintf("the prices are %d days old: fntop prices update", int(now.Sub(at).Hours()/24))
}
