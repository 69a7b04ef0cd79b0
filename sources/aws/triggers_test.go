package aws

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fntop/sources"
)

// policyAnswer answers GetPolicy by qualifier; without a text there is none.
func policyAnswer(byQualifier map[string]string) handler {
	return func(w http.ResponseWriter, body map[string]any) {
		qualifier, _ := body["Qualifier"].(string)
		if text := byQualifier[qualifier]; text != "" {
			answerJSON(w, map[string]any{"Policy": text})
			return
		}
		refuse(opGetPolicy, 404, "ResourceNotFoundException", "The resource you requested does not exist.")(w, body)
	}
}

func answering(v any) handler {
	return func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, v) }
}

func noURLs() handler    { return answering(map[string]any{"FunctionUrlConfigs": []any{}}) }
func noAliases() handler { return answering(map[string]any{"Aliases": []any{}}) }

func TestTriggersOfFunctionAndAlias(t *testing.T) {
	s, f, m := sourceOf(t, map[string]handler{
		opListFunctionURLs: answering(map[string]any{"FunctionUrlConfigs": []any{map[string]any{
			"AuthType": "NONE", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:checkout:live",
			"FunctionUrl": "https://abc.lambda-url.us-east-1.on.aws/", "InvokeMode": "RESPONSE_STREAM",
		}}}),
		opListAliases: answering(map[string]any{"Aliases": []any{map[string]any{"Name": "live"}, map[string]any{"Name": "beta"}}}),
		opGetPolicy: policyAnswer(map[string]string{"live": `{"Statement":{"Sid":"api","Effect":"Allow","Principal":{"Service":["apigateway.amazonaws.com"]},
			"Action":["lambda:InvokeFunction"],"Condition":{"ArnLike":{"aws:sourcearn":"arn:aws:execute-api:us-east-1:123456789012:abc123/*/POST/orders/{id}"}}}}`}),
	})
	got, err := s.TriggersOf(t.Context(), idOf(testAccount, "checkout"))
	if err != nil || len(got) != 2 || f.count(opGetPolicy) != 3 {
		t.Fatalf("%d policies read, %+v: %v", f.count(opGetPolicy), got, err)
	}
	if op := opOf(m, opGetPolicy); op.Errors != 0 {
		t.Errorf("that there is no policy is metered as a failure: %+v", op)
	}
	if u := got[0]; u.Kind != sources.TriggerURL || u.Qualifier != "live" || u.Name != "abc" || !u.Public || u.Permitted || u.Settings[1].Value != "RESPONSE_STREAM" {
		t.Errorf("URL %+v", u)
	}
	if a := got[1]; a.Kind != sources.TriggerAPIGateway || a.Qualifier != "live" || a.ID != "api" || a.Name != "abc123 POST /orders/{id}" || !a.Permitted {
		t.Errorf("API %+v", a)
	}
}

func TestTriggersThatCannotBeRead(t *testing.T) {
	id := idOf(testAccount, "checkout")
	url := map[string]any{"AuthType": "AWS_IAM", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:checkout", "FunctionUrl": "https://abc.lambda-url.us-east-1.on.aws/"}
	s, _, _ := sourceOf(t, map[string]handler{
		opListFunctionURLs: answering(map[string]any{"FunctionUrlConfigs": []any{url}}),
		opListAliases:      noAliases(),
		opGetPolicy:        refuse(opGetPolicy, 403, "AccessDeniedException", "not authorized"),
	})
	got, err := s.TriggersOf(t.Context(), id)
	wantError(t, err, sources.Denied, opGetPolicy, "checkout", "iam-policy")
	if len(got) != 1 || got[0].Kind != sources.TriggerURL || got[0].Public {
		t.Errorf("the URL that could be read is missing: %+v", got)
	}
	s, _, _ = sourceOf(t, map[string]handler{
		opListFunctionURLs: noURLs(), opListAliases: noAliases(), opGetPolicy: policyAnswer(map[string]string{"": "{"}),
	})
	_, err = s.TriggersOf(t.Context(), id)
	wantError(t, err, sources.Malformed, opGetPolicy)
	s, _, _ = sourceOf(t, map[string]handler{opListEventSourceMappings: refuse(opListEventSourceMappings, 429, "TooManyRequestsException", "Rate exceeded")})
	wantError(t, s.EventSources(t.Context(), func([]sources.Trigger) error { return nil }), sources.Throttled, opListEventSourceMappings)
}

func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		statement string
		want      []sources.Trigger
	}{
		{
			`{"Sid":"s","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::in"},"StringEquals":{"AWS:SourceAccount":"123456789012"}}}`,
			[]sources.Trigger{{ID: "s", Kind: sources.TriggerS3, Source: "arn:aws:s3:::in", Name: "in", Permitted: true, Settings: []sources.Setting{{Name: "account", Value: "123456789012"}}}},
		},
		{
			`{"Sid":"e","Effect":"Allow","Principal":{"Service":["events.amazonaws.com","sns.amazonaws.com"]},"Action":["lambda:Invoke*"],"Condition":{"ArnEquals":{"aws:sourceARN":["arn:aws:events:us-east-1:1:rule/bus/nightly","arn:aws:events:us-east-1:1:rule/hourly"]}}}`,
			[]sources.Trigger{
				{ID: "e", Kind: sources.TriggerEventBridge, Source: "arn:aws:events:us-east-1:1:rule/bus/nightly", Name: "nightly", Permitted: true},
				{ID: "e", Kind: sources.TriggerEventBridge, Source: "arn:aws:events:us-east-1:1:rule/hourly", Name: "hourly", Permitted: true},
				{ID: "e", Kind: sources.TriggerSNS, Source: "arn:aws:events:us-east-1:1:rule/bus/nightly", Name: "nightly", Permitted: true},
				{ID: "e", Kind: sources.TriggerSNS, Source: "arn:aws:events:us-east-1:1:rule/hourly", Name: "hourly", Permitted: true},
			},
		},
		{
			`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			[]sources.Trigger{{Kind: callerAnyone, Permitted: true, Public: true}},
		},
		{
			`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"lambda:*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`,
			[]sources.Trigger{{Kind: callerAnyone, Permitted: true, Settings: []sources.Setting{{Name: "organisation", Value: "o-1"}}}},
		},
		{
			`{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::1:root","arn:aws:iam::2:role/ci"]},"Action":"lambda:InvokeFunction"}`,
			[]sources.Trigger{
				{Kind: callerAccount, Source: "arn:aws:iam::1:root", Name: "1", Permitted: true},
				{Kind: callerAccount, Source: "arn:aws:iam::2:role/ci", Name: "2 role/ci", Permitted: true},
			},
		},
		{`{"Effect":"Allow","Principal":{"Service":"logs.eu-west-1.amazonaws.com"},"Action":"lambda:InvokeFunction"}`, []sources.Trigger{{Kind: sources.TriggerLogs, Permitted: true}}},
		{`{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"lambda:InvokeFunction"}`, []sources.Trigger{{Kind: "iot", Permitted: true}}},
		{`{"Effect":"Deny","Principal":"*","Action":"lambda:InvokeFunction"}`, nil},
		{`{"Effect":"Allow","Principal":"*","Action":"lambda:GetFunction"}`, nil},
		{`{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}}`, nil},
		{`{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}}`, nil},
	} {
		permissions, err := parsePolicy(`{"Version":"2012-10-17","Id":"default","Statement":[` + c.statement + `]}`)
		if err != nil || len(permissions) != len(c.want) {
			t.Errorf("%s: %+v, %v", c.statement, permissions, err)
			continue
		}
		for i := range permissions {
			got := permissions[i].trigger()
			same := slices.Equal(got.Settings, c.want[i].Settings)
			if got.Settings = c.want[i].Settings; !same || got.ID != c.want[i].ID || got.Kind != c.want[i].Kind || got.Source != c.want[i].Source ||
				got.Name != c.want[i].Name || got.Permitted != c.want[i].Permitted || got.Public != c.want[i].Public {
				t.Errorf("%s:\n%+v, want\n%+v", c.statement, got, c.want[i])
			}
		}
	}
}

func TestShortNames(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:s3:::uploads":                                                      "uploads",
		"arn:aws:sqs:us-east-1:1:orders":                                            "orders",
		"arn:aws:sns:us-east-1:1:topic":                                             "topic",
		"arn:aws:kinesis:us-east-1:1:stream/clicks":                                 "clicks",
		"arn:aws:kinesis:us-east-1:1:stream/clicks/consumer/c:1700000000":           "clicks",
		"arn:aws:dynamodb:us-east-1:1:table/orders/stream/2026-01-01T00:00:00.000":  "orders",
		"arn:aws:kafka:us-east-1:1:cluster/bus/0e1f-2":                              "bus",
		"arn:aws:mq:us-east-1:1:broker:rabbit:b-1":                                  "rabbit",
		"arn:aws:rds:us-east-1:1:cluster:docs":                                      "docs",
		"arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/73e2d6bc24d8a067": "web",
		"arn:aws:logs:us-east-1:1:log-group:/aws/lambda/x:*":                        "/aws/lambda/x",
		"arn:aws:events:us-east-1:1:rule/nightly":                                   "nightly",
		"arn:aws:execute-api:us-east-1:1:abc/*/*/*":                                 "abc",
		"arn:aws:execute-api:us-east-1:1:abc/prod/GET/":                             "abc GET /",
		"arn:aws:execute-api:us-east-1:1:abc":                                       "abc",
		"arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_x":                      "us-east-1_x",
		"arn:aws:dynamodb:us-east-1:1:":                                             "",
		"not an arn":                                                                "not an arn",
		"":                                                                          "",
	} {
		if got := shortName(arn); got != want {
			t.Errorf("%q is called %q, want %q", arn, got, want)
		}
	}
}

func TestMappingsOfOtherSources(t *testing.T) {
	fn := "arn:aws:lambda:us-east-1:123456789012:function:checkout"
	s, _, _ := sourceOf(t, map[string]handler{opListEventSourceMappings: answering(map[string]any{"EventSourceMappings": []any{
		map[string]any{"UUID": "1", "FunctionArn": fn, "State": "Enabled", "Topics": []string{"orders"}, "SelfManagedEventSource": map[string]any{"Endpoints": map[string]any{"KAFKA_BOOTSTRAP_SERVERS": []string{"k1:9092", "k2:9092"}}}},
		map[string]any{"UUID": "2", "FunctionArn": fn, "EventSourceArn": "arn:aws:rds:us-east-1:1:cluster:docs", "DocumentDBEventSourceConfig": map[string]any{"DatabaseName": "shop"}},
		map[string]any{"UUID": "3", "FunctionArn": fn, "EventSourceArn": "arn:aws:kinesis:us-east-1:1:stream/s", "MaximumRecordAgeInSeconds": -1, "MaximumRetryAttempts": -1, "LastProcessingResult": "PROBLEM: Function call failed"},
		map[string]any{"UUID": "4", "FunctionArn": "arn:aws:lambda:us-east-1:999999999999:function:other"},
		map[string]any{"UUID": "5"},
	}})})
	var got []sources.Trigger
	if err := s.EventSources(t.Context(), func(page []sources.Trigger) error {
		got = append(got, page...)
		return nil
	}); err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	if k := got[0]; k.Kind != sources.TriggerKafka || k.Name != "orders" || k.Source != "k1:9092,k2:9092" {
		t.Errorf("Kafka %+v", k)
	}
	if d := got[1]; d.Kind != sources.TriggerDocumentDB || d.Name != "docs" || d.Settings[0].Value != "shop" {
		t.Errorf("DocumentDB %+v", d)
	}
	if k := got[2]; k.Kind != sources.TriggerKinesis || len(k.Settings) != 0 || !strings.HasPrefix(k.Result, "PROBLEM") {
		t.Errorf("Kinesis %+v", k)
	}
}

func TestConcurrencyThatCannotBeRead(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opGetAccountSettings:     answering(map[string]any{}),
		opGetFunctionConcurrency: refuse(opGetFunctionConcurrency, 403, "AccessDeniedException", "not authorized"),
	})
	_, err := s.ConcurrencyLimits(t.Context())
	wantError(t, err, sources.Malformed, opGetAccountSettings)
	_, err = s.Concurrency(t.Context(), idOf(testAccount, "checkout"))
	wantError(t, err, sources.Denied, opGetFunctionConcurrency, "checkout", "iam-policy")
}

// FuzzPolicy lets anything be a policy: what comes out is bounded and each
// permission has a caller.
func FuzzPolicy(f *testing.F) {
	f.Add(`{"Statement":[{"Sid":"a","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}]}`)
	f.Add(`{"Statement":{"Effect":"Allow","Principal":"*","Action":["*"],"Condition":{"Bool":{"aws:SecureTransport":true,"x":[1,null,{}]}}}}`)
	f.Add(`{"Statement":[null,1,"x",[[]]]}`)
	f.Add(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::1:root",null]},"Action":"lambda:[*"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		permissions, err := parsePolicy(text)
		if err != nil && permissions != nil || len(permissions) > maxPermissions {
			t.Fatalf("%d permissions, %v", len(permissions), err)
		}
		for i := range permissions {
			trigger := permissions[i].trigger()
			if len(trigger.Name) > 2*maxWord+8 || len(trigger.Kind) > maxWord+8 || !trigger.Permitted {
				t.Fatalf("%+v", trigger)
			}
		}
	})
}
