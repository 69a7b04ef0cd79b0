package aws

import (
	"context"
	"crypto/sha1" //nolint:gosec // names the SSO cache file, as the SDK does
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"fntop/sources"
)

// home is an AWS configuration in a directory of its own, with nothing from
// the environment the tests run in. It gives the directory.
func home(t *testing.T, config string) string {
	t.Helper()
	dir := t.TempDir()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // so that it is put back
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(dir, "config")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", dir)
	t.Setenv("AWS_CONFIG_FILE", path)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "none"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return dir
}

// fromFiles are options that find their credentials in the configuration.
func fromFiles(t *testing.T, endpoint string) Options {
	t.Helper()
	o := options(t, endpoint)
	o.Credentials, o.Regions = nil, nil
	return o
}

// openFirst opens the first place of the options.
func openFirst(t *testing.T, o Options) (sources.Source, error) {
	t.Helper()
	return Places(t.Context(), o)[0].Open(t.Context())
}

func TestPlaces(t *testing.T) {
	home(t, "[default]\nregion = eu-west-1\n[profile prod]\nregion = eu-north-1\n")
	roles := []string{"arn:aws:iam::111111111111:role/Read", "arn:aws:iam::222222222222:role/path/A", "arn:aws:iam::222222222222:role/B"}
	for name, c := range map[string]struct {
		options Options
		want    []string // label region
	}{
		"region of the profile":     {Options{}, []string{"eu-west-1 eu-west-1"}},
		"region of a named profile": {Options{Profile: "prod"}, []string{"prod/eu-north-1 eu-north-1"}},
		"regions asked for":         {Options{Regions: []string{"us-east-1", " us-west-2", "us-east-1"}}, []string{"us-east-1 us-east-1", "us-west-2 us-west-2"}},
		"roles": {Options{Regions: []string{"us-east-1"}, RoleARNs: roles}, []string{
			"111111111111/us-east-1 us-east-1", "222222222222:A/us-east-1 us-east-1", "222222222222:B/us-east-1 us-east-1",
		}},
		"role that is none": {Options{Regions: []string{"us-east-1"}, RoleARNs: []string{"x"}}, []string{"x/us-east-1 us-east-1"}},
		"no such profile":   {Options{Profile: "gone"}, []string{"gone "}},
	} {
		var got []string
		for _, p := range Places(t.Context(), c.options) {
			got = append(got, p.Label+" "+p.Region)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	all := Places(t.Context(), Options{Regions: []string{"eu-west-3", "all"}})
	if len(all) != 17 || all[0].Region != "eu-west-3" || all[1].Region != "us-east-1" {
		t.Errorf("all: %d places from %s", len(all), all[0].Region)
	}
}

func TestOpenWithoutARegion(t *testing.T) {
	dir := home(t, "[default]\naws_access_key_id = A\naws_secret_access_key = B\n")
	f := newFake(t, nil)
	o := fromFiles(t, f.serve())
	places := Places(t.Context(), o)
	if len(places) != 1 || places[0].Region != "" {
		t.Fatalf("%+v", places)
	}
	_, err := places[0].Open(t.Context())
	wantError(t, err, sources.Other, "no region", "--region, AWS_REGION or region in the profile")

	text := "[default]\nregion = eu-west-1\naws_access_key_id = A\naws_secret_access_key = B\n"
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := places[0].Open(t.Context())
	if err != nil || s.Scope() != (sources.Scope{Cloud: sources.AWS, Account: testAccount, Region: "eu-west-1"}) {
		t.Errorf("after the file was mended: %v, %v", s, err)
	}
}

func TestOpenRefusesNonsense(t *testing.T) {
	home(t, "")
	o := options(t, "http://127.0.0.1:1")
	o.Regions = []string{"us-east-1.evil.example/"}
	_, err := openFirst(t, o)
	wantError(t, err, sources.Other, "us-east-1.evil.example/", "use a name such as us-east-1")

	for _, endpoint := range []string{"127.0.0.1:4566", "ftp://x", "http://", "::"} {
		_, err = openFirst(t, options(t, endpoint))
		wantError(t, err, sources.Other, "--endpoint-url", "http://127.0.0.1:4566")
	}
	o = options(t, "http://127.0.0.1:1")
	o.RoleARNs = []string{"ReadOnly"}
	_, err = openFirst(t, o)
	wantError(t, err, sources.Other, "--role-arn", "ReadOnly")
}

func TestOpenFindsTheAccountOnce(t *testing.T) {
	f := newFake(t, nil)
	o := options(t, f.serve())
	o.Regions = []string{"us-east-1", "eu-west-1", "eu-central-1", "ap-south-1"}
	var wg sync.WaitGroup
	for _, place := range Places(t.Context(), o) {
		wg.Go(func() {
			s, err := place.Open(t.Context())
			if err != nil || s.Scope().Account != testAccount || s.Scope().Region != place.Region {
				t.Errorf("%s: %v, %v", place.Label, s, err)
			}
		})
	}
	wg.Wait()
	if f.count(opIdentity) != 1 {
		t.Errorf("%d calls of STS for one set of credentials", f.count(opIdentity))
	}
}

func TestOpenWithoutCredentials(t *testing.T) {
	home(t, "[default]\nregion = eu-west-1\n")
	_, err := openFirst(t, fromFiles(t, "http://127.0.0.1:1"))
	wantError(t, err, sources.NoCredentials, "run aws sso login or aws configure, or set AWS_PROFILE")
	if len(err.Error()) > 250 {
		t.Errorf("%d characters: %v", len(err.Error()), err)
	}
}

// TestOpenDoesNotHangOnALaptop has an instance metadata address that takes
// the connection and says nothing.
func TestOpenDoesNotHangOnALaptop(t *testing.T) {
	home(t, "[default]\nregion = eu-west-1\n")
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", silent.URL)
	o := fromFiles(t, "http://127.0.0.1:1")
	o.HTTPClient = nil // the real one, with its short times for this address
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := Places(ctx, o)[0].Open(ctx)
	wantError(t, err, sources.NoCredentials, "instance role", "aws sso login")
	if calls := o.Meter.Bill().Total.Calls; calls != 0 {
		t.Errorf("%d calls metered: instance metadata is not a call to AWS", calls)
	}
}

// TestOpenInAContainer gets its credentials from a container's agent, which is
// no call to AWS.
func TestOpenInAContainer(t *testing.T) {
	home(t, "[default]\nregion = eu-west-1\n")
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, map[string]any{
			"AccessKeyId": "A", "SecretAccessKey": "B", "Token": "C", "Expiration": "2099-01-01T00:00:00Z",
		})
	}))
	t.Cleanup(agent.Close)
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.URL)
	f := newFake(t, nil)
	o := fromFiles(t, f.serve())
	s, err := openFirst(t, o)
	if err != nil || s.Scope().Account != testAccount {
		t.Fatalf("%v, %v", s, err)
	}
	if bill := o.Meter.Bill(); bill.Total.Calls != 1 {
		t.Errorf("%+v", bill.Ops)
	}
}

func TestOpenWithTheConfigurationAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		config  string
		profile string
		kind    sources.Kind
		parts   []string
	}{
		"no such profile":    {"[default]\nregion=eu-west-1\n", "gone", sources.NoCredentials, []string{"profile gone", "aws configure list-profiles"}},
		"MFA":                {"[default]\nregion=eu-west-1\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=base\nmfa_serial=arn:aws:iam::1:mfa/x\n[profile base]\naws_access_key_id=A\naws_secret_access_key=B\n", "", sources.NoCredentials, []string{"MFA code", "aws sso login"}},
		"credential_process": {"[default]\nregion=eu-west-1\ncredential_process=echo hunter2-canary\n", "", sources.NoCredentials, []string{"the credential_process gave no credentials", "by hand"}},
		"never signed in":    {"[profile dev]\nregion=eu-west-1\nsso_session=x\nsso_account_id=1\nsso_role_name=r\n[sso-session x]\nsso_region=eu-west-1\nsso_start_url=https://x.invalid/start\n", "dev", sources.ExpiredCredentials, []string{"aws sso login --profile dev"}},
	} {
		t.Run(name, func(t *testing.T) {
			home(t, c.config)
			o := fromFiles(t, "http://127.0.0.1:1")
			o.Profile = c.profile
			_, err := openFirst(t, o)
			wantError(t, err, c.kind, c.parts...)
			if strings.Contains(err.Error(), "hunter2-canary") {
				t.Errorf("what a credential_process prints may be secret: %v", err)
			}
		})
	}
}

func TestOpenWithAnSSOSessionThatHasEnded(t *testing.T) {
	const start = "https://x.invalid/start"
	config := "[profile dev]\nregion=eu-west-1\nsso_start_url=" + start + "\nsso_region=eu-west-1\nsso_account_id=123456789012\nsso_role_name=r\n"
	dir := home(t, config)
	sum := sha1.Sum([]byte(start)) //nolint:gosec // as above
	cache := filepath.Join(dir, ".aws", "sso", "cache")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	token := `{"accessToken":"hunter2-canary","expiresAt":"2020-01-01T00:00:00Z","startUrl":"` + start + `","region":"eu-west-1"}`
	if err := os.WriteFile(filepath.Join(cache, hex.EncodeToString(sum[:])+".json"), []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	o := fromFiles(t, "http://127.0.0.1:1")
	o.Profile = "dev"
	_, err := openFirst(t, o)
	wantError(t, err, sources.ExpiredCredentials, "aws sso login --profile dev")
	if strings.Contains(err.Error(), "hunter2-canary") {
		t.Errorf("a token has come through: %v", err)
	}
}

func TestOpenWithExpiredKeys(t *testing.T) {
	home(t, "")
	t.Setenv("AWS_REGION", testRegion)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_SESSION_TOKEN", "old")
	f := newFake(t, map[string]handler{opIdentity: refuse(opIdentity, 403, "ExpiredToken", "The security token included in the request is expired")})
	_, err := openFirst(t, fromFiles(t, f.serve()))
	wantError(t, err, sources.ExpiredCredentials, opIdentity, "export fresh credentials")
}

// fading is a provider of credentials that ends to give any.
type fading struct {
	left  int
	asked int
}

func (f *fading) Retrieve(context.Context) (aws.Credentials, error) {
	f.asked++
	if f.left--; f.left < 0 {
		return aws.Credentials{}, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	return aws.Credentials{AccessKeyID: "A", SecretAccessKey: "B", CanExpire: true, Expires: time.Now()}, nil
}

func TestCredentialsThatRunOut(t *testing.T) {
	f := newFake(t, nil)
	o := options(t, f.serve())
	provider := &fading{left: 2}
	o.Credentials = provider
	s := openOne(t, o)
	before := provider.asked
	_, err := listed(t, s)
	wantError(t, err, sources.Unreachable, "refused")
	if provider.asked != before+1 {
		t.Errorf("asked for credentials %d times", provider.asked-before)
	}
	if op := opOf(o.Meter, opListFunctions); op.Calls != 0 || f.count(opListFunctions) != 0 {
		t.Errorf("a call that was never made is metered: %+v", op)
	}
}

func TestWhatRenewsExpiredCredentials(t *testing.T) {
	for _, c := range []struct{ profile, source, want string }{
		{"", "SSOProvider", "run: aws sso login"},
		{"dev", "SSOProvider", "run: aws sso login --profile dev"},
		{"dev", "LoginProvider", "run: aws login --profile dev"},
		{"", "EnvConfigCredentials", "export fresh credentials, or set AWS_PROFILE"},
		{"dev", "SharedConfigCredentials: /x", "run: aws sso login --profile dev (or renew the credentials of this profile)"},
		{"", "", "run: aws sso login, or renew the credentials"},
	} {
		if got := (explainer{profile: c.profile}).fixExpired(c.source); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestOpenAgainAfterAFailure(t *testing.T) {
	calls := 0
	f := newFake(t, map[string]handler{
		opIdentity: func(w http.ResponseWriter, body map[string]any) {
			if calls++; calls == 1 {
				refuse(opIdentity, 403, "InvalidClientTokenId", "The security token included in the request is invalid.")(w, body)
				return
			}
			identityAnswer("210987654321")(w, body)
		},
	})
	place := Places(t.Context(), options(t, f.serve()))[0]
	_, err := place.Open(t.Context())
	wantError(t, err, sources.NoCredentials, "us-east-1 is enabled")
	s, err := place.Open(t.Context())
	if err != nil || s.Scope().Account != "210987654321" {
		t.Errorf("%v, %v", s, err)
	}
}

func TestOpenWithoutSTS(t *testing.T) {
	function := map[string]any{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"}
	for name, c := range map[string]struct {
		lambda  handler
		account string
		kind    sources.Kind // Other means that it opens
	}{
		"account of the first function": {func(w http.ResponseWriter, body map[string]any) {
			if body["MaxItems"] != "1" {
				t.Errorf("MaxItems %v", body["MaxItems"])
			}
			answerJSON(w, map[string]any{"Functions": []any{function}})
		}, "000000000000", sources.Other},
		"no functions":      {func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, map[string]any{}) }, "", sources.Other},
		"functions denied":  {refuse(opListFunctions, 403, "AccessDeniedException", "no"), "", sources.Other},
		"no Lambda either":  {refuse(opListFunctions, 501, "NotImplemented", "no"), "", sources.Unsupported},
		"expired after all": {refuse(opListFunctions, 403, "ExpiredTokenException", "no"), "", sources.ExpiredCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, map[string]handler{
				opIdentity: refuse(opIdentity, 501, "NotImplemented", "no STS here"), opListFunctions: c.lambda,
			})
			s, err := openFirst(t, options(t, f.serve()))
			if c.kind != sources.Other {
				wantError(t, err, c.kind, opListFunctions)
				return
			}
			if err != nil || s.Scope().Account != c.account {
				t.Errorf("%v, %v", s, err)
			}
		})
	}
}

func TestOpenWithRoles(t *testing.T) {
	assumed := func(w http.ResponseWriter, body map[string]any) {
		if body["RoleSessionName"] != "fntop" {
			t.Errorf("session %v", body["RoleSessionName"])
		}
		arn := body["RoleArn"].(string)
		w.Header().Set("Content-Type", "text/xml")
		fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials><AssumedRoleUser><Arn>arn:aws:sts::%s:assumed-role/x/fntop</Arn><AssumedRoleId>A:fntop</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`,
			strings.Split(arn, ":")[4], strings.Split(arn, ":")[4])
	}
	f := newFake(t, map[string]handler{"sts:AssumeRole": assumed})
	f.handlers[opIdentity] = identityAnswer("111111111111")
	o := options(t, f.serve())
	o.RoleARNs = []string{"arn:aws:iam::111111111111:role/A", "arn:aws:iam::111111111111:role/B"}
	o.Regions = []string{"us-east-1", "eu-west-1"}
	places := Places(t.Context(), o)
	var opened []*Source
	for _, place := range places {
		s, err := place.Open(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", place.Label, err)
		}
		opened = append(opened, s.(*Source))
	}
	if len(opened) != 4 || f.count("sts:AssumeRole") != 2 || f.count(opIdentity) != 2 {
		t.Errorf("%d places, %d roles assumed, %d accounts asked for", len(opened), f.count("sts:AssumeRole"), f.count(opIdentity))
	}
	if got := opOf(o.Meter, "sts:AssumeRole").Calls; got != 2 {
		t.Errorf("%d calls of AssumeRole metered", got)
	}

	f.handlers["sts:AssumeRole"] = refuse("sts:AssumeRole", 403, "AccessDenied", "User: x is not authorized to perform: sts:AssumeRole")
	_, err := openFirst(t, o)
	wantError(t, err, sources.Denied, "sts:AssumeRole", "trust policy")
}

func TestProfileWithARoleIsMetered(t *testing.T) {
	home(t, "[profile r]\nregion=eu-west-1\nrole_arn=arn:aws:iam::111111111111:role/A\nsource_profile=base\n[profile base]\naws_access_key_id=A\naws_secret_access_key=B\n")
	f := newFake(t, map[string]handler{"sts:AssumeRole": refuse("sts:AssumeRole", 403, "AccessDenied", "no")})
	o := fromFiles(t, f.serve())
	o.Profile = "r"
	_, err := openFirst(t, o)
	wantError(t, err, sources.Denied, "sts:AssumeRole")
	if got := opOf(o.Meter, "sts:AssumeRole").Calls; got != 1 {
		t.Errorf("%d calls of AssumeRole metered", got)
	}
}

func TestEndpointBeatsTheEnvironment(t *testing.T) {
	home(t, "[default]\nregion=us-east-1\naws_access_key_id=A\naws_secret_access_key=B\n")
	for _, service := range []string{"", "_LAMBDA", "_STS", "_CLOUDWATCH", "_CLOUDWATCH_LOGS", "_XRAY", "_IAM", "_CLOUDTRAIL", "_RESOURCE_GROUPS_TAGGING_API", "_COST_EXPLORER", "_PRICING"} {
		t.Setenv("AWS_ENDPOINT_URL"+service, "http://127.0.0.1:1")
	}
	f := newFake(t, map[string]handler{
		opListMetrics:   func(w http.ResponseWriter, _ map[string]any) { answerCBOR(w, map[string]any{}) },
		opGetMetricData: func(w http.ResponseWriter, _ map[string]any) { answerCBOR(w, map[string]any{}) },

		opListAccountAliases: aliases(),
		opGetCostAndUsage:    func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, map[string]any{}) },
		opGetProducts: func(w http.ResponseWriter, _ map[string]any) {
			answerJSON(w, map[string]any{"PriceList": []string{entry("eu-west-1", "EU-Request", `"r":{"beginRange":"0","pricePerUnit":{"USD":"0.0000002"}}`)}})
		},
		opStartLiveTail: refuse(opStartLiveTail, 400, "InvalidParameterException", "no"),
	})
	for _, action := range allActions() {
		if f.handlers[action] == nil {
			f.handlers[action] = func(w http.ResponseWriter, _ map[string]any) {
				answerJSON(w, map[string]any{"AccountLimit": map[string]any{"UnreservedConcurrentExecutions": 1}})
			}
		}
	}
	for action, err := range callAll(t.Context(), openOne(t, fromFiles(t, f.serve()))) {
		if action == opStartLiveTail {
			err = nil // a stream that goes on is no matter of this test
		}
		want := 1
		if action == opGetProducts {
			want = 2 // of two services
		}
		if err != nil || f.count(action) != want {
			t.Errorf("%s: %v, %d calls", action, err, f.count(action))
		}
	}
}

func TestOpenIsCancelledWhileAnotherLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, map[string]handler{
			opIdentity: func(w http.ResponseWriter, body map[string]any) {
				time.Sleep(time.Minute)
				identityAnswer(testAccount)(w, body)
			},
		})
		o := options(t, "http://fake.invalid")
		o.HTTPClient = &http.Client{Transport: direct{f}}
		o.Regions = []string{"us-east-1", "eu-west-1"}
		o.AttemptTimeout = time.Hour
		places := Places(t.Context(), o)
		go func() { _, _ = places[0].Open(t.Context()) }()
		synctest.Wait()
		const limit = patience / 2
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		began := time.Now()
		_, err := places[1].Open(ctx)
		wantError(t, err, sources.TimedOutCall)
		if took := time.Since(began); took != limit {
			t.Errorf("it took %v", took)
		}
		time.Sleep(time.Hour)
	})
}

func TestSDKSaysNothingOnStandardError(t *testing.T) {
	home(t, "[default]\nregion=us-east-1\naws_access_key_id=A\naws_secret_access_key=B\n")
	o := fromFiles(t, "http://127.0.0.1:1").withDefaults()
	for _, credentials := range []bool{false, true} {
		if credentials {
			o.Credentials = options(t, "").Credentials
		}
		cfg, err := (&base{options: o}).config(t.Context())
		if err != nil || cfg.ClientLogMode != 0 || fmt.Sprintf("%T", cfg.Logger) != "logging.Nop" {
			t.Errorf("logs by %T in mode %v, %v", cfg.Logger, cfg.ClientLogMode, err)
		}
	}
}
