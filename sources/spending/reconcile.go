package spending

import (
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources"
)

// Reconciled is one component as it was reckoned and as the cloud has billed
// it, for the same days and each after the free tier. Unlike in
// [cost.Components], inits are part of the compute: the bill does not tell them
// apart.
type Reconciled struct {
	Component string
	// Reckoned is unknown where nothing is known of it, and AtLeast tells that
	// it leaves something out: hours, inits, memory or settings that are not
	// known.
	Reckoned cost.USD
	AtLeast  bool
	// Billed is unknown where nothing of it was billed: it may be part of
	// another account's bill.
	Billed sources.Opt[float64]
}

// BilledUntil is up to when a month is on the bill: to the end of the last day
// that ended a day ago, since bills are a day behind. ok is false when that is
// no day of the month yet.
func (s Span) BilledUntil() (until time.Time, ok bool) {
	until = s.Now.Add(-24 * time.Hour).Truncate(24 * time.Hour)
	return until, until.After(s.Month)
}

// Reconcile holds the usage of the month up to a full hour against what was
// billed for it to all of its accounts together.
func Reconcile(usage Usage, o Options, until time.Time, billed []sources.Billed) ([]Reconciled, error) {
	span := usage.Span
	rows := []Reconciled{
		{Component: "requests"},
		{Component: "compute"},
		{Component: "ephemeral_storage"},
		{Component: "provisioned"},
		{Component: "snapstart"},
		{Component: "logs_ingestion"},
		{Component: "other"},
	}
	row := make(map[string]*Reconciled, len(rows))
	for i := range rows {
		row[rows[i].Component] = &rows[i]
	}
	for _, account := range accounts(usage, o.OnePayer) {
		var used []cost.Usage
		for _, i := range account {
			u := &usage.Used[i]
			c := u.count(span, span.hour(span.Month), span.hour(until))
			one, ok := c.usage(&u.Function)
			if ok {
				used = append(used, one)
			}
			for _, name := range u.leavesOut(&c, ok) {
				row[name].AtLeast = true
			}
			if c.kept > 0 && !u.Kept.Known() {
				row["provisioned"].Reckoned = cost.Unknown()
			}
			if c.requests > 0 && snapshotsCost(&u.Function) {
				row["snapstart"].Reckoned = cost.Unknown()
			}
		}
		charges, err := cost.Charges(used, o.FreeTier)
		if err != nil {
			return nil, err
		}
		for _, c := range charges {
			r := row[componentOf(c.Item)]
			r.Reckoned = r.Reckoned.Add(c.USD)
		}
	}
	for i := range rows {
		if r := &rows[i]; r.AtLeast && r.Reckoned.IsZero() {
			r.Reckoned = cost.Unknown()
		}
	}
	for _, b := range billed {
		item, _, ok := cost.ParseUsageType(b.UsageType)
		name := "other"
		switch {
		case ok:
			name = componentOf(item)
		case strings.Contains(b.UsageType, "SnapStart"):
			name = "snapstart"
		case !strings.Contains(b.UsageType, "Lambda"):
			continue // what else is billed under CloudWatch
		}
		row[name].Billed = sources.Some(row[name].Billed.Or(0) + b.USD)
	}
	return rows, nil
}

// leavesOut are the components of which something is not in the counts. counted
// tells that the counts are of use at all.
func (u *Used) leavesOut(c *counts, counted bool) (components []string) {
	if c.unknown > 0 || !counted {
		components = append(components, "requests", "compute", "ephemeral_storage", "provisioned", "logs_ingestion")
	}
	if c.blind > 0 || !c.initKnown {
		components = append(components, "compute")
	}
	if c.blind > 0 || u.canKeep() && !u.Kept.Known() {
		components = append(components, "provisioned")
	}
	if c.requests > 0 && u.LogBytes == nil && u.Function.LogGroup == "" {
		components = append(components, "logs_ingestion")
	}
	return components
}

// componentOf is where a charge is told.
func componentOf(item cost.Item) string {
	switch item {
	case cost.RequestPrice:
		return "requests"
	case cost.ComputePrice, cost.ProvisionedRunPrice:
		return "compute"
	case cost.EphemeralStoragePrice:
		return "ephemeral_storage"
	case cost.ProvisionedPrice:
		return "provisioned"
	case cost.SnapStartCachePrice, cost.SnapStartRestorePrice:
		return "snapstart"
	case cost.LogIngestionPrice, cost.LogIngestionIAPrice:
		return "logs_ingestion"
	default:
		return "other"
	}
}
