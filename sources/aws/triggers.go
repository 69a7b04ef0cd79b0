package aws

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"fntop/sources"
)

var _ sources.TriggerReader = (*Source)(nil)

// mostAliases is how many aliases of a function are looked at: those of the
// first page that ListAliases gives. Each has a policy of its own.
const mostAliases = 50

// TriggersOf reads the function URLs and the policies of the function and of
// its aliases. Event source mappings need no policy, and what calls with a role
// of its own (Step Functions, Scheduler, Pipes) is in none.
func (s *Source) TriggersOf(ctx context.Context, fn sources.FunctionID) ([]sources.Trigger, error) {
	var failed []error
	note := func(err error) {
		if err != nil {
			failed = append(failed, err)
		}
	}
	triggers, err := s.urlsOf(ctx, fn)
	note(err)
	aliases, err := s.aliasesOf(ctx, fn)
	note(err)
	for _, qualifier := range append([]string{""}, aliases...) {
		permitted, err := s.permitted(ctx, fn, qualifier)
		triggers = append(triggers, permitted...)
		if note(err); err != nil {
			break // the others would fail in the same way
		}
	}
	return triggers, oneOf(failed)
}

// aliasesOf are the names of the function's aliases.
func (s *Source) aliasesOf(ctx context.Context, fn sources.FunctionID) (names []string, err error) {
	out, err := s.lambda.ListAliases(ctx, &lambda.ListAliasesInput{
		FunctionName: aws.String(fn.Name), MaxItems: aws.Int32(mostAliases),
	})
	if err != nil {
		return nil, s.failed(ctx, opListAliases, fn.Name, err)
	}
	for i := range out.Aliases {
		if name := aws.ToString(out.Aliases[i].Name); name != "" {
			names = append(names, name)
		}
	}
	return names, nil
}

// urlsOf reads the URLs of the function and of its aliases.
func (s *Source) urlsOf(ctx context.Context, fn sources.FunctionID) (urls []sources.Trigger, err error) {
	in := &lambda.ListFunctionUrlConfigsInput{FunctionName: aws.String(fn.Name)}
	var p pager
	for {
		out, err := s.lambda.ListFunctionUrlConfigs(ctx, in)
		if err != nil {
			return urls, s.failed(ctx, opListFunctionURLs, fn.Name, err)
		}
		for i := range out.FunctionUrlConfigs {
			if t, ok := s.urlTrigger(fn, &out.FunctionUrlConfigs[i]); ok {
				urls = append(urls, t)
			}
		}
		more, err := p.next(out.NextMarker, opListFunctionURLs, fn.Name)
		if err != nil || !more {
			return urls, err
		}
		in.Marker = p.token
	}
}

func (s *Source) urlTrigger(fn sources.FunctionID, c *types.FunctionUrlConfig) (t sources.Trigger, ok bool) {
	address := aws.ToString(c.FunctionUrl)
	id, qualifier, ok := functionNamed(s.scope, aws.ToString(c.FunctionArn))
	if !ok || id != fn || address == "" {
		return t, false
	}
	t = sources.Trigger{
		Function: fn, Qualifier: qualifier, Kind: sources.TriggerURL, ID: address, Source: address, Name: word(address),
		Public:   c.AuthType == types.FunctionUrlAuthTypeNone,
		Settings: []sources.Setting{{Name: "auth", Value: string(c.AuthType)}},
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		t.Name, _, _ = strings.Cut(word(u.Host), ".")
	}
	if c.InvokeMode != "" {
		t.Settings = append(t.Settings, sources.Setting{Name: "mode", Value: string(c.InvokeMode)})
	}
	return t, true
}

// permitted reads a policy: of the function, or of an alias. A function without
// one has none.
func (s *Source) permitted(ctx context.Context, fn sources.FunctionID, qualifier string) ([]sources.Trigger, error) {
	in := &lambda.GetPolicyInput{FunctionName: aws.String(fn.Name)}
	if qualifier != "" {
		in.Qualifier = aws.String(qualifier)
	}
	out, err := s.lambda.GetPolicy(ctx, in)
	if err != nil {
		if answersNone(opGetPolicy, err) {
			return nil, nil
		}
		return nil, s.failed(ctx, opGetPolicy, fn.Name, err)
	}
	permissions, err := parsePolicy(aws.ToString(out.Policy))
	if err != nil {
		return nil, &sources.Error{Op: opGetPolicy, On: fn.Name, Kind: sources.Malformed, Err: err}
	}
	triggers := make([]sources.Trigger, 0, len(permissions))
	for i := range permissions {
		t := permissions[i].trigger()
		t.Function, t.Qualifier = fn, qualifier
		triggers = append(triggers, t)
	}
	return triggers, nil
}

// services are what principals and sources are called by people, by the name of
// the service in ARNs or in front of ".amazonaws.com" (Lambda Developer Guide,
// "Invoking Lambda with events from other AWS services"; those of load
// balancers, logs and brokers are general knowledge).
var services = map[string]sources.TriggerKind{ //nolint:gochecknoglobals // constant table
	"s3":                   sources.TriggerS3,
	"sqs":                  sources.TriggerSQS,
	"sns":                  sources.TriggerSNS,
	"kinesis":              sources.TriggerKinesis,
	"dynamodb":             sources.TriggerDynamoDB,
	"events":               sources.TriggerEventBridge,
	"scheduler":            sources.TriggerSchedule,
	"apigateway":           sources.TriggerAPIGateway,
	"elasticloadbalancing": sources.TriggerALB,
	"kafka":                sources.TriggerKafka,
	"mq":                   sources.TriggerMQ,
	"logs":                 sources.TriggerLogs,
}

func kindOf(service string) sources.TriggerKind {
	if kind, ok := services[service]; ok {
		return kind
	}
	return sources.TriggerKind(word(service))
}

// triggerOfPrincipal is the kind of a service that may invoke, such as
// "events.amazonaws.com" or "logs.eu-west-1.amazonaws.com".
func triggerOfPrincipal(principal string) sources.TriggerKind {
	service, rest, _ := strings.Cut(principal, ".")
	if !strings.HasSuffix(rest, "amazonaws.com") && !strings.HasSuffix(rest, "amazonaws.com.cn") {
		return sources.TriggerKind(word(principal))
	}
	return kindOf(service)
}

// triggerOfSource is the kind of the service that an ARN is of.
func triggerOfSource(arn string) sources.TriggerKind {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 || parts[0] != "arn" {
		return sources.TriggerKind(word(arn))
	}
	if parts[2] == "rds" {
		return sources.TriggerDocumentDB // whose clusters have ARNs of RDS
	}
	return kindOf(parts[2])
}

// shortName is what people call the resource of an ARN: the name of the
// bucket, queue, topic, rule, table or stream, or the API with method and path.
// Anything else is given as it is.
func shortName(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return word(arn)
	}
	service, resource := parts[2], parts[5]
	fields := strings.Split(resource, "/")
	switch service {
	case "execute-api":
		return apiName(fields)
	case "logs":
		name := strings.TrimPrefix(resource, "log-group:")
		return word(strings.TrimSuffix(name, ":*"))
	case "dynamodb", "kinesis", "kafka", "elasticloadbalancing": // type/NAME/…
		if len(fields) > 1 {
			return word(fields[1])
		}
	case "mq", "rds": // type:NAME:…
		if fields := strings.Split(resource, ":"); len(fields) > 1 {
			return word(fields[1])
		}
	case "s3":
		return word(resource)
	}
	return word(resource[strings.LastIndexAny(resource, "/:")+1:])
}

// apiName is API, method and path of "id/stage/METHOD/path"; a star in place of
// a method or path is left out.
func apiName(fields []string) string {
	name := fields[0]
	if len(fields) > 2 {
		method, path := fields[2], "/"+strings.Join(fields[3:], "/")
		if method != "*" {
			name += " " + method
		}
		if path != "/*" && len(fields) > 3 {
			name += " " + path
		}
	}
	return word(name)
}
