package demo_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/smithy-go"
	"go.uber.org/goleak"

	"fntop/sources/demo"
)

func TestUnsigned(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	want := map[string]string{
		"lambda": "MissingAuthenticationTokenException", "xray": "MissingAuthenticationTokenException",
		"logs": "MissingAuthenticationTokenException", "cloudwatch": "MissingAuthenticationToken", "sts": "MissingAuthenticationToken",
		"cloudtrail": "MissingAuthenticationTokenException", "events": "MissingAuthenticationTokenException",
		"tag": "MissingAuthenticationTokenException", "s3": "AccessDenied",
	}
	config := c.config("us-east-1")
	config.Credentials = aws.AnonymousCredentials{}
	for service, probe := range probes(config) {
		err := probe(t.Context())
		var api smithy.APIError
		message := "Missing Authentication Token"
		if service == "s3" {
			message = "Access Denied"
		}
		if !errors.As(err, &api) || api.ErrorCode() != want[service] || api.ErrorMessage() != message {
			t.Errorf("%s: %v", service, err)
		}
	}
	for name, client := range eachProtocol(config) {
		t.Run(name, func(t *testing.T) {
			_, err := client.ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{})
			if codeOf(err) != "MissingAuthenticationToken" {
				t.Error(err)
			}
		})
	}
}

func TestUnknownOperation(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	for name, client := range eachProtocol(c.config("us-east-1")) {
		t.Run(name, func(t *testing.T) {
			_, err := client.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{})
			if codeOf(err) != "InvalidAction" {
				t.Error(err)
			}
		})
	}
	if n := c.countsOf(t, "cloudwatch:DescribeAlarms", 3); n.Calls != 3 || n.Errors != 3 {
		t.Errorf("%+v", n)
	}
}

func TestOnCall(t *testing.T) {
	calls := make(chan demo.Call, 10)
	c := newCloud(t, demo.ServerConfig{OnCall: func(done demo.Call) { calls <- done }})
	config := c.config("eu-west-1")
	config.Credentials = credentials.NewStaticCredentialsProvider("AKIOTHER", "x", "token")
	if err := probes(config)["cloudwatch"](t.Context()); err != nil {
		t.Fatal(err)
	}
	got := next(t, calls)
	if got.Service != "cloudwatch" || got.Operation != "GetMetricData" || got.Region != "eu-west-1" || got.Protocol != "cbor" ||
		got.AccessKey != "AKIOTHER" || got.Status != 200 || got.Code != "" || got.Metrics != 1 || got.Bytes == 0 || got.Err != nil || got.At.IsZero() {
		t.Errorf("%+v", got)
	}
}

// panicModel fails in the worst way.
type panicModel struct{ fakeModel }

func (*panicModel) Account() string   { return account }
func (*panicModel) Regions() []string { panic("the model is broken") }

func TestModelPanics(t *testing.T) {
	calls := make(chan demo.Call, 10)
	c := newCloud(t, demo.ServerConfig{Model: &panicModel{}, OnCall: func(done demo.Call) { calls <- done }})
	if err := probes(c.config("us-east-1"))["lambda"](t.Context()); codeOf(err) != "ServiceException" {
		t.Errorf("%v", err)
	}
	last := next(t, calls)
	if last.Err == nil || !strings.Contains(last.Err.Error(), "the model is broken") || last.Status != 500 {
		t.Errorf("%+v", last)
	}
}

// Serve stops when its context ends, with calls under way and connections
// open, and leaves nothing behind.
func TestServe(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	server := demo.NewServer(demo.ServerConfig{
		Model: newFake(), Now: func() time.Time { return simulated },
		Faults: demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultDead, Service: "xray"}}},
	})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	config := (&cloud{url: "http://" + listener.Addr().String()}).config("us-east-1")
	config.HTTPClient = &http.Client{Transport: plainBodies{transport}}
	if err := probes(config)["lambda"](t.Context()); err != nil {
		t.Fatal(err)
	}
	var hanging sync.WaitGroup
	hanging.Go(func() {
		if err := probes(config)["xray"](context.WithoutCancel(t.Context())); err == nil {
			t.Error("a dead service answered")
		}
	})
	for server.Counts()["lambda:ListFunctions"].Calls == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	hanging.Wait()
	if err := probes(config)["lambda"](t.Context()); err == nil {
		t.Error("a stopped server answered")
	}
}

func TestServeOnClosedListener(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	server := demo.NewServer(demo.ServerConfig{Model: newFake(), Now: func() time.Time { return simulated }})
	if err := server.Serve(t.Context(), listener); err == nil {
		t.Error("Serve on a closed listener gave no error")
	}
}

// Calls from many clients at once, while faults change.
func TestConcurrentCalls(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() {
			for service, probe := range probes(c.config([]string{"us-east-1", "eu-west-1"}[i%2])) {
				if err := probe(t.Context()); err != nil && service != "logs" && codeOf(err) != "TooManyRequestsException" {
					t.Errorf("%s: %v", service, err)
				}
				c.server.SetFaults(demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultThrottle, Service: "lambda", Share: 0.5}}})
				c.server.Counts()
			}
		})
	}
	clients.Wait()
}

func FuzzServeHTTP(f *testing.F) {
	model := newFake()
	server := demo.NewServer(demo.ServerConfig{Model: model, Now: func() time.Time { return simulated }})
	const scope = "AWS4-HMAC-SHA256 Credential=AKI/20261123/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"
	f.Add("POST", "/service/GraniteServiceVersion20100801/operation/GetMetricData", "", "application/cbor", scope, "\xbf\x61a\x01\xff")
	f.Add("POST", "/service/GraniteServiceVersion20100801/operation/GetMetricData", "", "application/cbor", scope, "\xbfiStartTime\xc1\xfbA\xda\xaa\xaa\xaa\xaa\xaa\xaa\xff")
	f.Add("POST", "/", "GraniteServiceVersion20100801.ListMetrics", "application/x-amz-json-1.0", scope, `{"Dimensions":[{"Name":"FunctionName"}]}`)
	f.Add("POST", "/", "Logs_20140328.FilterLogEvents", "application/x-amz-json-1.1", scope, `{"logGroupName":"/aws/lambda/fn-000","filterPattern":"{ $.a = 1 }","limit":5,"startTime":-9223372036854775808}`)
	f.Add("POST", "/", "Logs_20140328.GetLogEvents", "application/x-amz-json-1.1", scope, `{"logGroupName":"/aws/lambda/fn-000","logStreamName":"2026/11/23/[$LATEST]x","endTime":9223372036854775807}`)
	f.Add("POST", "/", "Logs_20140328.DescribeLogStreams", "application/x-amz-json-1.1", scope, `{"logGroupIdentifier":"arn:aws:logs:us-east-1:1:log-group:x","orderBy":"LastEventTime"}`)
	f.Add("POST", "/", "", "application/x-www-form-urlencoded", scope, "Action=GetMetricData&MetricDataQueries.member.999999999.Id=a&StartTime=2026-11-23T00:00:00Z")
	f.Add("GET", "/2015-03-31/functions/?Marker=YWZ0ZXI6Zm4&MaxItems=1", "", "", strings.Replace(scope, "monitoring", "lambda", 1), "")
	f.Add("POST", "/TraceSummaries", "", "application/json", strings.Replace(scope, "monitoring", "xray", 1), `{"StartTime":1795424400,"EndTime":1795428000,"FilterExpression":"service(\"x\")"}`)
	f.Add("POST", "/", "CloudTrail_20131101.LookupEvents", "application/x-amz-json-1.1", scope, `{"StartTime":-1e9,"EndTime":1e11,"LookupAttributes":[{}],"MaxResults":50,"NextToken":"AQ"}`)
	f.Add("POST", "/", "ResourceGroupsTaggingAPI_20170126.GetResources", "application/x-amz-json-1.1", scope, `{"PaginationToken":"YWZ0ZXI6Zm4","TagFilters":[{"Key":"team"}]}`)
	f.Add("POST", "/", "AWSEvents.ListRuleNamesByTarget", "application/x-amz-json-1.1", scope, `{"TargetArn":"arn:aws:lambda:us-east-1:1:function:x:"}`)
	f.Add("GET", "/2015-03-31/event-source-mappings/?FunctionName=fn-001&Marker=YWZ0ZXI6Zm4", "", "", strings.Replace(scope, "monitoring", "lambda", 1), "")
	f.Add("0", "/", "", "", "AWS4- Credential=0//s3/", "")
	f.Add("GET", "/bucket-01?notification", "", "", strings.Replace(scope, "monitoring", "s3", 1), "")
	f.Add("GET", "/bucket-00?notification", "", "", strings.Replace(scope, "monitoring", "s3", 1), "")
	f.Add("GET", "/?max-buckets=3&continuation-token=YWZ0ZXI6Zm4&x-id=ListBuckets", "", "", strings.Replace(scope, "monitoring", "s3", 1), "")
	f.Add("POST", "/Traces", "", "application/json", "AWS4-X Credential=a/b/c", `{"TraceIds":[null,"1-00000000-000000000000000000000000"]}`)
	f.Fuzz(func(t *testing.T, method, target, operation, contentType, authorization, body string) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://localhost", strings.NewReader(body))
		if err != nil || req.URL == nil || !strings.HasPrefix(target, "/") {
			return
		}
		if req.URL, err = req.URL.Parse(target); err != nil {
			return
		}
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Authorization", authorization)
		if operation != "" {
			req.Header.Set("X-Amz-Target", operation)
		}
		if contentType == "application/cbor" {
			req.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, req)
		if w.Code != http.StatusOK && w.Code != http.StatusNotImplemented && (w.Code < 300 || w.Code >= 500) {
			answer, _ := io.ReadAll(w.Body)
			t.Errorf("%s %s: %d %q", method, target, w.Code, answer)
		}
	})
}
