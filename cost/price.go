package cost

import "slices"

// Arch is an instruction set, in AWS's spelling. They are billed apart.
type Arch string

// The architectures of AWS Lambda.
const (
	X86 Arch = "x86_64"
	ARM Arch = "arm64"
)

// Edge stands for a region where the prices of Lambda@Edge are meant, which
// are the same everywhere. They have neither tiers nor a free tier.
const Edge = "lambda@edge"

// Item is a thing that has a price. [Item.Unit] says what the price is for,
// and in what its usage is counted.
type Item string

// What AWS Lambda charges for.
const (
	RequestPrice           Item = "requests"
	ComputePrice           Item = "compute"         // duration on demand, by architecture, in tiers
	ProvisionedPrice       Item = "provisioned"     // provisioned concurrency kept ready, by architecture
	ProvisionedRunPrice    Item = "provisioned_run" // duration on provisioned concurrency, by architecture
	EphemeralStoragePrice  Item = "ephemeral_storage"
	SnapStartCachePrice    Item = "snapstart_cache"
	SnapStartRestorePrice  Item = "snapstart_restore"
	TenantIsolationPrice   Item = "tenant_isolation" // memory of each environment created, by architecture
	ResponseStreamingPrice Item = "response_streaming"
	DurableOperationPrice  Item = "durable_operations"
	DurableWritePrice      Item = "durable_writes"
	DurableRetentionPrice  Item = "durable_retention"
	KafkaPollerPrice       Item = "kafka_poller" // event poller units, a minute at least
	SQSPollerPrice         Item = "sqs_poller"   // event poller units, a minute at least
)

// What watching AWS Lambda is charged for.
const (
	LogIngestionPrice   Item = "logs_ingestion"    // Standard log class, in tiers
	LogIngestionIAPrice Item = "logs_ingestion_ia" // Infrequent Access log class, in tiers
	LogStoragePrice     Item = "logs_storage"      // as compressed
	LogInsightsPrice    Item = "logs_insights"     // scanned by queries
	LiveTailPrice       Item = "live_tail"
	MetricDataPrice     Item = "metric_data"     // metrics requested by GetMetricData
	MetricRequestPrice  Item = "metric_requests" // other CloudWatch API requests
	TraceRecordPrice    Item = "traces_recorded"
	TraceRetrievalPrice Item = "traces_retrieved" // or scanned
	S3RequestPrice      Item = "s3_requests"      // GET requests
	BillRequestPrice    Item = "bill_requests"    // of Cost Explorer
)

// Unit names what the price is for, such as "GB-second", and says how many of
// what is counted make one: usage is counted in MB·ms ([MemoryTime]) where
// the unit is a GB-second, in bytes where it is a GB, in byte-months for a
// GB-month, in MB for a GB of memory, in seconds for an hour, and one by one
// for the rest. An item that does not exist has no name and a size of 0.
func (i Item) Unit() (name string, size int64) {
	const (
		thousand = 1000
		million  = 1_000_000
		gb       = 1 << 30
	)
	switch i {
	case ComputePrice, ProvisionedPrice, ProvisionedRunPrice, EphemeralStoragePrice, SnapStartCachePrice:
		return "GB-second", int64(GBSecond)
	case SnapStartRestorePrice, TenantIsolationPrice:
		return "GB of memory", 1024
	case RequestPrice:
		return "million requests", million
	case DurableOperationPrice:
		return "million operations", million
	case TraceRecordPrice, TraceRetrievalPrice:
		return "million traces", million
	case MetricDataPrice:
		return "thousand metrics", thousand
	case MetricRequestPrice, S3RequestPrice:
		return "thousand requests", thousand
	case ResponseStreamingPrice, DurableWritePrice, LogIngestionPrice, LogIngestionIAPrice, LogInsightsPrice:
		return "GB", gb
	case DurableRetentionPrice, LogStoragePrice:
		return "GB-month", gb
	case KafkaPollerPrice, SQSPollerPrice:
		return "hour", 3600
	case LiveTailPrice:
		return "minute", 1
	case BillRequestPrice:
		return "request", 1
	}
	return "", 0
}

// Price is the public price of an item, before the free tier.
type Price struct {
	Item   Item
	Region string
	Arch   Arch   // empty when all architectures have this price
	Tiers  []Tier // one at least, the first from 0 on
	Source string // the documents the figures are from
	Date   string // when they were valid or read, "2006-01-02"
	Note   string // a doubt about the figures of this row; mostly empty
}

// Tier is the price of a span of a month's usage.
type Tier struct {
	From int64 // where the tier begins, in units of the item
	USD  USD   // of one unit; unknown when the tables do not have it
}

// PriceOf gives the price of an item. ok is false when the tables do not have
// it: the price is unknown then, and its Of gives unknown amounts. arch does
// not matter for items that cost the same on all architectures.
func PriceOf(region string, arch Arch, item Item) (p Price, ok bool) {
	found := prices().find(region, arch, item)
	if found == nil {
		return Price{Item: item, Region: region, Arch: arch}, false
	}
	p = *found
	p.Tiers = slices.Clone(p.Tiers)
	return p, true
}

// Regions gives the regions that have prices of Lambda functions, by name.
// [Edge] is not one of them.
func Regions() []string { return slices.Clone(prices().regions) }

// Of gives what so much usage of one month costs, tier by tier, before the
// free tier. Usage is counted as [Item.Unit] says. What lies in a tier
// without a price is unknown, and so is negative usage.
func (p Price) Of(usage int64) USD { return charge(&p, usage) }

// Marginal gives the price of one more unit after so much usage of the month,
// before the free tier: the price of the tier it falls in. The average price
// is Of(usage).Per(usage), for what usage is counted in.
func (p Price) Marginal(usage int64) USD {
	_, size := p.Item.Unit()
	price := Unknown()
	for _, t := range p.Tiers {
		if usage < 0 || usage/max(size, 1) < t.From {
			break
		}
		price = t.USD
	}
	return price
}

// charge is Price.Of, for a price that may be nil because it is unknown.
func charge(p *Price, usage int64) USD {
	if usage == 0 {
		return USD{}
	}
	if p == nil || usage < 0 || len(p.Tiers) == 0 {
		return Unknown()
	}
	_, size := p.Item.Unit()
	var total USD
	for i, t := range p.Tiers {
		from, end := t.From*size, usage
		if i+1 < len(p.Tiers) {
			end = min(end, p.Tiers[i+1].From*size)
		}
		if from >= end {
			break
		}
		total = total.Add(t.USD.ratio(end-from, size))
	}
	return total
}
