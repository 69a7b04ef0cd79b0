package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"fntop/sources"
	"fntop/sources/meter"
)

// gate is the middleware that every request of every client goes through. It
// waits for the quota, ends the attempt after a time, bounds the answer, and
// reports each attempt to the meter.
type gate struct {
	meter   *meter.Meter
	now     func() time.Time
	region  string
	limits  *scopeLimits  // nil while the account is not known
	timeout time.Duration // of one attempt, answer included
	maxBody int64         // bytes of one answer
	custom  bool          // an endpoint of the user's own: no host prefixes
}

// install adds the gate to an operation's stack. It is given to every client
// as an API option.
func (g *gate) install(stack *middleware.Stack) error {
	begin := g.begin
	if stack.ID() == containerOperation {
		begin = pass
	}
	if err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("fntop.Begin", begin), middleware.Before); err != nil {
		return fmt.Errorf("add call metering: %w", err)
	}
	attempt := middleware.FinalizeMiddlewareFunc("fntop.Attempt", g.attempt)
	if err := stack.Finalize.Insert(attempt, "Retry", middleware.After); err != nil {
		return fmt.Errorf("add attempt metering: %w", err)
	}
	body := middleware.DeserializeMiddlewareFunc("fntop.Body", g.body)
	if err := stack.Deserialize.Add(body, middleware.After); err != nil {
		return fmt.Errorf("add body metering: %w", err)
	}
	return nil
}

// containerOperation is the SDK's name for asking the agent of a container for
// credentials, which is local, and may wait for its answer.
const containerOperation = "GetCredentials"

func pass(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	middleware.InitializeOutput, middleware.Metadata, error,
) {
	return next.HandleInitialize(ctx, in)
}

// metadataTimeout is how long to look for an instance role. On an instance
// the answer takes milliseconds; elsewhere nobody answers, ever.
const metadataTimeout = 2 * time.Second

// call is what the parts of the gate share about one call of an operation.
type call struct {
	action   string
	usage    usage
	attempts int
	try      *try
}

// try is one attempt of a call.
type try struct {
	sent   atomic.Bool // the request is on its way
	status int
	body   *boundedBody
	closed func() // to be called when the body is closed; nil mostly
}

// bodyKey is where the metadata of an answer has its body.
type bodyKey struct{}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := middleware.GetStackValue(ctx, callKey{}).(*call)
	return c
}

func (g *gate) begin(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	middleware.InitializeOutput, middleware.Metadata, error,
) {
	service, operation := middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)
	if service == "" { // instance metadata is no service, and no call to AWS
		ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
		defer cancel()
		return next.HandleInitialize(ctx, in)
	}
	ctx = middleware.WithStackValue(ctx, callKey{}, &call{
		action: action(service, operation),
		usage:  usageOf(in.Parameters, analysedUnder(ctx)),
	})
	if g.custom {
		ctx = smithyhttp.DisableEndpointHostPrefix(ctx, true)
	}
	return next.HandleInitialize(ctx, in)
}

func (g *gate) attempt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	out middleware.FinalizeOutput, md middleware.Metadata, err error,
) {
	c := callOf(ctx)
	if c == nil { // credentials of an instance or a container
		return next.HandleFinalize(ctx, in)
	}
	if err := g.limits.wait(ctx, c.action, c.usage); err != nil {
		return out, md, err
	}
	c.attempts++
	t := &try{}
	c.try = t
	sendCtx, leave := g.attemptContext(ctx, c)
	defer func() { err = leave(err) }()
	sendCtx = httptrace.WithClientTrace(sendCtx, &httptrace.ClientTrace{
		WroteHeaders: func() { t.sent.Store(true) },
	})
	began, length := g.now(), requestLength(in.Request)
	out, md, err = next.HandleFinalize(sendCtx, in)
	if _, none := errors.AsType[*credentialError](err); none && !t.sent.Load() {
		return out, md, err // there was no request to count
	}
	throttled := err != nil && classify(err) == sources.Throttled
	if throttled {
		g.limits.throttled(c.action, c.usage)
	}
	record := meter.Call{
		Op:       c.action,
		Region:   g.region,
		BytesOut: length,
		Latency:  g.now().Sub(began),
		Retry:    c.attempts > 1,
		Failed:   err != nil && !answersNone(c.action, err),
		Throttle: throttled,
		Charged:  t.sent.Load() && t.status < 400,
		Metrics:  c.usage.metrics,
		Traces:   tracesOf(out.Result),
		Live:     c.usage.live,
	}
	if t.body != nil {
		record.BytesIn = t.body.taken()
		md.Set(bodyKey{}, t.body)
	}
	g.meter.Record(ctx, record)
	return out, md, err
}

// answersNone tells whether an error is how the operation says that there is
// nothing: GetPolicy has no other way (Lambda API reference, GetPolicy).
func answersNone(action string, err error) bool {
	return action == opGetPolicy && classify(err) == sources.NotFound
}

// attemptContext is the context of an attempt, which ends when the attempt has
// taken too long or has been left. The answer of a live tail goes on after
// that, and its context with it until the answer is closed.
func (g *gate) attemptContext(ctx context.Context, c *call) (attempt context.Context, leave func(error) error) {
	if c.usage.live == 0 {
		ctx, cancel := context.WithTimeout(ctx, g.timeout)
		return ctx, func(err error) error {
			cancel()
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	c.try.closed = cancel
	timer := time.AfterFunc(g.timeout, cancel)
	return ctx, func(err error) error {
		inTime := timer.Stop()
		if err != nil || c.try.body == nil {
			cancel()
		}
		if err != nil && !inTime {
			return &smithy.CanceledError{Err: context.DeadlineExceeded}
		}
		return err
	}
}

// body bounds and counts the answer's body, which is read further out. It is
// the innermost middleware.
func (g *gate) body(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	in.Request = withPlainStream(in.Request)
	out, md, err := next.HandleDeserialize(ctx, in)
	if c := callOf(ctx); c != nil && c.try != nil {
		if response, ok := out.RawResponse.(*smithyhttp.Response); ok && response.Body != nil {
			c.try.status = response.StatusCode
			c.try.body = &boundedBody{ReadCloser: response.Body, most: g.maxBody, closed: c.try.closed}
			if c.usage.live > 0 {
				c.try.body.most = math.MaxInt64 // it goes on for hours; its messages are bounded
			}
			response.Body = c.try.body
		}
	}
	return out, md, err
}

// errTooLarge ends the reading of an answer that no honest service sends.
var errTooLarge = errors.New("the answer is too large")

// boundedBody counts what is read of a body and stops at a limit.
type boundedBody struct {
	io.ReadCloser
	most   int64
	closed func() // nil mostly

	read    atomic.Int64
	counted int64 // see taken
}

func (b *boundedBody) Read(p []byte) (int, error) {
	left := b.most - b.read.Load()
	if left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	n, err := b.ReadCloser.Read(p)
	b.read.Add(int64(n))
	return n, err
}

// Close closes the body.
func (b *boundedBody) Close() error {
	err := b.ReadCloser.Close()
	if b.closed != nil {
		b.closed()
	}
	return err
}

// taken is how many bytes have been read since it was last asked.
func (b *boundedBody) taken() int64 {
	n := b.read.Load()
	since := n - b.counted
	b.counted = n
	return since
}

// plainStream is a request body without the WriteTo method that readers of
// bytes have. smithy-go 1.28.9 closes the body when the answer begins, and its
// closed body answers WriteTo with io.EOF. When net/http has not looked at the
// end of the body by then, as happens on loopback under load, it takes that
// for a failed request and breaks the connection under the answer.
type plainStream struct{ io.ReadSeeker }

func withPlainStream(request any) any {
	r, ok := request.(*smithyhttp.Request)
	if !ok {
		return request
	}
	stream, ok := r.GetStream().(io.ReadSeeker)
	if !ok {
		return request
	}
	plain, err := r.SetStream(plainStream{stream})
	if err != nil {
		return request
	}
	return plain
}

func requestLength(request any) int64 {
	r, ok := request.(*smithyhttp.Request)
	if !ok {
		return 0
	}
	n, known, err := r.StreamLength()
	if err != nil || !known {
		return 0
	}
	return n
}

// action is an operation as permissions spell it.
func action(service, operation string) string {
	return permissionPrefix(service) + ":" + operation
}

// permissionPrefix is a service's name in permissions (Service Authorization
// Reference) for the SDK's name of it.
func permissionPrefix(service string) string {
	switch service {
	case "CloudWatch Logs":
		return "logs"
	case "Cost Explorer":
		return "ce"
	case "SSO OIDC":
		return "sso-oauth"
	case "Resource Groups Tagging API":
		return "tag"
	}
	return strings.ToLower(strings.ReplaceAll(service, " ", ""))
}
