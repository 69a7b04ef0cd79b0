package sources

import (
	"context"
	"time"
)

// ChangeKind is what about a function was changed.
type ChangeKind string

// The kinds of change.
const (
	ChangeCreated       ChangeKind = "created"
	ChangeCode          ChangeKind = "code"          // new code: a deploy
	ChangeConfiguration ChangeKind = "configuration" // memory, runtime, environment, layers, …
	ChangeVersion       ChangeKind = "version"       // a version was published
	ChangeAlias         ChangeKind = "alias"         // an alias was made or points to another version
	ChangeConcurrency   ChangeKind = "concurrency"   // reserved or provisioned
	ChangeTrigger       ChangeKind = "trigger"       // an event source mapping, a permission, a URL
	ChangeDeleted       ChangeKind = "deleted"
	ChangeOther         ChangeKind = "other"
)

// Change is something that somebody did to a function.
type Change struct {
	Function FunctionID
	ID       string    // of the cloud's audit event; the same event has the same ID in every answer
	Time     time.Time // UTC, to the second
	Kind     ChangeKind
	// Operation is the cloud's name of what was called, such as
	// "UpdateFunctionCode".
	Operation string
	// Who is the user or the role's session that did it, and Via the service
	// that did it for them, such as "cloudformation"; "" when there is none.
	Who, Via string
	// Version is the version that was published or that Alias now points to;
	// "" when there is none or it was not told.
	Version string
	Alias   string
	// What names what was set, in the words of the cloud, such as
	// "memory 2048 MB"; "" when it was not told. Values of environment
	// variables are never among it.
	What string
}

// Deploy tells whether the change replaces all execution environments with
// new code: it is what a deploy mark stands for.
func (c *Change) Deploy() bool {
	return c.Kind == ChangeCode || c.Kind == ChangeAlias || c.Kind == ChangeCreated || c.Kind == ChangeVersion
}

// ChangePage is a part of what was done in a span.
type ChangePage struct {
	Changes []Change // newest first
	// Since is how far back the reading has come: what was done later than
	// that, within the span, has been handed over.
	Since time.Time
	// Skipped counts the audit events of the page that could not be read.
	Skipped int
}

// ChangeReader is a source that knows what was done to its functions.
type ChangeReader interface {
	// Changes hands over what was done between start and end, newest first,
	// page by page, the last of which goes back to start. Calls that failed are
	// left out. The newest may be missing for some minutes and come up later
	// with an earlier time (CloudTrail: about five minutes, 25 have been seen).
	// On an error the pages handed over before it stand; an error from page
	// ends the reading.
	Changes(ctx context.Context, start, end time.Time, page func(ChangePage) error) error
}
