package spending

import (
	"regexp"
	"slices"
	"strconv"

	"fntop/sources"
)

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
