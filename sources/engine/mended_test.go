package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// TestErrorsEndWithTheirCause lets two places fail for a while, of which only
// one has rows on the screen, and mends what was wrong: all by itself within
// half a minute, or within seconds after a refresh, no error is left.
func TestErrorsEndWithTheirCause(t *testing.T) {
	for name, tc := range map[string]struct {
		kind  sources.Kind
		ops   string
		lasts time.Duration
	}{
		"expired":                  {sources.ExpiredCredentials, "", 20 * time.Minute},
		"expired for a moment":     {sources.ExpiredCredentials, "", 25 * time.Second},
		"denied logs":              {sources.Denied, "cold logs", 20 * time.Minute},
		"denied logs for a moment": {sources.Denied, "cold logs", 25 * time.Second},
		"denied logs for a blink":  {sources.Denied, "cold logs", 5 * time.Second},
		"denied metrics":           {sources.Denied, "metrics", 20 * time.Minute},
	} {
		for _, refresh := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p, other := &living{newPretend("us-east-1", 60)}, &living{newPretend("eu-west-1", 60)}
					other.delay = time.Second
					e := run(t, p.place(), other.place())
					v := e.View()
					defer v.Close()
					_, rows, _ := screen(t, v)
					d := e.viewers[0].demand
					fail := func(op string) error {
						if tc.ops == "" || strings.Contains(tc.ops, op) {
							return &sources.Error{Op: op, Kind: tc.kind}
						}
						return nil
					}
					p.failing(fail)
					other.failing(fail)
					time.Sleep(tc.lasts)
					p.failing(nil)
					other.failing(nil)
					mended, most := time.Now(), 34*time.Second
					if refresh {
						d.Refresh++
						v.Want(d)
						most = 4 * time.Second
					}
					until(t, v, func(s *fleet.Snapshot) bool {
						return !slices.ContainsFunc(s.Places, func(pl fleet.Place) bool {
							return pl.Catalog.Err != nil || pl.Metrics.Err != nil || pl.Logs.Err != nil || pl.Activity.Err != nil
						}) && !slices.ContainsFunc(rows, func(id sources.FunctionID) bool {
							fn := s.Get(id)
							return fn.Metrics.Err != nil || fn.Cold.Err != nil || fn.Logs.Err != nil
						})
					})
					if took := time.Since(mended); took > most {
						t.Errorf("refreshed %v: errors stayed for %v", refresh, took)
					}
				})
			})
		}
	}
}

// picky is a source that denies the logs of some functions.
type picky struct {
	*living
	denied  map[sources.FunctionID]bool
	refused int
}

func (p *picky) Logs(ctx context.Context, q sources.LogQuery, page func(sources.LogPage) error) error {
	if p.denied[q.Function] {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.refused++
		return &sources.Error{Op: "logs:FilterLogEvents", Kind: sources.Denied}
	}
	return p.living.Logs(ctx, q, page)
}

// TestWhatIsDeniedForSomeIsLeftAlone denies the logs of ten rows of thirty:
// that the others answer is no reason to ask for these again and again.
func TestWhatIsDeniedForSomeIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &picky{living: &living{newPretend("us-east-1", 60)}, denied: make(map[sources.FunctionID]bool)}
		for i := range 10 {
			p.denied[p.function(3*i).ID] = true
		}
		v := run(t, p.as(p)).View()
		defer v.Close()
		screen(t, v)
		time.Sleep(time.Hour)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.refused < 10 || p.refused > 11*15+240 {
			t.Errorf("%d calls were refused in an hour", p.refused)
		}
	})
}
