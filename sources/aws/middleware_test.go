package aws

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
)

// direct carries requests to a handler without a network, so that they can be
// made in a bubble of fake time.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if trace := clientTrace(r.Context()); trace != nil && trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// bubbled is a source on a fake, for use within a bubble of fake time.
func bubbled(t *testing.T, f *fake) (*Source, *meter.Meter) {
	t.Helper()
	t.Helper()
	o := options(t, "http://fake.invalid")
	o.HTTPClient = &http.Client{Transport: direct{f}}
	return openOne(t, o), o.Meter
}

func TestEveryAttemptIsMetered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		f := newFake(t, map[string]handler{
			opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
				if calls++; calls < 3 {
					refuse(opGetMetricData, 400, "ThrottlingException", "Rate exceeded")(w, body)
					return
				}
				answerCBOR(w, map[string]any{"MetricDataResults": []any{result("q0s0", "Complete", 1)}})
			},
		})
		s, m := bubbled(t, f)
		ctx, tally := meter.WithTally(t.Context())
		got, err := s.Metrics(ctx, window(1, sources.StatSum))
		if err != nil || len(got) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		op := opOf(m, opGetMetricData)
		if op.Calls != 3 || op.Errors != 2 || op.Throttles != 2 || op.Retries != 2 || op.Metrics != 3 {
			t.Errorf("%+v", op)
		}
		if op.USD != 1e-5 || tally.USD() != 1e-5 || tally.Calls() != 3 {
			t.Errorf("refused attempts are free: $%v, tally $%v of %d", op.USD, tally.USD(), tally.Calls())
		}
		if op.BytesIn == 0 || op.BytesOut == 0 {
			t.Errorf("bytes: %+v", op)
		}
	})
}

func TestThrottlingIsHeardOf(t *testing.T) {
	for _, code := range []string{
		"Throttling", "ThrottlingException", "TooManyRequestsException", "LimitExceededException", "RequestLimitExceeded", "SlowDown",
	} {
		t.Run(code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				handlers := make(map[string]handler)
				for _, action := range allActions() {
					handlers[action] = refuse(action, 429, code, "Rate exceeded")
				}
				s, m := bubbled(t, newFake(t, handlers))
				for action, err := range callAll(t.Context(), s) {
					wantError(t, err, sources.Throttled, action, "Rate exceeded")
					if op := opOf(m, action); op.Calls != maxAttempts || op.Throttles != maxAttempts {
						t.Errorf("%s: %+v", action, op)
					}
				}
			})
		})
	}
}

func TestThrottlingSlowsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, map[string]handler{opListFunctions: refuse(opListFunctions, 429, "TooManyRequestsException", "Rate exceeded")})
		o := options(t, "http://fake.invalid")
		o.HTTPClient = &http.Client{Transport: direct{f}}
		limits := newLimits(time.Now)
		id := &identity{base: &base{options: o.withDefaults(), limits: limits}, found: make(chan struct{})}
		s, err := id.open(t.Context(), testRegion)
		if err != nil {
			t.Fatal(err)
		}
		_ = s.Functions(t.Context(), nil)
		if rate := limits.of(s.Scope()).byAction[opListFunctions].perSecond(); rate >= quotaLambda*3/4 {
			t.Errorf("%v a second after three refusals", rate)
		}
	})
}

func TestSequenceOfPagesKeepsTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pages = 200
		n := 0
		f := newFake(t, map[string]handler{
			opListFunctions: func(w http.ResponseWriter, _ map[string]any) {
				time.Sleep(50 * time.Millisecond)
				n++
				answer := map[string]any{"Functions": []any{}}
				if n < pages {
					answer["NextMarker"] = strings.Repeat("x", n)
				}
				answerJSON(w, answer)
			},
		})
		s, _ := bubbled(t, f)
		began := time.Now()
		if _, err := listed(t, s); err != nil {
			t.Fatal(err)
		}
		// 200 pages at 15 a second take 13.3 s at the least.
		if took := time.Since(began); took < 13*time.Second || took > 14*time.Second {
			t.Errorf("200 pages took %v", took)
		}
	})
}

func TestAnAttemptTakesNoLongerThanAllowed(t *testing.T) {
	release := make(chan struct{})
	f := newFake(t, map[string]handler{
		opListFunctions: func(http.ResponseWriter, map[string]any) { <-release },
	})
	o := options(t, f.serve())
	defer close(release)
	o.AttemptTimeout = 50 * time.Millisecond
	s := openOne(t, o)
	_, err := listed(t, s)
	wantError(t, err, sources.TimedOutCall, opListFunctions)
	if op := opOf(o.Meter, opListFunctions); op.Calls != 1 || op.Errors != 1 {
		t.Errorf("%+v; an attempt that hangs is not repeated", op)
	}
}

func TestADeadlineOfTheCallersCounts(t *testing.T) {
	release := make(chan struct{})
	s, _, _ := sourceOf(t, map[string]handler{
		opListFunctions: func(http.ResponseWriter, map[string]any) { <-release },
	})
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantError(t, s.Functions(ctx, nil), sources.TimedOutCall, opListFunctions, "no answer in time")
}

func TestWaitingForTheQuotaSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, map[string]handler{opBatchGetTraces: func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, map[string]any{}) }})
		s, _ := bubbled(t, f)
		ctx, cancel := context.WithTimeout(t.Context(), 1100*time.Millisecond)
		defer cancel()
		var err error
		for range 20 {
			if _, err = s.Traces(ctx, []string{sampleID}); err != nil {
				break
			}
		}
		wantError(t, err, sources.TimedOutCall, "5 calls a second", "too late")
	})
}

func TestAnswersAreBounded(t *testing.T) {
	f := newFake(t, map[string]handler{
		opListFunctions: func(w http.ResponseWriter, _ map[string]any) {
			_, _ = io.Copy(w, io.LimitReader(endless{}, 1<<24))
		},
	})
	o := options(t, f.serve())
	o.MaxBody = 1 << 16
	_, err := listed(t, openOne(t, o))
	wantError(t, err, sources.Malformed, "too large")
	if in := opOf(o.Meter, opListFunctions).BytesIn; in != 1<<16 {
		t.Errorf("%d bytes were read, the limit is %d", in, 1<<16)
	}
}

// endless is a JSON text without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("["), len(p))), nil }

func TestBoundedBodyReadsExactlyTheLimit(t *testing.T) {
	b := &boundedBody{ReadCloser: io.NopCloser(strings.NewReader("12345")), most: 5}
	got, err := io.ReadAll(b)
	if string(got) != "12345" || b.read.Load() != 5 || (err != nil && err != errTooLarge) { //nolint:errorlint // the sentinel itself
		t.Errorf("%q, %v", got, err)
	}
}

func TestBytesAndLatencyAreMetered(t *testing.T) {
	body := `{"Functions":[{"FunctionName":"` + strings.Repeat("x", 5000) + `"}]}`
	f := newFake(t, map[string]handler{
		opListFunctions:   func(w http.ResponseWriter, _ map[string]any) { _, _ = io.WriteString(w, body) },
		opFilterLogEvents: func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, map[string]any{}) },
	})
	o := options(t, f.serve())
	s := openOne(t, o)
	if _, err := listed(t, s); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := read(t, s, logQuery()); err != nil {
		t.Fatal(err)
	}
	list, logs := opOf(o.Meter, opListFunctions), opOf(o.Meter, opFilterLogEvents)
	if list.BytesIn != int64(len(body)) || list.BytesOut != 0 || list.Busy <= 0 {
		t.Errorf("%+v", list)
	}
	if logs.BytesOut == 0 || logs.BytesIn == 0 {
		t.Errorf("%+v", logs)
	}
	if sts := opOf(o.Meter, opIdentity); sts.Calls != 1 || sts.BytesOut == 0 {
		t.Errorf("finding the account goes around the meter: %+v", sts)
	}
}

func TestWhatIsCharged(t *testing.T) {
	release := make(chan struct{})
	answers := map[string]struct {
		answer handler
		usd    float64
	}{
		"answered":         {func(w http.ResponseWriter, _ map[string]any) { answerCBOR(w, map[string]any{}) }, 1e-5},
		"refused":          {refuse(opGetMetricData, 403, "AccessDenied", "no"), 0},
		"never answered":   {func(http.ResponseWriter, map[string]any) { <-release }, 1e-5},
		"answered garbage": {func(w http.ResponseWriter, _ map[string]any) { _, _ = w.Write([]byte("<")) }, 1e-5},
	}
	var opened []func()
	for name, c := range answers {
		f := newFake(t, map[string]handler{opGetMetricData: c.answer})
		o := options(t, f.serve())
		o.AttemptTimeout = 200 * time.Millisecond
		s := openOne(t, o)
		opened = append(opened, func() {
			_, _ = s.Metrics(t.Context(), window(1, sources.StatSum))
			if got := o.Meter.Bill().Total.USD; got != c.usd {
				t.Errorf("%s: $%v, want $%v", name, got, c.usd)
			}
		})
	}
	for _, check := range opened {
		check()
	}
	close(release)

	o := options(t, "http://"+closedAddress(t))
	own := moved(t, o.EndpointURL)
	_, err := own.Metrics(t.Context(), window(1, sources.StatSum))
	wantError(t, err, sources.Unreachable)
}

// bodies looks at the body of each request on its way out.
type bodies struct {
	http.RoundTripper
	seen []io.Reader
}

func (b *bodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		b.seen = append(b.seen, r.Body)
	}
	return b.RoundTripper.RoundTrip(r)
}

// TestRequestBodiesHaveNoWriteTo guards against what plainStream describes,
// also for attempts after the first.
func TestRequestBodiesHaveNoWriteTo(t *testing.T) {
	calls := 0
	f := newFake(t, map[string]handler{
		opFilterLogEvents: func(w http.ResponseWriter, body map[string]any) {
			if body["logGroupName"] != "/aws/lambda/checkout" {
				t.Errorf("attempt %d carries %v", calls, body)
			}
			if calls++; calls == 1 {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			answerJSON(w, map[string]any{})
		},
	})
	o := options(t, f.serve())
	watch := &bodies{RoundTripper: o.HTTPClient.(*http.Client).Transport}
	o.HTTPClient = &http.Client{Transport: watch}
	if _, _, _, err := read(t, openOne(t, o), logQuery()); err != nil {
		t.Fatal(err)
	}
	if len(watch.seen) != 3 || calls != 2 { // STS, and two attempts
		t.Errorf("%d requests with a body, %d attempts", len(watch.seen), calls)
	}
	for _, body := range watch.seen {
		if _, bad := body.(io.WriterTo); bad {
			t.Errorf("a body of type %T has WriteTo", body)
		}
	}
}

func TestUserAgentNamesFntop(t *testing.T) {
	var agent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		identityAnswer(testAccount)(w, nil)
	}))
	t.Cleanup(server.Close)
	o := options(t, server.URL)
	o.Version = "1.2.3"
	openOne(t, o)
	if !strings.Contains(agent, "fntop/1.2.3") {
		t.Errorf("user agent %q", agent)
	}
}

func TestActions(t *testing.T) {
	for service, want := range map[string]string{
		"CloudWatch": "cloudwatch:X", "CloudWatch Logs": "logs:X", "Lambda": "lambda:X", "XRay": "xray:X", "STS": "sts:X",
		"SSO": "sso:X", "SSO OIDC": "sso-oauth:X",
	} {
		if got := action(service, "X"); got != want {
			t.Errorf("%s: %s, want %s", service, got, want)
		}
	}
}
