package spending

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"time"

	"fntop/sources"
)

// ReadMemory reads when the memory of the functions was changed, and which were
// deleted, newest first, as far back as the span or until the context ends: what has been read by then
// stands. It costs nothing, and is slow: the quota of LookupEvents is two calls
// a second.
func ReadMemory(ctx context.Context, from sources.ChangeReader, usage *Usage) error {
	of := make(map[sources.FunctionID][]sources.Change)
	since := usage.Span.Now
	err := from.Changes(ctx, usage.Span.Start, usage.Span.Now, func(p sources.ChangePage) error {
		if p.Since.Before(since) && !p.Since.IsZero() {
			since = p.Since
		}
		for _, c := range p.Changes {
			of[c.Function] = append(of[c.Function], c)
			if c.Kind == sources.ChangeDeleted {
				usage.Deleted = deletedToo(usage.Deleted, Deleted{c.Function, c.Time})
			}
		}
		return nil
	})
	for i := range usage.Used {
		if u := &usage.Used[i]; u.Group == "" {
			u.Memory, u.MemorySince = MemorySteps(of[u.Function.ID]), since
		}
	}
	return err
}

// deletedToo are all with one more, once.
func deletedToo(all []Deleted, one Deleted) []Deleted {
	if slices.Contains(all, one) {
		return all
	}
	return append(slices.Clip(all), one)
}

// gone are the functions that were deleted since a time and that nothing has been
// read of.
func (u Usage) gone(since time.Time) (functions []sources.FunctionID) {
	read := make(map[sources.FunctionID]bool, len(u.Used))
	for i := range u.Used {
		read[u.Used[i].Function.ID] = true
	}
	for _, d := range u.Deleted {
		if !d.At.Before(since) && !read[d.Function] {
			functions, read[d.Function] = append(functions, d.Function), true
		}
	}
	return functions
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
			at := c.Time
			if c.Kind == sources.ChangeCreated {
				at = at.Truncate(time.Hour) // nothing ran before it in that hour
			}
			steps = append(steps, MemoryStep{At: at, MB: mb})
		}
	}
	slices.SortStableFunc(steps, func(a, b MemoryStep) int { return a.At.Compare(b.At) })
	return steps
}

// memorySet is how a change names the memory that was set (see
// [sources.Change]).
var memorySet = regexp.MustCompile(`(?:^|, )memory (\d{1,6}) MB(?:,|$)`)

// memoryAt is the memory in the middle of an hour. ok is false before the oldest
// known change of it, unless reports show what it was.
func (u *Used) memoryAt(span Span, hour int) (mb int, ok bool) {
	if len(u.Memory) == 0 {
		return u.Function.MemoryMB, true
	}
	middle := span.at(hour).Add(30 * time.Minute)
	if i := sort.Search(len(u.Memory), func(i int) bool { return u.Memory[i].At.After(middle) }); i > 0 {
		return u.Memory[i-1].MB, true
	}
	return u.memoryBefore(middle)
}

// memoryBefore is the memory at a time before the oldest known change: what the
// last reports before it show, as far back as they do or as no change is known
// to be missing.
func (u *Used) memoryBefore(at time.Time) (mb int, ok bool) {
	s, _ := u.Sample.Get()
	i := sort.Search(len(s.Memory), func(i int) bool { return !s.Memory[i].From.Before(u.Memory[0].At) })
	if i == 0 {
		return 0, false
	}
	last := s.Memory[i-1]
	complete := !u.MemorySince.IsZero() && !at.Before(u.MemorySince)
	return last.MB, complete || !at.Before(last.From)
}

// memoryFrom is the first hour from a on whose memory is known: those after it
// are too.
func (u *Used) memoryFrom(span Span, a int) int {
	return a + sort.Search(max(0, span.Hours()-a), func(i int) bool {
		_, ok := u.memoryAt(span, a+i)
		return ok
	})
}

// seen takes in the memory that invocations ran with.
func (s *Sample) seen(of ...map[sources.InvocationKey]sources.Invocation) {
	var all []MemorySeen
	for _, found := range of {
		for _, inv := range found {
			mb, ok := inv.MemoryMB.Get()
			at, told := inv.Start.OrElse(inv.Reported).Get()
			if ok && told && mb >= leastMB {
				all = append(all, MemorySeen{at, at, mb})
			}
		}
	}
	slices.SortFunc(all, func(a, b MemorySeen) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.MB, b.MB)) })
	for _, m := range all {
		if n := len(s.Memory); n > 0 && s.Memory[n-1].MB == m.MB {
			s.Memory[n-1].To = m.To
			continue
		}
		s.Memory = append(s.Memory, m)
	}
}
