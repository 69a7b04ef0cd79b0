package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// named is a source whose account has a name.
type named struct{ *pretend }

func (p *named) AccountName(ctx context.Context) (string, error) {
	if err := p.do(ctx, "name"); err != nil {
		return "", err
	}
	return "acme-prod", nil
}

func (p *named) place() sources.Place { return p.as(p) }

// TestAnAccountIsNamedOnce opens two regions of one account and sees its name
// at both, asked for once, and only for a screen.
func TestAnAccountIsNamedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := &named{newPretend("us-east-1", 10)}, &named{newPretend("eu-west-1", 10)}
		v := run(t, one.place(), two.place()).View()
		defer v.Close()
		w := sources.Window{Since: time.Hour}
		n := v.Want(poll.Demand{Catalogue: true, Window: w})
		until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		if asked := one.count("name") + two.count("name"); asked != 0 {
			t.Fatalf("asked %d times though nobody looks", asked)
		}
		v.Want(poll.Demand{Catalogue: true, Totals: true, Window: w})
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Places[0].AccountName != "" && s.Places[1].AccountName != "" })
		if s.Places[0].AccountName != "acme-prod" || s.Places[1].AccountName != "acme-prod" {
			t.Errorf("the places are of %q and %q", s.Places[0].AccountName, s.Places[1].AccountName)
		}
		time.Sleep(time.Hour)
		if asked := one.count("name") + two.count("name"); asked != 1 {
			t.Errorf("asked %d times, want once", asked)
		}
	})
}
