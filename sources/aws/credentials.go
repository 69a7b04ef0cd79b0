package aws

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"

	"fntop/sources"
)

const fixNoCredentials = "run aws sso login or aws configure, or set AWS_PROFILE"

// credentialError marks an error of finding credentials, so that it is told
// apart from an error of the call they were wanted for.
type credentialError struct {
	source string // the SDK's name of the last good provider; may be empty
	err    error
}

func (e *credentialError) Error() string { return e.err.Error() }
func (e *credentialError) Unwrap() error { return e.err }

// RetryableError keeps the SDK from trying the call again: whoever looks for
// credentials has tried often enough.
func (*credentialError) RetryableError() bool { return false }

// chain is a credentials provider whose errors are marked.
type chain struct {
	provider aws.CredentialsProvider
	source   atomic.Pointer[string]
}

// Retrieve gives credentials; its errors are *credentialError.
func (c *chain) Retrieve(ctx context.Context) (aws.Credentials, error) {
	got, err := c.provider.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, &credentialError{source: c.lastSource(), err: err}
	}
	c.source.Store(&got.Source)
	return got, nil
}

// lastSource is the SDK's name of the provider that gave credentials last;
// empty when none has.
func (c *chain) lastSource() string {
	if c != nil {
		if s := c.source.Load(); s != nil {
			return *s
		}
	}
	return ""
}

// explainCredentials fills in an error of finding credentials.
func (x explainer) explainCredentials(out *sources.Error, missing *credentialError) {
	err := missing.err
	if op, ok := errors.AsType[*smithy.OperationError](err); ok && op.ServiceID != metadataService {
		out.Op, out.On = action(op.ServiceID, op.OperationName), ""
	}
	out.Kind, out.Fix = sources.NoCredentials, fixNoCredentials
	text := err.Error()
	_, sso := errors.AsType[*ssocreds.InvalidTokenError](err)
	switch {
	case sso || strings.Contains(text, "SSO token"):
		out.Kind, out.Fix = sources.ExpiredCredentials, "run: aws sso login"+x.profileFlag()
		out.Err = &cause{text: "the SSO session has ended", err: err}
		return
	case strings.Contains(text, "reauthenticate"): // aws login
		out.Kind, out.Fix = sources.ExpiredCredentials, "run: aws login"+x.profileFlag()
		out.Err = &cause{text: "the login session has ended", err: err}
		return
	case fromProcess(err):
		out.Fix = "run the credential_process" + x.ofProfile() + " by hand to see why"
		// Its output may hold a secret: it is not repeated here.
		out.Err = errors.New("the credential_process gave no credentials")
		return
	case fromMetadata(err):
		out.Err = &cause{text: "none in the environment, in the profile or from an instance role", err: err}
		return
	}
	switch kind := classify(err); kind {
	case sources.Denied:
		out.Kind = kind
		out.Fix = "the role's trust policy and your own permissions must both allow it"
	case sources.ExpiredCredentials:
		out.Kind, out.Fix = kind, x.fixExpired(missing.source)
	case sources.Unreachable, sources.Throttled:
		out.Kind, out.Fix = kind, x.fix(kind, err)
	default: // there are none, whatever the reason
	}
}

// fixExpired is what renews credentials that came from this provider.
func (x explainer) fixExpired(source string) string {
	switch {
	case strings.HasPrefix(source, "SSO"):
		return "run: aws sso login" + x.profileFlag()
	case source == "LoginProvider":
		return "run: aws login" + x.profileFlag()
	case source == config.CredentialsSourceName: // the environment
		return "export fresh credentials, or set AWS_PROFILE"
	case x.profile != "":
		return "run: aws sso login --profile " + x.profile + " (or renew the credentials of this profile)"
	}
	return "run: aws sso login, or renew the credentials"
}

func (x explainer) profileFlag() string {
	if x.profile == "" {
		return ""
	}
	return " --profile " + x.profile
}

// metadataService is the SDK's name of the EC2 instance metadata service.
const metadataService = "ec2imds"

func fromMetadata(err error) bool {
	op, ok := errors.AsType[*smithy.OperationError](err)
	return ok && op.ServiceID == metadataService
}

func fromProcess(err error) bool {
	_, ok := errors.AsType[*processcreds.ProviderError](err)
	return ok
}

// explainConfig explains why the configuration files cannot be used.
func (x explainer) explainConfig(ctx context.Context, err error) error {
	if kind, ended := endedKind(ctx, err); ended {
		return &sources.Error{Op: "load AWS configuration", Kind: kind, Err: err}
	}
	out := &sources.Error{Op: "load AWS configuration", Kind: sources.NoCredentials, Fix: fixNoCredentials}
	var (
		noProfile config.SharedConfigProfileNotExistError
		mfa       config.AssumeRoleTokenProviderNotSetError
	)
	switch {
	case errors.As(err, &noProfile):
		out.On = "profile " + noProfile.Profile
		out.Err = &cause{text: "there is no such profile", err: err}
		out.Fix = "aws configure list-profiles shows those there are"
	case errors.As(err, &mfa):
		out.Err = &cause{text: "the profile wants an MFA code", err: err}
		out.Fix = "sign in with aws sso login, or export the credentials of a session that has one"
	default:
		out.Err = &cause{text: oneLine(err.Error()), err: err}
		out.Fix = "mend the AWS configuration file"
	}
	return out
}
