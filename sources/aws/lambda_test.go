package aws

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

// listed lists the functions of a source.
func listed(t *testing.T, s *Source) ([]sources.Function, error) {
	t.Helper()
	var all []sources.Function
	err := s.Functions(t.Context(), func(page []sources.Function) error {
		all = append(all, page...)
		return nil
	})
	return all, err
}

func TestFunctionsReadsAllPages(t *testing.T) {
	s, f, m := sourceOf(t, map[string]handler{
		opListFunctions: func(w http.ResponseWriter, body map[string]any) {
			if body["MaxItems"] != "50" {
				t.Errorf("MaxItems = %v", body["MaxItems"])
			}
			from, _ := strconv.Atoi(fmt.Sprint(body["Marker"]))
			var page []map[string]any
			for i := from; i < min(from+50, 123); i++ {
				page = append(page, map[string]any{"FunctionName": fmt.Sprintf("fn-%03d", i)})
			}
			answer := map[string]any{"Functions": page}
			if from+50 < 123 {
				answer["NextMarker"] = strconv.Itoa(from + 50)
			}
			answerJSON(w, answer)
		},
	})
	var pages []int
	var names []string
	err := s.Functions(t.Context(), func(page []sources.Function) error {
		pages = append(pages, len(page))
		for _, fn := range page {
			names = append(names, fn.ID.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(pages, []int{50, 50, 23}) || names[0] != "fn-000" || names[122] != "fn-122" {
		t.Errorf("pages %v, from %s to %s", pages, names[0], names[len(names)-1])
	}
	if f.count(opListFunctions) != 3 || opOf(m, opListFunctions).Calls != 3 {
		t.Errorf("%d calls, metered %d", f.count(opListFunctions), opOf(m, opListFunctions).Calls)
	}
}

func TestFunctionConversion(t *testing.T) {
	full := map[string]any{
		"FunctionName": "checkout", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:checkout",
		"Runtime": "python3.13", "Architectures": []string{"arm64"}, "MemorySize": 2048, "Timeout": 30,
		"EphemeralStorage": map[string]any{"Size": 1024}, "PackageType": "Zip", "CodeSize": 4815162342,
		"LastModified": "2026-11-23T10:15:30.250+0100", "Version": "$LATEST", "Description": "pays",
		"LoggingConfig": map[string]any{"LogFormat": "JSON", "LogGroup": "/shop/all", "SystemLogLevel": "WARN"},
		"TracingConfig": map[string]any{"Mode": "Active"}, "SnapStart": map[string]any{"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"},
		"CapacityProviderConfig": map[string]any{"LambdaManagedInstancesCapacityProviderConfig": map[string]any{"CapacityProviderArn": "a"}},
		"DurableConfig":          map[string]any{"ExecutionTimeout": 60},
		"Environment":            map[string]any{"Variables": map[string]any{"PASSWORD": "hunter2-canary"}},
	}
	s, _, _ := sourceOf(t, map[string]handler{
		opListFunctions: func(w http.ResponseWriter, _ map[string]any) {
			answerJSON(w, map[string]any{"Functions": []any{
				full,
				map[string]any{"FunctionName": "bare", "SnapStart": map[string]any{"ApplyOn": "None"}},
				map[string]any{"FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:only-arn", "LastModified": "2026-11-23T10:15:30.25Z"},
				map[string]any{"Description": "without a name"},
			}})
		},
	})
	got, err := listed(t, s)
	if err != nil {
		t.Fatal(err)
	}
	id := func(name string) sources.FunctionID {
		return sources.FunctionID{Cloud: sources.AWS, Account: testAccount, Region: testRegion, Name: name}
	}
	bare := sources.Function{
		ID: id("bare"), Architecture: sources.X86, EphemeralMB: 512,
		LogGroup: "/aws/lambda/bare", LogFormat: sources.LogText,
	}
	onlyARN := bare
	onlyARN.ID, onlyARN.LogGroup = id("only-arn"), "/aws/lambda/only-arn"
	onlyARN.ARN = "arn:aws:lambda:us-east-1:123456789012:function:only-arn"
	onlyARN.LastModified = time.Date(2026, 11, 23, 10, 15, 30, 250e6, time.UTC)
	want := []sources.Function{
		{
			ID: id("checkout"), ARN: "arn:aws:lambda:us-east-1:123456789012:function:checkout",
			Runtime: "python3.13", Architecture: sources.ARM, MemoryMB: 2048, EphemeralMB: 1024,
			Timeout: 30 * time.Second, PackageType: sources.PackageZip, CodeSize: 4815162342,
			LastModified: time.Date(2026, 11, 23, 9, 15, 30, 250e6, time.UTC),
			Version:      "$LATEST", Description: "pays",
			LogGroup: "/shop/all", LogFormat: sources.LogJSON, SystemLogLevel: "WARN",
			Tracing: sources.TracingActive, SnapStart: true, ManagedInstances: true, Durable: true,
		},
		bare, onlyARN,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if strings.Contains(fmt.Sprintf("%+v", got), "hunter2-canary") {
		t.Error("an environment variable has come through")
	}
}

func TestFunctionsKeepsPagesBeforeAnError(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opListFunctions: func(w http.ResponseWriter, body map[string]any) {
			if body["Marker"] != nil {
				refuse(opListFunctions, 403, "AccessDeniedException",
					"User: arn:aws:iam::123456789012:user/x is not authorized to perform: lambda:ListFunctions on resource: *")(w, body)
				return
			}
			answerJSON(w, map[string]any{"Functions": []any{map[string]any{"FunctionName": "a"}}, "NextMarker": "2"})
		},
	})
	got, err := listed(t, s)
	wantError(t, err, sources.Denied, "lambda:ListFunctions", "fntop iam-policy")
	if len(got) != 1 {
		t.Errorf("%d functions, want the one of the first page", len(got))
	}
}

func TestFunctionsEndsWhenPagesGoRound(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{
		opListFunctions: func(w http.ResponseWriter, body map[string]any) {
			next := "a"
			if body["Marker"] == "a" {
				next = "b"
			}
			answerJSON(w, map[string]any{"NextMarker": next})
		},
	})
	_, err := listed(t, s)
	wantError(t, err, sources.Malformed, "the same page")
	if n := f.count(opListFunctions); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func TestFunctionsEndsWithItsCallersError(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{
		opListFunctions: func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, map[string]any{"NextMarker": "x"}) },
	})
	stop := errors.New("enough")
	err := s.Functions(t.Context(), func([]sources.Function) error { return stop })
	if !errors.Is(err, stop) || f.count(opListFunctions) != 1 {
		t.Errorf("error %v after %d calls", err, f.count(opListFunctions))
	}
}

func TestLastModified(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-23T10:15:30.000+0000": "2026-11-23T10:15:30Z",
		"2026-11-23T23:30:00.500-0130": "2026-11-24T01:00:00.5Z",
		"2026-11-23T10:15:30Z":         "2026-11-23T10:15:30Z",
	} {
		if got := lastModified(in).Format(time.RFC3339Nano); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{"", "yesterday", "2026-13-01T00:00:00.000+0000"} {
		if got := lastModified(in); !got.IsZero() {
			t.Errorf("%q: %v, want no time", in, got)
		}
	}
}
