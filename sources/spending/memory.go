package spending

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"fntop/sources"
)

// ReadMemory reads when the memory of the functions was changed, newest first,
// as far back as the span or until the context ends: what has been read by then
// stands. It costs nothing, and is slow: the quota of LookupEvents is two calls
// a second.
func ReadMemory(ctx context.Context, from sources.ChangeReader, usage *Usage) error {
	of := make(map[sources.FunctionID][]sources.Change)
	err := from.Changes(ctx, usage.Span.Start, usage.Span.Now, func(p sources.ChangePage) error {
		for _, c := range p.Changes {
			of[c.Function] = append(of[c.Function], c)
		}
		return nil
	})
	for i := range usage.Used {
		if u := &usage.Used[i]; u.Group == "" {
			u.Memory = MemorySteps(of[u.Function.ID])
		}
	}
	return err
}

// MemorySteps are the changes of one function's memory among its changes,
// oldest first.
func MemorySteps(changes []sources.Change) []MemoryStep {
	var steps []MemoryStep
	for i := range changes {
		c := &changes[i]
		if c.Kind != sources.ChangeConfiguration && c.Kind != sources.ChangeCreated {
			continue
		}
		set := memorySet.FindStringSubmatch(c.What)
		if set == nil {
			continue
		}
		if mb, err := strconv.Atoi(set[1]); err == nil && mb >= leastMB {
			steps = append(steps, MemoryStep{At: c.Time, MB: mb})
		}
	}
	slices.SortStableFunc(steps, func(a, b MemoryStep) int { return a.At.Compare(b.At) })
	return steps
}

// memorySet is how a change names the memory that was set (see
// [sources.Change]).
var memorySet = regexp.MustCompile(`(?:^|, )memory (\d{1,6}) MB(?:,|$)`)
