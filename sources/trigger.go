package sources

import (
	"context"
	"time"
)

// TriggerKind is the service that hands events to a function, as people call
// it: short enough for a badge.
type TriggerKind string

// The kinds of trigger that have a name of their own. Any other is named by the
// cloud's own word for the service.
const (
	TriggerS3          TriggerKind = "S3"
	TriggerSQS         TriggerKind = "SQS"
	TriggerSNS         TriggerKind = "SNS"
	TriggerKinesis     TriggerKind = "Kinesis"
	TriggerDynamoDB    TriggerKind = "DynamoDB"
	TriggerEventBridge TriggerKind = "EventBridge"
	TriggerSchedule    TriggerKind = "Schedule"
	TriggerAPIGateway  TriggerKind = "API"
	TriggerURL         TriggerKind = "URL"
	TriggerALB         TriggerKind = "ALB"
	TriggerKafka       TriggerKind = "Kafka"
	TriggerMQ          TriggerKind = "MQ"
	TriggerDocumentDB  TriggerKind = "DocumentDB"
	TriggerLogs        TriggerKind = "Logs"
)

// Trigger is something that invokes a function, or may.
type Trigger struct {
	Function FunctionID
	// Qualifier is the alias or version that is invoked; "" for the function
	// itself.
	Qualifier string
	Kind      TriggerKind
	// ID is the UUID of an event source mapping, the statement ID of a
	// permission, or the function URL.
	ID string
	// Source is the ARN of where the events come from, or the function URL; ""
	// when a permission names no source. Name is the short name of it, such as
	// the bucket or queue.
	Source, Name string
	// State is the cloud's word, such as "Enabled" or "Disabled"; "" where
	// there is none. Result is how the last batch went, in the cloud's words.
	State, Result string
	// Permitted tells that it is known from a permission alone, which says that
	// the source may invoke the function, not that it does.
	Permitted bool
	// Public tells that anybody may call it: a function URL without
	// authentication.
	Public bool
	// Settings are what else is set, in the order to be shown, such as
	// {"batch", "10"}.
	Settings []Setting
}

// Setting is a named value to be shown.
type Setting struct{ Name, Value string }

// TriggerReader is a source that knows what invokes its functions.
type TriggerReader interface {
	// EventSources hands over the event source mappings of the whole scope, page
	// by page.
	EventSources(ctx context.Context, page func([]Trigger) error) error
	// TriggersOf gives what else may invoke the function: permissions of the
	// function and of its aliases, and function URLs. What could be read is
	// given also with an error.
	TriggersOf(ctx context.Context, fn FunctionID) ([]Trigger, error)
}

// TagReader is a source that can give the tags of its functions in bulk.
type TagReader interface {
	// Tags hands over, page by page, the tags of the functions that have any.
	// After it has returned nil, all others of the scope have none.
	Tags(ctx context.Context, page func(map[FunctionID]map[string]string) error) error
}

// ConcurrencyLimits is how many invocations may run at once in a scope.
type ConcurrencyLimits struct {
	// Total is the limit of the account in the region, and Unreserved what of
	// it functions without a reservation share.
	Total, Unreserved int
}

// FunctionConcurrency is how the concurrency of one function is set.
type FunctionConcurrency struct {
	// Reserved is the function's own limit: 0 is switched off; empty, none.
	Reserved Opt[int]
	// Provisioned is the environments kept ready, by alias or version.
	Provisioned []ProvisionedConcurrency
}

// ProvisionedConcurrency is environments that are kept ready for one alias or
// version.
type ProvisionedConcurrency struct {
	Qualifier            string
	Requested, Available int
	Status               string // the cloud's word, such as "READY"
	// Since is from when it is set as it is, UTC.
	Since Opt[time.Time]
}

// ConcurrencyReader is a source that knows the limits of concurrency.
type ConcurrencyReader interface {
	// ConcurrencyLimits gives the limits of the scope.
	ConcurrencyLimits(ctx context.Context) (ConcurrencyLimits, error)
	// Concurrency gives the settings of one function.
	Concurrency(ctx context.Context, fn FunctionID) (FunctionConcurrency, error)
}
