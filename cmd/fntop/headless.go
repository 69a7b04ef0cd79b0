package main

import (
	"context"
	"errors"

	"fntop/sources/engine"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// errEnded is an engine that ended before it had answered.
var errEnded = errors.New("the engine ended before it had answered")

// settle wants something of an engine and waits until all of it has been
// answered, well or badly. progress sees the snapshots on the way.
func settle(ctx context.Context, v *engine.Viewer, d poll.Demand, progress func(*fleet.Snapshot)) (*fleet.Snapshot, error) {
	number := v.Want(d)
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case snap, ok := <-v.Updates():
			if !ok {
				return nil, errEnded
			}
			if snap.Demand < number {
				continue
			}
			if snap.Settled {
				return snap, nil
			}
			if progress != nil {
				progress(snap)
			}
		}
	}
}

// placeErrors are the places that could not be opened or listed, as errors.
func placeErrors(snap *fleet.Snapshot) (failed []error, working int) {
	for _, p := range snap.Places {
		switch {
		case p.State == fleet.Failed:
			failed = append(failed, p.Err)
		case p.Catalog.Err != nil:
			failed = append(failed, p.Catalog.Err)
			if p.Listed > 0 {
				working++
			}
		default:
			working++
		}
	}
	return failed, working
}
