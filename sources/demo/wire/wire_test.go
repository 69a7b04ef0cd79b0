package wire_test

import (
	"encoding/json"
	"encoding/xml"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"fntop/sources/demo/wire"
)

const scope = "AWS4-HMAC-SHA256 Credential=AKIDEMO/20261123/us-east-1/%/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"

func request(t *testing.T, method, target, signing, body string, headers ...string) *http.Request {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if signing != "" {
		req.Header.Set("Authorization", strings.Replace(scope, "%", signing, 1))
		req.Header.Set("X-Amz-Date", "20261123T140000Z")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

func TestRead(t *testing.T) {
	const form = "application/x-www-form-urlencoded; charset=utf-8"
	tests := []struct {
		name                 string
		req                  *http.Request
		service, op          string
		protocol             wire.Protocol
		labels               map[string]string
		failure              string
		unsigned, otherScope bool
	}{
		{
			name: "cbor", req: request(t, "POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics", "monitoring", "", "smithy-protocol", "rpc-v2-cbor"),
			service: "cloudwatch", op: "ListMetrics", protocol: wire.CBOR,
		},
		{
			name: "cbor with a prefix", req: request(t, "POST", "/a/service/GraniteServiceVersion20100801/operation/ListMetrics", "", "", "smithy-protocol", "rpc-v2-cbor"),
			service: "cloudwatch", op: "ListMetrics", protocol: wire.CBOR, unsigned: true,
		},
		{
			name: "cbor at another path", req: request(t, "POST", "/operation/ListMetrics", "monitoring", "", "smithy-protocol", "rpc-v2-cbor"),
			service: "cloudwatch", protocol: wire.CBOR,
		},
		{
			name: "json 1.0", req: request(t, "POST", "/", "monitoring", "{}", "X-Amz-Target", "GraniteServiceVersion20100801.GetMetricData", "Content-Type", "application/x-amz-json-1.0"),
			service: "cloudwatch", op: "GetMetricData", protocol: wire.JSON10,
		},
		{
			name: "json 1.1", req: request(t, "POST", "/", "logs", "{}", "X-Amz-Target", "Logs_20140328.FilterLogEvents", "Content-Type", "application/x-amz-json-1.1"),
			service: "logs", op: "FilterLogEvents", protocol: wire.JSON11,
		},
		{
			name: "a service that is not known", req: request(t, "POST", "/", "kms", "{}", "X-Amz-Target", "TrentService.ListKeys"),
			service: "kms", op: "ListKeys", protocol: wire.JSON11,
		},
		{
			name: "a target without a dot", req: request(t, "POST", "/", "kms", "{}", "X-Amz-Target", "ListKeys"),
			service: "kms", op: "ListKeys", protocol: wire.JSON11,
		},
		{
			name: "a target with a namespace", req: request(t, "POST", "/", "x", "{}", "X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
			service: "cloudtrail", op: "LookupEvents", protocol: wire.JSON11,
		},
		{
			name: "signed by another name", req: request(t, "POST", "/", "tagging", "{}", "X-Amz-Target", "ResourceGroupsTaggingAPI_20170126.GetResources"),
			service: "tag", op: "GetResources", protocol: wire.JSON11,
		},
		{
			name: "EventBridge", req: request(t, "POST", "/", "events", "{}", "X-Amz-Target", "AWSEvents.DescribeRule"),
			service: "events", op: "DescribeRule", protocol: wire.JSON11,
		},
		{
			name: "S3", req: request(t, "GET", "/?x-id=ListBuckets", "s3", ""),
			service: "s3", op: "ListBuckets", protocol: wire.RESTXML,
		},
		{
			name: "S3 of a bucket", req: request(t, "GET", "/uploads-prod/?notification", "s3", ""),
			service: "s3", op: "GetBucketNotificationConfiguration", protocol: wire.RESTXML, labels: map[string]string{"Bucket": "uploads-prod"},
		},
		{
			name: "S3 of a key", req: request(t, "GET", "/uploads-prod/a?notification", "s3", ""),
			service: "s3", protocol: wire.RESTXML, labels: map[string]string{"Bucket": "uploads-prod"},
		},
		{
			name: "S3 by another method", req: request(t, "PUT", "/uploads-prod?notification", "s3", ""),
			service: "s3", protocol: wire.RESTXML, labels: map[string]string{"Bucket": "uploads-prod"},
		},
		{
			name: "rest of a part", req: request(t, "GET", "/2015-03-31/event-source-mappings/a-b", "lambda", ""),
			service: "lambda", op: "GetEventSourceMapping", protocol: wire.RESTJSON, labels: map[string]string{"UUID": "a-b"},
		},
		{
			name: "query", req: request(t, "POST", "/", "monitoring", "Action=ListMetrics&Version=2010-08-01", "Content-Type", form),
			service: "cloudwatch", op: "ListMetrics", protocol: wire.Query,
		},
		{
			name: "query in the URL", req: request(t, "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "", ""),
			service: "sts", op: "GetCallerIdentity", protocol: wire.Query, unsigned: true,
		},
		{
			name: "query by version", req: request(t, "POST", "/", "", "Action=ListMetrics&Version=2010-08-01", "Content-Type", form),
			service: "cloudwatch", op: "ListMetrics", protocol: wire.Query, unsigned: true,
		},
		{
			name: "broken form", req: request(t, "POST", "/", "sts", "Action=%zz", "Content-Type", form),
			service: "sts", protocol: wire.Query, failure: "SerializationException",
		},
		{
			name: "rest", req: request(t, "GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Aa%2Fb/configuration", "lambda", ""),
			service: "lambda", op: "GetFunctionConfiguration", protocol: wire.RESTJSON, labels: map[string]string{"FunctionName": "arn:aws:lambda:us-east-1:1:function:a/b"},
		},
		{
			name: "rest with a slash at the end", req: request(t, "GET", "/2015-03-31/functions/?MaxItems=3", "lambda", ""),
			service: "lambda", op: "ListFunctions", protocol: wire.RESTJSON,
		},
		{
			name: "rest by its parameter", req: request(t, "GET", "/2019-09-30/functions/f/provisioned-concurrency?List=ALL", "lambda", ""),
			service: "lambda", op: "ListProvisionedConcurrencyConfigs", protocol: wire.RESTJSON, labels: map[string]string{"FunctionName": "f"},
		},
		{
			name: "rest without it", req: request(t, "GET", "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=1", "lambda", ""),
			service: "lambda", protocol: wire.RESTJSON,
		},
		{
			name: "rest by another method", req: request(t, "DELETE", "/2015-03-31/functions/f", "lambda", ""),
			service: "lambda", protocol: wire.RESTJSON,
		},
		{
			name: "x-ray", req: request(t, "POST", "/TraceSummaries", "xray", "{}"),
			service: "xray", op: "GetTraceSummaries", protocol: wire.RESTJSON,
		},
		{
			name: "not AWS's signature", req: request(t, "POST", "/Traces", "", "{}", "Authorization", "Bearer x"),
			service: "xray", op: "BatchGetTraces", protocol: wire.RESTJSON, failure: "IncompleteSignatureException", unsigned: true,
		},
		{
			name: "no credential", req: request(t, "POST", "/Traces", "", "{}", "Authorization", "AWS4-HMAC-SHA256 Signature=00"),
			service: "xray", op: "BatchGetTraces", protocol: wire.RESTJSON, failure: "IncompleteSignatureException", unsigned: true,
		},
		{
			name: "short scope", req: request(t, "POST", "/Traces", "", "{}", "Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c, Signature=00"),
			service: "xray", op: "BatchGetTraces", protocol: wire.RESTJSON, failure: "IncompleteSignatureException", unsigned: true,
		},
		{
			name: "too large", req: request(t, "POST", "/Traces", "xray", strings.Repeat("x", 5<<20)),
			service: "xray", op: "BatchGetTraces", protocol: wire.RESTJSON, failure: "RequestEntityTooLargeException",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, failure := wire.Read(tt.req, "id")
			code := ""
			if failure != nil {
				code = failure.Code
			}
			if got.Service != tt.service || got.Operation != tt.op || got.Protocol != tt.protocol || !reflect.DeepEqual(got.Labels, tt.labels) || code != tt.failure {
				t.Errorf("%s:%s by %v, labels %v, failure %q", got.Service, got.Operation, got.Protocol, got.Labels, code)
			}
			wantKey, wantRegion, wantDate := "AKIDEMO", "us-east-1", time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
			if tt.unsigned {
				wantKey, wantRegion, wantDate = "", "", time.Time{}
			}
			if got.AccessKey != wantKey || got.Region != wantRegion || !got.SignedAt.Equal(wantDate) {
				t.Errorf("key %q, region %q, date %v", got.AccessKey, got.Region, got.SignedAt)
			}
		})
	}
}

func TestReadOtherCredentials(t *testing.T) {
	query := url.Values{"X-Amz-Credential": {"AKI/20261123/eu-west-1/lambda/aws4_request"}, "X-Amz-Date": {"20261123T140000Z"}}
	got, failure := wire.Read(request(t, "GET", "/2015-03-31/functions?"+query.Encode(), "", ""), "id")
	if failure != nil || got.Region != "eu-west-1" || got.AccessKey != "AKI" || got.SignedAt.IsZero() {
		t.Errorf("in the URL: %+v, %v", got, failure)
	}
	got, failure = wire.Read(request(t, "POST", "/", "", "Action=GetCallerIdentity", "Content-Type", "application/x-www-form-urlencoded",
		"Authorization", "AWS4-ECDSA-P256-SHA256 Credential=AKI/20261123/sts/aws4_request, SignedHeaders=host, Signature=00", "X-Amz-Region-Set", "us-west-2"), "id")
	if failure != nil || got.Region != "us-west-2" || got.Service != "sts" || got.AccessKey != "AKI" {
		t.Errorf("asymmetric: %+v, %v", got, failure)
	}
}

// input has a member of every kind that is decoded.
type input struct {
	Names []string
	When  *wire.Time
	Count *wire.Int
	Flag  *wire.Bool
	Text  string
	Inner []struct{ A, B string }
}

func decode(t *testing.T, protocol wire.Protocol, body string) (input, *wire.Error) {
	t.Helper()
	headers := map[wire.Protocol][]string{
		wire.CBOR:     {"Smithy-Protocol", "rpc-v2-cbor"},
		wire.JSON11:   {"X-Amz-Target", "Logs_20140328.X"},
		wire.RESTJSON: nil,
		wire.Query:    {"Content-Type", "application/x-www-form-urlencoded"},
	}
	target := "/"
	if protocol == wire.RESTJSON {
		target = "/Traces"
	}
	req, failure := wire.Read(request(t, "POST", target, "x", body, headers[protocol]...), "id")
	if failure != nil {
		return input{}, failure
	}
	if req.Protocol != protocol {
		t.Fatalf("protocol %v, want %v", req.Protocol, protocol)
	}
	var in input
	failure = req.Decode(&in)
	return in, failure
}

func TestDecode(t *testing.T) {
	when := time.Date(2026, 11, 23, 14, 0, 0, 250_000_000, time.UTC)
	seconds := float64(when.UnixMilli()) / 1e3
	packed, err := cbor.Marshal(map[string]any{
		"Names": []string{"a", "b"}, "When": cbor.Tag{Number: 1, Content: seconds}, "Count": 7, "Flag": true, "Text": "x",
		"Inner": []any{map[string]any{"A": "1", "B": "2"}}, "Unknown": []int{1},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := `{"Names":["a","b"],"When":1795442400.25,"Count":7,"Flag":true,"Text":"x","Inner":[{"A":"1","B":"2"}],"Unknown":[1]}`
	form := "Action=X&Names.member.2=b&Names.member.1=a&When=2026-11-23T14%3A00%3A00.250Z&Count=7&Flag=true&Text=x&Inner.member.1.A=1&Inner.member.1.B=2&Unknown.member.1=1"
	count, flag := wire.Int(7), wire.Bool(true)
	want := input{Names: []string{"a", "b"}, When: &wire.Time{Time: when}, Count: &count, Flag: &flag, Text: "x"}
	want.Inner = []struct{ A, B string }{{"1", "2"}}
	for protocol, body := range map[wire.Protocol]string{wire.CBOR: string(packed), wire.JSON11: text, wire.RESTJSON: text, wire.Query: form} {
		got, failure := decode(t, protocol, body)
		if failure != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v: %+v, %v", protocol, got, failure)
		}
		if got, failure = decode(t, protocol, ""); failure != nil || !reflect.DeepEqual(got, input{}) {
			t.Errorf("%v, empty: %+v, %v", protocol, got, failure)
		}
	}
}

func TestDecodeTimes(t *testing.T) {
	want := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, text := range []string{`1795442400`, `1.7954424e9`, `"2026-11-23T14:00:00Z"`, `"2026-11-23T15:00:00+01:00"`, `"2026-11-23T14:00:00"`, `"1795442400"`} {
		in, failure := decode(t, wire.JSON11, `{"When":`+text+`}`)
		if failure != nil || !in.When.Equal(want) {
			t.Errorf("%s: %v, %v", text, in.When, failure)
		}
	}
	for _, v := range []any{uint64(1795442400), 1795442400.0, cbor.Tag{Number: 1, Content: uint64(1795442400)}, "2026-11-23T14:00:00Z"} {
		body, err := cbor.Marshal(map[string]any{"When": v})
		if err != nil {
			t.Fatal(err)
		}
		in, failure := decode(t, wire.CBOR, string(body))
		if failure != nil || !in.When.Equal(want) {
			t.Errorf("%v: %v, %v", v, in.When, failure)
		}
	}
	if in, failure := decode(t, wire.JSON11, `{"When":null,"Count":null,"Flag":null}`); failure != nil || in.When != nil || in.Count != nil || in.Flag != nil {
		t.Errorf("null: %+v, %v", in, failure)
	}
}

func TestDecodeRefuses(t *testing.T) {
	packed := func(v any) string {
		body, err := cbor.Marshal(map[string]any{"When": v})
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	for name, tt := range map[string]struct {
		protocol wire.Protocol
		body     string
	}{
		"half of JSON":     {wire.JSON11, `{"Text":`},
		"wrong type":       {wire.JSON11, `{"Names":"a"}`},
		"not a time":       {wire.JSON11, `{"When":"soon"}`},
		"time too late":    {wire.JSON11, `{"When":1e300}`},
		"not a number":     {wire.JSON11, `{"Count":"x"}`},
		"not a flag":       {wire.JSON11, `{"Flag":"x"}`},
		"half of CBOR":     {wire.CBOR, "\xbf\x64Text"},
		"NaN as time":      {wire.CBOR, packed(math.NaN())},
		"list as time":     {wire.CBOR, packed([]int{1})},
		"deep CBOR":        {wire.CBOR, strings.Repeat("\x81", 1000)},
		"CBOR of a string": {wire.CBOR, "\x61a"},
		"deep form":        {wire.Query, "Action=X&" + strings.Repeat("a.", 40) + "a=1"},
		"form of a list":   {wire.Query, "Action=X&Text.member.1=x"},
	} {
		if in, failure := decode(t, tt.protocol, tt.body); failure == nil || failure.Status != http.StatusBadRequest {
			t.Errorf("%s: %+v, %v", name, in, failure)
		}
	}
}

func TestWriteError(t *testing.T) {
	failure := &wire.Error{Status: 400, Code: "SomeException", QueryCode: "Some", Message: "a < b", Members: map[string]string{"Type": "User"}}
	write := func(req *http.Request) *httptest.ResponseRecorder {
		t.Helper()
		in, _ := wire.Read(req, "the-id")
		w := httptest.NewRecorder()
		if err := in.WriteError(w, failure); err != nil {
			t.Fatal(err)
		}
		if w.Code != 400 || w.Header().Get("X-Amzn-Requestid") != "the-id" {
			t.Errorf("status %d, header %v", w.Code, w.Header())
		}
		return w
	}
	var members map[string]string
	w := write(request(t, "POST", "/service/GraniteServiceVersion20100801/operation/X", "monitoring", "", "Smithy-Protocol", "rpc-v2-cbor", "X-Amzn-Query-Mode", "true"))
	want := map[string]string{"__type": "com.amazonaws.cloudwatch#SomeException", "message": "a < b", "Type": "User"}
	if err := cbor.Unmarshal(w.Body.Bytes(), &members); err != nil || !reflect.DeepEqual(members, want) ||
		w.Header().Get("X-Amzn-Query-Error") != "Some;Sender" || w.Header().Get("Smithy-Protocol") != "rpc-v2-cbor" || w.Header().Get("Content-Type") != "application/cbor" {
		t.Errorf("cbor: %v %v %v", members, w.Header(), err)
	}
	w = write(request(t, "POST", "/", "logs", "", "X-Amz-Target", "Logs_20140328.X"))
	want["__type"] = "SomeException"
	members = nil
	if err := json.Unmarshal(w.Body.Bytes(), &members); err != nil || !reflect.DeepEqual(members, want) || w.Header().Get("X-Amzn-Query-Error") != "" {
		t.Errorf("json: %v %v %v", members, w.Header(), err)
	}
	w = write(request(t, "GET", "/2015-03-31/functions", "lambda", ""))
	delete(want, "__type")
	members = nil
	if err := json.Unmarshal(w.Body.Bytes(), &members); err != nil || !reflect.DeepEqual(members, want) || w.Header().Get("X-Amzn-Errortype") != "SomeException" {
		t.Errorf("rest: %v %v %v", members, w.Header(), err)
	}
	w = write(request(t, "POST", "/", "monitoring", "Action=X", "Content-Type", "application/x-www-form-urlencoded"))
	var response struct {
		XMLName   xml.Name `xml:"http://monitoring.amazonaws.com/doc/2010-08-01/ ErrorResponse"`
		Type      string   `xml:"Error>Type"`
		Code      string   `xml:"Error>Code"`
		Message   string   `xml:"Error>Message"`
		RequestID string   `xml:"RequestId"`
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &response); err != nil || response.Code != "Some" || response.Type != "Sender" || response.Message != "a < b" || response.RequestID != "the-id" {
		t.Errorf("query: %s %v", w.Body, err)
	}
}

// Every failure of S3 is in its own document, with the IDs in its own headers.
func TestWriteErrorOfS3(t *testing.T) {
	for _, f := range []wire.Failure{wire.Unsigned, wire.BadSignature, wire.Expired, wire.Throttled, wire.UnknownOperation, wire.TooLarge, wire.Internal} {
		in, failure := wire.Read(request(t, "GET", "/uploads-prod?notification", "s3", ""), "the-id")
		if failure != nil {
			t.Fatal(failure)
		}
		e := in.Fail(f)
		e.Members = map[string]string{"Region": "eu-west-1"}
		w := httptest.NewRecorder()
		if err := in.WriteError(w, e); err != nil {
			t.Fatal(err)
		}
		var document struct {
			XMLName                          xml.Name `xml:"Error"`
			Code, Message, Region, RequestId string
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &document); err != nil || document.Code != e.Code || document.Message != e.Message ||
			document.Region != "eu-west-1" || document.RequestId != "the-id" || w.Code < 400 || w.Header().Get("X-Amz-Request-Id") != "the-id" ||
			w.Header().Get("X-Amzn-Requestid") != "" || w.Header().Get("X-Amz-Bucket-Region") != "eu-west-1" || w.Header().Get("Content-Type") != "application/xml" {
			t.Errorf("%d %v %s %v", w.Code, w.Header(), w.Body, err)
		}
	}
	in, _ := wire.Read(request(t, "GET", "/?x-id=ListBuckets", "s3", ""), "the-id")
	if e := in.Denied("arn:aws:iam::1:user/a", "*"); !strings.Contains(e.Message, "s3:ListAllMyBuckets") || e.Status != http.StatusForbidden {
		t.Errorf("denied: %+v", e)
	}
	if e := in.Skewed("a", "b", "c"); e.Code != "RequestTimeTooSkewed" {
		t.Errorf("skewed: %+v", e)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(byte(wire.CBOR), "\xbf\x64When\xc1\xfb\x41\xda\xc0\x00\x00\x00\x00\x00\xff")
	f.Add(byte(wire.JSON11), `{"Names":["a"],"When":1,"Count":"7","Flag":"false"}`)
	f.Add(byte(wire.Query), "Action=X&Names.member.1=a&Inner.member.3.A=x&Names.member.member.1=x&=&.=.&When=2026-11-23")
	f.Add(byte(wire.RESTJSON), ``)
	f.Fuzz(func(t *testing.T, protocol byte, body string) {
		p := []wire.Protocol{wire.CBOR, wire.JSON11, wire.Query, wire.RESTJSON}[protocol%4]
		in, failure := decode(t, p, body)
		if failure != nil {
			if failure.Status != http.StatusBadRequest {
				t.Errorf("%v: %v", p, failure)
			}
			return
		}
		if in.When != nil && (in.When.Year() > 9999 || in.When.Location() != time.UTC && !in.When.IsZero()) {
			t.Errorf("time %v", in.When)
		}
	})
}
