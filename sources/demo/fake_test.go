package demo_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/demo"
)

// simulated is the moment the fake fleet is looked at.
var simulated = time.Date(2026, 11, 23, 14, 0, 30, 0, time.UTC)

const account = "123456789012"

// fakeModel is a small fleet whose data can be told by looking at it.
type fakeModel struct {
	regions   []string
	functions map[string][]sources.Function
	logs      map[string][]sources.LogEvent // by group
	traces    []demo.Traced                 // newest first
	changes   []demo.Change                 // of every region, newest first
}

func (m *fakeModel) Account() string   { return account }
func (m *fakeModel) Regions() []string { return m.regions }

func (m *fakeModel) Functions(region string, _ time.Time) []sources.Function {
	return slices.Clone(m.functions[region])
}

// Metric has a sample in every minute that three does not divide, of
// functions that are not called "idle…". A minute is visible two minutes
// after its end.
func (m *fakeModel) Metric(
	region, function string, metric sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time,
) [][]sources.Point {
	out := make([][]sources.Point, len(stats))
	known := function == "" || slices.ContainsFunc(m.functions[region], func(f sources.Function) bool { return f.ID.Name == function })
	if !known || strings.HasPrefix(function, "idle") || strings.HasPrefix(string(metric), "No") {
		return out
	}
	for i, stat := range stats {
		for from := start; from.Before(end); from = from.Add(period) {
			samples := 0
			for minute := from; minute.Before(from.Add(period)); minute = minute.Add(time.Minute) {
				if minute.Unix()/60%3 != 0 && !minute.Add(3*time.Minute).After(asOf) {
					samples++
				}
			}
			if samples > 0 {
				out[i] = append(out[i], sources.Point{Time: from, Value: fakeValue(region, function, metric, stat, from, samples)})
			}
		}
	}
	return out
}

func fakeValue(region, function string, metric sources.Metric, stat sources.Stat, at time.Time, samples int) float64 {
	h := fnv.New32a()
	fmt.Fprint(h, region, function, metric, stat, at.Unix(), samples)
	return float64(h.Sum32()%100_000) / 8
}

func (m *fakeModel) Emitted(region, function string) ([]sources.Metric, string) {
	known := slices.ContainsFunc(m.functions[region], func(f sources.Function) bool { return f.ID.Name == function })
	if function != "" && !known {
		return nil, ""
	}
	metrics := []sources.Metric{
		sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles, sources.MetricDuration, sources.MetricConcurrency,
	}
	if function == "full" {
		return append(metrics, "ProvisionedConcurrencyUtilization"), "live"
	}
	return metrics, ""
}

func (m *fakeModel) GroupMetric(
	region, group string, metric sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time,
) [][]sources.Point {
	if _, ok := m.logs[group]; !ok {
		return make([][]sources.Point, len(stats))
	}
	return m.Metric(region, "", metric, stats, period, start, end, asOf)
}

func (m *fakeModel) Logs(_, group string, start, end, asOf time.Time) (iter.Seq[sources.LogEvent], bool) {
	events, ok := m.logs[group]
	if !ok {
		return nil, false
	}
	first, _ := slices.BinarySearchFunc(events, start, func(ev sources.LogEvent, t time.Time) int { return ev.Time.Compare(t) })
	return func(yield func(sources.LogEvent) bool) {
		for _, ev := range events[first:] {
			if !ev.Time.Before(end) {
				return
			}
			if !ev.Ingested.After(asOf) && !yield(ev) {
				return
			}
		}
	}, true
}

func (m *fakeModel) Traces(_ string, start, end, _ time.Time) iter.Seq[demo.Traced] {
	return func(yield func(demo.Traced) bool) {
		for _, t := range m.traces {
			if !t.Start.Before(start) && t.Start.Before(end) && !yield(t) {
				return
			}
		}
	}
}

func (m *fakeModel) Trace(_, id string, _ time.Time) (demo.Traced, bool) {
	for _, t := range m.traces {
		if t.ID == id {
			return t, true
		}
	}
	return demo.Traced{}, false
}

func (m *fakeModel) Changes(_ string, start, end, _ time.Time) iter.Seq[demo.Change] {
	return func(yield func(demo.Change) bool) {
		for _, c := range m.changes {
			if !c.Time.Before(start) && c.Time.Before(end) && !yield(c) {
				return
			}
		}
	}
}

// Triggers gives every function of us-east-1 but fn-000 a queue.
func (m *fakeModel) Triggers(region, function string, _ time.Time) []demo.Trigger {
	var out []demo.Trigger
	for i, f := range m.functions[region] {
		if region != "us-east-1" || f.ID.Name == "fn-000" || function != "" && function != f.ID.Name {
			continue
		}
		out = append(out, demo.Trigger{
			Kind: demo.TriggerSQS, Function: f.ID.Name, ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i),
			Source: "arn:aws:sqs:us-east-1:" + account + ":" + f.ID.Name, State: demo.TriggerEnabled,
			Modified: simulated.Add(-time.Hour), Mapping: &demo.Mapping{BatchSize: 10},
		})
	}
	return out
}

func (m *fakeModel) Inits(string, string, time.Time, time.Time) time.Duration { return 0 }

func (m *fakeModel) Versions(string, string, time.Time) []demo.Version { return nil }

// Buckets are 25 in two regions.
func (m *fakeModel) Buckets() []demo.Bucket {
	var out []demo.Bucket
	for i := range 25 {
		out = append(out, demo.Bucket{Name: fmt.Sprintf("bucket-%02d", i), Region: m.regions[i%2], Created: simulated.Add(-time.Hour)})
	}
	return out
}

// fakeFunction is a plain function.
func fakeFunction(region, name string) sources.Function {
	return sources.Function{
		ID:  sources.FunctionID{Cloud: sources.AWS, Account: account, Region: region, Name: name},
		ARN: "arn:aws:lambda:" + region + ":" + account + ":function:" + name, Runtime: "python3.13",
		Architecture: sources.ARM, MemoryMB: 512, EphemeralMB: 1024, Timeout: 30 * time.Second,
		PackageType: sources.PackageZip, CodeSize: 4096, LastModified: simulated.Add(-time.Hour),
		Version: "$LATEST", Description: "does " + name, LogGroup: "/aws/lambda/" + name,
		LogFormat: sources.LogText, Tracing: sources.TracingPassThrough,
		Tags: map[string]string{"team": "shop"},
	}
}

// newFake has 120 functions in us-east-1, and one with everything set in
// eu-west-1.
func newFake() *fakeModel {
	m := &fakeModel{
		regions:   []string{"us-east-1", "eu-west-1"},
		functions: map[string][]sources.Function{},
		logs:      map[string][]sources.LogEvent{},
	}
	for i := range 120 {
		name := fmt.Sprintf("fn-%03d", i)
		if i%10 == 7 {
			name = fmt.Sprintf("idle-%03d", i)
		}
		f := fakeFunction("us-east-1", name)
		m.functions["us-east-1"] = append(m.functions["us-east-1"], f)
		m.logs[f.LogGroup] = nil
	}
	slices.SortFunc(m.functions["us-east-1"], func(a, b sources.Function) int { return a.ID.Compare(b.ID) })
	full := fakeFunction("eu-west-1", "full")
	full.LogFormat, full.SystemLogLevel, full.LogGroup = sources.LogJSON, "WARN", "many/functions"
	full.Tracing, full.SnapStart, full.ManagedInstances, full.Durable = sources.TracingActive, true, true, true
	full.ReservedConcurrency, full.ProvisionedConcurrency = sources.Some(0), sources.Some(7)
	m.functions["eu-west-1"] = []sources.Function{full}
	m.logs["many/functions"] = nil
	m.logs["/aws/lambda/fn-000"] = fakeEvents(3_000)
	m.traces = fakeTraces(250)
	return m
}

// fakeEvents are platform lines of invocations, three to each, in three
// streams, with several events of one moment. The last ones are not readable
// yet.
func fakeEvents(n int) []sources.LogEvent {
	var out []sources.LogEvent
	start := simulated.Add(-time.Duration(n) * 200 * time.Millisecond)
	for i := range n {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i/3)
		line := "START RequestId: " + id + " Version: $LATEST\n"
		switch {
		case i%3 == 1:
			line = "END RequestId: " + id + "\n"
		case i%3 == 2 && i%15 == 2:
			line = "REPORT RequestId: " + id + "\tDuration: 12.34 ms\tBilled Duration: 413 ms\tMemory Size: 512 MB\tMax Memory Used: 80 MB\tInit Duration: 400.12 ms\t\n"
		case i%3 == 2:
			line = "REPORT RequestId: " + id + "\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 80 MB\t\n"
		}
		at := start.Add(time.Duration(i/5) * time.Second) // five events a second at the same nanosecond
		out = append(out, sources.LogEvent{
			ID: fmt.Sprintf("%056d", i), Time: at, Ingested: at.Add(2 * time.Second),
			Stream: fmt.Sprintf("2026/11/23/[$LATEST]%032d", i/3%3), Message: line,
		})
	}
	return out
}

// fakeTraces are traces of two functions, two of each moment.
func fakeTraces(n int) []demo.Traced {
	var out []demo.Traced
	for i := range n {
		start := simulated.Add(-time.Minute - time.Duration(i/2)*time.Second)
		name := []string{"fn-000", "fn-001"}[i%2]
		t := demo.Traced{
			ID:    fmt.Sprintf("1-%08x-%024x", start.Unix(), i),
			Start: start, End: start.Add(time.Duration(100+i) * time.Millisecond), Function: name,
			RequestID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Fault: i%10 == 0, Throttle: i%25 == 0,
			Annotations: map[string]string{"tenant": []string{"acme", "umbra"}[i%2]},
		}
		begin, end := float64(t.Start.UnixMilli())/1e3, float64(t.End.UnixMilli())/1e3
		service := fmt.Sprintf(`{"id":"%016x","name":%q,"trace_id":%q,"origin":"AWS::Lambda","start_time":%f,"end_time":%f,"http":{"response":{"status":200}},"resource_arn":"arn:aws:lambda:us-east-1:123456789012:function:%s"}`,
			i*2+1, name, t.ID, begin, end, name)
		function := fmt.Sprintf(`{"id":"%016x","parent_id":"%016x","name":%q,"trace_id":%q,"origin":"AWS::Lambda::Function","start_time":%f,"end_time":%f,"fault":%v,"subsegments":[{"id":"%016x","name":"DynamoDB","namespace":"aws","start_time":%f,"end_time":%f}]}`,
			i*2+2, i*2+1, name, t.ID, begin, end, t.Fault, i+1_000_000, begin, end)
		t.Segments = []demo.Segment{
			{ID: fmt.Sprintf("%016x", i*2+1), Document: service},
			{ID: fmt.Sprintf("%016x", i*2+2), Document: function},
		}
		out = append(out, t)
	}
	return out
}

// cloud is a server over a model, and clients' configuration for it.
type cloud struct {
	server *demo.Server
	url    string
	model  *fakeModel
}

func newCloud(tb testing.TB, config demo.ServerConfig) *cloud {
	tb.Helper()
	c := &cloud{}
	if config.Model == nil {
		c.model = newFake()
		config.Model = c.model
	}
	if config.Now == nil {
		config.Now = func() time.Time { return simulated }
	}
	c.server = demo.NewServer(config)
	listener := httptest.NewServer(c.server)
	tb.Cleanup(listener.Close)
	c.url = listener.URL
	return c
}

// config is an SDK configuration for a region, without retries.
func (c *cloud) config(region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(c.url),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEMO", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		HTTPClient:  &http.Client{Transport: plainBodies{http.DefaultTransport}},
	}
}

// plainBodies sends request bodies as plain readers. The SDK's own body
// reader (smithy-go v1.28.9, safeWriteToReadCloser.WriteTo) ends in io.EOF
// once it is closed, which happens when the answer's header arrives. net/http
// reads the body once more after sending it, takes the EOF for a failed
// request and closes the connection under the answer. Against a server that
// answers within microseconds that happens often.
type plainBodies struct{ http.RoundTripper }

func (p plainBodies) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	return p.RoundTripper.RoundTrip(req)
}

// countsOf waits until an action has been counted so often: a call is over a
// moment after its answer has been read.
func (c *cloud) countsOf(t *testing.T, action string, calls int64) demo.OpCount {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		n := c.server.Counts()[action]
		if n.Calls >= calls || time.Now().After(deadline) {
			return n
		}
		time.Sleep(time.Millisecond)
	}
}

// next takes a value out of a channel that a call fills when it is over.
func next[T any](t *testing.T, values <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-values:
	case <-time.After(10 * time.Second):
		t.Fatal("no call came to its end")
	}
	return v
}
