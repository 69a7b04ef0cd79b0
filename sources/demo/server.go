package demo

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"fntop/sources/demo/wire"
)

// ServerConfig says what a server serves and how.
type ServerConfig struct {
	// Model is the fleet. Required.
	Model Model
	// Now is the simulated moment, UTC. Required.
	Now func() time.Time
	// Wall is the clock of the machine: it fills token buckets, measures calls
	// and checks signatures' dates. Optional; time.Now by default.
	Wall func() time.Time
	// Faults is how the server fails to begin with.
	Faults Faults
	// Timer waits on the wall: it fires after d, or never once stop has been
	// called. Live tails keep their pace with it. Optional.
	Timer func(d time.Duration) (fired <-chan time.Time, stop func())
	// OnCall is told of every call when it is over, from the goroutine that
	// served it. Optional.
	OnCall func(Call)
	// AccountConcurrency is the account's limit of concurrent executions in
	// each region. Optional; 1,000 by default, as for a new account (Lambda
	// Developer Guide, "Lambda quotas").
	AccountConcurrency int
}

// Server is the HTTP face of a model.
type Server struct {
	model       Model
	now         func() time.Time
	wall        func() time.Time
	timer       func(time.Duration) (<-chan time.Time, func())
	onCall      func(Call)
	concurrency int

	operations map[string]operation
	faults     atomic.Pointer[faultSet]
	quotas     quotas
	counts     counts
	catalogues catalogues
	active     activity
	tails      tails
	sequence   atomic.Uint64
}

// NewServer makes a server. It starts nothing.
func NewServer(config ServerConfig) *Server {
	s := &Server{
		model: config.Model, now: config.Now, wall: config.Wall, timer: config.Timer,
		onCall: config.OnCall, concurrency: config.AccountConcurrency,
		operations: operations(),
	}
	if s.wall == nil {
		s.wall = time.Now //nolint:forbidigo // the default where no clock is handed in
	}
	if s.timer == nil {
		s.timer = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTimer(d)
			return t.C, func() { t.Stop() }
		}
	}
	if s.concurrency == 0 {
		s.concurrency = 1000
	}
	s.SetFaults(config.Faults)
	return s
}

// call is a request while it is being answered.
type call struct {
	*wire.Request
	asOf   time.Time
	faults *faultSet
	// metrics counts the metrics the call is billed for.
	metrics int
}

// operation is an operation that the server knows.
type operation struct {
	handle func(ctx context.Context, s *Server, c *call) (any, *wire.Error)
	// resource is the ARN that permissions for the call are about; nil for
	// actions without one.
	resource func(s *Server, c *call) string
}

// operations is the table of everything that is served, by the prefix of the
// service's permissions and the name of the operation: the action, mostly (see
// [wire.Request.Permission]).
func operations() map[string]operation {
	return map[string]operation{
		"lambda:ListFunctions":                     {listFunctions, anyResource},
		"lambda:GetFunction":                       {getFunction, functionResource},
		"lambda:GetFunctionConfiguration":          {getFunctionConfiguration, functionResource},
		"lambda:GetAccountSettings":                {getAccountSettings, anyResource},
		"lambda:ListEventSourceMappings":           {listEventSourceMappings, anyResource},
		"lambda:GetEventSourceMapping":             {getEventSourceMapping, mappingResource},
		"lambda:GetPolicy":                         {getPolicy, functionResource},
		"lambda:GetFunctionUrlConfig":              {getFunctionURL, functionResource},
		"lambda:ListFunctionUrlConfigs":            {listFunctionURLs, functionResource},
		"lambda:GetFunctionEventInvokeConfig":      {getEventInvokeConfig, functionResource},
		"lambda:ListAliases":                       {listAliases, functionResource},
		"lambda:ListVersionsByFunction":            {listVersions, functionResource},
		"lambda:ListTags":                          {listTags, functionResource},
		"lambda:GetFunctionConcurrency":            {getFunctionConcurrency, functionResource},
		"lambda:ListProvisionedConcurrencyConfigs": {listProvisionedConcurrencyConfigs, functionResource},
		"cloudwatch:GetMetricData":                 {getMetricData, nil},
		"cloudwatch:ListMetrics":                   {listMetrics, nil},
		"cloudwatch:GetMetricStatistics":           {getMetricStatistics, nil},
		"logs:FilterLogEvents":                     {filterLogEvents, groupResource},
		"logs:GetLogEvents":                        {getLogEvents, groupResource},
		"logs:DescribeLogGroups":                   {describeLogGroups, groupResource},
		"logs:DescribeLogStreams":                  {describeLogStreams, groupResource},
		"logs:StartLiveTail":                       {startLiveTail, tailResource},
		"xray:GetTraceSummaries":                   {getTraceSummaries, nil},
		"xray:BatchGetTraces":                      {batchGetTraces, nil},
		"xray:GetTraceSegmentDestination":          {getTraceSegmentDestination, nil},
		"cloudtrail:LookupEvents":                  {lookupEvents, nil},
		"events:ListRuleNamesByTarget":             {listRuleNamesByTarget, ruleResource},
		"events:DescribeRule":                      {describeRule, ruleResource},
		"tag:GetResources":                         {getResources, nil},
		"s3:ListBuckets":                           {listBuckets, nil},
		"s3:GetBucketLocation":                     {getBucketLocation, bucketResource},
		"s3:GetBucketNotificationConfiguration":    {getBucketNotification, bucketResource},
		"sts:GetCallerIdentity":                    {getCallerIdentity, nil},
		"ce:GetCostAndUsage":                       {getCostAndUsage, nil},
		"pricing:GetProducts":                      {getProducts, nil},
		"iam:ListAccountAliases":                   {listAccountAliases, nil},
	}
}

func anyResource(*Server, *call) string { return "*" }

// errAborted ends a call without an answer.
var errAborted = errors.New("connection dropped on purpose")

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := s.wall()
	req, readErr := wire.Read(r, s.requestID())
	c := &call{Request: req, asOf: s.now().UTC(), faults: s.faults.Load()}
	out := &recorder{ResponseWriter: w}
	done := Call{
		At: started, Service: c.Service, Operation: c.Operation, Region: c.Region,
		Protocol: c.Protocol.String(), AccessKey: c.AccessKey,
	}
	err := s.respond(r.Context(), out, c, readErr, &done)
	done.Status, done.Bytes, done.Metrics = out.status, out.bytes, c.metrics
	done.Took = s.wall().Sub(started)
	if err != nil {
		done.Err = err
	}
	s.counts.add(done)
	if s.onCall != nil {
		s.onCall(done)
	}
	if errors.Is(err, errAborted) {
		panic(http.ErrAbortHandler) // net/http's way to drop a connection
	}
}

// respond makes the answer and sends it.
func (s *Server) respond(ctx context.Context, w *recorder, c *call, readErr *wire.Error, done *Call) error {
	s.dates(w, c)
	if err := s.before(ctx, c); err != nil {
		return err
	}
	answer, failure, err := s.guarded(ctx, c, readErr)
	if err != nil {
		done.Err = err
	}
	if t, ok := answer.(*liveTail); ok {
		defer t.close()
	}
	if ctx.Err() != nil {
		return ctx.Err() // nobody is there to read it
	}
	if failure != nil {
		done.Code = failure.Code
		return c.WriteError(w, failure)
	}
	return s.send(ctx, w, c, answer)
}

// guarded is answer, where a panic of the model becomes the service's own
// fault: a dashboard draws on the terminal that a crash would write to.
func (s *Server) guarded(ctx context.Context, c *call, readErr *wire.Error) (answer any, failure *wire.Error, err error) {
	defer func() {
		if p := recover(); p != nil {
			answer, failure = nil, c.Fail(wire.Internal)
			err = fmt.Errorf("answer %s: panic: %v\n%s", c.action(), p, debug.Stack())
		}
	}()
	answer, failure = s.answer(ctx, c, readErr)
	return answer, failure, nil
}

// answer checks the call as the services do, in their order, and handles it.
func (s *Server) answer(ctx context.Context, c *call, readErr *wire.Error) (any, *wire.Error) {
	if readErr != nil {
		return nil, readErr
	}
	if c.AccessKey == "" {
		return nil, c.Fail(wire.Unsigned)
	}
	if failure := s.skewed(c); failure != nil {
		return nil, failure
	}
	if c.faults.has(FaultExpired, c) {
		return nil, c.Fail(wire.Expired)
	}
	op, ok := s.operations[c.action()]
	if !ok {
		return nil, c.Fail(wire.UnknownOperation)
	}
	if c.faults.has(FaultDenied, c) {
		resource := ""
		if op.resource != nil {
			resource = op.resource(s, c)
		}
		return nil, c.Denied(s.principal(), resource)
	}
	if c.faults.has(FaultThrottle, c) || c.faults.quotas && !s.quotas.allow(c.Service, c.Operation, s.quotaRegion(c), s.wall()) {
		return nil, c.Fail(wire.Throttled)
	}
	if c.faults.has(FaultInternal, c) {
		return nil, c.Fail(wire.Internal)
	}
	return op.handle(ctx, s, c)
}

// action is the call's name in the table of operations.
func (c *call) action() string { return c.Service + ":" + c.Operation }

// principal is who every caller is.
func (s *Server) principal() string {
	return "arn:aws:iam::" + s.model.Account() + ":user/fntop-demo"
}

// requestID makes an ID in the form of a UUID. IDs count up and are spread
// out, so that they neither repeat nor depend on chance.
func (s *Server) requestID() string {
	return uuidOf("request", s.sequence.Add(1))
}

// uuidOf makes a UUID out of a name and a number.
func uuidOf(name string, n uint64) string {
	h := fnv.New128a()
	h.Write([]byte(name))
	h.Write(binary.BigEndian.AppendUint64(nil, n))
	id := h.Sum(nil)
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	x := hex.EncodeToString(id)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader sends the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (r *recorder) Write(p []byte) (int, error) {
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
