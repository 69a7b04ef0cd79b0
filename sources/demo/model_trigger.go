package demo

import "time"

// TriggerKind is the service that hands events to a function.
type TriggerKind string

// The kinds of triggers.
const (
	TriggerS3          TriggerKind = "s3"
	TriggerSNS         TriggerKind = "sns"
	TriggerEventBridge TriggerKind = "eventbridge" // a rule, by schedule or by pattern
	TriggerAPIGateway  TriggerKind = "apigateway"
	TriggerURL         TriggerKind = "function-url"
	TriggerALB         TriggerKind = "alb"
	TriggerSQS         TriggerKind = "sqs"
	TriggerKinesis     TriggerKind = "kinesis"
	TriggerDynamoDB    TriggerKind = "dynamodb"
)

// Polled tells that Lambda itself fetches the events: there is an event source
// mapping.
func (k TriggerKind) Polled() bool {
	return k == TriggerSQS || k == TriggerKinesis || k == TriggerDynamoDB
}

// The states of a trigger.
const (
	TriggerEnabled  = "Enabled"
	TriggerDisabled = "Disabled"
)

// Trigger is something that invokes a function.
type Trigger struct {
	Kind     TriggerKind
	Function string
	// Qualifier is the alias that is invoked; empty for the function itself.
	Qualifier string
	// ID is the UUID of an event source mapping, the statement ID of a
	// permission, or the ID of a function URL.
	ID string
	// Source is the ARN that may invoke the function: of the bucket, topic,
	// rule, target group, queue, stream, or the method and path of an API. A
	// function URL is its own source.
	Source string
	State  string // one of the states above
	// Modified is when the trigger was set up or last changed, UTC.
	Modified time.Time
	// OnFailure is the ARN of the queue that gets the events that the function
	// could not handle; empty when they are dropped.
	OnFailure string

	Mapping *Mapping // of polled kinds
	Notify  *Notify  // of S3
	Rule    *Rule    // of EventBridge
	URL     *URL     // of function URLs
}

// Mapping is the settings of an event source mapping. Unused ones are zero.
type Mapping struct {
	BatchSize       int
	Window          time.Duration // that events are gathered for
	MaxConcurrency  int           // SQS; 0 is no limit of its own
	PartialFailures bool          // SQS: the function reports the messages that failed
	// Of streams:
	StartingPosition string // such as "LATEST"
	Parallel         int    // batches of one shard at a time
	MaxAge           time.Duration
	MaxRetries       int
	// LastResult is how the last batch went, such as "OK".
	LastResult string
}

// Notify is a bucket's notification.
type Notify struct {
	ID     string
	Bucket string
	Events []string // such as "s3:ObjectCreated:*"
	Prefix string   // of keys; empty is any
	Suffix string
}

// Rule is a rule of EventBridge on the default bus. It has a schedule or a
// pattern.
type Rule struct {
	Name     string
	Schedule string // such as "rate(5 minutes)"
	Pattern  string // JSON
}

// URL is a function URL.
type URL struct {
	Address string // https://….lambda-url.….on.aws/
	Public  bool   // AuthType NONE: anybody may call it
	Stream  bool   // InvokeMode RESPONSE_STREAM
	Created time.Time
}

// Bucket is an S3 bucket.
type Bucket struct {
	Name    string
	Region  string
	Created time.Time
}
