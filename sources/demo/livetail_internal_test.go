package demo

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// A slow client has ten updates or 5,000 events waiting for it, the newest.
func TestTailQueue(t *testing.T) {
	for _, tt := range []struct{ events, puts, kept int }{{0, 10, 10}, {0, 25, 10}, {500, 10, 10}, {500, 11, 10}, {900, 7, 5}, {900, 5, 5}} {
		q := tailQueue{ready: make(chan struct{}, 1)}
		var all []*types.LiveTailSessionUpdate
		for range tt.puts {
			update := &types.LiveTailSessionUpdate{SessionResults: make([]types.LiveTailSessionLogEvent, tt.events)}
			all = append(all, update)
			q.put(update)
		}
		q.end()
		for i := range tt.kept {
			if got, _ := q.take(t.Context()); got != all[tt.puts-tt.kept+i] {
				t.Errorf("%+v: update %d is not the one", tt, i)
			}
		}
		if got, more := q.take(t.Context()); got != nil || more {
			t.Errorf("%+v: %v, %v after the end", tt, got, more)
		}
	}
}
