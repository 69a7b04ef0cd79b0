package cost

import (
	"fmt"
	"math"
	"math/big"
	"time"
)

// EstimateInput describes a workload of one function over one month.
type EstimateInput struct {
	Region      string // or Edge
	Arch        Arch
	MemoryMB    int // 128 to 10,240
	EphemeralMB int // 512 to 10,240; 0 stands for the 512 MB that are included

	Requests int64         // in the month
	Duration time.Duration // of the handler, each time; more than 0, at most 15 minutes
	// AsyncEventBytes is the size of each event when the invocations are
	// asynchronous: beyond 256 KB it counts as more than one request.
	AsyncEventBytes int64

	// InitRate is the share of cold starts among the requests on demand, 0 to
	// 1, and InitDuration how long the init phase of each takes. With SnapStart
	// InitDuration is the billed restore duration.
	InitRate     float64
	InitDuration time.Duration

	Provisioned ProvisionedPlan
	SnapStart   SnapStartPlan

	// StreamedBytes is the size of each response when responses are streamed;
	// what exceeds 6 MB costs something.
	StreamedBytes int64
	// LogBytes is the log data of each request, sent to the Standard class.
	LogBytes int64

	// FreeTier takes off the free tier of a month, as if the function were the
	// only one of its account.
	FreeTier bool
}

// ProvisionedPlan is provisioned concurrency over the month.
type ProvisionedPlan struct {
	Concurrency int64         // environments kept ready; 0 when there is none
	Kept        time.Duration // from on to off, billed in steps of five minutes
	// Requests is how many of the requests run on it, and Duration how long
	// each takes there; 0 when it is the same as on demand. The other requests
	// run on demand while it is off. (What spills over while it is on costs
	// the same, but is not covered by the free tier: [Usage].Spillover.)
	Requests int64
	Duration time.Duration
}

// SnapStartPlan is SnapStart over the month. Each cold start is a restore.
type SnapStartPlan struct {
	Versions int64         // published versions with a snapshot; 0 when there is none
	Cached   time.Duration // how long each is kept, three hours at least
	Java     bool          // a managed Java runtime: SnapStart is free
}

// Quote is what a workload costs a month. Its JSON is that of the command
// line's estimate; unknown amounts are null.
type Quote struct {
	Total USD `json:"total_usd"` // the sum of the components
	// PerMillion and PerInvocation are averages: the total shared out over the
	// requests, free tier and what is kept ready included. They are unknown
	// when there are no requests.
	PerMillion    USD        `json:"per_million_usd"`
	PerInvocation USD        `json:"per_invocation_usd"`
	Components    Components `json:"components"`
	Region        string     `json:"region"`
	Arch          Arch       `json:"arch"`
	// PriceDate is the date of the price of the duration, "2006-01-02"; empty
	// when that price is unknown.
	PriceDate string `json:"price_date"`
	// NextMillion is marginal: what a million requests more would add.
	NextMillion USD `json:"-"`
	// Usage is what the workload is billed by.
	Usage Usage `json:"-"`

	in EstimateInput
}

// Estimate prices a workload. Every request takes the same time, rounded up
// to a millisecond as it is billed; the number of cold starts is rounded to
// the nearest. A price that is unknown makes its component and the total
// unknown. The error is an [*InputError].
func Estimate(in EstimateInput) (Quote, error) {
	if err := in.check(); err != nil {
		return Quote{}, err
	}
	usage, err := in.usage()
	if err != nil {
		return Quote{}, err
	}
	bill, err := Month([]Usage{usage}, in.FreeTier)
	if err != nil {
		return Quote{}, err
	}
	q := Quote{
		Total:         bill.Total,
		PerMillion:    Unknown(),
		PerInvocation: bill.Total.Per(in.Requests),
		Components:    bill.Components,
		Region:        in.Region,
		Arch:          in.Arch,
		NextMillion:   in.nextMillion(bill.Total),
		Usage:         usage,
		in:            in,
	}
	if in.Requests > 0 {
		q.PerMillion = bill.Total.ratio(million, in.Requests)
	}
	if p := prices().find(in.Region, in.Arch, ComputePrice); p != nil {
		q.PriceDate = p.Date
	}
	return q, nil
}

const million = 1_000_000

// nextMillion prices a million requests more than the workload has.
func (in EstimateInput) nextMillion(total USD) USD {
	if in.Requests > math.MaxInt64-million {
		return Unknown()
	}
	in.Requests += million
	usage, err := in.usage()
	if err != nil {
		return Unknown()
	}
	bill, err := Month([]Usage{usage}, in.FreeTier)
	if err != nil {
		return Unknown()
	}
	return bill.Total.Sub(total)
}

// Limits of AWS Lambda functions ("AWS Lambda pricing", 2026 copy).
const (
	leastMemoryMB  = 128
	mostMemoryMB   = 10_240
	mostStorageMB  = 10_240
	freeStreamedMB = 6
	leastCached    = 3 * time.Hour
	keptStep       = 5 * time.Minute
	// longestRun is the longest timeout of a function (Lambda Developer Guide,
	// "Lambda quotas").
	longestRun = 15 * time.Minute
)

func (in EstimateInput) check() error {
	const century = 100 * 366 * 24 * time.Hour
	for _, d := range []struct {
		field   string
		value   time.Duration
		most    time.Duration
		problem string
	}{
		{"duration", in.Duration, longestRun, "must be more than 0 and at most 15 minutes, the longest timeout of a function"},
		{"init duration", in.InitDuration, longestRun, "must be 0 to 15 minutes"},
		{"provisioned duration", in.Provisioned.Duration, longestRun, "must be 0 to 15 minutes"},
		{"provisioned time", in.Provisioned.Kept, century, "must be 0 to 100 years"},
		{"SnapStart time", in.SnapStart.Cached, century, "must be 0 to 100 years"},
	} {
		if d.value < 0 || d.value > d.most || d.value == 0 && d.field == "duration" {
			return &InputError{Field: d.field, Value: d.value.String(), Problem: d.problem}
		}
	}
	if !(in.InitRate >= 0 && in.InitRate <= 1) { // NaN is neither
		return &InputError{Field: "init rate", Value: fmt.Sprint(in.InitRate), Problem: "must be 0 to 1"}
	}
	if in.EphemeralMB != 0 {
		if err := within("ephemeral storage", int64(in.EphemeralMB), includedStorageMB, mostStorageMB, "MB"); err != nil {
			return err
		}
	}
	return firstError(
		within("memory", int64(in.MemoryMB), leastMemoryMB, mostMemoryMB, "MB"),
		notNegative("requests", in.Requests),
		notNegative("response size", in.StreamedBytes),
		notNegative("log size", in.LogBytes),
		notNegative("provisioned concurrency", in.Provisioned.Concurrency),
		within("requests on provisioned concurrency", in.Provisioned.Requests, 0, in.Requests, "requests"),
		notNegative("SnapStart versions", in.SnapStart.Versions),
	)
}

// usage is what the workload is billed by.
func (in EstimateInput) usage() (Usage, error) {
	perRequest, err := AsyncRequests(in.AsyncEventBytes)
	if err != nil {
		return Usage{}, err
	}
	run := in.run()
	memory, storage := int64(in.MemoryMB), int64(max(0, in.EphemeralMB-includedStorageMB))
	// The first count that does not fit is the error; the others still follow.
	failed := func(e error) {
		err = firstError(err, e)
	}
	times := func(field string, a, b int64) int64 {
		n, e := product(field, a, b)
		failed(e)
		return n
	}
	held := func(mb, ms, times int64) MemoryTime {
		m, e := hold(mb, ms, times)
		failed(e)
		return m
	}
	u := Usage{
		Region:         in.Region,
		Arch:           in.Arch,
		Requests:       times("requests", in.Requests, perRequest),
		Compute:        held(memory, run.handler, run.onDemand),
		Init:           held(memory, run.init, run.cold),
		ProvisionedRun: held(memory, run.provisioned, in.Provisioned.Requests),
		Provisioned:    held(memory, milliseconds(ceilTo(in.Provisioned.Kept, keptStep)), in.Provisioned.Concurrency),
		StreamedBytes:  times("streamed bytes", max(0, in.StreamedBytes-freeStreamedMB<<20), in.Requests),
		LogBytes:       times("log bytes", in.LogBytes, in.Requests),
	}
	if in.SnapStart.Versions > 0 && !in.SnapStart.Java {
		u.SnapStartCache = held(memory, milliseconds(max(in.SnapStart.Cached, leastCached)), in.SnapStart.Versions)
		u.SnapStartRestored = times("restored memory", memory, run.cold)
	}
	for _, part := range []MemoryTime{
		held(storage, run.handler, run.onDemand),
		held(storage, run.init, run.cold),
		held(storage, run.provisioned, in.Provisioned.Requests),
	} {
		total, e := sum("storage", int64(u.EphemeralStorage), int64(part))
		failed(e)
		u.EphemeralStorage = MemoryTime(total)
	}
	if err != nil {
		return Usage{}, err
	}
	return u, nil
}

// runs is a workload in numbers of requests and billed milliseconds.
type runs struct {
	onDemand, cold       int64 // requests; cold ones are on demand
	handler, provisioned int64 // milliseconds of each, on demand and on provisioned concurrency
	init                 int64 // milliseconds that a cold start is billed more
}

func (in EstimateInput) run() runs {
	onDemand := in.Requests - in.Provisioned.Requests
	r := runs{
		onDemand:    onDemand,
		cold:        share(in.InitRate, onDemand),
		handler:     milliseconds(in.Duration),
		provisioned: milliseconds(in.Duration),
		init:        milliseconds(in.Duration+in.InitDuration) - milliseconds(in.Duration),
	}
	if in.Provisioned.Duration > 0 {
		r.provisioned = milliseconds(in.Provisioned.Duration)
	}
	if in.SnapStart.Versions > 0 {
		r.init = milliseconds(in.InitDuration)
	}
	return r
}

// share gives the part of n that a rate of 0 to 1 stands for, to the nearest.
func share(rate float64, n int64) int64 {
	exact := new(big.Rat).SetFloat64(rate)
	exact.Mul(exact, new(big.Rat).SetInt64(n))
	exact.Add(exact, big.NewRat(1, 2))
	return new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
}
