package sources

import (
	"context"
	"errors"
	"strings"
)

// Kind is a closed list of what can go wrong, for callers to act on.
type Kind int

// The kinds of failure.
const (
	Other              Kind = iota // none of the below
	NoCredentials                  // the credential chain found nothing
	ExpiredCredentials             // credentials were found and are no longer valid
	Denied                         // the cloud said no to the action
	Throttled                      // the cloud said later
	Unreachable                    // no answer: name resolution, connection, TLS
	TimedOutCall                   // the call took longer than it was given
	Malformed                      // an answer that is not in the protocol
	NotFound                       // the thing is not there
	Unsupported                    // this place cannot do it
	Cancelled                      // nobody wants it any more
	OverBudget                     // it would cost more than the budget leaves
)

var kindWords = [...]string{ //nolint:gochecknoglobals // constant table
	Other:              "failed",
	NoCredentials:      "no credentials",
	ExpiredCredentials: "expired credentials",
	Denied:             "AccessDenied",
	Throttled:          "throttled",
	Unreachable:        "unreachable",
	TimedOutCall:       "timed out",
	Malformed:          "malformed answer",
	NotFound:           "not found",
	Unsupported:        "not supported",
	Cancelled:          "cancelled",
	OverBudget:         "over budget",
}

// String is the word shown to people.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindWords) {
		return kindWords[Other]
	}
	return kindWords[k]
}

// Error is a failed call: what was tried, on what, what kind of failure it
// was, and what the user can do about it.
type Error struct {
	Op   string // the action as permissions name it, such as "logs:FilterLogEvents"
	On   string // the resource as the user knows it, such as "/aws/lambda/checkout"
	Kind Kind
	Fix  string // the next step; empty when there is none to name
	Err  error  // the cause; may be nil
}

// Error is one line: kind, action, resource, cause, next step. The cause is
// left out where the kind says it all.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Op != "" {
		b.WriteString(": ")
		b.WriteString(e.Op)
	}
	if e.On != "" {
		b.WriteString(" on ")
		b.WriteString(e.On)
	}
	if e.Err != nil && e.Kind != Denied {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	if e.Fix != "" {
		b.WriteString(" — ")
		b.WriteString(e.Fix)
	}
	return Clean(b.String())
}

// SplitError takes an error apart into what happened and the next step, which
// is empty when there is none to name. Both are clean.
func SplitError(err error) (what, fix string) {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Fix == "" {
		return Clean(err.Error()), ""
	}
	short := *e
	short.Fix = ""
	return short.Error(), Clean(e.Fix)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first *Error in err's chain. A nil error and one
// of no kind are Other; an ended context is Cancelled or TimedOutCall.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case err == nil:
		return Other
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		return TimedOutCall
	}
	return Other
}
