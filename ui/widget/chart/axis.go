package chart

import (
	"time"

	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// axisSteps are the distances between labels of the time axis.
func axisSteps() []time.Duration {
	const m, h = time.Minute, time.Hour
	return []time.Duration{m, 2 * m, 5 * m, 10 * m, 15 * m, 30 * m, h, 2 * h, 3 * h, 6 * h, 12 * h, 24 * h, 48 * h, 72 * h, 168 * h}
}

// labelRoom is how many columns a label of the time axis takes, with what
// separates it from the next.
const labelRoom = 9

// axis writes the labels of the time axis. The time under the cursor takes
// the place of what is there. left is the columns before the plot.
func (c *Chart) axis(b *line.Builder, th *theme.Theme, left, columns, cursor int) string {
	span := time.Duration(c.Points) * c.Step
	if span <= 0 || columns <= 0 {
		return b.String()
	}
	step := span
	for _, d := range axisSteps() {
		if int(int64(columns)*int64(d)/int64(span)) >= labelRoom {
			step = d
			break
		}
	}
	_, offset := c.Start.Zone()
	shift := time.Duration(offset) * time.Second
	first := c.Start.Add(shift).Truncate(step).Add(-shift)
	at := ""
	cursorFrom, cursorTo := -1, -1
	if cursor >= 0 {
		at = c.stamp(c.Start.Add(time.Duration(c.Cursor)*c.Step), time.Minute)
		cursorFrom = max(min(cursor-len(at)/2, columns-len(at)), 0)
		cursorTo = cursorFrom + len(at)
	}
	for t := first; !t.After(c.Start.Add(span)); t = t.Add(step) {
		text := c.stamp(t, step)
		x := int(int64(columns)*int64(t.Sub(c.Start))/int64(span)) - len(text)/2
		if x < 0 || x+len(text) > columns {
			continue
		}
		if cursor >= 0 && x < cursorTo+1 && x+len(text) > cursorFrom-1 {
			continue
		}
		if cursor >= 0 && cursorFrom >= 0 && x > cursorFrom {
			b.To(left+cursorFrom).Text(th.Accent, at)
			cursorFrom = -1
		}
		b.To(left+x).Text(th.Muted, text)
	}
	if cursor >= 0 && cursorFrom >= 0 {
		b.To(left+cursorFrom).Text(th.Accent, at)
	}
	return b.String()
}

// stamp writes a moment of the axis: the time of day, or the day where steps
// are days, or long and this one begins a day.
func (c *Chart) stamp(t time.Time, step time.Duration) string {
	t = t.In(c.Start.Location())
	if hour, minute, _ := t.Clock(); step >= 24*time.Hour || step >= 6*time.Hour && hour == 0 && minute == 0 {
		return t.Format("Jan 2")
	}
	return t.Format("15:04")
}
