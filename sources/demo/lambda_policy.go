package demo

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"fntop/sources/demo/wire"
)

// numberOf is a version's number as Lambda writes it.
func numberOf(v Version) string { return strconv.FormatInt(v.Number, 10) }

// policy is a resource policy of Lambda.
type policy struct {
	Version   string
	ID        string `json:"Id"`
	Statement []statement
}

type statement struct {
	Sid       string
	Effect    string
	Principal any // "*", or a service
	Action    string
	Resource  string
	Condition map[string]map[string]string `json:",omitempty"`
}

// principalOf is the service that needs a permission to invoke; empty where
// none does.
func principalOf(kind TriggerKind) string {
	switch kind {
	case TriggerS3:
		return "s3.amazonaws.com"
	case TriggerSNS:
		return "sns.amazonaws.com"
	case TriggerEventBridge:
		return "events.amazonaws.com"
	case TriggerAPIGateway:
		return "apigateway.amazonaws.com"
	case TriggerALB:
		return "elasticloadbalancing.amazonaws.com"
	case TriggerURL, TriggerSQS, TriggerKinesis, TriggerDynamoDB:
	}
	return ""
}

// getPolicy answers with the policy of the function, or of the alias that
// the qualifier names: each has its own.
func getPolicy(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	name, qualifier, failure := s.qualified(c)
	if failure != nil {
		return nil, failure
	}
	resource := s.qualifiedARN(c.Region, name, qualifier)
	p := policy{Version: "2012-10-17", ID: "default"}
	for _, t := range s.model.Triggers(c.Region, name, c.asOf) {
		if t.Qualifier == qualifier {
			p.Statement = append(p.Statement, s.statements(&t, resource)...)
		}
	}
	if len(p.Statement) == 0 {
		return nil, notFound("The resource you requested does not exist.")
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, c.Fail(wire.Internal)
	}
	return &lambda.GetPolicyOutput{
		Policy: aws.String(string(text)), RevisionId: aws.String(uuidOf(string(text), 0)),
	}, nil
}

// statements are what permits a trigger to invoke. Lambda polls queues and
// streams itself, and callers of a function URL that is not public have
// permissions of their own: there are none.
func (s *Server) statements(t *Trigger, resource string) []statement {
	if t.URL != nil {
		if !t.URL.Public {
			return nil
		}
		// Since October 2025 a public URL needs both (Lambda Developer Guide,
		// "Control access to Lambda function URLs").
		return []statement{
			{
				Sid: "FunctionURLAllowPublicAccess", Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunctionUrl", Resource: resource,
				Condition: map[string]map[string]string{"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
			},
			{
				Sid: "FunctionURLInvokeAllowPublicAccess", Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction", Resource: resource,
				Condition: map[string]map[string]string{"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
			},
		}
	}
	service := principalOf(t.Kind)
	if service == "" {
		return nil
	}
	condition := map[string]map[string]string{"ArnLike": {"AWS:SourceArn": t.Source}}
	if t.Kind == TriggerS3 { // a bucket's ARN does not tell whose it is
		condition["StringEquals"] = map[string]string{"AWS:SourceAccount": s.model.Account()}
	}
	return []statement{{
		Sid: t.ID, Effect: "Allow", Principal: map[string]string{"Service": service},
		Action: "lambda:InvokeFunction", Resource: resource, Condition: condition,
	}}
}
