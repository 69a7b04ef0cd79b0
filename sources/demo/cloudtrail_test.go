package demo_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// lookUp reads all pages of a lookup.
func lookUp(t *testing.T, config aws.Config, in *cloudtrail.LookupEventsInput) (events []trailtypes.Event, pages int) {
	t.Helper()
	pager := cloudtrail.NewLookupEventsPaginator(cloudtrail.NewFromConfig(config), in)
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, page.Events...)
		pages++
	}
	return events, pages
}

// record is CloudTrail's document of an event as far as tests look at it.
type record struct {
	UserIdentity struct {
		Type, Arn, InvokedBy, UserName string
	}
	EventTime, EventSource, EventName, AwsRegion, EventID, UserAgent, SourceIPAddress string
	RequestParameters                                                                 map[string]any
	ResponseElements                                                                  map[string]any
}

func recordOf(t *testing.T, e *trailtypes.Event) (r record) {
	t.Helper()
	if err := json.Unmarshal([]byte(*e.CloudTrailEvent), &r); err != nil {
		t.Fatalf("%s: %v", *e.CloudTrailEvent, err)
	}
	return r
}

// nameIn takes the function's name out of an ARN or a name.
func nameIn(s string) string { return s[strings.LastIndexByte(s, ':')+1:] }

// What CloudTrail shows of a span, once all is delivered, is what the truth
// tells of it, to the second.
func TestChangesEqualTheTruth(t *testing.T) {
	end := simulated.Add(-time.Hour)
	start := end.Add(-26 * time.Minute)
	for _, seed := range []uint64{0, 3, 11} {
		fleet := world.New(world.Config{Seed: seed})
		c := newCloud(t, demo.ServerConfig{Model: fleet})
		want := map[string]*world.ChangeRecord{}
		for r := range fleet.Truth(start, end) {
			if change, ok := r.(*world.ChangeRecord); ok {
				want[change.EventID] = change
			}
		}
		if len(want) < 4 {
			t.Fatalf("seed %d: %d changes", seed, len(want))
		}
		got := 0
		for _, region := range fleet.Regions() {
			events, _ := lookUp(t, c.config(region), &cloudtrail.LookupEventsInput{StartTime: &start, EndTime: aws.Time(end.Add(-time.Second))})
			for _, e := range events {
				got++
				truth, r := want[*e.EventId], recordOf(t, &e)
				if truth == nil {
					t.Errorf("seed %d: %s at %v is not true", seed, *e.EventName, e.EventTime)
					continue
				}
				named, _ := r.RequestParameters["functionName"].(string)
				if nameIn(named) != truth.Function || region != truth.Region || *e.EventName != truth.Event || *e.Username != truth.Who ||
					e.EventTime.Format("2006-01-02T15:04:05.000Z") != truth.Time || !strings.HasPrefix(*e.EventName, truth.What) ||
					(truth.Via != nil) != (r.UserIdentity.InvokedBy != "") {
					t.Errorf("seed %d: %+v, truth %+v", seed, r, *truth)
				}
			}
		}
		if got != len(want) {
			t.Errorf("seed %d: %d events, %d are true", seed, got, len(want))
		}
	}
}

// Over ninety days every event is there once, newest first, tells the same in
// its document as around it, and holds neither code nor environment.
func TestNinetyDaysOfChanges(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 5})})
	seen, names, kinds := map[string]bool{}, map[string]int{}, map[string]bool{}
	byARN, looked := 0, 0
	events, pages := lookUp(t, c.config("eu-west-1"), &cloudtrail.LookupEventsInput{StartTime: aws.Time(simulated.Add(-400 * 24 * time.Hour))})
	for i, e := range events {
		if seen[*e.EventId] || i > 0 && e.EventTime.After(*events[i-1].EventTime) {
			t.Fatalf("event %d, %s at %v, comes again or out of order", i, *e.EventId, e.EventTime)
		}
		seen[*e.EventId] = true
		if age := simulated.Sub(*e.EventTime); age < time.Minute || age > 90*24*time.Hour {
			t.Fatalf("an event of %v ago", age)
		}
		if names[*e.EventName]++; i%7 != 0 && names[*e.EventName] > 50 {
			continue // reading them all takes long with the race detector
		}
		r := recordOf(t, &e)
		looked++
		kinds[r.UserIdentity.Type+" "+r.UserIdentity.InvokedBy] = true
		named, _ := r.RequestParameters["functionName"].(string)
		if strings.HasPrefix(named, "arn:") {
			byARN++
		}
		if r.EventTime != e.EventTime.UTC().Format(time.RFC3339) || r.EventName != *e.EventName || r.EventID != *e.EventId || r.AwsRegion != "eu-west-1" ||
			r.EventSource != "lambda.amazonaws.com" || r.UserAgent == "" || r.SourceIPAddress == "" || *e.Resources[0].ResourceName != named {
			t.Fatalf("event %+v, document %s", e, *e.CloudTrailEvent)
		}
		if strings.Contains(strings.ToLower(*e.CloudTrailEvent), "environment") || strings.Contains(strings.ToLower(*e.CloudTrailEvent), "zipfile") {
			t.Fatal(*e.CloudTrailEvent)
		}
	}
	if pages != (len(events)+49)/50 || byARN == 0 || byARN == looked || len(kinds) < 3 {
		t.Errorf("%d events on %d pages, %d by ARN, by %v", len(events), pages, byARN, slices.Collect(maps.Keys(kinds)))
	}
	for _, name := range []string{"UpdateFunctionCode20150331v2", "UpdateFunctionConfiguration20150331v2", "PublishVersion20150331", "UpdateAlias20150331"} {
		if names[name] == 0 {
			t.Errorf("no %s among %v", name, names)
		}
	}
	// feature-flags is reconfigured every twenty minutes.
	if n := names["UpdateFunctionConfiguration20150331v2"]; n < 6470 || n > 6490 {
		t.Errorf("%d changes of configuration", n)
	}
}

// A function's LastModified is the time of the last event that changed it.
func TestLastModifiedIsAnEvent(t *testing.T) {
	for seed, regions := range map[uint64][]string{2: {"ap-southeast-2"}, 9: {"us-east-1", "eu-west-1"}} {
		c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: seed, Functions: 120})})
		for _, region := range regions {
			config := c.config(region)
			newest, answered := map[string]time.Time{}, map[string]map[string]any{}
			events, _ := lookUp(t, config, &cloudtrail.LookupEventsInput{StartTime: aws.Time(simulated.Add(-17 * 24 * time.Hour))})
			for _, e := range events {
				name := nameIn(*e.Resources[0].ResourceName)
				switch {
				case !newest[name].IsZero(), strings.HasPrefix(*e.EventName, "Publish"), strings.HasPrefix(*e.EventName, "UpdateAlias"), strings.HasPrefix(*e.EventName, "Delete"):
				default:
					newest[name], answered[name] = *e.EventTime, recordOf(t, &e).ResponseElements
				}
			}
			for _, f := range allFunctions(t, config) {
				modified, err := time.Parse("2006-01-02T15:04:05.000-0700", *f.LastModified)
				if err != nil {
					t.Fatal(err)
				}
				// The last half hour may not have been delivered yet.
				if simulated.Sub(modified) < 30*time.Minute {
					continue
				}
				last, elements := newest[*f.FunctionName], answered[*f.FunctionName]
				if !last.Equal(modified) || elements["lastModified"] != *f.LastModified || elements["codeSha256"] != *f.CodeSha256 || elements["revisionId"] != *f.RevisionId {
					t.Errorf("seed %d: %s was modified at %v, the last event is of %v: %v", seed, *f.FunctionName, modified, last, elements)
				}
			}
		}
	}
}

// Events are delivered some minutes after they were made, not in their
// order, and stay.
func TestChangesAreDeliveredLater(t *testing.T) {
	now := simulated.Add(-6 * time.Hour)
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 4}), Now: func() time.Time { return now }})
	began, first, made := now, map[string]time.Duration{}, map[string]time.Time{}
	late, overtaken := time.Time{}, false
	for ; now.Before(simulated); now = now.Add(20 * time.Second) {
		out, err := cloudtrail.NewFromConfig(c.config("us-east-1")).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{StartTime: aws.Time(now.Add(-30 * time.Minute))})
		if err != nil {
			t.Fatal(err)
		}
		visible := map[string]bool{}
		for _, e := range out.Events {
			visible[*e.EventId] = true
			if _, known := first[*e.EventId]; !known && e.EventTime.After(began) {
				first[*e.EventId], made[*e.EventId] = now.Sub(*e.EventTime), *e.EventTime
				overtaken = overtaken || e.EventTime.Before(late)
				late = *e.EventTime
			}
		}
		for id, at := range made {
			if !visible[id] && !at.Before(now.Add(-30*time.Minute)) {
				t.Errorf("%s of %v is gone at %v", id, at, now)
			}
		}
	}
	var sum time.Duration
	for id, delay := range first {
		if delay < time.Minute || delay > 26*time.Minute {
			t.Errorf("%s was delivered after %v", id, delay)
		}
		sum += delay
	}
	if n := len(first); n < 50 || sum/time.Duration(n) < 4*time.Minute || sum/time.Duration(n) > 7*time.Minute || !overtaken {
		t.Errorf("%d events, on average after %v, overtaken %v", n, sum/time.Duration(max(1, n)), overtaken)
	}
}

// Pages of any size add up to the same, also while new events are delivered.
func TestPagesOfChanges(t *testing.T) {
	now := simulated
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 6}), Now: func() time.Time { return now }})
	config := c.config("us-east-1")
	start := simulated.Add(-5 * time.Hour)
	want, _ := lookUp(t, config, &cloudtrail.LookupEventsInput{StartTime: &start})
	for _, size := range []int32{1, 7, 50} {
		now = simulated
		var got []string
		in := &cloudtrail.LookupEventsInput{StartTime: &start, MaxResults: &size}
		for {
			page, err := cloudtrail.NewFromConfig(config).LookupEvents(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Events {
				got = append(got, *e.EventId)
			}
			if len(page.Events) > int(size) {
				t.Fatalf("a page of %d", len(page.Events))
			}
			if in.NextToken = page.NextToken; in.NextToken == nil {
				break
			}
			now = now.Add(20 * time.Second)
		}
		if len(got) != len(want) {
			t.Fatalf("pages of %d: %d events, want %d", size, len(got), len(want))
		}
		for i := range want {
			if got[i] != *want[i].EventId {
				t.Fatalf("pages of %d: event %d is another", size, i)
			}
		}
	}
}

// Events of the same second, over the edge of a page.
func TestPagesOfOneSecond(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	for i := range 23 {
		c.model.changes = append(c.model.changes, demo.Change{
			ID: string(rune('a' + i)), Time: simulated.Add(-time.Duration(1+i/10) * time.Hour).Truncate(time.Second), Function: "fn-001",
			Kind: demo.ChangeCode, Event: "UpdateFunctionCode20150331v2", By: demo.Actor{User: "ops"},
		})
	}
	for _, size := range []int32{1, 3, 10, 11} {
		events, _ := lookUp(t, c.config("us-east-1"), &cloudtrail.LookupEventsInput{MaxResults: &size})
		ids := ""
		for _, e := range events {
			ids += *e.EventId
		}
		if ids != "abcdefghijklmnopqrstuvw" {
			t.Errorf("pages of %d: %s", size, ids)
		}
	}
}

// A call looks through so many events and no more: what is found thereafter
// is on the next page.
func TestLookupsAreBounded(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	for i := range 45_000 {
		c.model.changes = append(c.model.changes, demo.Change{
			ID: "a", Time: simulated.Add(-time.Duration(i) * time.Second).Truncate(time.Second), Event: "UpdateFunctionCode20150331v2", By: demo.Actor{User: "ops"},
		})
	}
	c.model.changes[44_000].ID = "b"
	events, pages := lookUp(t, c.config("us-east-1"), &cloudtrail.LookupEventsInput{
		LookupAttributes: []trailtypes.LookupAttribute{{AttributeKey: trailtypes.LookupAttributeKeyEventId, AttributeValue: aws.String("b")}},
	})
	if len(events) != 1 || pages != 3 {
		t.Errorf("%d events on %d pages", len(events), pages)
	}
}

// One attribute narrows the lookup to what a client would have picked.
func TestLookupAttributes(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 8})})
	config := c.config("us-east-1")
	start := simulated.Add(-72 * time.Hour)
	all, _ := lookUp(t, config, &cloudtrail.LookupEventsInput{StartTime: &start})
	some := all[len(all)/2]
	keys := map[trailtypes.LookupAttributeKey]func(e *trailtypes.Event) string{
		trailtypes.LookupAttributeKeyEventId:      func(e *trailtypes.Event) string { return *e.EventId },
		trailtypes.LookupAttributeKeyEventName:    func(e *trailtypes.Event) string { return *e.EventName },
		trailtypes.LookupAttributeKeyReadOnly:     func(e *trailtypes.Event) string { return *e.ReadOnly },
		trailtypes.LookupAttributeKeyUsername:     func(e *trailtypes.Event) string { return *e.Username },
		trailtypes.LookupAttributeKeyResourceType: func(e *trailtypes.Event) string { return *e.Resources[0].ResourceType },
		trailtypes.LookupAttributeKeyResourceName: func(e *trailtypes.Event) string { return *e.Resources[0].ResourceName },
		trailtypes.LookupAttributeKeyEventSource:  func(e *trailtypes.Event) string { return *e.EventSource },
		trailtypes.LookupAttributeKeyAccessKeyId:  func(e *trailtypes.Event) string { return *e.AccessKeyId },
	}
	for key, of := range keys {
		for _, value := range []string{of(&some), "nobody"} {
			want := 0
			for i := range all {
				if of(&all[i]) == value {
					want++
				}
			}
			got, _ := lookUp(t, config, &cloudtrail.LookupEventsInput{StartTime: &start, LookupAttributes: []trailtypes.LookupAttribute{{AttributeKey: key, AttributeValue: &value}}})
			if len(got) != want || value == "nobody" && want != 0 {
				t.Errorf("%s %q: %d events, want %d", key, value, len(got), want)
			}
		}
	}
}

func TestLookupEventsRefuses(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{})})
	client := cloudtrail.NewFromConfig(c.config("us-east-1"))
	attribute := trailtypes.LookupAttribute{AttributeKey: trailtypes.LookupAttributeKeyEventSource, AttributeValue: aws.String("lambda.amazonaws.com")}
	first, err := client.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
	if err != nil || first.NextToken == nil {
		t.Fatal(first, err)
	}
	for want, in := range map[string]*cloudtrail.LookupEventsInput{
		"InvalidLookupAttributesException": {LookupAttributes: []trailtypes.LookupAttribute{attribute, attribute}},
		"InvalidMaxResultsException":       {MaxResults: aws.Int32(51)},
		"InvalidTimeRangeException":        {StartTime: &simulated, EndTime: aws.Time(simulated.Add(-time.Second))},
		"InvalidEventCategoryException":    {EventCategory: "management"},
		"InvalidNextTokenException":        {NextToken: first.NextToken, LookupAttributes: []trailtypes.LookupAttribute{attribute}},
	} {
		if _, err := client.LookupEvents(t.Context(), in); codeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	_, err = client.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{LookupAttributes: []trailtypes.LookupAttribute{{AttributeKey: "Colour", AttributeValue: aws.String("red")}}})
	var typed *trailtypes.InvalidLookupAttributesException
	if !errors.As(err, &typed) || typed.ErrorMessage() == "" {
		t.Errorf("an attribute that there is not: %v", err)
	}
	insights, err := client.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{EventCategory: trailtypes.EventCategoryInsight})
	if err != nil || len(insights.Events) != 0 || insights.NextToken != nil {
		t.Errorf("insights: %v, %v", insights, err)
	}
	elsewhere, err := cloudtrail.NewFromConfig(c.config("eu-north-1")).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
	if err != nil || len(elsewhere.Events) != 0 {
		t.Errorf("a region without functions: %v, %v", elsewhere, err)
	}
}

// The AWS CLI names the operation in its own way, and gets the same bytes,
// each time.
func TestLookupEventsBytes(t *testing.T) {
	ask := func(target string) []byte {
		t.Helper()
		c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 12})})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, strings.NewReader(`{"MaxResults":20}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Target", target)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEMO/20261123/us-east-1/cloudtrail/aws4_request, SignedHeaders=host, Signature=00")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close() //nolint:errcheck // read only
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s %v", res.StatusCode, body, err)
		}
		return body
	}
	first := ask("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents")
	if !bytes.Contains(first, []byte("20150331")) || !bytes.Equal(first, ask("CloudTrail_20131101.LookupEvents")) {
		t.Errorf("%s", first)
	}
}

// A function that is made anew is deleted before, by the same hands, and its
// runtime and memory are in the request.
func TestRecreatedFunction(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 1})})
	named := func(name string) []trailtypes.Event {
		events, _ := lookUp(t, c.config("us-east-1"), &cloudtrail.LookupEventsInput{
			StartTime:        aws.Time(simulated.Add(-48 * time.Hour)),
			LookupAttributes: []trailtypes.LookupAttribute{{AttributeKey: trailtypes.LookupAttributeKeyEventName, AttributeValue: &name}},
			EndTime:          aws.Time(simulated.Add(-time.Hour)),
		})
		return events
	}
	deleted, created := named("DeleteFunction20150331"), named("CreateFunction20150331")
	if len(created) < 20 || len(deleted) != len(created) {
		t.Fatalf("%d deleted, %d created", len(deleted), len(created))
	}
	for i := range created {
		r, before := recordOf(t, &created[i]), recordOf(t, &deleted[i])
		name, _ := r.RequestParameters["functionName"].(string)
		if nameIn(name) != "load-test-runner" || r.RequestParameters["memorySize"] != 512.0 || before.ResponseElements != nil ||
			created[i].EventTime.Sub(*deleted[i].EventTime) != time.Second || *created[i].Username != *deleted[i].Username {
			t.Errorf("%+v after %+v", r, before)
		}
	}
}
