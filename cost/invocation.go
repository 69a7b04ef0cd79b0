package cost

import (
	"time"
)

// includedStorageMB is the ephemeral storage in the price of every function.
const includedStorageMB = 512

// Capacity is what a function runs on: the same duration costs differently.
type Capacity int

// The kinds of capacity.
const (
	OnDemand Capacity = iota
	OnProvisioned
	// OnManagedInstances bills instances by time, and of an invocation only
	// the request.
	OnManagedInstances
)

// InvocationInput is one invocation as its report and its function's
// configuration give it.
type InvocationInput struct {
	Region      string // or Edge
	Arch        Arch
	MemoryMB    int
	EphemeralMB int // storage configured; up to 512 MB, and 0, cost nothing
	Capacity    Capacity

	// Billed is the billed duration as reported, whole milliseconds. It wins
	// over what follows from the durations. 0 means that it is not known.
	Billed time.Duration
	// Duration is the handler's, 0 when it is not known. It tells the handler
	// and the init phase apart; without Billed it is required.
	Duration time.Duration
	// Init is the init phase of a cold start; 0 when there was none.
	Init time.Duration
	// FreeInit tells that the init phase was not billed. That was so before
	// 2025-08-01 for zip packages on managed runtimes. It only matters when
	// Billed is not known.
	FreeInit bool
	// BilledRestore is the billed restore of a SnapStart cold start. It is a
	// part of Billed.
	BilledRestore time.Duration
	// Java tells that the runtime is a managed Java runtime, for which
	// SnapStart is free.
	Java bool
	// AsyncEventBytes is the size of the event of an asynchronous invocation:
	// beyond 256 KB it counts as more than one request. 0 for a synchronous
	// invocation, or when it is not known.
	AsyncEventBytes int64
}

// InvocationPrice is what an invocation costs by the public price list: at
// the prices of the first tier and before the free tier, which belong to a
// month and not to an invocation.
type InvocationPrice struct {
	Components Components
	Total      USD // the sum of the components
	// Billed is the billed duration, and InitBilled the part of it that falls
	// to the init phase or the restore.
	Billed     time.Duration
	InitBilled time.Duration
	// Computed tells that Billed was not reported: it follows from the
	// durations.
	Computed bool

	in       InvocationInput
	requests int64
}

// Invocation prices one invocation.
//
// The billed duration, where it is not reported, is the handler's duration
// and the init phase together, rounded up to a millisecond; with SnapStart it
// is the handler's duration, rounded up, and the billed restore. (AWS Lambda
// Developer Guide; "AWS Lambda standardizes billing for INIT Phase", AWS
// Compute Blog; published reports agree. Before December 2020 AWS rounded up
// to 100 ms.) Of a reported billed duration, what exceeds the handler's own
// milliseconds falls to the init phase, but no more than that took.
//
// A price that is unknown makes its component and the total unknown. The
// error is an [*InputError].
func Invocation(in InvocationInput) (InvocationPrice, error) {
	if err := in.check(); err != nil {
		return InvocationPrice{}, err
	}
	requests, err := AsyncRequests(in.AsyncEventBytes)
	if err != nil {
		return InvocationPrice{}, err
	}
	billed, init, computed := in.billed()
	p := InvocationPrice{
		Billed:     time.Duration(billed) * time.Millisecond,
		InitBilled: time.Duration(init) * time.Millisecond,
		Computed:   computed,
		in:         in,
		requests:   requests,
	}
	memory, storage := int64(in.MemoryMB), in.extraStorage()
	p.Components.Requests = charge(in.price(RequestPrice), requests)
	if in.Capacity != OnManagedInstances {
		run := in.price(in.runItem())
		p.Components.Compute = charge(run, memory*(billed-init))
		p.Components.Init = charge(run, memory*init)
		p.Components.EphemeralStorage = charge(in.price(EphemeralStoragePrice), storage*billed)
		p.Components.SnapStart = charge(in.price(SnapStartRestorePrice), in.restoredMB())
	}
	p.Total = p.Components.Total()
	return p, nil
}

// PerMillion gives the price of a million invocations like this one, at the
// prices of the first tier and before the free tier.
func (p InvocationPrice) PerMillion() USD { return p.Total.Times(1_000_000) }

// AsyncRequests gives the number of requests that an asynchronous event of
// so many bytes is billed as: one for the first 256 KB and one more for each
// further 64 KB begun, up to 1 MB ("AWS Lambda pricing"). The error is an
// [*InputError].
func AsyncRequests(eventBytes int64) (int64, error) {
	const kb = 1024
	if err := within("asynchronous event", eventBytes, 0, 1024*kb, "bytes"); err != nil {
		return 0, err
	}
	further := max(0, eventBytes-256*kb)
	return 1 + (further+64*kb-1)/(64*kb), nil
}

// Largest figures of one invocation: well above what exists (10,240 MB; 90
// minutes on managed instances), and small enough that no product of them
// can overflow.
const (
	mostMB       = 1 << 20
	mostDuration = 1000 * time.Hour
)

func (in InvocationInput) check() error {
	for _, d := range []struct {
		field string
		value time.Duration
	}{
		{"billed duration", in.Billed},
		{"duration", in.Duration},
		{"init duration", in.Init},
		{"billed restore duration", in.BilledRestore},
	} {
		if d.value < 0 || d.value > mostDuration {
			return &InputError{Field: d.field, Value: d.value.String(), Problem: "must be 0 to 1000 hours"}
		}
	}
	if in.Billed == 0 && in.Duration == 0 {
		return &InputError{Field: "duration", Value: "0s", Problem: "is needed where no billed duration is known"}
	}
	return firstError(
		within("memory", int64(in.MemoryMB), 1, mostMB, "MB"),
		within("ephemeral storage", int64(in.EphemeralMB), 0, mostMB, "MB"),
		within("capacity", int64(in.Capacity), int64(OnDemand), int64(OnManagedInstances), ""),
	)
}

// billed gives the billed milliseconds, those of them that fall to the init
// phase or the restore, and whether the first had to be computed.
func (in InvocationInput) billed() (total, init int64, computed bool) {
	handler, restore := milliseconds(in.Duration), milliseconds(in.BilledRestore)
	switch {
	case in.Billed == 0 && restore > 0:
		return handler + restore, restore, true
	case in.Billed == 0 && in.FreeInit:
		return handler, 0, true
	case in.Billed == 0:
		total = milliseconds(in.Duration + in.Init)
		return total, total - handler, true
	}
	total = milliseconds(in.Billed)
	if restore > 0 {
		return total, min(restore, total), false
	}
	// Without the handler's duration its last, broken millisecond is taken
	// for the handler's, as it is when both are known.
	init = int64(in.Init / time.Millisecond)
	if in.Duration > 0 {
		init = min(milliseconds(in.Init), max(0, total-handler))
	}
	return total, min(init, total), false
}

func (in InvocationInput) price(item Item) *Price {
	return prices().find(in.Region, in.Arch, item)
}

// runItem is the item that the billed duration is charged as.
func (in InvocationInput) runItem() Item {
	if in.Capacity == OnProvisioned {
		return ProvisionedRunPrice
	}
	return ComputePrice
}

// extraStorage is the MB of ephemeral storage that cost something.
func (in InvocationInput) extraStorage() int64 {
	return int64(max(0, in.EphemeralMB-includedStorageMB))
}

// restoredMB is the memory whose restore costs something.
func (in InvocationInput) restoredMB() int64 {
	if in.BilledRestore == 0 || in.Java {
		return 0
	}
	return int64(in.MemoryMB)
}
