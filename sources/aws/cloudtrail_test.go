package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

func trailScope() sources.Scope {
	return sources.Scope{Cloud: sources.AWS, Account: testAccount, Region: testRegion}
}

// trailEvent is an event of LookupEvents with this record.
func trailEvent(id string, at time.Time, record map[string]any) map[string]any {
	text, _ := json.Marshal(record)
	return map[string]any{"EventId": id, "EventTime": at.Unix(), "ReadOnly": "false", "CloudTrailEvent": string(text)}
}

// record is the record of a call with these request parameters.
func record(event string, parameters map[string]any) map[string]any {
	return map[string]any{
		"eventSource": "lambda.amazonaws.com", "eventName": event, "eventID": "e1", "eventTime": "2026-11-23T10:00:00Z",
		"userIdentity":      map[string]any{"type": "IAMUser", "userName": "ops"},
		"requestParameters": parameters,
	}
}

func TestChangesPageByPage(t *testing.T) {
	at := time.Now().UTC().Truncate(time.Second).Add(-time.Hour)
	code := record("UpdateFunctionCode20150331v2", map[string]any{"functionName": "checkout"})
	failed := record("UpdateFunctionCode20150331v2", map[string]any{"functionName": "checkout"})
	failed["errorCode"] = "ResourceConflictException"
	reading := trailEvent("r", at.Add(-2*time.Minute), record("GetFunction20150331v2", map[string]any{"functionName": "checkout"}))
	reading["ReadOnly"] = "true"
	garbage := trailEvent("g", at.Add(-3*time.Minute), nil)
	garbage["CloudTrailEvent"] = `{"eventSource":`
	calls := 0
	s, _, m := sourceOf(t, map[string]handler{opLookupEvents: func(w http.ResponseWriter, body map[string]any) {
		attribute := body["LookupAttributes"].([]any)[0].(map[string]any)
		if attribute["AttributeKey"] != "EventSource" || attribute["AttributeValue"] != "lambda.amazonaws.com" || body["MaxResults"] != 50.0 {
			t.Errorf("asked for %v", body)
		}
		if calls++; calls == 1 {
			answerJSON(w, map[string]any{"NextToken": "t1", "Events": []any{
				trailEvent("a", at, code), trailEvent("b", at.Add(-time.Minute), failed), reading, garbage,
				trailEvent("old", at.Add(-100*24*time.Hour), code), // not what was asked for
			}})
			return
		}
		if body["NextToken"] != "t1" {
			t.Errorf("token %v", body["NextToken"])
		}
		answerJSON(w, map[string]any{"Events": []any{trailEvent("c", at.Add(-4*time.Minute), code)}})
	}})
	var pages []sources.ChangePage
	start := at.Add(-time.Hour)
	if err := s.Changes(t.Context(), start, at.Add(time.Minute), func(p sources.ChangePage) error {
		pages = append(pages, p)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(pages) != 2 || len(pages[0].Changes) != 1 || len(pages[1].Changes) != 1 {
		t.Fatalf("pages %+v", pages)
	}
	if p := pages[0]; !p.Since.Equal(at.Add(-3*time.Minute)) || p.Skipped != 2 || p.Changes[0].ID != "a" || !p.Changes[0].Time.Equal(at) {
		t.Errorf("first page %+v", p)
	}
	if p := pages[1]; !p.Since.Equal(start) || p.Skipped != 0 || p.Changes[0].ID != "c" {
		t.Errorf("last page %+v", p)
	}
	if op := opOf(m, opLookupEvents); op.Calls != 2 || op.Errors != 0 {
		t.Errorf("metered %+v", op)
	}
}

func TestChangesThatCannotBeRead(t *testing.T) {
	now := time.Now()
	read := func(h handler) (pages int, err error) {
		s, _, _ := sourceOf(t, map[string]handler{opLookupEvents: h})
		err = s.Changes(t.Context(), now.Add(-time.Hour), now, func(sources.ChangePage) error {
			pages++
			return nil
		})
		return pages, err
	}
	_, err := read(refuse(opLookupEvents, 400, "AccessDeniedException", "User is not authorized to perform: cloudtrail:LookupEvents"))
	wantError(t, err, sources.Denied, opLookupEvents, "on "+testRegion, "iam-policy")
	_, err = read(refuse(opLookupEvents, 400, "ThrottlingException", "Rate exceeded"))
	wantError(t, err, sources.Throttled, opLookupEvents)
	_, err = read(func(w http.ResponseWriter, _ map[string]any) { _, _ = w.Write([]byte("<html>")) })
	wantError(t, err, sources.Malformed, opLookupEvents)
	pages, err := read(func(w http.ResponseWriter, _ map[string]any) {
		answerJSON(w, map[string]any{"NextToken": "round", "Events": []any{}})
	})
	if wantError(t, err, sources.Malformed, "same page"); pages != 2 {
		t.Errorf("%d pages of a lookup that goes in circles", pages)
	}
	enough := errors.New("enough")
	s, f, _ := sourceOf(t, map[string]handler{opLookupEvents: func(w http.ResponseWriter, _ map[string]any) {
		answerJSON(w, map[string]any{"NextToken": "t", "Events": []any{}})
	}})
	if err := s.Changes(t.Context(), now.Add(-time.Hour), now, func(sources.ChangePage) error { return enough }); !errors.Is(err, enough) || f.count(opLookupEvents) != 1 {
		t.Errorf("%v after %d calls", err, f.count(opLookupEvents))
	}
}

func TestTrailRecords(t *testing.T) {
	arn := "arn:aws:lambda:" + testRegion + ":" + testAccount + ":function:checkout"
	for _, c := range []struct {
		event      string
		parameters map[string]any
		answer     map[string]any
		want       sources.Change
	}{
		{
			"UpdateFunctionConfiguration20150331v2",
			map[string]any{"functionName": arn + ":$LATEST", "memorySize": 2048, "timeout": 30, "runtime": "python3.13", "environment": map[string]any{"variables": map[string]any{"KEY": "s3cret"}}},
			nil,
			sources.Change{Kind: sources.ChangeConfiguration, Operation: "UpdateFunctionConfiguration", What: "memory 2048 MB, timeout 30 s, runtime python3.13, environment"},
		},
		{
			"PublishVersion20150331",
			map[string]any{"functionName": testAccount + ":function:checkout"},
			map[string]any{"version": "7"},
			sources.Change{Kind: sources.ChangeVersion, Operation: "PublishVersion", Version: "7"},
		},
		{
			"UpdateAlias20150331",
			map[string]any{"functionName": "checkout", "name": "live", "functionVersion": "7"},
			nil,
			sources.Change{Kind: sources.ChangeAlias, Operation: "UpdateAlias", Alias: "live", Version: "7"},
		},
		{
			"PutFunctionConcurrency20171031",
			map[string]any{"functionName": "checkout", "reservedConcurrentExecutions": 5},
			nil,
			sources.Change{Kind: sources.ChangeConcurrency, Operation: "PutFunctionConcurrency", What: "reserved 5"},
		},
		{
			"PutProvisionedConcurrencyConfig",
			map[string]any{"functionName": "checkout", "qualifier": "live", "provisionedConcurrentExecutions": 10},
			nil,
			sources.Change{Kind: sources.ChangeConcurrency, Operation: "PutProvisionedConcurrencyConfig", What: "provisioned 10 on live"},
		},
		{
			"CreateFunctionUrlConfig",
			map[string]any{"functionName": "checkout", "authType": "NONE"},
			nil,
			sources.Change{Kind: sources.ChangeTrigger, Operation: "CreateFunctionUrlConfig", What: "auth NONE"},
		},
		{
			"AddPermission20150331v2",
			map[string]any{"functionName": "checkout", "principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::uploads"},
			nil,
			sources.Change{Kind: sources.ChangeTrigger, Operation: "AddPermission", What: "S3 uploads"},
		},
		{
			"UpdateEventSourceMapping20150331",
			map[string]any{"uUID": "u", "enabled": false},
			map[string]any{"functionArn": arn, "eventSourceArn": "arn:aws:sqs:us-east-1:123456789012:orders"},
			sources.Change{Kind: sources.ChangeTrigger, Operation: "UpdateEventSourceMapping", What: "SQS orders disabled"},
		},
		{
			"DeleteFunction20150331",
			map[string]any{"functionName": "checkout"},
			nil,
			sources.Change{Kind: sources.ChangeDeleted, Operation: "DeleteFunction"},
		},
		{
			"DeleteFunction20150331",
			map[string]any{"functionName": "checkout", "qualifier": "3"},
			nil,
			sources.Change{Kind: sources.ChangeOther, Operation: "DeleteFunction", Version: "3"},
		},
		{
			"TagResource20170331v2",
			map[string]any{"resource": arn, "tags": map[string]any{"a": "b"}},
			nil,
			sources.Change{Kind: sources.ChangeOther, Operation: "TagResource"},
		},
	} {
		r := record(c.event, c.parameters)
		r["responseElements"] = c.answer
		text, _ := json.Marshal(r)
		got, state := parseTrailRecord(trailScope(), string(text))
		c.want.Function, c.want.ID, c.want.Who = trailScope().In("checkout"), "e1", "ops"
		c.want.Time = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
		if state != trailChange || got != c.want {
			t.Errorf("%s:\n%+v (%v), want\n%+v", c.event, got, state, c.want)
		}
	}
}

func TestWhoDidIt(t *testing.T) {
	for _, c := range []struct {
		identity map[string]any
		agent    string
		who, via string
	}{
		{map[string]any{"type": "IAMUser", "userName": "ops"}, "aws-cli/2", "ops", ""},
		{map[string]any{"type": "Root", "arn": "arn:aws:iam::123456789012:root"}, "", "root", ""},
		{map[string]any{"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/deploy/ci"}, "x", "ci", ""},
		{map[string]any{"type": "AssumedRole", "principalId": "AROA:ci", "invokedBy": "cloudformation.amazonaws.com"}, "x", "ci", "cloudformation"},
		{map[string]any{"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}, "x", "", "autoscaling"},
		{map[string]any{"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/r/s"}, "cloudformation.amazonaws.com", "s", "cloudformation"},
	} {
		r := record("UpdateFunctionCode20150331v2", map[string]any{"functionName": "checkout"})
		r["userIdentity"], r["userAgent"] = c.identity, c.agent
		text, _ := json.Marshal(r)
		got, state := parseTrailRecord(trailScope(), string(text))
		if state != trailChange || got.Who != c.who || got.Via != c.via {
			t.Errorf("%v by %q: %q via %q (%v)", c.identity, c.agent, got.Who, got.Via, state)
		}
	}
}

func TestRecordsOfNoFunctionHere(t *testing.T) {
	other := strings.Replace("arn:aws:lambda:us-east-1:123456789012:function:x", "123456789012", "999999999999", 1)
	for _, parameters := range []map[string]any{
		nil,
		{"functionName": ""},
		{"functionName": other},
		{"functionName": "arn:aws:lambda:eu-west-1:123456789012:function:x"},
		{"functionName": "arn:aws:lambda:us-east-1:123456789012:layer:x"},
		{"functionName": []string{"x"}},
		{"functionName": "a:b:c:d"},
		{"functionName": "no name"},
	} {
		text, _ := json.Marshal(record("UpdateFunctionCode20150331v2", parameters))
		if c, state := parseTrailRecord(trailScope(), string(text)); state != trailOther {
			t.Errorf("%v is taken for %+v (%v)", parameters, c, state)
		}
	}
}

func TestUnversioned(t *testing.T) {
	for name, want := range map[string]string{
		"UpdateFunctionCode20150331v2": "UpdateFunctionCode", "PublishVersion20150331": "PublishVersion", "CreateFunctionUrlConfig": "CreateFunctionUrlConfig",
		"Put2": "Put2", "20150331": "20150331", "v2": "v2", "": "", "X1v2": "X1",
	} {
		if got := unversioned(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// FuzzTrailRecord lets anything be the record of an event: nothing of an
// environment comes out, names are bounded, and a change is of this scope.
func FuzzTrailRecord(f *testing.F) {
	for _, parameters := range []map[string]any{
		{"functionName": "checkout", "memorySize": 2048, "layers": []string{"a"}, "environment": map[string]any{"variables": map[string]any{"K": "s3cret"}}},
		{"functionName": "123456789012:function:checkout:live", "name": "live", "functionVersion": "3"},
	} {
		text, _ := json.Marshal(record("CreateFunction20150331", parameters))
		f.Add(string(text))
	}
	f.Add(`{"eventSource":"lambda.amazonaws.com","requestParameters":[1,2]}`)
	f.Add(strings.Repeat(`{"requestParameters":`, 2000))
	f.Fuzz(func(t *testing.T, text string) {
		c, state := parseTrailRecord(trailScope(), text)
		if state != trailChange {
			if c != (sources.Change{}) {
				t.Fatalf("no change, and yet %+v", c)
			}
			return
		}
		if c.Function.Scope() != trailScope() || !isName(c.Function.Name) || c.ID == "" || c.Time.IsZero() || c.Kind == "" || c.Operation == "" {
			t.Fatalf("a change of nothing: %+v", c)
		}
		for _, s := range []string{c.Who, c.Via, c.Version, c.Alias} {
			if len(s) > maxWord+len("…") {
				t.Fatalf("%d bytes of a name", len(s))
			}
		}
		if len(c.What) > 20*(maxWord+20) || strings.Contains(c.What, "s3cret") && !strings.Contains(text, `s3cret"`) {
			t.Fatalf("what was set: %q", c.What)
		}
	})
}

func TestTagsPageByPage(t *testing.T) {
	calls := 0
	s, _, _ := sourceOf(t, map[string]handler{opGetResources: func(w http.ResponseWriter, body map[string]any) {
		if fmt.Sprint(body["ResourceTypeFilters"], body["ResourcesPerPage"]) != "[lambda:function] 100" {
			t.Errorf("asked for %v", body)
		}
		if calls++; calls == 1 {
			answerJSON(w, map[string]any{"PaginationToken": "t1", "ResourceTagMappingList": []any{
				map[string]any{"ResourceARN": "arn:aws:lambda:us-east-1:123456789012:function:a", "Tags": []any{map[string]any{"Key": "team", "Value": "x"}}},
				map[string]any{"ResourceARN": "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:u", "Tags": []any{}},
			}})
			return
		}
		refuse(opGetResources, 400, "AccessDeniedException", "no")(w, body)
	}})
	var got []string
	err := s.Tags(t.Context(), func(page map[sources.FunctionID]map[string]string) error {
		for id, tags := range page {
			got = append(got, fmt.Sprint(id.Name, tags))
		}
		return nil
	})
	wantError(t, err, sources.Denied, opGetResources, "iam-policy")
	if !slices.Equal(got, []string{"amap[team:x]"}) {
		t.Errorf("tags %v", got)
	}
}
