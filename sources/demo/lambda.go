package demo

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"fntop/sources"
	"fntop/sources/demo/wire"
)

// functionsPerPage is what ListFunctions gives at most, however many are
// asked for (API reference, ListFunctions).
const functionsPerPage = 50

func listFunctions(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	limit, failure := maxItems(c, functionsPerPage)
	if failure != nil {
		return nil, failure
	}
	functions := s.catalogue(c.Region, c.asOf).functions
	if marker := c.Params.Get("Marker"); marker != "" {
		name, err := parseNameToken(marker)
		if err != nil {
			return nil, invalidParameter("Marker is not valid")
		}
		functions = s.catalogue(c.Region, c.asOf).after(name)
	}
	out := &lambda.ListFunctionsOutput{}
	if len(functions) > limit {
		functions = functions[:limit]
		out.NextMarker = aws.String(nameToken(functions[limit-1].ID.Name))
	}
	out.Functions = make([]types.FunctionConfiguration, len(functions))
	for i := range functions {
		out.Functions[i] = functionConfiguration(&functions[i])
	}
	return out, nil
}

// maxItems reads the page size of Lambda's listings: the most that the
// operation gives, or less.
func maxItems(c *call, most int) (int, *wire.Error) {
	text := c.Params.Get("MaxItems")
	if text == "" {
		return most, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, c.Malformed(err)
	case n < 1:
		return 0, constraint(text, "maxItems", "Member must have value greater than or equal to 1")
	case n > 10_000:
		return 0, constraint(text, "maxItems", "Member must have value less than or equal to 10000")
	}
	return min(n, most), nil
}

func getFunction(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return nil, failure
	}
	configuration := withState(functionConfiguration(&f), &f)
	out := &lambda.GetFunctionOutput{Configuration: &configuration, Tags: f.Tags, Code: codeLocation(&f)}
	if reserved, ok := f.ReservedConcurrency.Get(); ok {
		out.Concurrency = &types.Concurrency{ReservedConcurrentExecutions: int32Of(reserved)}
	}
	return out, nil
}

func getFunctionConfiguration(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return nil, failure
	}
	configuration := withState(functionConfiguration(&f), &f)
	return &configuration, nil
}

// The sizes an account has (Lambda Developer Guide, "Lambda quotas").
const (
	codeStorage   = 75 << 30
	codeZipped    = 50 << 20
	codeUnzipped  = 250 << 20
	leastFreeRuns = 100 // what reserved concurrency must leave over
)

func getAccountSettings(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var used types.AccountUsage
	reserved := 0
	for _, f := range s.catalogue(c.Region, c.asOf).functions {
		used.FunctionCount++
		used.TotalCodeSize += f.CodeSize
		reserved += f.ReservedConcurrency.Or(0)
	}
	limit := max(s.concurrency, reserved+leastFreeRuns)
	return &lambda.GetAccountSettingsOutput{
		AccountLimit: &types.AccountLimit{
			TotalCodeSize: codeStorage, CodeSizeZipped: codeZipped, CodeSizeUnzipped: codeUnzipped,
			ConcurrentExecutions:           *int32Of(limit),
			UnreservedConcurrentExecutions: int32Of(limit - reserved),
		},
		AccountUsage: &used,
	}, nil
}

func listTags(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return nil, failure
	}
	tags := f.Tags
	if tags == nil {
		tags = map[string]string{}
	}
	return &lambda.ListTagsOutput{Tags: tags}, nil
}

func getFunctionConcurrency(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return nil, failure
	}
	out := &lambda.GetFunctionConcurrencyOutput{}
	if reserved, ok := f.ReservedConcurrency.Get(); ok {
		out.ReservedConcurrentExecutions = int32Of(reserved)
	}
	return out, nil
}

// listProvisionedConcurrencyConfigs finds it on the alias: it is never on
// $LATEST.
func listProvisionedConcurrencyConfigs(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return nil, failure
	}
	out := &lambda.ListProvisionedConcurrencyConfigsOutput{
		ProvisionedConcurrencyConfigs: []types.ProvisionedConcurrencyConfigListItem{},
	}
	if n := f.ProvisionedConcurrency.Or(0); n > 0 {
		out.ProvisionedConcurrencyConfigs = append(out.ProvisionedConcurrencyConfigs, types.ProvisionedConcurrencyConfigListItem{
			FunctionArn:                              aws.String(s.functionARN(c.Region, f.ID.Name) + ":" + Alias),
			RequestedProvisionedConcurrentExecutions: int32Of(n),
			AllocatedProvisionedConcurrentExecutions: int32Of(n),
			AvailableProvisionedConcurrentExecutions: int32Of(n),
			Status:                                   types.ProvisionedConcurrencyStatusEnumReady,
			LastModified:                             aws.String(lambdaTime(f.LastModified)),
		})
	}
	return out, nil
}

// function is the function that the call's path names.
func (s *Server) function(c *call) (sources.Function, *wire.Error) {
	return s.functionNamed(c, pathName(c))
}

// pathName is the name or ARN in the path of a call.
func pathName(c *call) string {
	if name, ok := c.Labels["FunctionName"]; ok {
		return name
	}
	return c.Labels["Resource"]
}

func (s *Server) functionNamed(c *call, nameOrARN string) (sources.Function, *wire.Error) {
	name, region := nameOf(nameOrARN)
	if region == "" || region == c.Region {
		if f, ok := s.catalogue(c.Region, c.asOf).find(name); ok {
			return f, nil
		}
	}
	return sources.Function{}, notFound("Function not found: " + s.functionARN(c.Region, name))
}

// qualifierOf takes the qualifier out of a name, a partial ARN or an ARN;
// empty without one.
func qualifierOf(s string) string {
	parts := strings.Split(s, ":")
	name := 0 // where the name is
	switch {
	case len(parts) >= 7 && parts[0] == "arn" && parts[2] == "lambda":
		name = 6
	case len(parts) >= 3 && parts[1] == "function":
		name = 2
	}
	if len(parts) > name+1 {
		return parts[name+1]
	}
	return ""
}

// nameOf takes the function's name, and the region if there is one, out of a
// name, a partial ARN (123456789012:function:name) or an ARN, each with or
// without a qualifier.
func nameOf(s string) (name, region string) {
	parts := strings.Split(s, ":")
	if len(parts) >= 7 && parts[0] == "arn" && parts[2] == "lambda" {
		return parts[6], parts[3]
	}
	if len(parts) >= 3 && parts[1] == "function" {
		return parts[2], ""
	}
	return parts[0], ""
}

func (s *Server) functionARN(region, name string) string {
	return "arn:aws:lambda:" + region + ":" + s.model.Account() + ":function:" + name
}

// qualifiedARN is the ARN of a function or, with a qualifier, of its alias or
// version.
func (s *Server) qualifiedARN(region, name, qualifier string) string {
	arn := s.functionARN(region, name)
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return arn
}

func functionResource(s *Server, c *call) string {
	name, _ := nameOf(pathName(c))
	return s.functionARN(c.Region, name)
}

func notFound(message string) *wire.Error {
	return &wire.Error{
		Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: message,
		MessageName: "Message", Members: map[string]string{"Type": "User"},
	}
}

func invalidParameter(message string) *wire.Error {
	return &wire.Error{
		Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: message,
		Members: map[string]string{"Type": "User"},
	}
}

// constraint is the error of a member outside its limits.
func constraint(value, member, rule string) *wire.Error {
	return &wire.Error{
		Status: http.StatusBadRequest, Code: "ValidationException",
		Message: "1 validation error detected: Value '" + value + "' at '" + member + "' failed to satisfy constraint: " + rule,
	}
}
