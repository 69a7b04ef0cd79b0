package main

import (
	"errors"
	"fmt"

	"fntop/sources"
)

// alike makes one of errors that differ in what they are about alone: that the
// logs of twenty functions are denied is said once, with the first of them.
func alike(failed []error) []error {
	type cause struct {
		op, fix, text string
		kind          sources.Kind
	}
	var (
		out   []error
		first = make(map[cause]int) // index in out
		more  = make(map[int]int)
	)
	for _, err := range flat(failed) {
		var e *sources.Error
		if !errors.As(err, &e) {
			out = append(out, err)
			continue
		}
		c := cause{op: e.Op, fix: e.Fix, kind: e.Kind}
		if e.Err != nil && e.Kind != sources.Denied { // whose text names what is denied
			c.text = e.Err.Error()
		}
		if at, ok := first[c]; ok {
			more[at]++
			continue
		}
		first[c] = len(out)
		out = append(out, err)
	}
	for at, n := range more {
		if e, ok := errors.AsType[*sources.Error](out[at]); ok && e.On != "" {
			all := *e
			all.On = fmt.Sprintf("%s and %s like it", e.On, several(n, "other"))
			out[at] = &all
		}
	}
	return out
}

// flat takes joined errors apart.
func flat(failed []error) (all []error) {
	for _, err := range failed {
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
