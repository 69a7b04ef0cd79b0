package cost

// Usage is what one function, or all functions of one region and architecture
// together, used within one month. All counts are exact and not negative.
type Usage struct {
	Region string // or Edge
	Arch   Arch

	// Requests counts invocations; each further 64 KB of a large asynchronous
	// event is one more ([AsyncRequests]).
	Requests int64
	// Compute and Init are billed duration on demand: of handlers, and of init
	// phases and SnapStart restores.
	Compute, Init MemoryTime
	// Spillover is billed duration on demand of functions while provisioned
	// concurrency is on, init included. The free tier leaves it out.
	Spillover MemoryTime
	// ProvisionedRun is billed duration on provisioned concurrency.
	ProvisionedRun MemoryTime
	// Provisioned is the memory of provisioned concurrency kept ready. Each
	// period from on to off counts in steps of five minutes, rounded up.
	Provisioned MemoryTime
	// EphemeralStorage is the storage above 512 MB over the billed duration.
	EphemeralStorage MemoryTime
	// SnapStartCache is the memory of published versions with a snapshot, each
	// for three hours at least. SnapStartRestored is the MB restored: restores
	// times memory. Both are free for Java, so leave them out there.
	SnapStartCache    MemoryTime
	SnapStartRestored int64
	// StreamedBytes is what responses streamed beyond the first 6 MB of each.
	StreamedBytes int64
	// LogBytes and LogIABytes are log data sent to the Standard and to the
	// Infrequent Access class, with 26 bytes for each event.
	LogBytes, LogIABytes int64
}

// check refuses negative counts.
func (u Usage) check() error {
	return firstError(
		notNegative("requests", u.Requests),
		notNegative("compute", int64(u.Compute)),
		notNegative("init", int64(u.Init)),
		notNegative("spillover", int64(u.Spillover)),
		notNegative("provisioned run", int64(u.ProvisionedRun)),
		notNegative("provisioned", int64(u.Provisioned)),
		notNegative("ephemeral storage", int64(u.EphemeralStorage)),
		notNegative("SnapStart cache", int64(u.SnapStartCache)),
		notNegative("SnapStart restored", u.SnapStartRestored),
		notNegative("streamed", u.StreamedBytes),
		notNegative("log", u.LogBytes),
		notNegative("log", u.LogIABytes),
	)
}

// tariff is how one count of Usage becomes money.
type tariff struct {
	item Item
	name string // for errors
	// counts gives the usage, and the part of it that the free tier covers.
	counts func(Usage) (used, coverable int64, err error)
	// allowance is the free tier of a month over all regions and
	// architectures; 0 when there is none.
	allowance int64
	// pay adds the amount to the component it belongs to.
	pay func(c *Components, u Usage, amount USD)
}

// The free tier of a month, for each account or, with consolidated billing,
// for the organisation ("AWS Lambda pricing", "Amazon CloudWatch pricing",
// 2026 copies).
const (
	freeRequests = 1_000_000
	freeCompute  = 400_000 * GBSecond
	freeStreamed = 100 << 30
	freeLogs     = 5 << 30
)

// plain makes the counts of a tariff of one field, all or none of which the
// free tier covers.
func plain(covered bool, field func(Usage) int64) func(Usage) (int64, int64, error) {
	return func(u Usage) (int64, int64, error) {
		used := field(u)
		if covered && u.Region != Edge {
			return used, used, nil
		}
		return used, 0, nil
	}
}

// tariffs lists everything a month is billed by.
func tariffs() []tariff {
	return []tariff{
		{
			RequestPrice, "requests",
			plain(true, func(u Usage) int64 { return u.Requests }), freeRequests,
			func(c *Components, _ Usage, a USD) { c.Requests = c.Requests.Add(a) },
		},
		{ComputePrice, "compute", onDemandCounts, int64(freeCompute), payOnDemand},
		{
			ProvisionedRunPrice, "provisioned run",
			plain(false, func(u Usage) int64 { return int64(u.ProvisionedRun) }), 0,
			func(c *Components, _ Usage, a USD) { c.Compute = c.Compute.Add(a) },
		},
		{
			ProvisionedPrice, "provisioned",
			plain(false, func(u Usage) int64 { return int64(u.Provisioned) }), 0,
			func(c *Components, _ Usage, a USD) { c.Provisioned = c.Provisioned.Add(a) },
		},
		{
			EphemeralStoragePrice, "ephemeral storage",
			plain(false, func(u Usage) int64 { return int64(u.EphemeralStorage) }), 0,
			func(c *Components, _ Usage, a USD) { c.EphemeralStorage = c.EphemeralStorage.Add(a) },
		},
		{
			SnapStartCachePrice, "SnapStart cache",
			plain(false, func(u Usage) int64 { return int64(u.SnapStartCache) }), 0,
			func(c *Components, _ Usage, a USD) { c.SnapStart = c.SnapStart.Add(a) },
		},
		{
			SnapStartRestorePrice, "SnapStart restored",
			plain(false, func(u Usage) int64 { return u.SnapStartRestored }), 0,
			func(c *Components, _ Usage, a USD) { c.SnapStart = c.SnapStart.Add(a) },
		},
		{
			ResponseStreamingPrice, "streamed",
			plain(true, func(u Usage) int64 { return u.StreamedBytes }), freeStreamed,
			func(c *Components, _ Usage, a USD) { c.ResponseStreaming = c.ResponseStreaming.Add(a) },
		},
		{
			LogIngestionPrice, "log",
			plain(true, func(u Usage) int64 { return u.LogBytes }), freeLogs,
			func(c *Components, _ Usage, a USD) { c.LogIngestion = c.LogIngestion.Add(a) },
		},
		{
			LogIngestionIAPrice, "log",
			plain(false, func(u Usage) int64 { return u.LogIABytes }), 0,
			func(c *Components, _ Usage, a USD) { c.LogIngestion = c.LogIngestion.Add(a) },
		},
	}
}

// onDemandCounts gives the billed duration on demand: handlers, init phases
// and spillover share the tiers, the first two the free tier.
func onDemandCounts(u Usage) (used, coverable int64, err error) {
	coverable, err = sum("compute", int64(u.Compute), int64(u.Init))
	if err != nil {
		return 0, 0, err
	}
	used, err = sum("compute", coverable, int64(u.Spillover))
	if u.Region == Edge {
		coverable = 0
	}
	return used, coverable, err
}

// payOnDemand shares the price of the duration on demand out between the
// handlers and the init phases.
func payOnDemand(c *Components, u Usage, amount USD) {
	init := amount.portion(int64(u.Init), int64(u.Compute)+int64(u.Init)+int64(u.Spillover))
	c.Init = c.Init.Add(init)
	if rest := int64(u.Compute) + int64(u.Spillover); rest > 0 {
		c.Compute = c.Compute.Add(amount.Sub(init))
	}
}
