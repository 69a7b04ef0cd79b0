package sources

import "context"

// Urgency says which calls go first where many wait for a quota of the cloud.
type Urgency int

// The urgencies, from least to most.
const (
	// Background is for what is not on a screen.
	Background Urgency = iota
	// Visible is for the rows of a screen.
	Visible
	// Focused is for what a person has opened and waits for.
	Focused
)

type urgencyKey struct{}

// WithUrgency gives a context whose calls have this urgency.
func WithUrgency(ctx context.Context, u Urgency) context.Context {
	return context.WithValue(ctx, urgencyKey{}, u)
}

// UrgencyOf is the urgency of calls under the context: Focused where nothing
// has been said, since somebody may be waiting.
func UrgencyOf(ctx context.Context) Urgency {
	if u, ok := ctx.Value(urgencyKey{}).(Urgency); ok {
		return u
	}
	return Focused
}
