package spending

import (
	"math"
	"slices"
	"time"

	"fntop/sources"
)

// What has been read is kept over a session, so that no hour is paid for
// twice: With moves usage to a later span and a newer catalogue, Unread tells
// what is missing, Part takes that out to be read, and Put puts it back.

// Next is when the first full hour after the span is final.
func (s Span) Next() time.Time { return s.Now.Truncate(time.Hour).Add(time.Hour + settled) }

// With is the usage of a catalogue as it is now, over a span. What has been
// read is kept, also that of functions that are no longer in the catalogue.
// It shares what it can with u and does not change it.
func (u Usage) With(functions []sources.Function, span Span) Usage {
	type key struct {
		id    sources.FunctionID
		group string
	}
	now := NewUsage(functions, span)
	now.Deleted = u.Deleted
	at := make(map[key]int, len(now.Used))
	for i := range now.Used {
		at[key{now.Used[i].Function.ID, now.Used[i].Group}] = i
	}
	by := int(span.Start.Sub(u.Span.Start) / time.Hour)
	for i := range u.Used {
		had := u.Used[i]
		if u.Span != span {
			had.move(span, by)
		}
		k := key{had.Function.ID, had.Group}
		j, listed := at[k]
		if !listed {
			now.Used = append(now.Used, had)
			continue
		}
		if fresh := &now.Used[j]; fresh.shared == had.shared && (fresh.Function.LogGroup == "") == (had.Function.LogGroup == "") {
			had.Function = fresh.Function
			*fresh = had
		}
	}
	return now
}

// move moves the usage to another span, whose start is so many hours later.
func (u *Used) move(span Span, by int) {
	for _, list := range u.lists() {
		if *list != nil {
			*list = span.shifted(*list, by)
		}
	}
	u.final = max(0, u.final-by)
}

// Unread are the indices of what has not been read up to the span's last full
// hour, or of which an hour is not known.
func (u Usage) Unread() []int {
	var all []int
	for i := range u.Used {
		if !u.Used[i].read(u.Span) || u.Used[i].gaps() {
			all = append(all, i)
		}
	}
	return all
}

// read tells whether it has been asked for up to the last full hour.
func (u *Used) read(span Span) bool { return u.Requests != nil && u.final >= span.hour(span.Now) }

// gaps tells whether an hour is not known.
func (u *Used) gaps() bool {
	for _, list := range u.lists() {
		if slices.ContainsFunc(*list, math.IsNaN) {
			return true
		}
	}
	return false
}

// Known leaves out what has not been asked for up to the span's last full hour.
func (u Usage) Known() Usage {
	u.Used = slices.DeleteFunc(slices.Clone(u.Used), func(used Used) bool { return !used.read(u.Span) })
	return u
}

// Part is a copy of the usage of these indices alone, which [Read] may change.
func (u Usage) Part(indices []int) Usage {
	part := Usage{Span: u.Span, Used: make([]Used, 0, len(indices)), Deleted: u.Deleted}
	for _, i := range indices {
		used := u.Used[i]
		for _, list := range used.lists() {
			if *list != nil {
				*list = u.Span.shifted(*list, 0)
			}
		}
		part.Used = append(part.Used, used)
	}
	return part
}

// Put is the usage with a part that was taken out of it by Part.
func (u Usage) Put(indices []int, part Usage) Usage {
	u.Used = slices.Clone(u.Used)
	for k, i := range indices {
		u.Used[i] = part.Used[k]
	}
	for _, d := range part.Deleted {
		u.Deleted = deletedToo(u.Deleted, d)
	}
	return u
}
