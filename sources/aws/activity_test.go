package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

const linkedAccount = "999999999999"

// listedMetric is a metric of ListMetrics: names and values of dimensions.
func listedMetric(dimensions ...string) map[string]any {
	list := []any{}
	for d := range slices.Chunk(dimensions, 2) {
		list = append(list, map[string]any{"Name": d[0], "Value": d[1]})
	}
	return map[string]any{"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": list}
}

func listMetricsAnswer(owners []any, next string, metrics ...any) handler {
	return func(w http.ResponseWriter, _ map[string]any) {
		answer := map[string]any{"Metrics": metrics}
		if owners != nil {
			answer["OwningAccounts"] = owners
		}
		if next != "" {
			answer["NextToken"] = next
		}
		answerCBOR(w, answer)
	}
}

// active collects the pages of Active.
func active(ctx context.Context, s *Source) (pages [][]sources.FunctionID, err error) {
	err = s.Active(ctx, func(ids []sources.FunctionID) error {
		pages = append(pages, ids)
		return nil
	})
	return pages, err
}

func idOf(account, name string) sources.FunctionID {
	return sources.FunctionID{Cloud: sources.AWS, Account: account, Region: testRegion, Name: name}
}

func TestActiveAsksForTheRecentOnes(t *testing.T) {
	calls := 0
	s, _, m := sourceOf(t, map[string]handler{
		opListMetrics: func(w http.ResponseWriter, body map[string]any) {
			dimension := body["Dimensions"].([]any)[0].(map[any]any)
			got := fmt.Sprint(body["Namespace"], body["MetricName"], dimension, body["RecentlyActive"], body["IncludeLinkedAccounts"], body["NextToken"])
			want := "AWS/Lambda Invocations map[Name:FunctionName] PT3H true "
			if calls++; calls == 1 {
				want += "<nil>"
			} else {
				want += "t1"
			}
			if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
				t.Errorf("asked for %s, want %s", got, want)
			}
			if calls == 1 {
				listMetricsAnswer(nil, "t1",
					listedMetric("FunctionName", "checkout"),
					listedMetric("FunctionName", "checkout", "Resource", "checkout"),
					listedMetric("Resource", "checkout:live", "FunctionName", "checkout"),
					listedMetric("EventSourceMappingUUID", "x"),
					listedMetric("FunctionName", "us-east-1.edge"),
					listedMetric(),
				)(w, nil)
				return
			}
			listMetricsAnswer(nil, "",
				listedMetric("FunctionName", "images"),
				listedMetric("FunctionName", ""),
				listedMetric("FunctionName", "bad\x1b[2Jname"),
				listedMetric("FunctionName", strings.Repeat("x", 129)),
			)(w, nil)
		},
	})
	pages, err := active(t.Context(), s)
	want := [][]sources.FunctionID{
		{idOf(testAccount, "checkout"), idOf(testAccount, "us-east-1.edge")},
		{idOf(testAccount, "images")},
	}
	if err != nil || !slices.EqualFunc(pages, want, slices.Equal) {
		t.Errorf("%v, %v\nwant %v", pages, err, want)
	}
	if op := opOf(m, opListMetrics); op.Calls != 2 || op.Metrics != 0 {
		t.Errorf("%+v", op)
	}
}

func TestActiveInAMonitoringAccount(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opListMetrics: listMetricsAnswer([]any{testAccount, linkedAccount}, "",
			listedMetric("FunctionName", "same"), listedMetric("FunctionName", "same")),
	})
	pages, err := active(t.Context(), s)
	if err != nil || len(pages) != 1 || !slices.Equal(pages[0], []sources.FunctionID{idOf(testAccount, "same"), idOf(linkedAccount, "same")}) {
		t.Errorf("%v, %v", pages, err)
	}
}

func TestActiveDoesNotMixAccountsUp(t *testing.T) {
	for name, owners := range map[string][]any{
		"too few":    {linkedAccount},
		"no account": {testAccount, "arn:aws"},
	} {
		s, _, _ := sourceOf(t, map[string]handler{
			opListMetrics: listMetricsAnswer(owners, "", listedMetric("FunctionName", "a"), listedMetric("FunctionName", "b")),
		})
		pages, err := active(t.Context(), s)
		if len(pages) != 0 {
			t.Errorf("%s: %v", name, pages)
		}
		wantError(t, err, sources.Malformed, opListMetrics, "which account")
	}
}

func TestActiveGoesOnWithoutLinkedAccounts(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{
		opListMetrics: func(w http.ResponseWriter, body map[string]any) {
			if body["IncludeLinkedAccounts"] != nil {
				refuse(opListMetrics, 400, "InvalidParameterValueException", "IncludeLinkedAccounts is not supported")(w, body)
				return
			}
			listMetricsAnswer(nil, "", listedMetric("FunctionName", "checkout"))(w, body)
		},
	})
	for calls := 2; calls < 4; calls++ { // the second time it is not tried again
		pages, err := active(t.Context(), s)
		if err != nil || len(pages) != 1 || f.count(opListMetrics) != calls {
			t.Errorf("%v, %v after %d calls, want %d", pages, err, f.count(opListMetrics), calls)
		}
	}
}

func TestActiveFails(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{opListMetrics: refuse(opListMetrics, 403, "AccessDenied", "no")})
	_, err := active(t.Context(), s)
	wantError(t, err, sources.Denied, opListMetrics, "iam-policy")
	if f.count(opListMetrics) != 2 || s.unlinked.Load() {
		t.Errorf("%d calls; what is denied altogether says nothing of linked accounts", f.count(opListMetrics))
	}

	s, f, _ = sourceOf(t, map[string]handler{
		opListMetrics: refuse(opListMetrics, 400, "ExpiredTokenException", "The security token is expired"),
	})
	_, err = active(t.Context(), s)
	wantError(t, err, sources.ExpiredCredentials, opListMetrics)
	if f.count(opListMetrics) != 1 {
		t.Errorf("%d calls with expired credentials", f.count(opListMetrics))
	}

	s, _, _ = sourceOf(t, map[string]handler{
		opListMetrics: listMetricsAnswer(nil, "again", listedMetric("FunctionName", "checkout")),
	})
	pages, err := active(t.Context(), s)
	wantError(t, err, sources.Malformed, "same page")
	if len(pages) != 2 {
		t.Errorf("%d pages stand", len(pages))
	}

	stop := errors.New("enough")
	if err := s.Active(t.Context(), func([]sources.FunctionID) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the reader: %v", err)
	}
}

// TestActiveAgainstTheDemoCloud compares with the model: those that are left
// out have been idle, and those with an invocation are in.
func TestActiveAgainstTheDemoCloud(t *testing.T) {
	now := metricsStart
	model := world.New(world.Config{Seed: 5, Functions: 60})
	region := model.Regions()[0]
	o := options(t, "http://demo.invalid")
	o.Regions = []string{region}
	o.Now = func() time.Time { return now }
	o.Credentials = credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", "")
	o.HTTPClient = &http.Client{Transport: direct{demo.NewServer(demo.ServerConfig{Model: model, Now: o.Now})}}
	s := openOne(t, o)
	pages, err := active(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	found := slices.Concat(pages...)
	idle := 0
	for _, fn := range model.Functions(region, now) {
		sum := func(start, end time.Time) (n float64) {
			points := model.Metric(region, fn.ID.Name, sources.MetricInvocations, []sources.Stat{sources.StatSum}, end.Sub(start), start, end, now)
			for _, p := range points[0] {
				n += p.Value
			}
			return n
		}
		in := slices.Contains(found, fn.ID)
		if !in {
			idle++
		}
		if recent := sum(now.Add(-sources.ActiveSpan), now); recent > 0 && !in {
			t.Errorf("%s has %v invocations and is not active", fn.ID.Name, recent)
		}
		if near := sum(now.Add(-4*sources.ActiveSpan), now); near == 0 && in {
			t.Errorf("%s has been idle for twelve hours and is active", fn.ID.Name)
		}
	}
	if len(found) == 0 || idle == 0 {
		t.Errorf("%d active, %d idle: the comparison says nothing", len(found), idle)
	}
}
