package cost

import (
	"strings"
	"time"
)

// callRegion is the region whose prices API calls are reckoned with.
const callRegion = "us-east-1"

// CallPrice is what an API operation is charged for, and how much.
type CallPrice struct {
	Operation string // such as "cloudwatch:GetMetricData"
	// By is what the operation is charged by; empty when it is free of charge.
	By   Item
	Note string // allowances and doubts; may be empty
	Date string // when the price was valid or read, "2006-01-02"

	price   *Price // nil when free
	unknown bool
}

// CallUse is what calls of one operation have used. Only what the operation
// is charged by matters: the other counts may be set or not.
type CallUse struct {
	Requests int64         // sent, retries included
	Metrics  int64         // metrics requested: up to five statistics of one are one
	Traces   int64         // traces scanned or retrieved
	Scanned  int64         // bytes of log data scanned by a query
	Live     time.Duration // length of a live tail session
}

// APIPrice gives what an operation of a cloud's API is charged for, named as
// permissions spell it, such as "cloudwatch:GetMetricData". ok is false when
// that is unknown.
//
// The prices are those of us-east-1, whatever the region of the call:
//
//	cloudwatch:GetMetricData    $0.01 per thousand metrics requested
//	cloudwatch: anything else   $0.01 per thousand requests
//	xray:GetTraceSummaries      $0.50 per million traces scanned
//	xray:BatchGetTraces         $0.50 per million traces retrieved
//	logs:StartLiveTail          $0.01 per minute
//	logs:StartQuery             $0.005 per GB scanned
//	ce:GetCostAndUsage          $0.01 per request
//	other reads of logs, functions, changes and tags: free
//
// What an account gets for nothing (a million CloudWatch requests, a million
// traces, 1,800 minutes of live tail and 5 GB of log scans a month) is not
// taken off: who else uses it up cannot be known. The real bill can be lower.
func APIPrice(operation string) (p CallPrice, ok bool) {
	calls := prices().calls
	p, ok = calls[operation]
	if service, _, found := strings.Cut(operation, ":"); !ok && found {
		p, ok = calls[service+":*"]
		p.Operation = operation
	}
	if !ok || p.unknown {
		return CallPrice{Operation: operation, unknown: true}, false
	}
	return p, true
}

// USD gives the price of one unit of By, as [Item.Unit] names it.
func (p CallPrice) USD() USD {
	switch {
	case p.unknown || p.Operation == "":
		return Unknown()
	case p.price == nil:
		return USD{}
	}
	return p.price.Tiers[0].USD
}

// Of gives what the use costs. A live tail is counted by the minute begun.
func (p CallPrice) Of(use CallUse) USD {
	if !p.USD().Known() {
		return Unknown()
	}
	switch p.By {
	case "":
		return USD{}
	case MetricDataPrice:
		return charge(p.price, use.Metrics)
	case TraceRetrievalPrice:
		return charge(p.price, use.Traces)
	case LogInsightsPrice:
		return charge(p.price, use.Scanned)
	case LiveTailPrice:
		return charge(p.price, int64(ceilTo(use.Live, time.Minute)/time.Minute))
	default:
		return charge(p.price, use.Requests)
	}
}
