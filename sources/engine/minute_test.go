package engine

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// TestTheFleetAndItsRowsAreOfOneMinute opens two places and adds rows at any
// moment of a minute, and checks at other moments that the figures of all rows
// and of both places end with the same minute.
func TestTheFleetAndItsRowsAreOfOneMinute(t *testing.T) {
	for _, first := range []time.Duration{2 * time.Second, 25 * time.Second, 48 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			a, b := newPretend("us-east-1", 5), newPretend("eu-west-1", 5)
			a.delay, b.delay = 300*time.Millisecond, 2*time.Second
			v := run(t, a.place(), b.place()).View()
			defer v.Close()
			w := sources.Window{Since: time.Hour}
			rows := []sources.FunctionID{a.scope.In("fn-001"), b.scope.In("fn-001")}
			time.Sleep(first)
			v.Want(poll.Demand{Catalogue: true, Window: w, Totals: true, Rows: rows[:1]})
			time.Sleep(17 * time.Second)
			v.Want(poll.Demand{Catalogue: true, Window: w, Totals: true, Rows: rows})
			time.Sleep(3 * time.Minute)
			for range 30 {
				time.Sleep(97 * time.Second)
				if s := time.Now().Second(); s >= 5 && s < 15 {
					continue // answers of the newest minute are on their way
				}
				s := until(t, v, func(*fleet.Snapshot) bool { return true })
				minutes := map[time.Time]bool{}
				for _, fn := range []*fleet.Function{s.Get(rows[0]), s.Get(rows[1]), s.Places[0].Total, s.Places[1].Total} {
					minutes[lastKnown(fn.Row(w))] = true
				}
				if len(minutes) != 1 {
					t.Fatalf("at %v the newest minutes are %v, want one", time.Now(), minutes)
				}
			}
		})
	}
}

// lastKnown is the start of the newest step that is known.
func lastKnown(row fleet.Row) (at time.Time) {
	for i, v := range row.PerMinute {
		if !math.IsNaN(v) {
			at = row.Start.Add(time.Duration(i) * row.Step)
		}
	}
	return at
}
