package aws

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"fntop/sources"
	"fntop/sources/meter"
)

// Options says which accounts and regions to read, and how. The zero value is
// the default profile in its own region.
type Options struct {
	// Profile is a profile of the AWS configuration files. Empty means
	// AWS_PROFILE, or the default one.
	Profile string
	// Regions are the regions to read; "all" stands for those that every
	// account has. Empty means AWS_REGION, or the region of the profile.
	Regions []string
	// RoleARNs are roles to assume, one fleet each. Empty means the
	// credentials as they are.
	RoleARNs []string
	// EndpointURL sends every call to this address, such as that of an
	// emulator, whatever the environment says.
	EndpointURL string
	// Credentials are used instead of those of the environment and the
	// configuration files, which are then not read at all. Regions must be
	// given with it.
	Credentials aws.CredentialsProvider

	// Meter counts the calls; nil means a meter of the places' own.
	Meter *meter.Meter
	// Version is fntop's version for the user agent; may be empty.
	Version string
	// HTTPClient makes the requests; nil means one made for the purpose.
	HTTPClient aws.HTTPClient
	// Now is the clock; nil means the machine's.
	Now func() time.Time
	// AttemptTimeout ends one attempt of one request, its answer included; 0
	// means 30 seconds. A request is tried three times.
	AttemptTimeout time.Duration
	// MaxBody is the largest answer taken, in bytes; 0 means 64 MiB.
	MaxBody int64
}

const (
	allRegions     = "all"
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 64 << 20
	maxAttempts    = 3
	maxBackoff     = 5 * time.Second
	// credentialTimeout is for finding credentials: a person may have to touch
	// a key while a credential_process waits.
	credentialTimeout = time.Minute
)

// regionsOfAll are the regions enabled in every account (AWS General
// Reference, "Managing AWS Regions": those introduced before 20 March 2019).
func regionsOfAll() []string {
	return []string{
		"us-east-1", "us-east-2", "us-west-1", "us-west-2",
		"ca-central-1", "sa-east-1",
		"eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
		"ap-south-1", "ap-southeast-1", "ap-southeast-2",
	}
}

// Places gives one place for each role and region, roles first. It reads the
// configuration files and makes no calls; what is wrong with the
// configuration is told by Open. There is always at least one place.
func Places(ctx context.Context, o Options) []sources.Place {
	o = o.withDefaults()
	base := &base{options: o, limits: newLimits(o.Now)}
	regions := regionList(ctx, base)
	roles := o.RoleARNs
	if len(roles) == 0 {
		roles = []string{""}
	}
	var places []sources.Place
	for _, role := range roles {
		id := &identity{base: base, role: role, found: make(chan struct{})}
		for _, region := range regions {
			places = append(places, sources.Place{
				Label:  label(o, role, region),
				Region: region,
				Open:   func(ctx context.Context) (sources.Source, error) { return id.open(ctx, region) },
			})
		}
	}
	return places
}

func (o Options) withDefaults() Options {
	o.Regions = slices.Clone(o.Regions)
	o.RoleARNs = slices.Clone(o.RoleARNs)
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default at the boundary
	}
	if o.Meter == nil {
		o.Meter = meter.New(o.Now, nil)
	}
	if o.AttemptTimeout <= 0 {
		o.AttemptTimeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.HTTPClient == nil {
		o.HTTPClient = awshttp.NewBuildableClient().
			WithDialerOptions(func(d *net.Dialer) { d.Timeout = 10 * time.Second }).
			WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = 64 })
	}
	return o
}

// regionList is the regions asked for, each once. It is one empty name when
// none can be told yet: opening that place says why.
func regionList(ctx context.Context, b *base) []string {
	asked := b.options.Regions
	if len(asked) == 0 {
		region, err := b.defaultRegion(ctx)
		if err != nil {
			return []string{""}
		}
		asked = []string{region}
	}
	var regions []string
	for _, region := range asked {
		names := []string{strings.TrimSpace(region)}
		if names[0] == allRegions {
			names = regionsOfAll()
		}
		for _, name := range names {
			if !slices.Contains(regions, name) {
				regions = append(regions, name)
			}
		}
	}
	return regions
}

func errNoRegion() error {
	return &sources.Error{
		Op:   "find the region",
		Kind: sources.Other,
		Err:  &cause{text: "no region configured"},
		Fix:  "set --region, AWS_REGION or region in the profile",
	}
}

// checkRegion refuses what cannot be part of a host name.
func checkRegion(region string) error {
	bad := region == ""
	for _, r := range region {
		bad = bad || r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}
	if !bad {
		return nil
	}
	return &sources.Error{
		Op: "find the region", On: region, Kind: sources.Other,
		Err: &cause{text: "not the name of a region"},
		Fix: "use a name such as us-east-1, or all",
	}
}

// checkEndpoint refuses an endpoint that is no address.
func checkEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	return &sources.Error{
		Op: "use --endpoint-url", On: endpoint, Kind: sources.Other,
		Err: &cause{text: "not an address", err: err},
		Fix: "use one such as http://127.0.0.1:4566",
	}
}

// label is what the user asked for: the region, and before it the profile or
// the role where one was named.
func label(o Options, role, region string) string {
	var parts []string
	if o.Profile != "" {
		parts = append(parts, o.Profile)
	}
	if role != "" {
		parts = append(parts, roleLabel(o.RoleARNs, role))
	}
	if region != "" {
		parts = append(parts, region)
	}
	if len(parts) == 0 {
		return "aws"
	}
	return strings.Join(parts, "/")
}

// roleLabel is the role's account, with the role's name where two roles of
// one account are asked for.
func roleLabel(roles []string, role string) string {
	parsed, err := arn.Parse(role)
	if err != nil {
		return role
	}
	same := 0
	for _, other := range roles {
		if o, err := arn.Parse(other); err == nil && o.AccountID == parsed.AccountID {
			same++
		}
	}
	if same < 2 {
		return parsed.AccountID
	}
	return parsed.AccountID + ":" + parsed.Resource[strings.LastIndexByte(parsed.Resource, '/')+1:]
}
