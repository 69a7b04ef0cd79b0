package aws

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"fntop/sources"
)

const (
	// listPage is the most functions a page holds (API reference,
	// ListFunctions).
	listPage = 50
	// lastModifiedLayout is ISO 8601 with a zone without a colon, such as
	// "2026-11-23T10:15:30.000+0000", which is not RFC 3339.
	lastModifiedLayout = "2006-01-02T15:04:05.000-0700"
	// defaultEphemeral is the size of /tmp that is included in the price, in
	// MiB, and defaultMemory the smallest memory there is.
	defaultEphemeral = 512
	// logGroupPrefix and the function's name make the log group of a function
	// that has no other configured.
	logGroupPrefix = "/aws/lambda/"
)

// Functions lists the functions of the scope, a page of up to fifty at a
// time. Only $LATEST of each is listed.
func (s *Source) Functions(ctx context.Context, page func([]sources.Function) error) error {
	var p pager
	for {
		out, err := s.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{
			Marker: p.token, MaxItems: aws.Int32(listPage),
		})
		if err != nil {
			return s.failed(ctx, opListFunctions, s.scope.Region, err)
		}
		functions := make([]sources.Function, 0, len(out.Functions))
		for i := range out.Functions {
			if fn, ok := s.function(&out.Functions[i]); ok {
				functions = append(functions, fn)
			}
		}
		if err := page(functions); err != nil {
			return err
		}
		more, err := p.next(out.NextMarker, opListFunctions, s.scope.Region)
		if err != nil || !more {
			return err
		}
	}
}

// function converts a configuration; ok is false when it has no name. The
// environment variables are in c.Environment, which nothing here reads.
func (s *Source) function(c *types.FunctionConfiguration) (fn sources.Function, ok bool) {
	name := aws.ToString(c.FunctionName)
	if name == "" {
		name = nameInARN(aws.ToString(c.FunctionArn))
	}
	if name == "" {
		return sources.Function{}, false
	}
	fn = sources.Function{
		ID:           s.scope.In(name),
		ARN:          aws.ToString(c.FunctionArn),
		Runtime:      string(c.Runtime),
		Architecture: sources.X86,
		MemoryMB:     int(aws.ToInt32(c.MemorySize)),
		EphemeralMB:  defaultEphemeral,
		Timeout:      time.Duration(aws.ToInt32(c.Timeout)) * time.Second,
		PackageType:  sources.PackageType(c.PackageType),
		CodeSize:     c.CodeSize,
		LastModified: lastModified(aws.ToString(c.LastModified)),
		Version:      aws.ToString(c.Version),
		State:        string(c.State),
		Description:  aws.ToString(c.Description),
		LogGroup:     logGroupPrefix + name,
		LogFormat:    sources.LogText,

		ManagedInstances: c.CapacityProviderConfig != nil,
		Durable:          c.DurableConfig != nil,
	}
	if len(c.Architectures) > 0 && c.Architectures[0] != "" {
		fn.Architecture = sources.Architecture(c.Architectures[0])
	}
	if c.EphemeralStorage != nil && aws.ToInt32(c.EphemeralStorage.Size) > 0 {
		fn.EphemeralMB = int(*c.EphemeralStorage.Size)
	}
	if l := c.LoggingConfig; l != nil {
		if group := aws.ToString(l.LogGroup); group != "" {
			fn.LogGroup = group
		}
		if l.LogFormat != "" {
			fn.LogFormat = sources.LogFormat(l.LogFormat)
		}
		fn.SystemLogLevel = string(l.SystemLogLevel)
	}
	if c.TracingConfig != nil {
		fn.Tracing = sources.TracingMode(c.TracingConfig.Mode)
	}
	if c.SnapStart != nil {
		fn.SnapStart = c.SnapStart.ApplyOn == types.SnapStartApplyOnPublishedVersions
	}
	return fn, true
}

// nameInARN is the function's name in "arn:aws:lambda:…:function:name".
func nameInARN(s string) string {
	parsed, err := arn.Parse(s)
	if err != nil {
		return ""
	}
	const prefix = "function:"
	if len(parsed.Resource) <= len(prefix) || parsed.Resource[:len(prefix)] != prefix {
		return ""
	}
	return parsed.Resource[len(prefix):]
}

// lastModified parses a time of the Lambda API, in UTC; zero when it is none.
func lastModified(s string) time.Time {
	t, err := time.Parse(lastModifiedLayout, s)
	if err != nil {
		if t, err = time.Parse(time.RFC3339Nano, s); err != nil { // as some emulators write it
			return time.Time{}
		}
	}
	return t.UTC()
}
