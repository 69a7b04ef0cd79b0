package demo_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"

	"fntop/sources/demo"
)

func TestGetTraceSummaries(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := xray.NewFromConfig(c.config("us-east-1"))
	start, end := simulated.Add(-time.Hour), simulated
	tests := map[string]func(i int, tr demo.Traced) bool{
		"":                                    func(int, demo.Traced) bool { return true },
		`service("fn-001")`:                   func(_ int, tr demo.Traced) bool { return tr.Function == "fn-001" },
		`service("fn-000") { fault }`:         func(i int, _ demo.Traced) bool { return i%10 == 0 },
		"fault":                               func(_ int, tr demo.Traced) bool { return tr.Fault },
		"ok":                                  func(_ int, tr demo.Traced) bool { return !tr.Fault && !tr.Throttle },
		"duration > 0.2":                      func(_ int, tr demo.Traced) bool { return tr.End.Sub(tr.Start) > 200*time.Millisecond },
		"responsetime <= 0.1505":              func(_ int, tr demo.Traced) bool { return tr.End.Sub(tr.Start) <= 150*time.Millisecond },
		`annotation.tenant = "umbra" AND !ok`: func(i int, tr demo.Traced) bool { return i%2 == 1 && (tr.Fault || tr.Throttle) },
		`edge("fn-000", "DynamoDB")`:          func(_ int, tr demo.Traced) bool { return tr.Function == "fn-000" },
		`service(id(type: "AWS::DynamoDB"))`:  func(int, demo.Traced) bool { return true },
		`service("nobody")`:                   func(int, demo.Traced) bool { return false },
		`service(id(name: "fn-001", type: "AWS::Lambda::Function"))`:                       func(_ int, tr demo.Traced) bool { return tr.Function == "fn-001" },
		`resource.arn = "arn:aws:lambda:us-east-1:123456789012:function:fn-001" AND fault`: func(int, demo.Traced) bool { return false },
	}
	for expression, match := range tests {
		t.Run(expression, func(t *testing.T) {
			var want, got []string
			for i, tr := range c.model.traces {
				if match(i, tr) {
					want = append(want, tr.ID)
				}
			}
			in := &xray.GetTraceSummariesInput{StartTime: &start, EndTime: &end}
			if expression != "" {
				in.FilterExpression = &expression
			}
			pager := xray.NewGetTraceSummariesPaginator(client, in)
			for pager.HasMorePages() {
				page, err := pager.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(page.TraceSummaries) > 100 {
					t.Fatalf("%d on a page", len(page.TraceSummaries))
				}
				for _, s := range page.TraceSummaries {
					got = append(got, *s.Id)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d traces, want %d", len(got), len(want))
			}
		})
	}
}

func TestTraceSummary(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	out, err := xray.NewFromConfig(c.config("us-east-1")).GetTraceSummaries(t.Context(), &xray.GetTraceSummariesInput{
		StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated),
	})
	if err != nil {
		t.Fatal(err)
	}
	s, want := out.TraceSummaries[1], c.model.traces[1]
	if !s.StartTime.Equal(want.Start) || math.Abs(*s.Duration-want.End.Sub(want.Start).Seconds()) > 1e-6 || *s.HasFault || *s.IsPartial ||
		math.Abs(*s.ResponseTime-*s.Duration) > 1e-3 || *s.EntryPoint.Name != "fn-001" || *s.EntryPoint.Type != "AWS::Lambda" ||
		len(s.ServiceIds) != 3 || *s.Http.HttpStatus != 200 || len(s.ResourceARNs) != 1 {
		t.Errorf("%+v", s)
	}
	if v, ok := s.Annotations["tenant"][0].AnnotationValue.(*types.AnnotationValueMemberStringValue); !ok || v.Value != "umbra" {
		t.Errorf("annotations %+v", s.Annotations)
	}
}

func TestBatchGetTraces(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := xray.NewFromConfig(c.config("us-east-1"))
	want := c.model.traces[3]
	out, err := client.BatchGetTraces(t.Context(), &xray.BatchGetTracesInput{TraceIds: []string{"1-00000000-000000000000000000000000", want.ID, want.ID}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Traces) != 1 || *out.Traces[0].Id != want.ID || len(out.Traces[0].Segments) != 2 ||
		*out.Traces[0].Segments[1].Document != want.Segments[1].Document || len(out.UnprocessedTraceIds) != 0 {
		t.Errorf("%+v", out)
	}
	destination, err := client.GetTraceSegmentDestination(t.Context(), &xray.GetTraceSegmentDestinationInput{})
	if err != nil || destination.Destination != types.TraceSegmentDestinationXRay || destination.Status != types.TraceSegmentDestinationStatusActive {
		t.Errorf("destination: %+v, %v", destination, err)
	}
}

func TestXRayErrors(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := xray.NewFromConfig(c.config("us-east-1"))
	summaries := func(in xray.GetTraceSummariesInput) error {
		_, err := client.GetTraceSummaries(t.Context(), &in)
		return err
	}
	traces := func(ids ...string) error {
		_, err := client.BatchGetTraces(t.Context(), &xray.BatchGetTracesInput{TraceIds: ids})
		return err
	}
	end := aws.Time(simulated)
	id := c.model.traces[0].ID
	for name, err := range map[string]error{
		"7 hours":      summaries(xray.GetTraceSummariesInput{StartTime: aws.Time(simulated.Add(-7 * time.Hour)), EndTime: end}),
		"end first":    summaries(xray.GetTraceSummariesInput{StartTime: end, EndTime: aws.Time(simulated.Add(-time.Hour))}),
		"bad filter":   summaries(xray.GetTraceSummariesInput{StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: end, FilterExpression: aws.String("service(")}),
		"bad token":    summaries(xray.GetTraceSummariesInput{StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: end, NextToken: aws.String("x")}),
		"six traces":   traces(id, id, id, id, id, id),
		"no traces":    traces([]string{}...),
		"bad trace ID": traces("1-xyz"),
	} {
		var invalid *types.InvalidRequestException
		if !errors.As(err, &invalid) || invalid.ErrorMessage() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGetCallerIdentity(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	out, err := sts.NewFromConfig(c.config("us-east-1")).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *out.Account != account || *out.Arn != "arn:aws:iam::123456789012:user/fntop-demo" || *out.UserId == "" {
		t.Errorf("%+v, %v", out, err)
	}
}

// One call scans only so much.
func TestTraceScan(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	c.model.traces = fakeTraces(12_000)
	client := xray.NewFromConfig(c.config("us-east-1"))
	in := &xray.GetTraceSummariesInput{
		StartTime: aws.Time(simulated.Add(-5 * time.Hour)), EndTime: aws.Time(simulated),
		FilterExpression: aws.String("duration > 12.0985"), // the last one only
	}
	for pages := 1; ; pages++ {
		out, err := client.GetTraceSummaries(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if *out.TracesProcessedCount > 5000 {
			t.Errorf("%d traces scanned", *out.TracesProcessedCount)
		}
		if in.NextToken = out.NextToken; out.NextToken == nil {
			if pages != 3 || len(out.TraceSummaries) != 1 || *out.TraceSummaries[0].Id != c.model.traces[11_999].ID {
				t.Errorf("%d pages, %d traces on the last", pages, len(out.TraceSummaries))
			}
			break
		}
		if len(out.TraceSummaries) != 0 {
			t.Errorf("page %d has %d traces", pages, len(out.TraceSummaries))
		}
	}
}

// A call that has a segment of its own at the other end is that service, and
// not another one.
func TestTraceAcrossServices(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	tr := c.model.traces[0]
	tr.Segments = append(tr.Segments, demo.Segment{ID: "b", Document: `{"id":"00000000000000aa","parent_id":"00000000000f4240","name":"orders","origin":"AWS::DynamoDB::Table","start_time":1,"end_time":2,"error":true}`})
	c.model.traces = []demo.Traced{tr}
	client := xray.NewFromConfig(c.config("us-east-1"))
	for expression, want := range map[string]int{
		`edge("fn-000", "orders") { error }`: 1, `service(id(type: "AWS::DynamoDB::Table"))`: 1, `service("DynamoDB")`: 0, `edge("fn-000", "DynamoDB")`: 0,
	} {
		out, err := client.GetTraceSummaries(t.Context(), &xray.GetTraceSummariesInput{
			StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated), FilterExpression: aws.String(expression),
		})
		if err != nil || len(out.TraceSummaries) != want {
			t.Errorf("%s: %d traces, %v", expression, len(out.TraceSummaries), err)
		}
	}
}
