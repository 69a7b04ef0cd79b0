package aws_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// onDemo opens a region of a demo cloud on loopback.
func onDemo(t *testing.T, model demo.Model, region string, now time.Time) *aws.Source {
	t.Helper()
	clock := func() time.Time { return now }
	loopback := httptest.NewServer(demo.NewServer(demo.ServerConfig{Model: model, Now: clock}))
	t.Cleanup(loopback.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	places := aws.Places(t.Context(), aws.Options{
		Regions: []string{region}, EndpointURL: loopback.URL, Now: clock,
		Credentials: credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", ""),
		HTTPClient:  &http.Client{Transport: transport}, AttemptTimeout: 5 * time.Minute,
	})
	source, err := places[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return source.(*aws.Source)
}

// TestChangesEqualTheTruth reads half a day of changes and compares each with what
// the world says of it.
func TestChangesEqualTheTruth(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	end := now.Add(-time.Hour)
	start := end.Add(-12 * time.Hour)
	model := world.New(world.Config{Seed: 3})
	region := model.Regions()[0]
	want := make(map[string]demo.Change)
	for c := range model.Changes(region, start, end, now) {
		want[c.ID] = c
	}
	source := onDemo(t, model, region, now)
	var got []sources.Change
	since := now
	err := source.Changes(t.Context(), start, end.Add(-time.Second), func(p sources.ChangePage) error {
		if p.Since.After(since) || p.Skipped != 0 {
			t.Errorf("page back to %v after %v, %d skipped", p.Since, since, p.Skipped)
		}
		since = p.Since
		got = append(got, p.Changes...)
		return nil
	})
	if err != nil || !since.Equal(start) {
		t.Fatalf("read back to %v: %v", since, err)
	}
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d changes, want %d", len(got), len(want))
	}
	kinds := make(map[sources.ChangeKind]int)
	for i, c := range got {
		w, ok := want[c.ID]
		if !ok || i > 0 && c.Time.After(got[i-1].Time) {
			t.Fatalf("change %d: %+v is unknown or out of order", i, c)
		}
		kinds[c.Kind]++
		compareChange(t, source.Scope(), c, w)
	}
	if len(kinds) < 3 {
		t.Errorf("only %v among the changes", kinds)
	}
}

func compareChange(t *testing.T, scope sources.Scope, c sources.Change, w demo.Change) {
	t.Helper()
	want := sources.Change{
		Function: scope.In(w.Function), ID: w.ID, Time: w.Time, Operation: w.Operation,
		Who: w.By.Name(), Via: strings.TrimSuffix(w.By.Via, ".amazonaws.com"),
	}
	switch w.Kind {
	case demo.ChangeCode:
		want.Kind = sources.ChangeCode
	case demo.ChangeConfiguration:
		want.Kind, want.What = sources.ChangeConfiguration, fmt.Sprintf("memory %d MB", w.MemoryMB)
	case demo.ChangeVersion:
		want.Kind, want.Version = sources.ChangeVersion, w.Version
	case demo.ChangeAlias:
		want.Kind, want.Alias, want.Version = sources.ChangeAlias, demo.Alias, w.Version
	case demo.ChangeCreate:
		want.Kind, want.What = sources.ChangeCreated, fmt.Sprintf("memory %d MB", w.MemoryMB)
		if w.Runtime != "" {
			want.What += ", runtime " + w.Runtime
		}
	case demo.ChangeDelete:
		want.Kind = sources.ChangeDeleted
	}
	if c != want {
		t.Errorf("change\n%+v, want\n%+v", c, want)
	}
}

// TestTagsEqualTheTruth reads the tags of more functions than a page holds.
func TestTagsEqualTheTruth(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	model := world.New(world.Config{Seed: 7, Functions: 700})
	region := model.Regions()[0]
	source := onDemo(t, model, region, now)
	got, pages := make(map[sources.FunctionID]map[string]string), 0
	err := source.Tags(t.Context(), func(page map[sources.FunctionID]map[string]string) error {
		pages++
		maps.Copy(got, page)
		return nil
	})
	if err != nil || pages < 2 {
		t.Fatalf("%d pages, %v", pages, err)
	}
	tagged := 0
	for _, fn := range model.Functions(region, now) {
		if len(fn.Tags) > 0 {
			tagged++
		}
		if !maps.Equal(got[fn.ID], fn.Tags) {
			t.Errorf("%s: tags %v, want %v", fn.ID.Name, got[fn.ID], fn.Tags)
		}
	}
	if tagged != len(got) {
		t.Errorf("%d functions have tags, want %d", len(got), tagged)
	}
}

// kinds of triggers, by the demo cloud's names.
func kindOfDemo(k demo.TriggerKind) sources.TriggerKind {
	return map[demo.TriggerKind]sources.TriggerKind{
		demo.TriggerS3: sources.TriggerS3, demo.TriggerSNS: sources.TriggerSNS, demo.TriggerEventBridge: sources.TriggerEventBridge,
		demo.TriggerAPIGateway: sources.TriggerAPIGateway, demo.TriggerURL: sources.TriggerURL, demo.TriggerALB: sources.TriggerALB,
		demo.TriggerSQS: sources.TriggerSQS, demo.TriggerKinesis: sources.TriggerKinesis, demo.TriggerDynamoDB: sources.TriggerDynamoDB,
	}[k]
}

// TestTriggersEqualTheTruth reads what invokes the functions, in both ways there
// are, and compares it with the world.
func TestTriggersEqualTheTruth(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	model := world.New(world.Config{Seed: 7, Functions: 40})
	region := model.Regions()[0]
	source := onDemo(t, model, region, now)
	var got []sources.Trigger
	err := source.EventSources(t.Context(), func(page []sources.Trigger) error {
		got = append(got, page...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []demo.Trigger
	for _, fn := range model.Functions(region, now) {
		more, err := source.TriggersOf(t.Context(), fn.ID)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, more...)
		want = append(want, model.Triggers(region, fn.ID.Name, now)...)
	}
	seen := make(map[sources.TriggerKind]int)
	for _, w := range want {
		i := slices.IndexFunc(got, func(t sources.Trigger) bool {
			id := w.ID
			if w.URL != nil {
				id = w.URL.Address
			}
			return t.Function.Name == w.Function && t.ID == id && t.Qualifier == w.Qualifier && t.Kind == kindOfDemo(w.Kind)
		})
		if i < 0 {
			t.Errorf("no trigger for %+v", w)
			continue
		}
		compareTrigger(t, got[i], w)
		seen[got[i].Kind]++
	}
	if len(got) != len(want) || len(seen) < 6 {
		t.Errorf("%d triggers of kinds %v, want %d", len(got), seen, len(want))
	}
}

func compareTrigger(t *testing.T, got sources.Trigger, w demo.Trigger) {
	t.Helper()
	source := w.Source
	switch {
	case w.Mapping != nil:
		if got.State != w.State || got.Result != w.Mapping.LastResult || got.Permitted || !slices.Contains(got.Settings, sources.Setting{Name: "batch", Value: fmt.Sprint(w.Mapping.BatchSize)}) {
			t.Errorf("mapping %+v, want %+v", got, w.Mapping)
		}
	case w.URL != nil:
		source = w.URL.Address
		if got.Public != w.URL.Public || got.Permitted {
			t.Errorf("URL %+v, want %+v", got, w.URL)
		}
	default:
		if !got.Permitted || got.Public {
			t.Errorf("permission %+v", got)
		}
	}
	if got.Source != source || got.Name == "" || w.Rule != nil && got.Name != w.Rule.Name || w.Notify != nil && got.Name != w.Notify.Bucket {
		t.Errorf("trigger %+v from %q, want %+v", got, got.Name, w)
	}
}

// TestConcurrencyEqualsTheTruth reads limits, reservations and what is
// provisioned.
func TestConcurrencyEqualsTheTruth(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	model := world.New(world.Config{Seed: 7, Functions: 40})
	region := model.Regions()[0]
	source := onDemo(t, model, region, now)
	reserved, provisioned := 0, 0
	functions := model.Functions(region, now)
	slices.SortFunc(functions, func(a, b sources.Function) int { return cmp.Compare(a.ID.Name, b.ID.Name) })
	for _, fn := range functions {
		c, err := source.Concurrency(t.Context(), fn.ID)
		if err != nil {
			t.Fatal(err)
		}
		if c.Reserved != fn.ReservedConcurrency {
			t.Errorf("%s: reserved %v, want %v", fn.ID.Name, c.Reserved, fn.ReservedConcurrency)
		}
		reserved += fn.ReservedConcurrency.Or(0)
		if want := fn.ProvisionedConcurrency.Or(0); want > 0 {
			provisioned++
			if len(c.Provisioned) != 1 || c.Provisioned[0] != (sources.ProvisionedConcurrency{
				Qualifier: demo.Alias, Requested: want, Available: want, Status: "READY", Since: sources.Some(fn.LastModified.UTC().Truncate(time.Millisecond)),
			}) {
				t.Errorf("%s: provisioned %+v, want %d", fn.ID.Name, c.Provisioned, want)
			}
		} else if len(c.Provisioned) != 0 {
			t.Errorf("%s: provisioned %+v, want none", fn.ID.Name, c.Provisioned)
		}
	}
	limits, err := source.ConcurrencyLimits(t.Context())
	if err != nil || limits.Total-limits.Unreserved != reserved || limits.Unreserved <= 0 {
		t.Errorf("limits %+v with %d reserved: %v", limits, reserved, err)
	}
	if reserved == 0 || provisioned == 0 {
		t.Errorf("%d reserved, %d functions with provisioned concurrency: nothing was compared", reserved, provisioned)
	}
}
