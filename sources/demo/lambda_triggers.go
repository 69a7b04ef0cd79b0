package demo

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"fntop/sources/demo/wire"
)

// mappingsPerPage is what ListEventSourceMappings gives at most (API
// reference).
const mappingsPerPage = 100

// listEventSourceMappings lists the mappings of the region, by UUID. A plain
// function name stands for all its aliases, too.
func listEventSourceMappings(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	limit, failure := maxItems(c, mappingsPerPage)
	if failure != nil {
		return nil, failure
	}
	function, qualifier := "", ""
	if name := c.Params.Get("FunctionName"); name != "" {
		f, failure := s.functionNamed(c, name)
		if failure != nil {
			return nil, failure
		}
		function, qualifier = f.ID.Name, qualifierOf(name)
	}
	after := ""
	if marker := c.Params.Get("Marker"); marker != "" {
		id, err := parseNameToken(marker)
		if err != nil {
			return nil, invalidParameter("Marker is not valid")
		}
		after = id
	}
	found := s.mappings(c, function)
	slices.SortFunc(found, func(a, b Trigger) int { return cmp.Compare(a.ID, b.ID) })
	source := c.Params.Get("EventSourceArn")
	out := &lambda.ListEventSourceMappingsOutput{EventSourceMappings: []types.EventSourceMappingConfiguration{}}
	for i := range found {
		t := &found[i]
		if t.ID <= after || source != "" && source != t.Source || qualifier != "" && qualifier != t.Qualifier {
			continue
		}
		if len(out.EventSourceMappings) == limit {
			out.NextMarker = aws.String(nameToken(*out.EventSourceMappings[limit-1].UUID))
			break
		}
		out.EventSourceMappings = append(out.EventSourceMappings, s.mapping(c, t))
	}
	return out, nil
}

// mappings are the event source mappings of the region, or of a function.
func (s *Server) mappings(c *call, function string) []Trigger {
	return slices.DeleteFunc(s.model.Triggers(c.Region, function, c.asOf), func(t Trigger) bool { return t.Mapping == nil })
}

func getEventSourceMapping(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	for _, t := range s.mappings(c, "") {
		if t.ID == c.Labels["UUID"] {
			m := s.mapping(c, &t)
			return &m, nil
		}
	}
	return nil, notFound("The resource you requested does not exist.")
}

func mappingResource(s *Server, c *call) string { return s.mappingARN(c, c.Labels["UUID"]) }

func (s *Server) mappingARN(c *call, id string) string {
	return "arn:aws:lambda:" + c.Region + ":" + s.model.Account() + ":event-source-mapping:" + id
}

// mapping is an event source mapping as Lambda shows it. Each kind of source
// has its own members.
func (s *Server) mapping(c *call, t *Trigger) types.EventSourceMappingConfiguration {
	m := t.Mapping
	out := types.EventSourceMappingConfiguration{
		UUID:                           aws.String(t.ID),
		EventSourceMappingArn:          aws.String(s.mappingARN(c, t.ID)),
		EventSourceArn:                 aws.String(t.Source),
		FunctionArn:                    aws.String(s.qualifiedARN(c.Region, t.Function, t.Qualifier)),
		State:                          aws.String(t.State),
		StateTransitionReason:          aws.String("USER_INITIATED"),
		LastModified:                   aws.Time(t.Modified),
		BatchSize:                      int32Of(m.BatchSize),
		MaximumBatchingWindowInSeconds: int32Of(int(m.Window / time.Second)),
	}
	if t.Kind == TriggerSQS {
		out.FunctionResponseTypes = []types.FunctionResponseType{}
		if m.PartialFailures {
			out.FunctionResponseTypes = append(out.FunctionResponseTypes, types.FunctionResponseTypeReportBatchItemFailures)
		}
		if m.MaxConcurrency > 0 {
			out.ScalingConfig = &types.ScalingConfig{MaximumConcurrency: int32Of(m.MaxConcurrency)}
		}
		return out
	}
	out.StateTransitionReason = aws.String("User action")
	out.LastProcessingResult = aws.String(m.LastResult)
	out.StartingPosition = types.EventSourcePosition(m.StartingPosition)
	out.ParallelizationFactor = int32Of(m.Parallel)
	out.MaximumRecordAgeInSeconds = int32Of(int(m.MaxAge / time.Second))
	out.MaximumRetryAttempts = int32Of(m.MaxRetries)
	out.BisectBatchOnFunctionError = aws.Bool(false)
	out.TumblingWindowInSeconds = int32Of(0)
	out.DestinationConfig = &types.DestinationConfig{}
	if t.OnFailure != "" {
		out.DestinationConfig.OnFailure = &types.OnFailure{Destination: aws.String(t.OnFailure)}
	}
	return out
}

// qualified is the function that the call's path names, and the qualifier
// that the path or the parameters give; $LATEST is none. Whether the function
// has such a version or alias is not checked: nothing is found under it.
func (s *Server) qualified(c *call) (name, qualifier string, failure *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return "", "", failure
	}
	qualifier = cmp.Or(c.Params.Get("Qualifier"), qualifierOf(pathName(c)))
	if qualifier == "$LATEST" {
		qualifier = ""
	}
	return f.ID.Name, qualifier, nil
}

// urlOf is the function URL that the call asks for.
func (s *Server) urlOf(c *call) (Trigger, *wire.Error) {
	name, qualifier, failure := s.qualified(c)
	if failure != nil {
		return Trigger{}, failure
	}
	for _, t := range s.model.Triggers(c.Region, name, c.asOf) {
		if t.URL != nil && t.Qualifier == qualifier {
			return t, nil
		}
	}
	return Trigger{}, notFound("The resource you requested does not exist.")
}

func getFunctionURL(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	t, failure := s.urlOf(c)
	if failure != nil {
		return nil, failure
	}
	u := s.functionURL(c, &t)
	return &lambda.GetFunctionUrlConfigOutput{
		AuthType: u.AuthType, CreationTime: u.CreationTime, FunctionArn: u.FunctionArn, FunctionUrl: u.FunctionUrl,
		LastModifiedTime: u.LastModifiedTime, InvokeMode: u.InvokeMode,
	}, nil
}

// listFunctionURLs lists the URLs of the function and of its aliases.
func listFunctionURLs(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	name, _, failure := s.qualified(c)
	if failure != nil {
		return nil, failure
	}
	out := &lambda.ListFunctionUrlConfigsOutput{FunctionUrlConfigs: []types.FunctionUrlConfig{}}
	for _, t := range s.model.Triggers(c.Region, name, c.asOf) {
		if t.URL != nil {
			out.FunctionUrlConfigs = append(out.FunctionUrlConfigs, s.functionURL(c, &t))
		}
	}
	return out, nil
}

func (s *Server) functionURL(c *call, t *Trigger) types.FunctionUrlConfig {
	out := types.FunctionUrlConfig{
		AuthType: types.FunctionUrlAuthTypeAwsIam, InvokeMode: types.InvokeModeBuffered,
		CreationTime: aws.String(urlTime(t.URL.Created)), LastModifiedTime: aws.String(urlTime(t.Modified)),
		FunctionArn: aws.String(s.qualifiedARN(c.Region, t.Function, t.Qualifier)), FunctionUrl: aws.String(t.URL.Address),
	}
	if t.URL.Public {
		out.AuthType = types.FunctionUrlAuthTypeNone
	}
	if t.URL.Stream {
		out.InvokeMode = types.InvokeModeResponseStream
	}
	return out
}

// urlTime writes a time as function URLs have it.
func urlTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// The defaults of asynchronous invocation, which the fleet keeps (Lambda API
// Reference, PutFunctionEventInvokeConfig).
const (
	eventRetries = 2
	eventMaxAge  = 6 * time.Hour
)

// getEventInvokeConfig finds one where failed events go somewhere.
func getEventInvokeConfig(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	name, qualifier, failure := s.qualified(c)
	if failure != nil {
		return nil, failure
	}
	arn := s.qualifiedARN(c.Region, name, cmp.Or(qualifier, "$LATEST"))
	for _, t := range s.model.Triggers(c.Region, name, c.asOf) {
		if t.Mapping == nil && t.OnFailure != "" && t.Qualifier == qualifier {
			return &lambda.GetFunctionEventInvokeConfigOutput{
				FunctionArn: aws.String(arn), LastModified: aws.Time(t.Modified),
				MaximumRetryAttempts: int32Of(eventRetries), MaximumEventAgeInSeconds: int32Of(int(eventMaxAge / time.Second)),
				DestinationConfig: &types.DestinationConfig{
					OnSuccess: &types.OnSuccess{}, OnFailure: &types.OnFailure{Destination: aws.String(t.OnFailure)},
				},
			}, nil
		}
	}
	return nil, notFound("The function " + arn + " doesn't have an EventInvokeConfig")
}

func listAliases(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return nil, failure
	}
	out := &lambda.ListAliasesOutput{Aliases: []types.AliasConfiguration{}}
	versions := s.model.Versions(c.Region, f.ID.Name, c.asOf)
	if len(versions) == 0 {
		return out, nil
	}
	version := numberOf(versions[len(versions)-1])
	if only := c.Params.Get("FunctionVersion"); only != "" && only != version {
		return out, nil
	}
	arn := s.qualifiedARN(c.Region, f.ID.Name, Alias)
	out.Aliases = append(out.Aliases, types.AliasConfiguration{
		AliasArn: aws.String(arn), Name: aws.String(Alias), FunctionVersion: aws.String(version),
		Description: aws.String(""), RevisionId: aws.String(uuidOf(arn+version, 0)),
	})
	return out, nil
}

// listVersions lists $LATEST, then the published versions that are kept.
func listVersions(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	f, failure := s.function(c)
	if failure != nil {
		return nil, failure
	}
	out := &lambda.ListVersionsByFunctionOutput{}
	latest := functionConfiguration(&f)
	latest.FunctionArn = aws.String(s.qualifiedARN(c.Region, f.ID.Name, "$LATEST"))
	out.Versions = append(out.Versions, latest)
	for _, v := range s.model.Versions(c.Region, f.ID.Name, c.asOf) {
		version := f
		version.Version, version.MemoryMB, version.CodeSize, version.LastModified = numberOf(v), v.MemoryMB, v.CodeSize, v.Published
		code := f
		code.CodeSize = v.CodeSize
		version.ARN = s.qualifiedARN(c.Region, f.ID.Name, version.Version)
		shown := functionConfiguration(&version)
		shown.CodeSha256 = aws.String(codeSum(&code)) // of the code, whatever the version is called
		out.Versions = append(out.Versions, shown)
	}
	return out, nil
}
