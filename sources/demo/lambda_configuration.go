package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"fntop/sources"
)

// lambdaTime writes a time as Lambda does: its zone has no colon, so it is
// not RFC 3339.
func lambdaTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-0700") }

// int32Of is n as the SDK's types hold it, held to their range.
func int32Of(n int) *int32 {
	v := int32(min(max(n, math.MinInt32), math.MaxInt32)) //nolint:gosec // held to the range
	return &v
}

// functionConfiguration is a function as ListFunctions shows it: without
// State and LastUpdateStatus, which only the single reads have. Environment
// variables are never in it.
func functionConfiguration(f *sources.Function) types.FunctionConfiguration {
	out := types.FunctionConfiguration{
		FunctionName:     aws.String(f.ID.Name),
		FunctionArn:      aws.String(f.ARN),
		Role:             aws.String("arn:aws:iam::" + f.ID.Account + ":role/" + f.ID.Name + "-role"),
		CodeSize:         f.CodeSize,
		CodeSha256:       aws.String(codeSum(f)),
		Description:      aws.String(f.Description),
		Timeout:          int32Of(int(f.Timeout / time.Second)),
		MemorySize:       int32Of(f.MemoryMB),
		LastModified:     aws.String(lambdaTime(f.LastModified)),
		Version:          aws.String(versionOf(f)),
		RevisionId:       aws.String(revisionOf(f)),
		PackageType:      types.PackageType(f.PackageType),
		Architectures:    []types.Architecture{types.Architecture(f.Architecture)},
		TracingConfig:    &types.TracingConfigResponse{Mode: types.TracingMode(f.Tracing)},
		EphemeralStorage: &types.EphemeralStorage{Size: int32Of(f.EphemeralMB)},
		LoggingConfig:    &types.LoggingConfig{LogGroup: aws.String(f.LogGroup), LogFormat: types.LogFormat(f.LogFormat)},
		SnapStart: &types.SnapStartResponse{
			ApplyOn: types.SnapStartApplyOnNone, OptimizationStatus: types.SnapStartOptimizationStatusOff,
		},
	}
	if f.PackageType != sources.PackageImage {
		out.Runtime = types.Runtime(f.Runtime)
		out.Handler = aws.String("app.handler")
	}
	if f.LogFormat == sources.LogJSON {
		out.LoggingConfig.SystemLogLevel = types.SystemLogLevel(f.SystemLogLevel)
		out.LoggingConfig.ApplicationLogLevel = types.ApplicationLogLevelInfo
	}
	if f.SnapStart {
		out.SnapStart.ApplyOn = types.SnapStartApplyOnPublishedVersions
	}
	if f.ManagedInstances {
		out.CapacityProviderConfig = &types.CapacityProviderConfig{
			LambdaManagedInstancesCapacityProviderConfig: &types.LambdaManagedInstancesCapacityProviderConfig{
				CapacityProviderArn: aws.String("arn:aws:lambda:" + f.ID.Region + ":" + f.ID.Account + ":capacity-provider:demo"),
			},
		}
	}
	if f.Durable {
		out.DurableConfig = &types.DurableConfig{ExecutionTimeout: int32Of(86_400), RetentionPeriodInDays: int32Of(14)}
	}
	return out
}

// withState adds what only GetFunction and GetFunctionConfiguration show.
func withState(out types.FunctionConfiguration, f *sources.Function) types.FunctionConfiguration {
	out.State = types.State(f.State)
	if f.State == "" {
		out.State = types.StateActive
	}
	out.LastUpdateStatus = types.LastUpdateStatusSuccessful
	return out
}

func versionOf(f *sources.Function) string {
	if f.Version == "" {
		return "$LATEST"
	}
	return f.Version
}

// codeSum stands for the code's SHA-256: it changes when the code does, as
// far as its size and the version tell.
func codeSum(f *sources.Function) string {
	sum := sha256.Sum256([]byte(f.ARN + "|" + f.Version + "|" + strconv.FormatInt(f.CodeSize, 10)))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// revisionOf changes with every change of the function.
func revisionOf(f *sources.Function) string {
	return uuidOf(f.ARN, uint64(f.LastModified.UnixNano())) //nolint:gosec // any bits will do
}

// codeLocation is where GetFunction says the code is. There is nothing there.
func codeLocation(f *sources.Function) *types.FunctionCodeLocation {
	if f.PackageType == sources.PackageImage {
		return &types.FunctionCodeLocation{
			RepositoryType: aws.String("ECR"),
			ImageUri:       aws.String(f.ID.Account + ".dkr.ecr." + f.ID.Region + ".amazonaws.com/" + f.ID.Name + ":latest"),
		}
	}
	return &types.FunctionCodeLocation{
		RepositoryType: aws.String("S3"),
		Location: aws.String("https://awslambda-" + f.ID.Region + "-tasks.s3." + f.ID.Region + ".amazonaws.com/snapshots/" +
			f.ID.Account + "/" + f.ID.Name),
	}
}
