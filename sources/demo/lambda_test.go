package demo_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"fntop/sources/demo"
)

func TestListFunctionsPages(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := lambda.NewFromConfig(c.config("us-east-1"))
	for _, limit := range []int32{0, 50, 1000, 7} {
		var names []string
		pager := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{}, func(o *lambda.ListFunctionsPaginatorOptions) { o.Limit = limit })
		for pager.HasMorePages() {
			page, err := pager.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			most := 50
			if limit > 0 {
				most = min(most, int(limit))
			}
			if len(page.Functions) > most || len(page.Functions) == 0 {
				t.Fatalf("limit %d: a page of %d", limit, len(page.Functions))
			}
			for _, f := range page.Functions {
				names = append(names, *f.FunctionName)
				if f.State != "" || f.LastUpdateStatus != "" {
					t.Fatalf("%s has a state in the listing", *f.FunctionName)
				}
			}
		}
		if len(names) != 120 || !slices.IsSorted(names) {
			t.Errorf("limit %d: %d names, sorted %v", limit, len(names), slices.IsSorted(names))
		}
	}
}

func TestListFunctionsElsewhere(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	out, err := lambda.NewFromConfig(c.config("ap-south-2")).ListFunctions(t.Context(), &lambda.ListFunctionsInput{})
	if err != nil || out.Functions == nil || len(out.Functions) != 0 {
		t.Errorf("a region without functions: %v, %v", out, err)
	}
}

func TestFunctionConfiguration(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := lambda.NewFromConfig(c.config("eu-west-1"))
	for _, name := range []string{
		"full", "full:live", "123456789012:function:full", "arn:aws:lambda:eu-west-1:123456789012:function:full",
		"arn:aws:lambda:eu-west-1:123456789012:function:full:$LATEST",
	} {
		f, err := client.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &name})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if *f.FunctionName != "full" || *f.FunctionArn != "arn:aws:lambda:eu-west-1:123456789012:function:full" {
			t.Errorf("%s gave %s", name, *f.FunctionArn)
		}
	}
	f, err := client.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("full")})
	if err != nil {
		t.Fatal(err)
	}
	modified, err := time.Parse("2006-01-02T15:04:05.000-0700", *f.LastModified)
	if err != nil || !modified.Equal(simulated.Add(-time.Hour)) || !strings.HasSuffix(*f.LastModified, "+0000") {
		t.Errorf("LastModified %s: %v", *f.LastModified, err)
	}
	got := []any{
		f.Runtime, *f.MemorySize, *f.Timeout, f.CodeSize, *f.Version, f.PackageType, f.Architectures[0], f.TracingConfig.Mode,
		*f.EphemeralStorage.Size, f.LoggingConfig.LogFormat, *f.LoggingConfig.LogGroup, f.LoggingConfig.SystemLogLevel,
		f.SnapStart.ApplyOn, f.State, f.LastUpdateStatus, f.CapacityProviderConfig != nil, f.DurableConfig != nil, *f.Description,
	}
	want := []any{
		types.RuntimePython313, int32(512), int32(30), int64(4096), "$LATEST", types.PackageTypeZip, types.ArchitectureArm64, types.TracingModeActive,
		int32(1024), types.LogFormatJson, "many/functions", types.SystemLogLevelWarn,
		types.SnapStartApplyOnPublishedVersions, types.StateActive, types.LastUpdateStatusSuccessful, true, true, "does full",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestGetFunctionAndSettings(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := lambda.NewFromConfig(c.config("eu-west-1"))
	f, err := client.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("full")})
	if err != nil || f.Tags["team"] != "shop" || *f.Concurrency.ReservedConcurrentExecutions != 0 || *f.Configuration.FunctionName != "full" || f.Code.Location == nil {
		t.Errorf("GetFunction: %+v, %v", f, err)
	}
	tags, err := client.ListTags(t.Context(), &lambda.ListTagsInput{Resource: aws.String("arn:aws:lambda:eu-west-1:123456789012:function:full")})
	if err != nil || tags.Tags["team"] != "shop" {
		t.Errorf("ListTags: %v, %v", tags, err)
	}
	reserved, err := client.GetFunctionConcurrency(t.Context(), &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String("full")})
	if err != nil || reserved.ReservedConcurrentExecutions == nil || *reserved.ReservedConcurrentExecutions != 0 {
		t.Errorf("GetFunctionConcurrency: %v, %v", reserved, err)
	}
	provisioned, err := client.ListProvisionedConcurrencyConfigs(t.Context(), &lambda.ListProvisionedConcurrencyConfigsInput{FunctionName: aws.String("full")})
	if err != nil || len(provisioned.ProvisionedConcurrencyConfigs) != 1 || *provisioned.ProvisionedConcurrencyConfigs[0].RequestedProvisionedConcurrentExecutions != 7 {
		t.Errorf("ListProvisionedConcurrencyConfigs: %+v, %v", provisioned, err)
	}
	mappings, err := client.ListEventSourceMappings(t.Context(), &lambda.ListEventSourceMappingsInput{})
	if err != nil || len(mappings.EventSourceMappings) != 0 {
		t.Errorf("ListEventSourceMappings: %v, %v", mappings, err)
	}
	settings, err := lambda.NewFromConfig(c.config("us-east-1")).GetAccountSettings(t.Context(), &lambda.GetAccountSettingsInput{})
	if err != nil || settings.AccountLimit.ConcurrentExecutions != 1000 || settings.AccountUsage.FunctionCount != 120 || settings.AccountUsage.TotalCodeSize != 120*4096 {
		t.Errorf("GetAccountSettings: %+v, %v", settings, err)
	}
	// A function in another region has no reserved concurrency.
	other, err := lambda.NewFromConfig(c.config("us-east-1")).GetFunctionConcurrency(t.Context(), &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String("fn-001")})
	if err != nil || other.ReservedConcurrentExecutions != nil {
		t.Errorf("unreserved: %v, %v", other, err)
	}
}

func TestLambdaErrors(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := lambda.NewFromConfig(c.config("us-east-1"))
	_, err := client.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("nobody")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || missing.ErrorMessage() != "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody" || *missing.Type != "User" {
		t.Errorf("unknown function: %v", err)
	}
	// The same name in another region is not this one.
	_, err = client.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("arn:aws:lambda:eu-west-1:123456789012:function:fn-001")})
	if missing = nil; !errors.As(err, &missing) {
		t.Errorf("function of another region: %v", err)
	}
	_, err = client.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("fn-001")})
	if missing = nil; !errors.As(err, &missing) || missing.ErrorMessage() != "The resource you requested does not exist." {
		t.Errorf("no policy: %v", err)
	}
	_, err = client.ListEventSourceMappings(t.Context(), &lambda.ListEventSourceMappingsInput{FunctionName: aws.String("nobody")})
	if missing = nil; !errors.As(err, &missing) {
		t.Errorf("mappings of nobody: %v", err)
	}
	_, err = client.ListFunctions(t.Context(), &lambda.ListFunctionsInput{Marker: aws.String("nonsense")})
	if _, ok := errors.AsType[*types.InvalidParameterValueException](err); !ok {
		t.Errorf("bad marker: %v", err)
	}
	var api smithy.APIError
	_, err = client.ListFunctions(t.Context(), &lambda.ListFunctionsInput{MaxItems: aws.Int32(0)})
	if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" {
		t.Errorf("MaxItems 0: %v", err)
	}
	_, err = client.ListLayers(t.Context(), &lambda.ListLayersInput{})
	if !errors.As(err, &api) || api.ErrorCode() != "UnknownOperationException" {
		t.Errorf("an operation that is not served: %v", err)
	}
}

// No answer may ever hold environment variables.
func TestNoEnvironment(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	for _, path := range []string{"/2015-03-31/functions/", "/2015-03-31/functions/fn-001", "/2015-03-31/functions/fn-001/configuration"} {
		body := get(t, c.url+path)
		if !bytes.Contains(body, []byte("fn-001")) || bytes.Contains(body, []byte("Environment")) || bytes.Contains(body, []byte("Variables")) {
			t.Errorf("%s: %s", path, body)
		}
	}
}

// get fetches a path with a credential for Lambda in us-east-1.
func get(tb testing.TB, url string) []byte {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEMO/20261123/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	body, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}
