package aws_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// TestADeadRegionDelaysNoOther opens a region that never answers and, while it
// hangs, one that does: the account is the same for both and must not be
// waited for in the dead one.
func TestADeadRegionDelaysNoOther(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	server := httptest.NewServer(demo.NewServer(demo.ServerConfig{
		Model: world.New(world.Config{Seed: 1}), Now: now,
		Faults: demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultDead, Region: "eu-west-1"}}},
	}))
	defer server.Close()
	places := aws.Places(t.Context(), aws.Options{
		Regions: []string{"eu-west-1", "us-east-1"}, EndpointURL: server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("AKIATEST", "test", ""),
	})
	type opened struct {
		source sources.Source
		err    error
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	results := make(map[string]chan opened)
	for _, p := range places {
		done := make(chan opened, 1)
		results[p.Region] = done
		go func() {
			s, err := p.Open(ctx)
			done <- opened{s, err}
		}()
		time.Sleep(50 * time.Millisecond) // the dead one asks first
	}
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		select {
		case got := <-results[region]:
			if got.err != nil {
				t.Fatalf("open %s: %v", region, got.err)
			}
			if want := (sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: region}); got.source.Scope() != want {
				t.Errorf("scope %v, want %v", got.source.Scope(), want)
			}
		case <-ctx.Done():
			t.Fatalf("%s is not open after a minute", region)
		}
	}
}
