package demo

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"fntop/sources/demo/wire"
)

// rulesPerPage is the most that EventBridge lists at once (EventBridge API
// Reference, ListRuleNamesByTarget).
const rulesPerPage = 100

// defaultBus is the event bus that the rules are on.
const defaultBus = "default"

type listRuleNamesInput struct {
	TargetArn    string
	EventBusName string
	NextToken    string
	Limit        *wire.Int
}

type listRuleNamesOutput struct {
	RuleNames []string
	NextToken string `json:",omitempty"`
}

// listRuleNamesByTarget finds none for a target that is not there, as the
// service does.
func listRuleNamesByTarget(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in listRuleNamesInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	if in.TargetArn == "" || len(in.TargetArn) > 1600 {
		return nil, constraint(in.TargetArn, "targetArn", "Member must have length between 1 and 1600")
	}
	limit := rulesPerPage
	if in.Limit != nil {
		if *in.Limit < 1 || *in.Limit > rulesPerPage {
			return nil, constraint("", "limit", "Member must have value between 1 and 100")
		}
		limit = int(*in.Limit)
	}
	if failure := s.bus(c, in.EventBusName); failure != nil {
		return nil, failure
	}
	after := ""
	if in.NextToken != "" {
		name, err := parseNameToken(in.NextToken)
		if err != nil {
			return nil, eventsError("ValidationException", "The next token is not valid.")
		}
		after = name
	}
	var names []string
	function, region := nameOf(in.TargetArn)
	if region == c.Region {
		for _, t := range s.model.Triggers(region, function, c.asOf) {
			if t.Rule != nil && t.Rule.Name > after && s.qualifiedARN(region, t.Function, t.Qualifier) == in.TargetArn {
				names = append(names, t.Rule.Name)
			}
		}
	}
	slices.Sort(names)
	out := &listRuleNamesOutput{RuleNames: []string{}}
	if len(names) > limit {
		names = names[:limit]
		out.NextToken = nameToken(names[limit-1])
	}
	out.RuleNames = append(out.RuleNames, names...)
	return out, nil
}

type describeRuleInput struct{ Name, EventBusName string }

// describeRuleOutput is DescribeRule's answer (EventBridge service model).
type describeRuleOutput struct {
	Name               string
	ARN                string `json:"Arn"`
	EventPattern       string `json:",omitempty"`
	ScheduleExpression string `json:",omitempty"`
	State              string
	EventBusName       string
	CreatedBy          string
}

func describeRule(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in describeRuleInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	if failure := s.bus(c, in.EventBusName); failure != nil {
		return nil, failure
	}
	for _, t := range s.model.Triggers(c.Region, "", c.asOf) {
		if t.Rule != nil && t.Rule.Name == in.Name {
			return &describeRuleOutput{
				Name: in.Name, ARN: t.Source, EventPattern: t.Rule.Pattern, ScheduleExpression: t.Rule.Schedule,
				State: strings.ToUpper(t.State), EventBusName: defaultBus, CreatedBy: s.model.Account(),
			}, nil
		}
	}
	return nil, eventsError("ResourceNotFoundException", "Rule "+in.Name+" does not exist on EventBus "+defaultBus+".")
}

func ruleResource(s *Server, c *call) string {
	return "arn:aws:events:" + c.Region + ":" + s.model.Account() + ":rule/*"
}

// bus refuses every event bus but the default one.
func (s *Server) bus(c *call, name string) *wire.Error {
	arn := "arn:aws:events:" + c.Region + ":" + s.model.Account() + ":event-bus/" + defaultBus
	if name == "" || name == defaultBus || name == arn {
		return nil
	}
	return eventsError("ResourceNotFoundException", "Event bus "+name+" does not exist.")
}

func eventsError(code, message string) *wire.Error {
	return &wire.Error{Status: http.StatusBadRequest, Code: code, Message: message}
}
