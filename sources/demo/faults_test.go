package demo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	xraytypes "github.com/aws/aws-sdk-go-v2/service/xray/types"
	"github.com/aws/smithy-go"

	"fntop/sources/demo"
)

// probes call one operation of each service.
func probes(config aws.Config) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"lambda": func(ctx context.Context) error {
			_, err := lambda.NewFromConfig(config).ListFunctions(ctx, &lambda.ListFunctionsInput{})
			return err
		},
		"cloudwatch": func(ctx context.Context) error {
			_, err := cloudwatch.NewFromConfig(config).GetMetricData(ctx, &cloudwatch.GetMetricDataInput{
				StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated),
				MetricDataQueries: []cwtypes.MetricDataQuery{metricQuery("a", "fn-001", "Invocations", "Sum", 60)},
			})
			return err
		},
		"logs": func(ctx context.Context) error {
			_, err := cloudwatchlogs.NewFromConfig(config).FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(busyGroup)})
			return err
		},
		"xray": func(ctx context.Context) error {
			_, err := xray.NewFromConfig(config).GetTraceSummaries(ctx, &xray.GetTraceSummariesInput{
				StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated),
			})
			return err
		},
		"cloudtrail": func(ctx context.Context) error {
			_, err := cloudtrail.NewFromConfig(config).LookupEvents(ctx, &cloudtrail.LookupEventsInput{})
			return err
		},
		"events": func(ctx context.Context) error {
			_, err := eventbridge.NewFromConfig(config).ListRuleNamesByTarget(ctx, &eventbridge.ListRuleNamesByTargetInput{TargetArn: aws.String("x")})
			return err
		},
		"tag": func(ctx context.Context) error {
			_, err := resourcegroupstaggingapi.NewFromConfig(config).GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{})
			return err
		},
		"s3": func(ctx context.Context) error {
			_, err := s3.NewFromConfig(config).ListBuckets(ctx, &s3.ListBucketsInput{})
			return err
		},
		"sts": func(ctx context.Context) error {
			_, err := sts.NewFromConfig(config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			return err
		},
	}
}

// codeOf is the code of an API error, or the text of another error.
func codeOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return fmt.Sprint(err)
}

func TestFaultCodes(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	codes := map[demo.FaultKind]map[string]string{
		demo.FaultThrottle: {
			"lambda": "TooManyRequestsException", "cloudwatch": "Throttling", "logs": "ThrottlingException",
			"xray": "ThrottledException", "sts": "Throttling",
			"cloudtrail": "ThrottlingException", "events": "ThrottlingException", "tag": "ThrottledException", "s3": "SlowDown",
		},
		demo.FaultExpired: {
			"lambda": "ExpiredTokenException", "cloudwatch": "ExpiredToken", "logs": "ExpiredTokenException",
			"xray": "ExpiredTokenException", "sts": "ExpiredToken",
			"cloudtrail": "ExpiredTokenException", "events": "ExpiredTokenException", "tag": "ExpiredTokenException", "s3": "ExpiredToken",
		},
		demo.FaultDenied: {
			"lambda": "AccessDeniedException", "cloudwatch": "AccessDenied", "logs": "AccessDeniedException",
			"xray": "AccessDeniedException", "sts": "AccessDenied",
			"cloudtrail": "AccessDeniedException", "events": "AccessDeniedException", "tag": "AccessDeniedException", "s3": "AccessDenied",
		},
		demo.FaultInternal: {
			"lambda": "ServiceException", "cloudwatch": "InternalServiceError", "logs": "ServiceUnavailableException",
			"xray": "InternalFailure", "sts": "InternalFailure",
			"cloudtrail": "InternalFailure", "events": "InternalException", "tag": "InternalServiceException", "s3": "InternalError",
		},
	}
	for kind, want := range codes {
		c.server.SetFaults(demo.Faults{Rules: []demo.Fault{{Kind: kind}}})
		for service, probe := range probes(c.config("us-east-1")) {
			if got := codeOf(probe(t.Context())); got != want[service] {
				t.Errorf("%s on %s: %s, want %s", kind, service, got, want[service])
			}
		}
	}
	c.server.SetFaults(demo.Faults{})
	for service, probe := range probes(c.config("us-east-1")) {
		if err := probe(t.Context()); err != nil {
			t.Errorf("%s without faults: %v", service, err)
		}
	}
}

// Modelled errors come out as the SDK's types, and every throttle is one that
// the SDK's retryer knows.
func TestFaultTypes(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultThrottle}}}})
	throttles := retry.IsErrorThrottles(retry.DefaultThrottles)
	actions := map[string]string{
		"lambda": "lambda:ListFunctions", "cloudwatch": "cloudwatch:GetMetricData", "logs": "logs:FilterLogEvents", "xray": "xray:GetTraceSummaries",
		"sts": "sts:GetCallerIdentity", "cloudtrail": "cloudtrail:LookupEvents", "events": "events:ListRuleNamesByTarget", "tag": "tag:GetResources", "s3": "s3:ListBuckets",
	}
	for service, probe := range probes(c.config("us-east-1")) {
		err := probe(t.Context())
		if throttles.IsErrorThrottle(err) != aws.TrueTernary {
			t.Errorf("%s: the SDK does not take %v for a throttle", service, err)
		}
		var ok bool
		switch service {
		case "lambda":
			var e *lambdatypes.TooManyRequestsException
			ok = errors.As(err, &e) && e.Reason == lambdatypes.ThrottleReasonCallerRateLimitExceeded && e.ErrorMessage() == "Rate exceeded"
		case "xray":
			var e *xraytypes.ThrottledException
			ok = errors.As(err, &e) && e.ErrorMessage() == "Rate exceeded"
		case "logs":
			var e *logtypes.ThrottlingException
			ok = errors.As(err, &e) || codeOf(err) == "ThrottlingException"
		case "tag":
			var e *tagtypes.ThrottledException
			ok = errors.As(err, &e) && e.ErrorMessage() == "Rate exceeded"
		case "s3":
			ok = strings.Contains(err.Error(), "StatusCode: 503") && strings.Contains(err.Error(), "Please reduce your request rate.")
		default:
			ok = strings.Contains(err.Error(), "Rate exceeded")
		}
		if n := c.countsOf(t, actions[service], 1); n.Throttles != 1 || n.Errors != 1 {
			t.Errorf("%s is counted as %+v", service, n)
		}
		if !ok {
			t.Errorf("%s: %v", service, err)
		}
	}
	if n := c.countsOf(t, "logs:FilterLogEvents", 1); n.Throttles != 1 || n.Errors != 1 || n.Calls != 1 {
		t.Errorf("counts: %+v", n)
	}
}

func TestFaultDeniedMessage(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultDenied}}}})
	const who = "User: arn:aws:iam::123456789012:user/fntop-demo is not authorized to perform: "
	for service, want := range map[string]string{
		"lambda":     who + "lambda:ListFunctions on resource: * because no identity-based policy allows the lambda:ListFunctions action",
		"cloudwatch": who + "cloudwatch:GetMetricData because no identity-based policy allows the cloudwatch:GetMetricData action",
		"logs": who + "logs:FilterLogEvents on resource: arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/fn-000:log-stream:" +
			" because no identity-based policy allows the logs:FilterLogEvents action",
		"xray":       who + "xray:GetTraceSummaries because no identity-based policy allows the xray:GetTraceSummaries action",
		"cloudtrail": who + "cloudtrail:LookupEvents because no identity-based policy allows the cloudtrail:LookupEvents action",
		"tag":        who + "tag:GetResources because no identity-based policy allows the tag:GetResources action",
		"s3":         who + "s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action",
		"events": who + "events:ListRuleNamesByTarget on resource: arn:aws:events:us-east-1:123456789012:rule/*" +
			" because no identity-based policy allows the events:ListRuleNamesByTarget action",
	} {
		err := probes(c.config("us-east-1"))[service](t.Context())
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorMessage() != want {
			t.Errorf("%s: %v", service, err)
		}
	}
	_, err := lambda.NewFromConfig(c.config("us-east-1")).GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("fn-001")})
	if err == nil || !strings.Contains(err.Error(), "lambda:GetPolicy on resource: arn:aws:lambda:us-east-1:123456789012:function:fn-001 because") {
		t.Errorf("a function: %v", err)
	}
}

func TestFaultConditions(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Rules: []demo.Fault{
		{Kind: demo.FaultDenied, Service: "logs", Operation: "Filter*"},
		{Kind: demo.FaultThrottle, Region: "eu-west-1", Service: "lambda", Operation: "ListFunctions"},
		{Kind: demo.FaultInternal, Service: "xray", Share: 0.25},
	}}})
	for region, throttled := range map[string]bool{"us-east-1": false, "eu-west-1": true} {
		if err := probes(c.config(region))["lambda"](t.Context()); (err != nil) != throttled {
			t.Errorf("lambda in %s: %v", region, err)
		}
	}
	if err := probes(c.config("us-east-1"))["logs"](t.Context()); codeOf(err) != "AccessDeniedException" {
		t.Errorf("logs: %v", err)
	}
	if _, err := cloudwatchlogs.NewFromConfig(c.config("us-east-1")).DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{}); err != nil {
		t.Errorf("an operation that is not denied: %v", err)
	}
	var failed []int
	for i := range 8 {
		if probes(c.config("us-east-1"))["xray"](t.Context()) != nil {
			failed = append(failed, i)
		}
	}
	if !slices.Equal(failed, []int{3, 7}) {
		t.Errorf("a share of a quarter failed at %v", failed)
	}
}

func TestFaultConnections(t *testing.T) {
	for _, kind := range []demo.FaultKind{demo.FaultDrop, demo.FaultTruncate, demo.FaultGarbage} {
		c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Rules: []demo.Fault{{Kind: kind}}}})
		for service, probe := range probes(c.config("us-east-1")) {
			err := probe(t.Context())
			var api smithy.APIError
			if err == nil || errors.As(err, &api) {
				t.Errorf("%s on %s: %v", kind, service, err)
			}
		}
		var dropped int64
		if kind == demo.FaultDrop {
			dropped = 1
		}
		if n := c.countsOf(t, "logs:FilterLogEvents", 1); n.Dropped != dropped || n.Errors != 0 {
			t.Errorf("%s: counts %+v", kind, n)
		}
	}
}

func TestFaultDeadAndLatency(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Rules: []demo.Fault{
		{Kind: demo.FaultDead, Region: "eu-west-1"},
		{Kind: demo.FaultLatency, Service: "lambda", Delay: 30 * time.Millisecond},
	}}})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := probes(c.config("eu-west-1"))["sts"](ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("dead region: %v", err)
	}
	began := time.Now()
	if err := probes(c.config("us-east-1"))["lambda"](t.Context()); err != nil || time.Since(began) < 30*time.Millisecond {
		t.Errorf("latency: %v after %v", err, time.Since(began))
	}
}

func TestFaultPartialData(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	ask := func() cwtypes.MetricDataResult {
		out, err := cloudwatch.NewFromConfig(c.config("us-east-1")).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
			StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated),
			MetricDataQueries: []cwtypes.MetricDataQuery{metricQuery("a", "fn-001", "Invocations", "Sum", 60)},
		})
		if err != nil || out.NextToken != nil {
			t.Fatal(out, err)
		}
		return out.MetricDataResults[0]
	}
	whole := ask()
	c.server.SetFaults(demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultPartial}}})
	part := ask()
	if part.StatusCode != cwtypes.StatusCodePartialData || len(part.Values) != len(whole.Values)/2 || whole.StatusCode != cwtypes.StatusCodeComplete {
		t.Errorf("%d of %d points, %s", len(part.Values), len(whole.Values), part.StatusCode)
	}
}

// The SDK sees the server's time in the answer, corrects its signature and
// succeeds on the second try.
func TestFaultClockSkew(t *testing.T) {
	for _, skew := range []time.Duration{time.Hour, -time.Hour, time.Minute} {
		codes := make(chan string, 10)
		c := newCloud(t, demo.ServerConfig{
			Faults: demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultClockSkew, Delay: skew}}},
			OnCall: func(done demo.Call) { codes <- done.Code },
		})
		config := c.config("us-east-1")
		config.Retryer = func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
		}
		want := []string{"InvalidSignatureException", ""}
		if skew.Abs() < 5*time.Minute {
			want = []string{""}
		}
		for _, service := range []string{"logs", "lambda", "sts", "xray", "cloudwatch"} {
			err := probes(config)[service](t.Context())
			var got []string
			for range want {
				got = append(got, next(t, codes))
			}
			if err != nil || !slices.Equal(got, want) || len(codes) != 0 {
				t.Errorf("skew %v on %s: %v, answers %q", skew, service, err, got)
			}
		}
	}
}

func TestQuotas(t *testing.T) {
	wall := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	c := newCloud(t, demo.ServerConfig{Wall: func() time.Time { return wall }, Faults: demo.Faults{Quotas: true}})
	count := func(region, service string, n int) (throttled int) {
		for range n {
			if err := probes(c.config(region))[service](t.Context()); err != nil {
				throttled++
			}
		}
		return throttled
	}
	if got := count("us-east-1", "lambda", 20); got != 5 { // 15 a second
		t.Errorf("lambda: %d of 20 throttled", got)
	}
	// The control plane is one bucket, GetFunction has its own.
	client := lambda.NewFromConfig(c.config("us-east-1"))
	if _, err := client.GetAccountSettings(t.Context(), &lambda.GetAccountSettingsInput{}); codeOf(err) != "TooManyRequestsException" {
		t.Errorf("another operation of the same bucket: %v", err)
	}
	if _, err := client.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("fn-001")}); err != nil {
		t.Errorf("a bucket of its own: %v", err)
	}
	if got := count("eu-west-1", "lambda", 1); got != 0 {
		t.Errorf("another region: %d throttled", got)
	}
	if got := count("us-east-1", "logs", 30); got != 5 { // 25 a second
		t.Errorf("logs: %d of 30 throttled", got)
	}
	wall = wall.Add(time.Second / 5)
	if got := count("us-east-1", "lambda", 5); got != 2 { // three tokens later
		t.Errorf("after 200 ms: %d of 5 throttled", got)
	}
	// 400 queries of 3 hours by the minute are 72,000 datapoints; 180,000 a second.
	var queries []cwtypes.MetricDataQuery
	for i := range 400 {
		queries = append(queries, metricQuery(fmt.Sprintf("q%d", i), "idle-007", "Invocations", "Sum", 60))
	}
	throttled := 0
	for range 4 {
		_, err := cloudwatch.NewFromConfig(c.config("us-east-1")).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
			StartTime: aws.Time(simulated.Add(-3 * time.Hour)), EndTime: aws.Time(simulated), MetricDataQueries: queries,
		})
		if codeOf(err) == "Throttling" {
			throttled++
		}
	}
	if throttled != 2 {
		t.Errorf("datapoints: %d of 4 throttled", throttled)
	}
}
