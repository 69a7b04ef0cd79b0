package world

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"fntop/sources/demo"
)

// via is the service that hands events to a function.
type via uint8

const (
	viaNone     via = iota // nobody, or callers with a role of their own: the SDK, Step Functions
	viaREST                // a REST API of API Gateway
	viaHTTP                // an HTTP API of API Gateway
	viaAuth                // an API that asks the function who the caller is
	viaURL                 // a function URL
	viaALB                 // a load balancer
	viaBucket              // notifications of an S3 bucket
	viaTopic               // an SNS topic
	viaEvents              // an EventBridge rule with a pattern
	viaSchedule            // an EventBridge rule with a schedule
	viaQueue               // an SQS queue
	viaKinesis             // a Kinesis stream
	viaTable               // the stream of a DynamoDB table
)

// sender is who invokes a function.
type sender struct {
	via via
	// name is of the API, target group, bucket, topic, rule, queue, stream or
	// table.
	name string
	// path is the method and path of an API route, the prefix of a bucket's
	// keys, or the JSON pattern of a rule.
	path   string
	public bool // function URL: anybody may call it
	stream bool // function URL: the answer is streamed
	off    bool // switched off: nothing arrives
	failed bool // events that cannot be handled go to a queue
	batch  int  // events per batch at most
	most   int  // batches at a time at most; 0 is no limit
}

// kinds are the triggers that sources are.
var kinds = [...]demo.TriggerKind{ //nolint:gochecknoglobals // constant table
	viaREST: demo.TriggerAPIGateway, viaHTTP: demo.TriggerAPIGateway, viaAuth: demo.TriggerAPIGateway,
	viaURL: demo.TriggerURL, viaALB: demo.TriggerALB, viaBucket: demo.TriggerS3, viaTopic: demo.TriggerSNS,
	viaEvents: demo.TriggerEventBridge, viaSchedule: demo.TriggerEventBridge,
	viaQueue: demo.TriggerSQS, viaKinesis: demo.TriggerKinesis, viaTable: demo.TriggerDynamoDB,
}

// Triggers are what invokes the functions of a region, or one of them, in the
// order of the functions' names.
func (w *World) Triggers(region, function string, asOf time.Time) []demo.Trigger {
	r, ok := regionIndex(region)
	if !ok {
		return nil
	}
	if function != "" {
		if f := w.byName[r][function]; f != nil {
			return w.triggersOf(f, clamp(asOf))
		}
		return nil
	}
	var out []demo.Trigger
	for _, f := range w.regions[r] {
		out = append(out, w.triggersOf(f, clamp(asOf))...)
	}
	return out
}

// triggersOf are the triggers of a function at a time.
func (w *World) triggersOf(f *function, asOf int64) []demo.Trigger {
	s := f.sender
	if s.via == viaNone {
		return nil
	}
	t := demo.Trigger{
		Kind: kinds[s.via], Function: f.name, ID: f.triggerID(), Source: f.sourceARN(),
		State: demo.TriggerEnabled, Modified: f.setUp(),
	}
	if f.publishes() {
		t.Qualifier = demo.Alias
	}
	if s.off {
		t.State = demo.TriggerDisabled
	}
	if s.failed {
		t.OnFailure = f.resource("sqs", f.name+"-failed")
	}
	switch s.via {
	case viaURL:
		t.URL = &demo.URL{Address: t.Source, Public: s.public, Stream: s.stream, Created: t.Modified}
	case viaBucket:
		t.Notify = &demo.Notify{ID: f.name, Bucket: s.name, Events: []string{"s3:ObjectCreated:*"}, Prefix: s.path}
	case viaSchedule:
		t.Rule = &demo.Rule{Name: s.name, Schedule: rateOf(f.every)}
	case viaEvents:
		t.Rule = &demo.Rule{Name: s.name, Pattern: s.path}
	case viaQueue:
		t.Mapping = &demo.Mapping{
			BatchSize: cmp.Or(s.batch, f.batch, 10), Window: time.Duration(f.window) * time.Millisecond,
			MaxConcurrency: s.most, PartialFailures: f.seed&1 == 0,
		}
	case viaKinesis, viaTable:
		// What fails is not tried again, so that it does not stop its shard.
		t.Mapping = &demo.Mapping{
			BatchSize: s.batch, Window: time.Second, StartingPosition: "LATEST",
			Parallel: 2, MaxAge: time.Hour, LastResult: w.lastResult(f, asOf),
		}
	default:
	}
	return []demo.Trigger{t}
}

// setUp is when the function's trigger was made: long before anybody looks.
func (f *function) setUp() time.Time {
	days := pick(hash2(f.seed, 0x5e7), 200)
	return time.UnixMilli(versionsSince - int64(days)*dayMS - int64(pick(hash2(f.seed, 0x5e8), int(dayMS/second)))*second).UTC()
}

// triggerID is the UUID of a mapping, the ID of a function URL, or the
// statement ID of a permission.
func (f *function) triggerID() string {
	switch f.sender.via {
	case viaQueue, viaKinesis, viaTable:
		return uuid(hash2(f.seed, 0xe51), hash2(f.seed, 0xe52))
	case viaURL:
		return letters(f.seed^0x0a1, 32)
	case viaBucket:
		return f.name + "-invoke-s3"
	case viaSchedule, viaEvents:
		return "AWSEvents_" + f.sender.name + "_Id1"
	case viaTopic:
		return "sns-" + f.sender.name
	case viaALB:
		return "alb-" + f.sender.name
	default:
	}
	return "apigateway-" + apiID(f.regionName(), f.sender.name)
}

// sourceARN is the ARN that the source is known by.
func (f *function) sourceARN() string {
	s := f.sender
	switch s.via {
	case viaREST, viaHTTP:
		return f.resource("execute-api", apiID(f.regionName(), s.name)) + "/*/" + s.path
	case viaAuth:
		return f.resource("execute-api", apiID(f.regionName(), s.name)) + "/authorizers/" + letters(f.seed^0xa7, 6)
	case viaURL:
		return "https://" + f.triggerID() + ".lambda-url." + f.regionName() + ".on.aws/"
	case viaALB:
		return f.resource("elasticloadbalancing", "targetgroup/"+s.name+"/"+hex16(hash2(f.seed, 0xa1b)))
	case viaBucket:
		return "arn:aws:s3:::" + s.name
	case viaTopic:
		return f.resource("sns", s.name)
	case viaSchedule, viaEvents:
		return f.resource("events", "rule/"+s.name)
	case viaQueue:
		return f.resource("sqs", s.name)
	case viaKinesis:
		return f.resource("kinesis", "stream/"+s.name)
	case viaTable:
		made := f.setUp().Add(-time.Hour).Format("2006-01-02T15:04:05.000")
		return f.resource("dynamodb", "table/"+s.name+"/stream/"+made)
	case viaNone:
	}
	return ""
}

// resource is the ARN of something in the function's region.
func (f *function) resource(service, name string) string {
	return "arn:aws:" + service + ":" + f.regionName() + ":" + account + ":" + name
}

// apiID is the ID of an API of API Gateway.
func apiID(region, name string) string { return letters(hashString(0xa91, region+"/"+name), 10) }

// letters is an ID of lower-case letters and digits that begins with a letter.
func letters(h uint64, n int) string {
	const all = "abcdefghijklmnopqrstuvwxyz0123456789"
	out := make([]byte, n)
	for i := range out {
		out[i] = all[pick(hash2(h, uint64(i)), len(all))]
	}
	out[0] = all[pick(hash2(h, 0), 26)]
	return string(out)
}

// rateOf is the schedule expression of a period.
func rateOf(minutes int) string {
	n, unit := minutes, "minute"
	switch {
	case n%(24*60) == 0:
		n, unit = n/(24*60), "day"
	case n%60 == 0:
		n, unit = n/60, "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return "rate(" + strconv.Itoa(n) + " " + unit + ")"
}

// lastResult is how the last batch of a stream that had ended by a time went.
// It looks back an hour.
func (w *World) lastResult(f *function, asOf int64) string {
	for from := asOf; from > asOf-hourMS; from -= f.chunk {
		var last *record
		w.chunksIn(f, from-f.chunk, from, func(c *chunk) bool {
			for i := range c.records {
				if r := &c.records[i]; r.end() <= asOf*1000 && (last == nil || r.end() > last.end()) {
					last = r
				}
			}
			return true
		})
		switch {
		case last == nil:
		case last.failed():
			return "PROBLEM: Function call failed"
		default:
			return "OK"
		}
	}
	return "No records processed"
}

// Buckets are the buckets that invoke functions and those that functions
// read or write, by name.
func (w *World) Buckets() []demo.Bucket { return w.buckets() }

// newBuckets finds the buckets of the fleet. One that functions of several
// regions use is where the first of them is.
func (w *World) newBuckets() []demo.Bucket {
	regions := map[string]string{}
	for _, f := range w.functions {
		if f.sender.via == viaBucket {
			regions[f.sender.name] = f.regionName()
		}
	}
	for _, f := range w.functions {
		for _, c := range f.calls {
			if c.service == "S3" && regions[c.resource] == "" {
				regions[c.resource] = f.regionName()
			}
		}
	}
	out := make([]demo.Bucket, 0, len(regions))
	for _, name := range slices.Sorted(maps.Keys(regions)) {
		age := int64(pick(hashString(0xb0c, name), 300)) * dayMS
		out = append(out, demo.Bucket{Name: name, Region: regions[name], Created: time.UnixMilli(versionsSince - 200*dayMS - age).UTC()})
	}
	return out
}
