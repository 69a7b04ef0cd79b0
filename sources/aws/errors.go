package aws

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"github.com/aws/smithy-go"

	"fntop/sources"
)

// explainer turns errors of the SDK into errors for people.
type explainer struct {
	profile string // as the user named it; empty for the default one
	region  string
	creds   *chain // those in use; nil while there are none
}

// The next steps that do not depend on what was asked.
const (
	fixDenied    = "add it to the role (fntop iam-policy prints the minimum)"
	fixOrgDenied = "an organisation or permissions-boundary policy forbids it: ask its owner"
	fixNetwork   = "check the network, the region and --endpoint-url"
	fixClock     = "set the clock of this machine: signatures are only good for a few minutes"
)

// explain gives a *sources.Error for what went wrong with op on a resource.
// An error that is one already stays as it is; nil stays nil.
func (x explainer) explain(ctx context.Context, op, on string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*sources.Error](err); ok {
		return e
	}
	out := &sources.Error{Op: op, On: on, Err: &cause{text: humanCause(err), err: err}}
	if kind, ended := endedKind(ctx, err); ended {
		out.Kind = kind
		return out
	}
	if missing, ok := errors.AsType[*credentialError](err); ok {
		x.explainCredentials(out, missing)
		return out
	}
	out.Kind = classify(err)
	out.Fix = x.fix(out.Kind, err)
	return out
}

// endedKind tells whether the call failed because its context ended.
func endedKind(ctx context.Context, err error) (sources.Kind, bool) {
	_, credentials := errors.AsType[*credentialError](err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return sources.Cancelled, true
	case ctx.Err() != nil:
		return sources.TimedOutCall, true
	case credentials:
		return sources.Other, false // a provider's own time-outs say it has none
	case errors.Is(err, context.Canceled):
		return sources.Cancelled, true
	case errors.Is(err, context.DeadlineExceeded):
		return sources.TimedOutCall, true
	}
	return sources.Other, false
}

// classify finds the kind of an error of the SDK, its context apart.
func classify(err error) sources.Kind {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		if kind, known := codeKind(api); known {
			return kind
		}
	}
	if unreachable(err) {
		return sources.Unreachable
	}
	if _, ok := errors.AsType[*smithy.DeserializationError](err); ok {
		return sources.Malformed
	}
	return statusKind(statusOf(err))
}

// codeKinds are the error codes of the services ("Common errors" of each API
// reference, and the code lists of the SDK's retryer).
var codeKinds = map[string]sources.Kind{ //nolint:gochecknoglobals // constant table
	"AccessDenied":                sources.Denied,
	"AccessDeniedException":       sources.Denied,
	"AuthorizationError":          sources.Denied,
	"AuthorizationErrorException": sources.Denied,
	"ForbiddenException":          sources.Denied,
	"NotAuthorized":               sources.Denied,
	"OptInRequired":               sources.Denied,
	"UnauthorizedOperation":       sources.Denied,

	"BandwidthLimitExceeded":                 sources.Throttled,
	"EC2ThrottledException":                  sources.Throttled,
	"LimitExceededException":                 sources.Throttled,
	"PriorRequestNotComplete":                sources.Throttled,
	"ProvisionedThroughputExceededException": sources.Throttled,
	"RequestLimitExceeded":                   sources.Throttled,
	"RequestThrottled":                       sources.Throttled,
	"RequestThrottledException":              sources.Throttled,
	"SlowDown":                               sources.Throttled,
	"ThrottledException":                     sources.Throttled,
	"Throttling":                             sources.Throttled,
	"ThrottlingException":                    sources.Throttled,
	"TooManyRequestsException":               sources.Throttled,

	"ExpiredToken":          sources.ExpiredCredentials,
	"ExpiredTokenException": sources.ExpiredCredentials,
	"RequestExpired":        sources.ExpiredCredentials,
	"TokenRefreshRequired":  sources.ExpiredCredentials,

	"AuthFailure":                 sources.NoCredentials,
	"IncompleteSignature":         sources.NoCredentials,
	"InvalidAccessKeyId":          sources.NoCredentials,
	"InvalidClientTokenId":        sources.NoCredentials,
	"InvalidSignatureException":   sources.NoCredentials,
	"MissingAuthenticationToken":  sources.NoCredentials,
	"SignatureDoesNotMatch":       sources.NoCredentials,
	"UnrecognizedClientException": sources.NoCredentials,

	"NotFoundException":         sources.NotFound,
	"ResourceNotFound":          sources.NotFound,
	"ResourceNotFoundException": sources.NotFound,

	"InvalidAction":                 sources.Unsupported,
	"NotImplemented":                sources.Unsupported,
	"UnknownOperation":              sources.Unsupported,
	"UnknownOperationException":     sources.Unsupported,
	"UnsupportedOperation":          sources.Unsupported,
	"UnsupportedOperationException": sources.Unsupported,

	"RequestTimeout":          sources.TimedOutCall,
	"RequestTimeoutException": sources.TimedOutCall,
}

func codeKind(api smithy.APIError) (sources.Kind, bool) {
	code := api.ErrorCode()
	if kind, ok := codeKinds[code]; ok {
		return kind, true
	}
	kind, ok := codeKinds[code+"Exception"]
	return kind, ok
}

// statusOf is the HTTP status of the answer, 0 when there was none.
func statusOf(err error) int {
	var answered interface{ HTTPStatusCode() int }
	if errors.As(err, &answered) {
		return answered.HTTPStatusCode()
	}
	return 0
}

// statusKind is the kind of an answer that has no error code of its own.
func statusKind(status int) sources.Kind {
	switch status {
	case http.StatusUnauthorized:
		return sources.NoCredentials
	case http.StatusForbidden:
		return sources.Denied
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return sources.Unsupported // the endpoint does not know the operation
	case http.StatusTooManyRequests:
		return sources.Throttled
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return sources.TimedOutCall
	}
	return sources.Other
}

// unreachable tells whether the request got no answer at all: no name, no
// connection, no TLS, or a connection that broke.
func unreachable(err error) bool {
	if statusOf(err) >= http.StatusBadRequest {
		return false
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	if isTLS(err) {
		return true
	}
	if _, ok := errors.AsType[*url.Error](err); ok { // the request was not answered
		return true
	}
	for _, broken := range []error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, io.EOF, net.ErrClosed} {
		if errors.Is(err, broken) {
			_, garbage := errors.AsType[*smithy.DeserializationError](err)
			return !garbage
		}
	}
	return false
}

func isTLS(err error) bool {
	var (
		record  tls.RecordHeaderError
		alert   tls.AlertError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
	)
	return errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &unknown) ||
		errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &verify)
}

// fix is the next step for an error of this kind.
func (x explainer) fix(kind sources.Kind, err error) string {
	switch kind {
	case sources.Denied:
		if text := err.Error(); strings.Contains(text, "service control policy") ||
			strings.Contains(text, "resource control policy") || strings.Contains(text, "permissions boundary") {
			return fixOrgDenied
		}
		return fixDenied
	case sources.ExpiredCredentials:
		return x.fixExpired(x.creds.lastSource())
	case sources.NoCredentials:
		if clockIsOff(err) {
			return fixClock
		}
		if api, ok := errors.AsType[smithy.APIError](err); ok && api.ErrorCode() == "UnrecognizedClientException" ||
			ok && api.ErrorCode() == "InvalidClientTokenId" {
			return "check that the access key is active, and that the region " + x.region + " is enabled in the account"
		}
		return "check the secret key and session token" + x.ofProfile()
	case sources.Unreachable:
		return fixNetwork
	case sources.Throttled, sources.Other, sources.TimedOutCall, sources.Malformed, sources.NotFound,
		sources.Unsupported, sources.Cancelled, sources.OverBudget:
	}
	return ""
}

// clockIsOff tells whether a signature was refused for its time.
func clockIsOff(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return false
	}
	text := api.ErrorMessage()
	return strings.Contains(text, "Signature expired") || strings.Contains(text, "Signature not yet current")
}

func (x explainer) ofProfile() string {
	if x.profile == "" {
		return ""
	}
	return " of profile " + x.profile
}

// cause is an error of the SDK in few words; the original stays in its chain.
type cause struct {
	text string
	err  error
}

func (c *cause) Error() string { return c.text }
func (c *cause) Unwrap() error { return c.err }

// maxCause is the longest cause shown, in bytes.
const maxCause = 300

// humanCause says in few words what happened, without the SDK's wrapping and
// request IDs.
func humanCause(err error) string {
	if late, ok := errors.AsType[*tooLate](err); ok {
		return late.Error()
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return apiCause(api, statusOf(err))
	}
	host := hostOf(err)
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "cannot resolve " + oneLine(dns.Name)
	}
	if status := statusOf(err); status >= http.StatusBadRequest {
		return "HTTP " + strings.TrimSpace(strconv.Itoa(status)+" "+http.StatusText(status))
	}
	text := oneLine(innermost(err).Error())
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case host == "":
		return text
	case isTLS(err):
		return "TLS with " + host + ": " + text
	default:
		return host + ": " + text
	}
}

func apiCause(api smithy.APIError, status int) string {
	code, text := oneLine(api.ErrorCode()), oneLine(api.ErrorMessage())
	known := code != "" && code != "UnknownError"
	switch {
	case text != "" && text != "UnknownError":
		if known {
			return code + ": " + text
		}
		return text
	case known:
		return code
	default:
		return "HTTP " + strings.TrimSpace(strconv.Itoa(status)+" "+http.StatusText(status))
	}
}

// hostOf is the host the request went to, where the error tells.
func hostOf(err error) string {
	if sent, ok := errors.AsType[*url.Error](err); ok {
		if u, parseErr := url.Parse(sent.URL); parseErr == nil {
			return u.Host
		}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Addr != nil {
		return op.Addr.String()
	}
	return ""
}

// innermost follows the chain of single wraps to its end.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// oneLine brings text from outside onto one short line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	if len(s) <= maxCause {
		return s
	}
	cut := maxCause
	for cut > 0 && s[cut]&0xc0 == 0x80 { // not inside a character
		cut--
	}
	return s[:cut] + "…"
}

// explained is err as a *sources.Error.
func explained(err error) *sources.Error {
	if e, ok := errors.AsType[*sources.Error](err); ok {
		return e
	}
	return &sources.Error{Kind: sources.KindOf(err), Err: err}
}
