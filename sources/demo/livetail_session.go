package demo

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"fntop/sources"
	"fntop/sources/demo/logpattern"
)

// How a session goes (API reference, StartLiveTail). Updates come by the
// clock on the wall, as they do from the real service. What they bring, and
// when the session ends, goes by simulated time: at sixty times the speed an
// update brings a minute of events, and a session ends after three minutes.
const (
	tailEvery       = time.Second
	tailLength      = 3 * time.Hour
	tailEvents      = 500   // of an update; of more, a sample
	tailBuffer      = 10    // updates that wait for a slow client
	tailBufferEvent = 5_000 // events that do
	// tailGrace is how long a client that reads slowly has left to read the
	// end of its session.
	tailGrace = 10 * time.Second
)

// slowestIngestion is how long after its time an event becomes readable at
// most; see Model.Logs.
const slowestIngestion = 10 * time.Second

// tailGroup is a log group of a session, and how the client named it.
type tailGroup struct{ name, arn string }

// liveTail is a session.
type liveTail struct {
	s       *Server
	c       *call
	groups  []tailGroup
	pattern *logpattern.Pattern
	keep    func(*sources.LogEvent) bool // nil keeps all
	start   types.LiveTailSessionStart
	since   time.Time // simulated: what became readable up to then has been sent
	queue   tailQueue
}

// close counts the session out.
func (t *liveTail) close() { t.s.tails.close(t.c.Region) }

// serve runs the session. It returns when the session or the client has
// ended, and its producer with it.
func (t *liveTail) serve(ctx context.Context, w http.ResponseWriter) error {
	control := http.NewResponseController(w)
	// The server's patience is for requests that get their answer at once.
	if err := control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	out, err := t.c.EventStream(w)
	if err != nil {
		return err
	}
	if err := out.Send(ctx, "sessionStart", &t.start); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	t.queue.ready = make(chan struct{}, 1)
	produced := make(chan struct{})
	defer func() { <-produced }()
	defer cancel()
	go func() {
		defer close(produced)
		defer t.queue.end()
		if t.produce(ctx) {
			_ = control.SetWriteDeadline(t.s.wall().Add(tailGrace))
		}
	}()
	for {
		update, more := t.queue.take(ctx)
		switch {
		case ctx.Err() != nil:
			return nil // the client has what it wanted
		case update != nil:
			if err := out.Send(ctx, "sessionUpdate", update); err != nil {
				return err
			}
		case !more:
			return out.Fail("SessionTimeoutException", "The Live Tail session has timed out after three hours.")
		}
	}
}

// produce makes an update a second until the session has been open for three
// hours, or ctx ends. It tells whether it was the former.
func (t *liveTail) produce(ctx context.Context) bool {
	until := t.since.Add(tailLength)
	for {
		fired, stop := t.s.timer(tailEvery)
		select {
		case <-fired:
		case <-ctx.Done():
			stop()
			return false
		}
		now := t.s.now().UTC()
		if !now.Before(until) {
			return true
		}
		t.queue.put(t.update(ctx, now))
	}
}

// taken is a matching event of an update.
type taken struct {
	group int
	hash  uint64
	ev    sources.LogEvent
}

// update is what became readable since the last one. Of more than 500 events
// it is a sample, chosen by the events themselves; of very many, not all are
// looked at.
func (t *liveTail) update(ctx context.Context, now time.Time) *types.LiveTailSessionUpdate {
	var found []taken
	sampled, read := false, 0
	for i, group := range t.groups {
		// Groups share the reading evenly.
		limit := read + (maxScan-read)/(len(t.groups)-i)
		events, ok := t.s.model.Logs(t.c.Region, group.name, t.since.Add(-slowestIngestion), now.Add(time.Minute), now)
		if !ok {
			continue
		}
		for ev := range events {
			if read++; read > limit || read%1024 == 0 && ctx.Err() != nil {
				sampled = true
				break
			}
			if t.fresh(&ev, now) && (t.keep == nil || t.keep(&ev)) && t.pattern.Match(ev.Message) {
				found = append(found, taken{group: i, ev: ev})
			}
		}
	}
	t.since = now
	if len(found) > tailEvents {
		found, sampled = sample(found), true
	}
	slices.SortStableFunc(found, func(a, b taken) int { return a.ev.Time.Compare(b.ev.Time) })
	update := &types.LiveTailSessionUpdate{
		SessionMetadata: &types.LiveTailSessionMetadata{Sampled: sampled},
		SessionResults:  make([]types.LiveTailSessionLogEvent, len(found)),
	}
	for i := range found {
		ev := &found[i].ev
		update.SessionResults[i] = types.LiveTailSessionLogEvent{
			IngestionTime: ingestion(ev), LogGroupIdentifier: aws.String(t.groups[found[i].group].arn),
			LogStreamName: aws.String(ev.Stream), Message: aws.String(ev.Message), Timestamp: aws.Int64(ev.Time.UnixMilli()),
		}
	}
	return update
}

// fresh tells whether an event has become readable since the last update.
func (t *liveTail) fresh(ev *sources.LogEvent, now time.Time) bool {
	at := ev.Ingested
	if at.IsZero() {
		at = ev.Time
	}
	return at.After(t.since) && !at.After(now)
}

// sample keeps as many events as an update holds, in their order. Which ones
// follows from the events, so that it does not depend on chance.
func sample(found []taken) []taken {
	hashes := make([]uint64, len(found))
	for i := range found {
		ev := &found[i].ev
		found[i].hash = sumOf(ev.Stream, ev.Time.String(), ev.Message, ev.ID)
		hashes[i] = found[i].hash
	}
	slices.Sort(hashes)
	limit := hashes[tailEvents-1]
	kept := slices.DeleteFunc(found, func(e taken) bool { return cmp.Compare(e.hash, limit) > 0 })
	return kept[:min(len(kept), tailEvents)]
}

// tailQueue is the updates that a client has not read yet. Of more than it
// holds the oldest are lost, and nobody is told.
type tailQueue struct {
	ready chan struct{} // holds one when there is something to look at

	mu      sync.Mutex
	updates []*types.LiveTailSessionUpdate
	events  int
	ended   bool
}

func (q *tailQueue) put(update *types.LiveTailSessionUpdate) {
	q.mu.Lock()
	q.updates = append(q.updates, update)
	q.events += len(update.SessionResults)
	for len(q.updates) > tailBuffer || q.events > tailBufferEvent {
		q.events -= len(q.updates[0].SessionResults)
		q.updates = q.updates[1:]
	}
	q.mu.Unlock()
	q.signal()
}

// end says that no update will follow.
func (q *tailQueue) end() {
	q.mu.Lock()
	q.ended = true
	q.mu.Unlock()
	q.signal()
}

func (q *tailQueue) signal() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take waits for the oldest update. Without one, more tells whether one may
// follow: false is the end.
func (q *tailQueue) take(ctx context.Context) (update *types.LiveTailSessionUpdate, more bool) {
	for {
		q.mu.Lock()
		if len(q.updates) > 0 {
			update = q.updates[0]
			q.updates = q.updates[1:]
			q.events -= len(update.SessionResults)
		}
		ended := q.ended
		q.mu.Unlock()
		if update != nil || ended {
			return update, update != nil
		}
		select {
		case <-q.ready:
		case <-ctx.Done():
			return nil, true
		}
	}
}
