package sources

import (
	"cmp"
	"strings"
	"time"
)

// Cloud names the provider a function runs on.
type Cloud string

// The clouds fntop knows.
const (
	AWS   Cloud = "aws"
	Azure Cloud = "azure"
)

// Scope is one account in one region: the unit of credentials, quotas and
// failures. It is comparable.
type Scope struct {
	Cloud   Cloud
	Account string // AWS: twelve digits; empty while it is not known
	Region  string // such as "us-east-1"
}

// FunctionID is the key of a function everywhere. It is comparable.
type FunctionID struct {
	Cloud   Cloud
	Account string
	Region  string
	Name    string
}

// Scope is the account and region the function lives in.
func (id FunctionID) Scope() Scope {
	return Scope{Cloud: id.Cloud, Account: id.Account, Region: id.Region}
}

// ParseFunctionARN reads "arn:aws:lambda:REGION:ACCOUNT:function:NAME", with or
// without a version or alias after it (Lambda API Reference, "FunctionArn"). ok
// is false for anything else.
func ParseFunctionARN(arn string) (id FunctionID, ok bool) {
	if !strings.HasPrefix(arn, "arn:") {
		return FunctionID{}, false
	}
	parts := strings.Split(arn, ":")
	if len(parts) < 7 || len(parts) > 8 || parts[2] != "lambda" || parts[5] != "function" || parts[6] == "" {
		return FunctionID{}, false
	}
	return FunctionID{Cloud: AWS, Account: parts[4], Region: parts[3], Name: parts[6]}, true
}

// In is the function of this name in the scope.
func (s Scope) In(name string) FunctionID {
	return FunctionID{Cloud: s.Cloud, Account: s.Account, Region: s.Region, Name: name}
}

// Compare orders functions by name, then region, then account, then cloud.
func (id FunctionID) Compare(other FunctionID) int {
	return cmp.Or(
		cmp.Compare(id.Name, other.Name),
		cmp.Compare(id.Region, other.Region),
		cmp.Compare(id.Account, other.Account),
		cmp.Compare(id.Cloud, other.Cloud),
	)
}

// Architecture is the instruction set a function runs on, in AWS's spelling.
type Architecture string

// The architectures that AWS Lambda bills apart.
const (
	X86 Architecture = "x86_64"
	ARM Architecture = "arm64"
)

// LogFormat is how a function's platform writes its log lines.
type LogFormat string

// The log formats of AWS Lambda (API_LoggingConfig).
const (
	LogText LogFormat = "Text"
	LogJSON LogFormat = "JSON"
)

// TracingMode tells whether the platform traces invocations by itself.
type TracingMode string

// The tracing modes of AWS Lambda (API_TracingConfig).
const (
	TracingActive      TracingMode = "Active"
	TracingPassThrough TracingMode = "PassThrough"
)

// PackageType is how a function's code is deployed.
type PackageType string

// The package types of AWS Lambda.
const (
	PackageZip   PackageType = "Zip"
	PackageImage PackageType = "Image"
)

// Function is the configuration of a function as the cloud's catalogue gives
// it. Its environment variables are secrets and are left out on purpose.
type Function struct {
	ID           FunctionID
	ARN          string
	Runtime      string // free text such as "python3.13"; empty for container images
	Architecture Architecture
	MemoryMB     int // MiB, in the cloud's spelling "MB"
	EphemeralMB  int // /tmp in MiB; 512 is included in the price
	Timeout      time.Duration
	PackageType  PackageType
	CodeSize     int64 // bytes
	LastModified time.Time
	Version      string // "$LATEST" or a number
	State        string // such as "Active"; empty when the listing lacks it
	Description  string

	LogGroup  string // where its logs are; read from the configuration, never built
	LogFormat LogFormat
	// SystemLogLevel is the level of platform lines in JSON logs. At "WARN"
	// the reports of successful invocations are not written at all.
	SystemLogLevel string
	Tracing        TracingMode

	SnapStart        bool // SnapStart is on for published versions
	ManagedInstances bool // runs on Lambda Managed Instances: duration is not billed
	Durable          bool

	ProvisionedConcurrency Opt[int]
	ReservedConcurrency    Opt[int] // 0 means switched off
	Tags                   map[string]string
}
