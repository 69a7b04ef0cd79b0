package invocation

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/logtext"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/logview"
)

// takeLines shows the lines of the invocation.
func (p *Page) takeLines(lines *fleet.Lines, zone *time.Location) {
	p.lines = lines
	p.groups = logtext.Groups(lines.Events)
	p.answered = answered(lines, p.inv.RequestID)
	events, groups, request := lines.Events, p.groups, p.inv.RequestID
	p.logs.Set(len(groups), func(i int) logview.Entry {
		g := groups[i]
		e := logtext.Entry(events[g.From:g.To], request)
		first := &events[g.From]
		if e.Key = first.ID; e.Key == "" {
			e.Key = "#" + strconv.Itoa(g.From)
		}
		e.Time = strings.Repeat(" ", len("15:04:05.000"))
		if !first.Time.IsZero() {
			e.Time = format.Clock(first.Time.In(zone))
		}
		return e
	})
	p.count()
}

// count notes how many lines hold what is looked for.
func (p *Page) count() { p.match, p.matches = p.logs.Matches() }

// selectedText is the line under the cursor as the cloud sent it.
func (p *Page) selectedText() (string, bool) {
	i := p.logs.Cursor()
	if p.lines == nil || i >= len(p.groups) {
		return "", false
	}
	g := p.groups[i]
	return logtext.Raw(p.lines.Events[g.From:g.To]), true
}

// logTitle divides the facts from the log.
func (p *Page) logTitle(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{})
	b.Repeat(th.Faint, th.Glyphs.Rule, 1).Space(1).Text(th.Strong, "Log")
	if p.lines != nil && len(p.lines.Events) > 0 {
		b.Space(1).Text(th.Muted, count(len(p.lines.Events), "line"))
		if !p.logs.Wrapped() {
			b.Text(th.Muted, ", cut at the edge")
		}
		if text, st := p.logNote(env); text != "" {
			b.Space(2).Text(st, text)
		}
	}
	if needle := p.logs.Finding(); needle != "" {
		b.Space(2).Text(th.Muted, "find ").Text(th.Accent, needle).Text(th.Muted, " "+p.found())
	}
	return b.Space(1).Repeat(th.Faint, th.Glyphs.Rule, b.Left()).String()
}

// logNote is what must be known of the lines to read them rightly.
func (p *Page) logNote(env *page.Env) (string, theme.Style) {
	th := env.Theme
	switch {
	case p.lines.Health.Err != nil:
		return th.Glyphs.Fail + " not read again: " + p.lines.Health.Err.Error(), th.Bad
	case p.lines.Loading:
		return "reading" + th.Glyphs.Ellipsis, th.Muted
	case p.lines.Cut:
		return "the beginning; there is more than is kept", th.Warn
	case !p.lines.Complete:
		return "no report yet: more may come", th.Muted
	}
	return "", theme.Style{}
}

// found is where the cursor is among what is looked for.
func (p *Page) found() string {
	switch {
	case p.matches == 0:
		return "in no line"
	case p.match == 0:
		return "in " + count(p.matches, "line")
	}
	return fmt.Sprintf("%s of %s", format.Int(int64(p.match)), format.Int(int64(p.matches)))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return format.Int(int64(n)) + " " + what
}

// young is for how long the lines of an invocation may be on their way.
const young = 2 * time.Minute

// noLines is why there are no log lines to show.
func (p *Page) noLines(env *page.Env) ([]string, theme.Style) {
	th := env.Theme
	switch {
	case p.ref.Start.IsZero():
		return []string{"Nothing tells when this invocation ran, so its lines cannot be found."}, th.Muted
	case p.lines != nil && p.lines.Health.Err != nil:
		what, fix := sources.SplitError(p.lines.Health.Err)
		if fix == "" {
			return []string{th.Glyphs.Fail + " " + what}, th.Bad
		}
		return []string{th.Glyphs.Fail + " " + what, th.Glyphs.Arrow + " " + fix}, th.Bad
	case p.lines == nil || p.lines.Loading:
		return []string{"Reading the log" + th.Glyphs.Ellipsis}, th.Muted
	case p.lines.Complete:
		return []string{"This invocation wrote no lines."}, th.Muted
	}
	if t, ok := p.inv.Start.OrElse(p.inv.Reported).Get(); ok && env.Since(t) < young {
		return []string{"No lines of this invocation have reached the log yet. They take some seconds."}, th.Muted
	}
	lines := []string{"The log has no lines of this invocation. Why that can be:"}
	for _, why := range []string{
		"the retention of the log group has passed, or somebody deleted the stream",
		"its log level leaves them out, as WARN does with the reports of what went well",
		"the function may not write to its log group (logs:CreateLogStream, logs:PutLogEvents)",
	} {
		lines = append(lines, th.Glyphs.Dot+" "+why)
	}
	if p.fn != nil && p.fn.Config.LogFormat == sources.LogJSON && p.fn.Config.SystemLogLevel != "" {
		lines = append(lines, "Its lines of the platform are written from level "+p.fn.Config.SystemLogLevel+" on.")
	}
	return lines, th.Muted
}
