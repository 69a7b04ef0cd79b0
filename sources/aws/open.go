package aws

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"

	"fntop/sources"
)

// base is what all places of one run share: the configuration files as read,
// and the limiters.
type base struct {
	options Options
	limits  *limits

	mu  sync.Mutex
	cfg *aws.Config // nil until it has been loaded
}

// config gives the configuration, reading the files the first time, and again
// after it has failed.
func (b *base) config(ctx context.Context) (aws.Config, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cfg == nil {
		cfg, err := b.load(ctx)
		if err != nil {
			return aws.Config{}, b.explainer("").explainConfig(ctx, err)
		}
		b.cfg = &cfg
	}
	return b.cfg.Copy(), nil
}

func (b *base) load(ctx context.Context) (aws.Config, error) {
	o := b.options
	retryer := func() aws.Retryer {
		return retry.NewStandard(func(s *retry.StandardOptions) {
			s.MaxAttempts = maxAttempts
			s.MaxBackoff = maxBackoff
		})
	}
	apiOptions := []func(*middleware.Stack) error{
		awsmiddleware.AddUserAgentKeyValue("fntop", o.Version),
	}
	if o.Credentials != nil {
		return aws.Config{
			Credentials: o.Credentials,
			HTTPClient:  o.HTTPClient,
			Retryer:     retryer,
			Logger:      logging.Nop{},
			APIOptions:  apiOptions,
		}, nil
	}
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(o.HTTPClient),
		config.WithRetryer(retryer),
		// The SDK warns on standard error, where the screen is, and can be made
		// to log bodies, where secrets are.
		config.WithLogger(logging.Nop{}),
		config.WithClientLogMode(0),
		// Credential providers that call AWS are metered like everything else.
		config.WithAPIOptions(append(apiOptions, b.gate("", nil).install)),
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if len(o.Regions) > 0 && o.Regions[0] != allRegions {
		load = append(load, config.WithRegion(o.Regions[0]))
	}
	if o.EndpointURL != "" {
		load = append(load, config.WithBaseEndpoint(o.EndpointURL))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return aws.Config{}, err
	}
	cfg.APIOptions = apiOptions // each region's clients get a gate of their own
	return cfg, nil
}

// defaultRegion is the region of the environment or the profile.
func (b *base) defaultRegion(ctx context.Context) (string, error) {
	cfg, err := b.config(ctx)
	if err != nil {
		return "", err
	}
	if cfg.Region == "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.cfg = nil // the files may say more the next time
		return "", errNoRegion()
	}
	return cfg.Region, nil
}

func (b *base) gate(region string, limits *scopeLimits) *gate {
	return &gate{
		meter:   b.options.Meter,
		now:     b.options.Now,
		region:  region,
		limits:  limits,
		timeout: b.options.AttemptTimeout,
		maxBody: b.options.MaxBody,
		custom:  b.options.EndpointURL != "",
	}
}

func (b *base) explainer(region string) explainer {
	return explainer{profile: b.options.Profile, region: region}
}

// identity is one set of credentials: the user's own, or a role's. Its
// account is asked for once, whatever the number of regions.
type identity struct {
	base *base
	role string // ARN of the role to assume; empty for none

	mu      sync.Mutex
	looking int           // callers that look for the account
	found   chan struct{} // closed when it is known
	known   bool
	creds   *chain
	account string
}

// patience is how long a caller waits for what another one is finding before
// it looks for itself, in its own region: a region that is dead delays no
// other, and mostly the account is asked for once.
const patience = time.Second

// open gives the source of a region; an empty one stands for the region of
// the configuration, which could not be told before.
func (id *identity) open(ctx context.Context, region string) (sources.Source, error) {
	if err := checkEndpoint(id.base.options.EndpointURL); err != nil {
		return nil, err
	}
	if region == "" {
		var err error
		if region, err = id.base.defaultRegion(ctx); err != nil {
			return nil, err
		}
	}
	if err := checkRegion(region); err != nil {
		return nil, err
	}
	cfg, err := id.base.config(ctx)
	if err != nil {
		return nil, err
	}
	cfg.Region = region
	account, creds, err := id.find(ctx, cfg)
	if err != nil {
		return nil, err
	}
	cfg.Credentials = creds
	scope := sources.Scope{Cloud: sources.AWS, Account: account, Region: region}
	gate := id.base.gate(region, id.base.limits.of(scope))
	x := id.base.explainer(region)
	x.creds = creds
	return newSource(scope, gated(cfg, gate), id.base, x), nil
}

// gated gives the configuration for clients that go through this gate.
func gated(cfg aws.Config, g *gate) aws.Config {
	cfg = cfg.Copy()
	cfg.APIOptions = append(slices.Clone(cfg.APIOptions), g.install)
	return cfg
}

// find gives the credentials and their account: what another caller has
// found, or else what can be found in the region of cfg.
func (id *identity) find(ctx context.Context, cfg aws.Config) (string, *chain, error) {
	wait := time.Duration(0)
	if id.begin() > 0 {
		wait = patience
	}
	defer id.end()
	if id.waitFor(ctx, wait) {
		return id.account, id.creds, nil
	}
	if ctx.Err() != nil {
		return "", nil, id.base.explainer(cfg.Region).explain(ctx, opIdentity, "", ctx.Err())
	}
	lookCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	var err error
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		err = id.look(lookCtx, cfg)
	}()
	select {
	case <-id.found:
		cancel()
	case <-looked:
	}
	<-looked
	if err != nil && !id.waitFor(ctx, 0) {
		return "", nil, err
	}
	return id.account, id.creds, nil
}

// begin counts a caller in, and gives how many there were before.
func (id *identity) begin() int {
	id.mu.Lock()
	defer id.mu.Unlock()
	id.looking++
	return id.looking - 1
}

func (id *identity) end() {
	id.mu.Lock()
	defer id.mu.Unlock()
	id.looking--
}

// waitFor waits for another caller's find, and tells whether there is one.
func (id *identity) waitFor(ctx context.Context, most time.Duration) bool {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-id.found:
		return true
	default:
	}
	select {
	case <-id.found:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// look finds the credentials and their account in the region of cfg, and
// keeps them when nobody was faster.
func (id *identity) look(ctx context.Context, cfg aws.Config) error {
	x := id.base.explainer(cfg.Region)
	creds, err := id.chain(cfg)
	if err != nil {
		return err
	}
	findCtx, cancel := context.WithTimeout(ctx, credentialTimeout)
	defer cancel()
	have, err := creds.Retrieve(findCtx)
	if err != nil {
		return x.explain(ctx, "find credentials", id.role, err)
	}
	cfg.Credentials, x.creds = creds, creds
	account, err := id.accountOf(ctx, gated(cfg, id.base.gate(cfg.Region, nil)), x, have)
	if err != nil {
		return err
	}
	id.mu.Lock()
	defer id.mu.Unlock()
	if !id.known {
		id.account, id.creds, id.known = account, creds, true
		close(id.found)
	}
	return nil
}

// chain is the credentials of the configuration, or of the role assumed with
// them.
func (id *identity) chain(cfg aws.Config) (*chain, error) {
	if cfg.Credentials == nil {
		return nil, &sources.Error{Op: "find credentials", Kind: sources.NoCredentials, Fix: fixNoCredentials}
	}
	if id.role == "" {
		return &chain{provider: aws.NewCredentialsCache(cfg.Credentials)}, nil
	}
	if parsed, err := arn.Parse(id.role); err != nil || parsed.Service != "iam" {
		return nil, &sources.Error{
			Op: "use --role-arn", On: id.role, Kind: sources.Other,
			Err: &cause{text: "not the ARN of a role", err: err},
			Fix: "use one such as arn:aws:iam::123456789012:role/ReadOnly",
		}
	}
	client := id.base.stsClient(gated(cfg, id.base.gate(cfg.Region, nil)))
	assume := stscreds.NewAssumeRoleProvider(client, id.role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "fntop"
	})
	return &chain{provider: aws.NewCredentialsCache(assume)}, nil
}

func (b *base) stsClient(cfg aws.Config) *sts.Client {
	return sts.NewFromConfig(cfg, func(o *sts.Options) {
		if b.options.EndpointURL != "" {
			o.BaseEndpoint = aws.String(b.options.EndpointURL)
		}
	})
}

const opIdentity = "sts:GetCallerIdentity"

// accountOf asks STS for the account. Where STS does not answer, the account
// is taken from the credentials, or from the functions there are; it may stay
// empty then.
func (id *identity) accountOf(ctx context.Context, cfg aws.Config, x explainer, have aws.Credentials) (string, error) {
	out, err := id.base.stsClient(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err == nil && out.Account != nil {
		return *out.Account, nil
	}
	failed := x.explain(ctx, opIdentity, "", err)
	switch sources.KindOf(failed) {
	case sources.Cancelled, sources.NoCredentials, sources.ExpiredCredentials, sources.Denied:
		return "", failed
	case sources.Other, sources.Throttled, sources.Unreachable, sources.TimedOutCall, sources.Malformed,
		sources.NotFound, sources.Unsupported, sources.OverBudget:
	}
	if have.AccountID != "" {
		return have.AccountID, nil
	}
	if ctx.Err() != nil {
		return "", failed
	}
	listed, err := id.base.lambdaClient(cfg).ListFunctions(ctx, &lambda.ListFunctionsInput{MaxItems: aws.Int32(1)})
	if err != nil {
		failed := x.explain(ctx, opListFunctions, "", err)
		if sources.KindOf(failed) == sources.Denied && id.base.options.EndpointURL != "" {
			return "", nil // it answers, and the account is not to be had
		}
		return "", failed
	}
	for i := range listed.Functions {
		if parsed, err := arn.Parse(aws.ToString(listed.Functions[i].FunctionArn)); err == nil {
			return parsed.AccountID, nil
		}
	}
	return "", nil
}
