package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/smithy-go/middleware"
	"github.com/fxamacker/cbor/v2"
	"go.uber.org/goleak"

	"fntop/sources"
	"fntop/sources/meter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testAccount = "123456789012"
	testRegion  = "us-east-1"
)

// handler answers one operation. The body is the request's, decoded into
// plain maps, lists, strings and numbers.
type handler func(w http.ResponseWriter, body map[string]any)

// fake is an AWS of hand-written handlers that speaks the real protocols.
type fake struct {
	t        *testing.T
	handlers map[string]handler // by action, such as "lambda:ListFunctions"

	mu    sync.Mutex
	calls map[string]int
}

func newFake(t *testing.T, handlers map[string]handler) *fake {
	t.Helper()
	return &fake{t: t, handlers: handlers, calls: make(map[string]int)}
}

// count is how often the operation was called.
func (f *fake) count(action string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[action]
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	action, body := f.decode(r, raw)
	f.mu.Lock()
	f.calls[action]++
	f.mu.Unlock()
	if h := f.handlers[action]; h != nil {
		h(w, body)
		return
	}
	if action == opIdentity {
		identityAnswer(testAccount)(w, body)
		return
	}
	f.t.Errorf("unexpected call of %s (%s %s)", action, r.Method, r.URL)
	w.WriteHeader(http.StatusNotImplemented)
}

// decode finds out which operation a request is of, by its protocol.
func (f *fake) decode(r *http.Request, raw []byte) (action string, body map[string]any) {
	body = make(map[string]any)
	fill := func(err error) {
		if err != nil {
			f.t.Errorf("request body of %s %s: %v", r.Method, r.URL, err)
		}
	}
	target := r.Header.Get("X-Amz-Target")
	switch {
	case strings.HasPrefix(r.URL.Path, "/service/GraniteServiceVersion20100801/operation/"):
		if r.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" || r.Header.Get("Content-Type") != "application/cbor" {
			f.t.Errorf("not rpc-v2-cbor: %v", r.Header)
		}
		fill(cbor.Unmarshal(raw, &body))
		return "cloudwatch:" + r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], body
	case strings.HasPrefix(target, "Logs_20140328."):
		fill(json.Unmarshal(raw, &body))
		return "logs:" + strings.TrimPrefix(target, "Logs_20140328."), body
	case strings.HasPrefix(target, "AWSInsightsIndexService."):
		fill(json.Unmarshal(raw, &body))
		return "ce:" + strings.TrimPrefix(target, "AWSInsightsIndexService."), body
	case strings.HasPrefix(target, "AWSPriceListService."):
		fill(json.Unmarshal(raw, &body))
		return "pricing:" + strings.TrimPrefix(target, "AWSPriceListService."), body
	case r.URL.Path == "/TraceSummaries":
		fill(json.Unmarshal(raw, &body))
		return opGetTraceSummaries, body
	case r.URL.Path == "/Traces":
		fill(json.Unmarshal(raw, &body))
		return opBatchGetTraces, body
	case strings.Contains(target, "."): // services of JSON 1.1
		fill(json.Unmarshal(raw, &body))
		return map[string]string{"LookupEvents": opLookupEvents, "GetResources": opGetResources}[target[strings.LastIndexByte(target, '.')+1:]], body
	case r.Method == http.MethodGet:
		for key := range r.URL.Query() {
			body[key] = r.URL.Query().Get(key)
		}
		return lambdaOperation(r.URL.Path), body
	}
	form, err := url.ParseQuery(string(raw))
	fill(err)
	for key := range form {
		body[key] = form.Get(key)
	}
	if form.Get("Version") == "2010-05-08" {
		return "iam:" + form.Get("Action"), body
	}
	return "sts:" + form.Get("Action"), body
}

// lambdaOperation is the operation of Lambda that a path is of.
func lambdaOperation(path string) string {
	for end, op := range map[string]string{
		"/functions": opListFunctions, "/event-source-mappings": opListEventSourceMappings, "/account-settings": opGetAccountSettings,
		"/policy": opGetPolicy, "/aliases": opListAliases, "/urls": opListFunctionURLs,
		"/concurrency": opGetFunctionConcurrency, "/provisioned-concurrency": opListProvisionedSettings,
	} {
		if strings.HasSuffix(strings.TrimSuffix(path, "/"), end) {
			return op
		}
	}
	return path
}

// identityAnswer is STS's answer to GetCallerIdentity.
func identityAnswer(account string) handler {
	return func(w http.ResponseWriter, _ map[string]any) {
		w.Header().Set("Content-Type", "text/xml")
		fmt.Fprintf(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::%s:user/x</Arn><UserId>X</UserId><Account>%s</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`, account, account)
	}
}

// answerJSON answers with a JSON document.
func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// answerCBOR answers in rpc-v2-cbor.
func answerCBOR(w http.ResponseWriter, v any) {
	raw, err := cbor.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/cbor")
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	_, _ = w.Write(raw)
}

// refuse answers with an error in the protocol of the operation.
func refuse(action string, status int, code, message string) handler {
	return func(w http.ResponseWriter, _ map[string]any) {
		service, _, _ := strings.Cut(action, ":")
		switch service {
		case "cloudwatch":
			w.Header().Set("Content-Type", "application/cbor")
			w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
			w.WriteHeader(status)
			raw, _ := cbor.Marshal(map[string]any{"__type": "com.amazonaws.cloudwatch#" + code, "message": message, "Message": message})
			_, _ = w.Write(raw)
		case "sts", "iam":
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(status)
			fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>`, code, message)
		default:
			w.Header().Set("X-Amzn-Errortype", code+":http://internal.amazon.com/coral/com.amazonaws/")
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{"__type": code, "message": message})
		}
	}
}

// epochTag is a time of rpc-v2-cbor.
func epochTag(t time.Time) cbor.Tag {
	return cbor.Tag{Number: 1, Content: float64(t.UnixMilli()) / 1000}
}

// serve runs the fake on loopback for the length of the test.
func (f *fake) serve() string {
	server := httptest.NewServer(f)
	f.t.Cleanup(server.Close)
	return server.URL
}

// ownClient is an HTTP client whose connections end with the test.
func ownClient(tb testing.TB) *http.Client {
	tb.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	tb.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// options are those for one region of a fake at an address.
func options(tb testing.TB, endpoint string) Options {
	tb.Helper()
	return Options{
		Regions:     []string{testRegion},
		EndpointURL: endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""),
		HTTPClient:  ownClient(tb),
		Meter:       meter.New(time.Now, func(c meter.Call) float64 { return float64(c.Metrics) * 1e-5 }),
		Version:     "test",
	}
}

// openOne opens the only place of the options.
func openOne(tb testing.TB, o Options) *Source {
	tb.Helper()
	places := Places(tb.Context(), o)
	if len(places) != 1 {
		tb.Fatalf("%d places, want 1", len(places))
	}
	got, err := places[0].Open(tb.Context())
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	return got.(*Source)
}

// sourceOf opens a source on a fake with these handlers.
func sourceOf(t *testing.T, handlers map[string]handler) (*Source, *fake, *meter.Meter) {
	t.Helper()
	f := newFake(t, handlers)
	o := options(t, f.serve())
	return openOne(t, o), f, o.Meter
}

// opOf is what the meter has counted of an operation.
func opOf(m *meter.Meter, action string) meter.Op {
	for _, op := range m.Bill().Ops {
		if op.Name == action {
			return op
		}
	}
	return meter.Op{}
}

// wantError checks the kind and the parts of the one-line text of an error.
func wantError(t *testing.T, err error, kind sources.Kind, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %v", kind)
	}
	if got := sources.KindOf(err); got != kind {
		t.Fatalf("kind %v, want %v: %v", got, kind, err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "RequestID") || strings.Contains(err.Error(), "https response error") {
		t.Errorf("error %q holds the SDK's wrapping", err)
	}
}

// unlimited is an X-Ray client of the source without limits of rate.
func unlimited(s *Source, o Options) *xray.Client {
	return xray.New(s.xray.Options(), func(x *xray.Options) {
		g := (&base{options: o.withDefaults()}).gate(testRegion, nil)
		x.APIOptions = []func(*middleware.Stack) error{g.install}
	})
}

// discardLog is a log that says nothing.
func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

// clientTrace is what watches the requests made under a context.
func clientTrace(ctx context.Context) *httptrace.ClientTrace {
	return httptrace.ContextClientTrace(ctx)
}
