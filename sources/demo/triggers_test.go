package demo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// mappingsOf reads all pages of a listing of event source mappings.
func mappingsOf(t *testing.T, config aws.Config, in *lambda.ListEventSourceMappingsInput) (out []types.EventSourceMappingConfiguration) {
	t.Helper()
	pager := lambda.NewListEventSourceMappingsPaginator(lambda.NewFromConfig(config), in)
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(page.EventSourceMappings) > 100 {
			t.Fatalf("a page of %d", len(page.EventSourceMappings))
		}
		out = append(out, page.EventSourceMappings...)
	}
	return out
}

// found is one trigger as a client pieces it together.
type found struct {
	kind, source, qualifier, state string
}

// policyFound reads the triggers out of a policy.
func policyFound(t *testing.T, text, resource, qualifier string) (out []found) {
	t.Helper()
	var policy struct {
		Version   string
		Statement []struct {
			Effect, Action, Resource string
			Principal                any
			Condition                map[string]map[string]string
		}
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		t.Fatal(err)
	}
	for _, s := range policy.Statement {
		service, ok := s.Principal.(map[string]any)
		if !ok {
			continue // a public function URL: found by its own reads
		}
		name, _ := service["Service"].(string)
		kind := strings.TrimSuffix(name, ".amazonaws.com")
		kind = map[string]string{"events": "eventbridge", "elasticloadbalancing": "alb"}[kind] + map[bool]string{true: "", false: kind}[kind == "events" || kind == "elasticloadbalancing"]
		if s.Effect != "Allow" || s.Action != "lambda:InvokeFunction" || s.Resource != resource || (s.Condition["StringEquals"]["AWS:SourceAccount"] == account) != (kind == "s3") {
			t.Errorf("statement %+v of %s", s, resource)
		}
		out = append(out, found{kind, s.Condition["ArnLike"]["AWS:SourceArn"], qualifier, "Enabled"})
	}
	return out
}

// discover finds everything that invokes the functions of a region, as a
// client does: mappings, the policies of each function and of its aliases, and
// function URLs.
func discover(t *testing.T, config aws.Config) map[string][]found {
	t.Helper()
	client, out := lambda.NewFromConfig(config), map[string][]found{}
	split := func(arn string) (name, qualifier string) {
		parts := strings.Split(arn, ":")
		return parts[6], strings.Join(parts[7:], "")
	}
	for _, m := range mappingsOf(t, config, &lambda.ListEventSourceMappingsInput{}) {
		name, qualifier := split(*m.FunctionArn)
		out[name] = append(out[name], found{strings.Split(*m.EventSourceArn, ":")[2], *m.EventSourceArn, qualifier, *m.State})
	}
	for _, f := range allFunctions(t, config) {
		qualifiers := []string{""}
		aliases, err := client.ListAliases(t.Context(), &lambda.ListAliasesInput{FunctionName: f.FunctionName})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range aliases.Aliases {
			qualifiers = append(qualifiers, *a.Name)
		}
		for _, q := range qualifiers {
			in := &lambda.GetPolicyInput{FunctionName: f.FunctionName}
			resource := *f.FunctionArn
			if q != "" {
				in.Qualifier, resource = &q, resource+":"+q
			}
			policy, err := client.GetPolicy(t.Context(), in)
			if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			out[*f.FunctionName] = append(out[*f.FunctionName], policyFound(t, *policy.Policy, resource, q)...)
		}
		urls, err := client.ListFunctionUrlConfigs(t.Context(), &lambda.ListFunctionUrlConfigsInput{FunctionName: f.FunctionName})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range urls.FunctionUrlConfigs {
			name, qualifier := split(*u.FunctionArn)
			out[name] = append(out[name], found{"function-url", *u.FunctionUrl, qualifier, "Enabled"})
		}
	}
	return out
}

// What a client finds invokes each function is what the truth tells, in every
// region and in a large fleet, too.
func TestTriggersEqualTheTruth(t *testing.T) {
	for _, config := range []world.Config{{Seed: 0}, {Seed: 5, Functions: 300}} {
		fleet := world.New(config)
		c := newCloud(t, demo.ServerConfig{Model: fleet})
		want, kinds := map[string][]found{}, map[string]int{}
		for r := range fleet.Truth(simulated, simulated) {
			if trigger, ok := r.(*world.TriggerRecord); ok {
				q := ""
				if trigger.Qualifier != nil {
					q = *trigger.Qualifier
				}
				key := trigger.Region + "/" + trigger.Function
				want[key] = append(want[key], found{trigger.Kind, trigger.Source, q, trigger.State})
				kinds[trigger.Kind]++
			}
		}
		if len(kinds) != 9 {
			t.Errorf("kinds %v", kinds)
		}
		got := map[string][]found{}
		for _, region := range fleet.Regions() {
			for name, all := range discover(t, c.config(region)) {
				got[region+"/"+name] = all
			}
		}
		for key := range maps.Keys(want) {
			if !slices.Equal(got[key], want[key]) {
				t.Errorf("%s: found %v, truth %v", key, got[key], want[key])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d functions with triggers, %d are true", len(got), len(want))
		}
	}
}

// The story of the upload storm hangs together: bucket, function, queue,
// function.
func TestUploadStoryHangsTogether(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 1})})
	config := c.config("us-east-1")
	notification, err := s3.NewFromConfig(config).GetBucketNotificationConfiguration(t.Context(), &s3.GetBucketNotificationConfigurationInput{Bucket: aws.String("uploads-prod")})
	if err != nil || len(notification.LambdaFunctionConfigurations) != 1 {
		t.Fatal(notification, err)
	}
	to := notification.LambdaFunctionConfigurations[0]
	if nameIn(*to.LambdaFunctionArn) != "image-resize" || to.Events[0] != "s3:ObjectCreated:*" || *to.Filter.Key.FilterRules[0].Value != "media/" {
		t.Errorf("notification %+v", to)
	}
	mappings := mappingsOf(t, config, &lambda.ListEventSourceMappingsInput{EventSourceArn: aws.String("arn:aws:sqs:us-east-1:123456789012:thumbnails")})
	if len(mappings) != 1 || nameIn(*mappings[0].FunctionArn) != "thumbnail-index" || *mappings[0].BatchSize != 10 ||
		*mappings[0].MaximumBatchingWindowInSeconds != 1 || *mappings[0].ScalingConfig.MaximumConcurrency != 50 || mappings[0].LastProcessingResult != nil {
		t.Errorf("mappings %+v", mappings)
	}
	invoke, err := lambda.NewFromConfig(config).GetFunctionEventInvokeConfig(t.Context(), &lambda.GetFunctionEventInvokeConfigInput{FunctionName: aws.String("image-resize")})
	if err != nil || *invoke.MaximumRetryAttempts != 2 || *invoke.DestinationConfig.OnFailure.Destination != "arn:aws:sqs:us-east-1:123456789012:image-resize-failed" {
		t.Errorf("%+v, %v", invoke, err)
	}
	_, err = lambda.NewFromConfig(config).GetFunctionEventInvokeConfig(t.Context(), &lambda.GetFunctionEventInvokeConfigInput{FunctionName: aws.String("newsletter-send")})
	if codeOf(err) != "ResourceNotFoundException" {
		t.Errorf("no configuration: %v", err)
	}
}

// Streams have members that queues have not, and tell how the last batch went.
func TestStreamMappings(t *testing.T) {
	now := simulated.Add(-12 * time.Hour)
	fleet := world.New(world.Config{Seed: 1})
	c := newCloud(t, demo.ServerConfig{Model: fleet, Now: func() time.Time { return now }})
	results := map[string]int{}
	for ; now.Before(simulated); now = now.Add(17 * time.Minute) {
		for _, m := range mappingsOf(t, c.config("eu-west-1"), &lambda.ListEventSourceMappingsInput{FunctionName: aws.String("inventory-sync")}) {
			results[*m.LastProcessingResult]++
			if m.StartingPosition != types.EventSourcePositionLatest || *m.ParallelizationFactor != 2 || *m.MaximumRetryAttempts != 0 || m.ScalingConfig != nil ||
				!strings.HasPrefix(*m.EventSourceArn, "arn:aws:dynamodb:eu-west-1:123456789012:table/stock/stream/20") {
				t.Fatalf("%+v", m)
			}
		}
	}
	if results["OK"] < 38 || len(results) > 2 {
		t.Errorf("results %v", results)
	}
	one := mappingsOf(t, c.config("us-east-1"), &lambda.ListEventSourceMappingsInput{FunctionName: aws.String("clickstream-ingest")})
	if len(one) != 1 {
		t.Fatal(one)
	}
	again, err := lambda.NewFromConfig(c.config("us-east-1")).GetEventSourceMapping(t.Context(), &lambda.GetEventSourceMappingInput{UUID: one[0].UUID})
	if err != nil || *again.EventSourceArn != *one[0].EventSourceArn || *again.LastModified != *one[0].LastModified ||
		*again.DestinationConfig.OnFailure.Destination != *one[0].DestinationConfig.OnFailure.Destination {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = lambda.NewFromConfig(c.config("us-east-1")).GetEventSourceMapping(t.Context(), &lambda.GetEventSourceMappingInput{UUID: aws.String("none")})
	if codeOf(err) != "ResourceNotFoundException" {
		t.Errorf("no mapping: %v", err)
	}
}

func TestMappingPages(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	config := c.config("us-east-1")
	for _, size := range []int32{1, 40, 100, 1000} {
		seen := map[string]bool{}
		for _, m := range mappingsOf(t, config, &lambda.ListEventSourceMappingsInput{MaxItems: &size}) {
			seen[*m.UUID] = true
		}
		if len(seen) != 119 {
			t.Errorf("pages of %d: %d mappings", size, len(seen))
		}
	}
	if got := mappingsOf(t, config, &lambda.ListEventSourceMappingsInput{FunctionName: aws.String("fn-001")}); len(got) != 1 || nameIn(*got[0].FunctionArn) != "fn-001" {
		t.Errorf("of one function: %v", got)
	}
	if got := mappingsOf(t, config, &lambda.ListEventSourceMappingsInput{FunctionName: aws.String("fn-000")}); len(got) != 0 {
		t.Errorf("of a function without: %v", got)
	}
	_, err := lambda.NewFromConfig(config).ListEventSourceMappings(t.Context(), &lambda.ListEventSourceMappingsInput{Marker: aws.String("?")})
	if codeOf(err) != "InvalidParameterValueException" {
		t.Errorf("bad marker: %v", err)
	}
}

// Functions that publish versions are invoked by their alias, which is at
// the newest version: the one that their logs name.
func TestAliasesAndVersions(t *testing.T) {
	fleet := world.New(world.Config{Seed: 1})
	c := newCloud(t, demo.ServerConfig{Model: fleet})
	config := c.config("us-east-1")
	client := lambda.NewFromConfig(config)
	for r := range fleet.Truth(simulated.Add(-10*time.Second), simulated) {
		inv, ok := r.(*world.InvocationRecord)
		if !ok || inv.Region != "us-east-1" {
			continue
		}
		aliases, err := client.ListAliases(t.Context(), &lambda.ListAliasesInput{FunctionName: &inv.Function})
		if err != nil {
			t.Fatal(err)
		}
		version := "$LATEST"
		for _, a := range aliases.Aliases {
			version = *a.FunctionVersion
		}
		if version != inv.Version {
			t.Errorf("%s ran as %s, the alias is at %s", inv.Function, inv.Version, version)
		}
	}
	versions, err := client.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: aws.String("checkout-api")})
	if err != nil || len(versions.Versions) != 6 || *versions.Versions[0].Version != "$LATEST" ||
		versions.Versions[0].CodeSize != versions.Versions[5].CodeSize || *versions.Versions[0].CodeSha256 != *versions.Versions[5].CodeSha256 ||
		*versions.Versions[4].CodeSha256 == *versions.Versions[5].CodeSha256 {
		t.Fatal(versions, err)
	}
	for i, v := range versions.Versions[1:] {
		if !strings.HasSuffix(*v.FunctionArn, ":checkout-api:"+*v.Version) || i > 0 && *v.LastModified <= *versions.Versions[i].LastModified {
			t.Errorf("version %d: %+v", i, v)
		}
	}
	_, err = client.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("checkout-api")})
	if codeOf(err) != "ResourceNotFoundException" {
		t.Errorf("a policy beside the alias's: %v", err)
	}
}

func TestFunctionURLs(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 1})})
	for name, tt := range map[string]struct {
		region string
		auth   types.FunctionUrlAuthType
		mode   types.InvokeMode
	}{
		"feature-flags": {"eu-west-1", types.FunctionUrlAuthTypeNone, types.InvokeModeBuffered},
		"chat-bot":      {"ap-southeast-2", types.FunctionUrlAuthTypeAwsIam, types.InvokeModeResponseStream},
	} {
		client := lambda.NewFromConfig(c.config(tt.region))
		u, err := client.GetFunctionUrlConfig(t.Context(), &lambda.GetFunctionUrlConfigInput{FunctionName: &name})
		if err != nil || u.AuthType != tt.auth || u.InvokeMode != tt.mode || !strings.HasSuffix(*u.FunctionUrl, ".lambda-url."+tt.region+".on.aws/") {
			t.Errorf("%s: %+v, %v", name, u, err)
		}
		policy, err := client.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: &name})
		if public := tt.auth == types.FunctionUrlAuthTypeNone; public != (err == nil) || public && !strings.Contains(*policy.Policy, `"Principal":"*"`) {
			t.Errorf("%s: policy %v, %v", name, policy, err)
		}
	}
	_, err := lambda.NewFromConfig(c.config("us-east-1")).GetFunctionUrlConfig(t.Context(), &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String("image-resize")})
	if codeOf(err) != "ResourceNotFoundException" {
		t.Errorf("no URL: %v", err)
	}
}

func TestRules(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 1})})
	for name, tt := range map[string]struct{ region, rule, schedule string }{
		"heartbeat":    {"us-east-1", "heartbeat-every-minute", "rate(1 minute)"},
		"stock-report": {"eu-west-1", "stock-report-quarter-hourly", "rate(15 minutes)"},
		"invoice-pdf":  {"us-east-1", "order-paid", ""},
		"image-resize": {"us-east-1", "", ""},
		"nobody":       {"us-east-1", "", ""},
	} {
		client := eventbridge.NewFromConfig(c.config(tt.region))
		arn := fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", tt.region, account, name)
		rules, err := client.ListRuleNamesByTarget(t.Context(), &eventbridge.ListRuleNamesByTargetInput{TargetArn: &arn})
		if err != nil || strings.Join(rules.RuleNames, " ") != tt.rule {
			t.Errorf("%s: %+v, %v", name, rules, err)
			continue
		}
		if tt.rule == "" {
			continue
		}
		rule, err := client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: &tt.rule})
		if err != nil || aws.ToString(rule.ScheduleExpression) != tt.schedule || (rule.EventPattern != nil) != (tt.schedule == "") || rule.State != "ENABLED" {
			t.Errorf("%s: %+v, %v", name, rule, err)
		}
	}
	client := eventbridge.NewFromConfig(c.config("us-east-1"))
	if _, err := client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String("none")}); codeOf(err) != "ResourceNotFoundException" {
		t.Errorf("no rule: %v", err)
	}
	if _, err := client.ListRuleNamesByTarget(t.Context(), &eventbridge.ListRuleNamesByTargetInput{TargetArn: aws.String("x"), EventBusName: aws.String("other")}); codeOf(err) != "ResourceNotFoundException" {
		t.Errorf("no bus: %v", err)
	}
	if _, err := client.ListRuleNamesByTarget(t.Context(), &eventbridge.ListRuleNamesByTargetInput{TargetArn: aws.String("x"), Limit: aws.Int32(101)}); codeOf(err) != "ValidationException" {
		t.Errorf("limit: %v", err)
	}
}

// The metrics of what a trigger sends are listed for the functions that have
// them, and hold what the truth tells.
func TestMetricsOfTriggers(t *testing.T) {
	fleet := world.New(world.Config{Seed: 2})
	c := newCloud(t, demo.ServerConfig{Model: fleet})
	config := c.config("us-east-1")
	listed := func(metric string) (names []string) {
		out, err := cloudwatch.NewFromConfig(config).ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{MetricName: &metric})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Metrics {
			if len(m.Dimensions) == 1 {
				names = append(names, *m.Dimensions[0].Value)
			}
		}
		return names
	}
	if got := strings.Join(listed("AsyncEventsReceived"), " "); got != "heartbeat image-resize invoice-pdf newsletter-send" {
		t.Errorf("asynchronous: %s", got)
	}
	if got := strings.Join(listed("IteratorAge"), " "); got != "clickstream-ingest" {
		t.Errorf("streams: %s", got)
	}
	end := simulated.Add(-20 * time.Minute).Truncate(time.Minute)
	start := end.Add(-5 * time.Minute)
	first := 0.0
	for r := range fleet.Truth(start, end) {
		if inv, ok := r.(*world.InvocationRecord); ok && inv.Function == "image-resize" && inv.Attempt == 1 {
			first++
		}
	}
	if got := sumOfMetric(t, config, "image-resize", "AsyncEventsReceived", start, end); got != first || first == 0 {
		t.Errorf("received %v, truth %v", got, first)
	}
}
