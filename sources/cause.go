package sources

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Cause is one thing that went wrong, and which errors tell of it.
type Cause struct {
	// At are the indices of the errors, in their order.
	At []int
	// Err is what they have in common: where they name several resources,
	// actions or details, it names none.
	Err error
}

// causeKey is what errors of one cause have in common.
type causeKey struct {
	kind    Kind
	op, fix string
	text    string // of an error that is not an *Error
}

// Causes gathers errors that have one cause: the same kind of failure and the
// same next step, at the same action. Credentials that are missing and
// networks that are down fail any action, so there the action does not count.
// The causes are in the order in which they first appear.
func Causes(errs []error) []Cause {
	at := make(map[causeKey]int)
	var all []Cause
	for i, err := range errs {
		key := causeKey{text: err.Error()}
		if e, ok := errors.AsType[*Error](err); ok {
			key = causeKey{kind: e.Kind, op: e.Op, fix: e.Fix}
			switch e.Kind {
			case NoCredentials, ExpiredCredentials, Unreachable, TimedOutCall:
				key.op = ""
			case Other, Denied, Throttled, Malformed, NotFound, Unsupported, Cancelled, OverBudget:
			}
		}
		if have, ok := at[key]; ok {
			all[have].At = append(all[have].At, i)
			all[have].Err = common(all[have].Err, err)
			continue
		}
		at[key] = len(all)
		all = append(all, Cause{At: []int{i}, Err: err})
	}
	return all
}

// common is what two errors of one cause both say.
func common(a, b error) error {
	x, ok := errors.AsType[*Error](a)
	y, both := errors.AsType[*Error](b)
	if !ok || !both {
		return a
	}
	out := *x
	if x.Op != y.Op {
		out.Op = ""
	}
	if x.On != y.On {
		out.On = ""
	}
	if x.Err != nil && (y.Err == nil || x.Err.Error() != y.Err.Error()) {
		out.Err = nil
	}
	return &out
}

// JoinCauses is errors.Join with one error for each cause, which names the
// first of what it is about and counts the others; nil when there are none.
// Errors that were joined before are taken apart.
func JoinCauses(errs []error) error {
	const named = 3
	errs = flat(errs)
	var all []error
	for _, c := range Causes(errs) {
		merged, ok := errors.AsType[*Error](c.Err)
		if len(c.At) == 1 || !ok || merged.On != "" {
			all = append(all, errs[c.At[0]])
			continue
		}
		var on []string
		for _, i := range c.At {
			if e, ok := errors.AsType[*Error](errs[i]); ok {
				on = append(on, e.On)
			}
		}
		slices.SortFunc(on, cmp.Compare)
		on = slices.Compact(on)
		out := *merged
		out.On = strings.Join(on[:min(len(on), named)], ", ")
		if more := len(on) - named; more > 0 {
			out.On += fmt.Sprintf(" and %d more", more)
		}
		all = append(all, &out)
	}
	return errors.Join(all...)
}

// flat takes joined errors apart.
func flat(errs []error) (all []error) {
	for _, err := range errs {
		switch joined, ok := err.(interface{ Unwrap() []error }); {
		case err == nil:
		case ok:
			all = append(all, flat(joined.Unwrap())...)
		default:
			all = append(all, err)
		}
	}
	return all
}
