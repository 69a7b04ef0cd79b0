package aws

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"fntop/sources"
)

// callFails makes one call of each service on a fake that refuses it so, and
// gives the errors by action.
func callFails(t *testing.T, status int, code, message string) map[string]error {
	t.Helper()
	handlers := make(map[string]handler)
	for _, action := range allActions() {
		handlers[action] = refuse(action, status, code, message)
	}
	s, _, _ := sourceOf(t, handlers)
	return callAll(t.Context(), s)
}

// allActions are the actions that a source does: those that callAll makes a call
// of, and GetPolicy, to which not found is an answer.
func allActions() []string {
	return []string{
		opListFunctions, opListMetrics, opGetMetricData, opFilterLogEvents, opGetTraceSummaries, opBatchGetTraces,
		opListAccountAliases, opGetCostAndUsage, opGetProducts, opStartLiveTail, opLookupEvents, opGetResources,
		opListEventSourceMappings, opListAliases, opListFunctionURLs, opGetPolicy,
		opGetAccountSettings, opGetFunctionConcurrency, opListProvisionedSettings,
	}
}

// callAll makes one call of each kind.
func callAll(ctx context.Context, s *Source) map[string]error {
	failed := make(map[string]error)
	failed[opListFunctions] = s.Functions(ctx, func([]sources.Function) error { return nil })
	_, failed[opGetCostAndUsage] = s.Bill(ctx, billQuery())
	_, failed[opGetProducts] = s.Prices(ctx, "2026-11-26", "a list")
	_, failed[opGetMetricData] = s.Metrics(ctx, window(1, sources.StatSum))
	failed[opFilterLogEvents] = s.Logs(ctx, logQuery(), func(sources.LogPage) error { return nil })
	failed[opStartLiveTail] = s.Tail(ctx, sources.TailQuery{
		Functions: []sources.Function{{ID: s.Scope().In("checkout"), LogGroup: logQuery().Group}},
	}, func(sources.TailUpdate) error { return nil })
	_, failed[opBatchGetTraces] = s.Traces(ctx, []string{sampleID})
	_, failed[opGetTraceSummaries] = s.TraceSummaries(ctx, sources.TraceQuery{
		Function: s.Scope().In("checkout"), Start: s.now().Add(-1e9), End: s.now(),
	})
	failed[opListMetrics] = s.Active(ctx, func([]sources.FunctionID) error { return nil })
	_, failed[opListAccountAliases] = s.AccountName(ctx)
	fn := s.Scope().In("checkout")
	failed[opLookupEvents] = s.Changes(ctx, s.now().Add(-time.Hour), s.now(), func(sources.ChangePage) error { return nil })
	failed[opGetResources] = s.Tags(ctx, func(map[sources.FunctionID]map[string]string) error { return nil })
	failed[opListEventSourceMappings] = s.EventSources(ctx, func([]sources.Trigger) error { return nil })
	_, failed[opListFunctionURLs] = s.urlsOf(ctx, fn)
	_, failed[opListAliases] = s.aliasesOf(ctx, fn)
	_, failed[opGetAccountSettings] = s.ConcurrencyLimits(ctx)
	_, failed[opGetFunctionConcurrency] = s.reserved(ctx, fn)
	_, failed[opListProvisionedSettings] = s.provisioned(ctx, fn)
	return failed
}

func TestErrorsOverTheWire(t *testing.T) {
	for _, c := range []struct {
		status  int
		code    string
		message string
		kind    sources.Kind
		fix     string
	}{
		{403, "AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: it", sources.Denied, "fntop iam-policy"},
		{400, "AccessDenied", "no", sources.Denied, "fntop iam-policy"},
		{403, "AccessDeniedException", "no, with an explicit deny in a service control policy", sources.Denied, "ask its owner"},
		{403, "SomethingNew", "", sources.Denied, "fntop iam-policy"},
		{400, "ExpiredTokenException", "The security token included in the request is expired", sources.ExpiredCredentials, "aws sso login"},
		{403, "ExpiredToken", "expired", sources.ExpiredCredentials, "aws sso login"},
		{400, "RequestExpired", "expired", sources.ExpiredCredentials, "aws sso login"},
		{403, "UnrecognizedClientException", "The security token included in the request is invalid.", sources.NoCredentials, "us-east-1 is enabled"},
		{403, "InvalidClientTokenId", "invalid", sources.NoCredentials, "us-east-1 is enabled"},
		{403, "SignatureDoesNotMatch", "does not match", sources.NoCredentials, "check the secret key"},
		{403, "InvalidSignatureException", "Signature expired: 20261123T101010Z is now earlier than", sources.NoCredentials, "clock"},
		{404, "ResourceNotFoundException", "gone", sources.NotFound, ""},
		{400, "UnknownOperationException", "", sources.Unsupported, ""},
		{501, "NotImplemented", "not here", sources.Unsupported, ""},
		{404, "NoSuchPath", "", sources.Unsupported, ""},
		{400, "ValidationException", "  bad\n  value  ", sources.Other, ""},
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			for action, err := range callFails(t, c.status, c.code, c.message) {
				wantError(t, err, c.kind, action, c.fix)
				e := explained(err)
				if e.Fix == "" != (c.fix == "") && c.kind != sources.NotFound {
					t.Errorf("%s: next step %q", action, e.Fix)
				}
				if strings.ContainsAny(e.Err.Error(), "\n\t") || strings.Contains(e.Err.Error(), "  ") {
					t.Errorf("%s: cause %q", action, e.Err)
				}
				if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != c.code {
					t.Errorf("%s: the SDK's error is not in the chain: %v", action, api)
				}
			}
		})
	}
}

func TestExpiredNamesTheProfile(t *testing.T) {
	f := newFake(t, map[string]handler{opListFunctions: refuse(opListFunctions, 403, "ExpiredToken", "expired")})
	o := options(t, f.serve())
	o.Profile = "prod"
	_, err := listed(t, openOne(t, o))
	wantError(t, err, sources.ExpiredCredentials, "aws sso login --profile prod")
}

// closedAddress is a loopback address that nothing listens on.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// moved is a source whose calls go to another address than it was opened at.
func moved(t *testing.T, endpoint string) *Source {
	t.Helper()
	o := options(t, endpoint)
	if strings.Contains(endpoint, ".invalid") { // without asking a name server
		o.HTTPClient = &http.Client{Transport: &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}}
			},
		}}
	}
	id := &identity{base: &base{options: o.withDefaults()}}
	cfg, err := id.base.config(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Region = testRegion
	scope := sources.Scope{Cloud: sources.AWS, Account: testAccount, Region: testRegion}
	return newSource(scope, gated(cfg, id.base.gate(testRegion, nil)), id.base, id.base.explainer(testRegion))
}

func TestUnreachable(t *testing.T) {
	closed := closedAddress(t)
	https := httptest.NewTLSServer(http.NotFoundHandler())
	https.Config.ErrorLog = discardLog()
	defer https.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	reset := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}))
	defer reset.Close()
	for name, c := range map[string]struct {
		endpoint string
		parts    []string
	}{
		"nothing listens":      {"http://" + closed, []string{closed, "refused"}},
		"certificate unknown":  {https.URL, []string{"TLS with 127.0.0.1", "certificate"}},
		"no TLS there":         {strings.Replace(plain.URL, "http:", "https:", 1), []string{"127.0.0.1", "HTTP response to HTTPS client"}},
		"connection is broken": {reset.URL, []string{"127.0.0.1"}},
		"no such name":         {"http://nowhere.invalid", []string{"cannot resolve nowhere.invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := moved(t, c.endpoint).Functions(t.Context(), nil)
			wantError(t, err, sources.Unreachable, append(c.parts, "check the network")...)
		})
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter){
		"garbage": func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>\xff\xfe it works")) },
		"cut off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"Functions":[{"FunctionName":"a`))
		},
		"a list": func(w http.ResponseWriter) { _, _ = w.Write([]byte(`[1,2]`)) },
	} {
		t.Run(name, func(t *testing.T) {
			handlers := make(map[string]handler)
			for _, action := range allActions() {
				handlers[action] = func(w http.ResponseWriter, _ map[string]any) { answer(w) }
			}
			s, _, m := sourceOf(t, handlers)
			for action, err := range callAll(t.Context(), s) {
				wantError(t, err, sources.Malformed, action)
				if op := opOf(m, action); op.Errors == 0 && action != opListAccountAliases { // the SDK takes text without XML for an empty answer
					t.Errorf("%s: not counted as an error: %+v", action, op)
				}
			}
		})
	}
}

func TestExplainWithoutAnAnswer(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancelLate := context.WithTimeout(t.Context(), 0)
	defer cancelLate()
	live := t.Context()
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		kind sources.Kind
	}{
		"cancelled by the caller":  {ended, errors.New("any"), sources.Cancelled},
		"the caller's time is up":  {late, errors.New("any"), sources.TimedOutCall},
		"cancelled":                {live, &smithy.CanceledError{Err: context.Canceled}, sources.Cancelled},
		"took too long":            {live, fmt.Errorf("x: %w", context.DeadlineExceeded), sources.TimedOutCall},
		"reset":                    {live, &smithyhttp.RequestSendError{Err: syscall.ECONNRESET}, sources.Unreachable},
		"alert":                    {live, tls.AlertError(40), sources.Unreachable},
		"one of ours stays as is":  {live, &sources.Error{Kind: sources.OverBudget}, sources.OverBudget},
		"anything else":            {live, errors.New("odd"), sources.Other},
		"deserialization, no more": {live, &smithy.DeserializationError{}, sources.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			if err := (explainer{}).explain(c.ctx, "op", "on", c.err); sources.KindOf(err) != c.kind {
				t.Errorf("%v: %v, want %v", err, sources.KindOf(err), c.kind)
			}
		})
	}
	if err := (explainer{}).explain(live, "op", "on", nil); err != nil {
		t.Errorf("an error out of nothing: %v", err)
	}
}

func TestOneLine(t *testing.T) {
	if got := oneLine(" a\r\n\tb  c \xff"); got != "a b c �" {
		t.Errorf("%q", got)
	}
	got := oneLine(strings.Repeat("é", 400))
	if !utf8.ValidString(got) || len(got) > maxCause+len("…") || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

// FuzzErrors checks that any code, message and status gives a short, clean
// error of some kind.
func FuzzErrors(f *testing.F) {
	f.Add("AccessDenied", "User: x is not authorized", 403)
	f.Add("Throttling", "", 400)
	f.Add("", "", 0)
	f.Add("UnknownError", "UnknownError", 599)
	f.Add("a\x1b[2J", strings.Repeat("ж", 1000), -1)
	f.Fuzz(func(t *testing.T, code, message string, status int) {
		var err error = &smithy.GenericAPIError{Code: code, Message: message}
		if status != 0 {
			err = &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err}
		}
		err = &smithy.OperationError{ServiceID: "Lambda", OperationName: "ListFunctions", Err: err}
		out := (explainer{profile: "p", region: "r"}).explain(t.Context(), opListFunctions, "r", err)
		text := out.Error()
		if len(text) > 3*maxCause+500 || !utf8.ValidString(text) || strings.ContainsAny(text, "\x1b\n\r") {
			t.Errorf("%q", text)
		}
		if e := explained(out); e.Err.Error() == "" {
			t.Errorf("no cause for %q %q %d", code, message, status)
		}
	})
}
