package spending_test

import (
	"math"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/spending"
)

// TestReconcileAgainstTheDemoCloud holds the first days of a month against the
// demo cloud's bill, through the real SDK: requests agree, and compute does but
// for the inits, of which no samples are read here.
func TestReconcileAgainstTheDemoCloud(t *testing.T) {
	if firstRegion > 0 {
		t.Skip("the free tier needs all regions, which take the race detector long; nothing here is concurrent that the other tests do not run")
	}
	now := time.Date(2026, 11, 3, 5, 3, 0, 0, time.UTC)
	c := newCloud(t, 7, now)
	span := spending.SpanAt(now)
	span.Start = span.Month
	var all []spending.Usage
	for _, source := range c.sources {
		usage := spending.NewUsage(catalogue(t, source), span)
		if err := spending.Read(t.Context(), source, &usage); err != nil {
			t.Fatal(err)
		}
		all = append(all, usage)
	}
	until, ok := span.BilledUntil()
	if !ok || !until.Equal(time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("billed until %v, %v", until, ok)
	}
	billed, err := c.sources[0].(sources.BillReader).Bill(t.Context(), sources.BillQuery{Start: span.Month, End: until})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := spending.Reconcile(spending.Join(all...), spending.Options{FreeTier: true}, until, billed)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		reckoned, known := r.Reckoned.Float64()
		paid, ok := r.Billed.Get()
		t.Logf("%s: reckoned %v (%v), billed %v (%v)", r.Component, reckoned, known, paid, ok)
		within := map[string]float64{"requests": 1e-6, "compute": 0.02}[r.Component]
		if within > 0 && (!known || !ok || paid <= 0 || math.Abs(reckoned-paid) > within*paid) {
			t.Errorf("%s: reckoned %v, billed %v", r.Component, reckoned, paid)
		}
		// Not known are what is kept ready and the logs of two regions.
		if (r.Component == "provisioned" || r.Component == "logs_ingestion") && (known || !ok) {
			t.Errorf("%s: reckoned %v, billed %v", r.Component, r.Reckoned, paid)
		}
	}
}

// TestReconcileSaysWhatItLeavesOut: hours, inits and memory that are not known.
func TestReconcileSaysWhatItLeavesOut(t *testing.T) {
	whole := sampled(read(t, &steady{requests: 1000, ms: 10, bytes: 1}, function("1", "us-east-1", "f")), spending.Sample{Requests: 1})
	until, _ := whole.Span.BilledUntil()
	rows := func(usage spending.Usage) map[string]spending.Reconciled {
		all, err := spending.Reconcile(usage, spending.Options{}, until, nil)
		if err != nil {
			t.Fatal(err)
		}
		by := make(map[string]spending.Reconciled)
		for _, r := range all {
			by[r.Component] = r
		}
		return by
	}
	for name, r := range rows(whole) {
		if r.AtLeast || !r.Reckoned.Known() {
			t.Errorf("%s: at least %v, %v", name, r.AtLeast, r.Reckoned)
		}
	}
	month := int(whole.Span.Month.Sub(whole.Span.Start) / time.Hour)
	half := func(unknown ...int) spending.Usage {
		usage := whole.At(whole.Span)
		for _, h := range unknown {
			usage.Used[0].Requests[month+h] = math.NaN()
		}
		return usage
	}
	got := rows(half(1, 2, 3))
	for _, name := range []string{"requests", "compute", "logs_ingestion"} {
		if r := got[name]; !r.AtLeast || !r.Reckoned.Known() {
			t.Errorf("%s: at least %v, %v", name, r.AtLeast, r.Reckoned)
		}
	}
	if r := got["ephemeral_storage"]; !r.AtLeast || r.Reckoned.Known() {
		t.Errorf("nothing of which hours are missing: %+v", r)
	}
	unsampled := half()
	unsampled.Used[0].Sample = sources.Opt[spending.Sample]{}
	if got := rows(unsampled); !got["compute"].AtLeast || got["requests"].AtLeast {
		t.Errorf("inits are not known: %+v", got)
	}
	changed := half()
	changed.Used[0].Memory = []spending.MemoryStep{{At: whole.Span.Month.AddDate(0, 0, 5), MB: 1024}}
	if got := rows(changed); !got["compute"].AtLeast || got["requests"].AtLeast {
		t.Errorf("memory is not known: %+v", got)
	}
}

// TestReconcile: what is not Lambda's is left out, the rest is told.
func TestReconcile(t *testing.T) {
	usage := read(t, &steady{requests: 1000, ms: 10, bytes: 1}, function("1", "us-east-1", "f"))
	until, _ := usage.Span.BilledUntil()
	rows, err := spending.Reconcile(usage, spending.Options{}, until, []sources.Billed{
		{UsageType: "Request", USD: 1},
		{UsageType: "EU-Request-ARM", USD: 2},
		{UsageType: "Lambda-GB-Second", USD: 3},
		{UsageType: "USE1-CW:GMD-Metrics", USD: 100},
		{UsageType: "EU-Lambda-Edge-Request", USD: 7},
		{UsageType: "USE1-VendedLog-Bytes", USD: 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"requests": 3, "compute": 3, "logs_ingestion": 5, "other": 7}
	for _, r := range rows {
		got, ok := r.Billed.Get()
		if w, there := want[r.Component]; ok != there || got != w {
			t.Errorf("%s: %v, %v", r.Component, got, ok)
		}
	}
	hours := until.Sub(usage.Span.Month).Hours()
	if usd, _ := rows[0].Reckoned.Float64(); math.Abs(usd-hours*1000*0.2e-6) > 1e-9 {
		t.Errorf("requests of %v hours: %v", hours, usd)
	}
	if _, ok := spending.SpanAt(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)).BilledUntil(); ok {
		t.Error("the first day is on the bill")
	}
}
