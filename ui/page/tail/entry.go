package tail

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"fntop/sources/platformlog"
	"fntop/ui/format"
	"fntop/ui/logtext"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/logview"
)

// noTime stands where a line has no time.
const noTime = "            "

// entry is what the view shows of the i-th line that is shown.
func (p *Page) entry(i int) logview.Entry {
	number := p.shown[i]
	k := p.lines.line(number)
	e := logview.Entry{Key: strconv.Itoa(number), Time: noTime}
	if !k.Time.IsZero() {
		e.Time = format.Clock(k.Time.In(p.zone))
	}
	if k.gap > 0 {
		e.Level, e.Text = logview.Warn, counted(k.gap, "line was", "lines were")+" dropped here: more came than are kept"
		return e
	}
	e.Name, e.NameStyle = p.names[k.fn], p.styles[k.fn%len(p.styles)]
	if width := p.nameWidth(); width > 0 {
		e.Name = middle(e.Name, width, p.logs.Ellipsis)
	}
	e.Level = levelOf(k.level)
	said := platformlog.Describe(k.Message)
	switch {
	case said.Kind.Platform():
		whole := trim(k.Message)
		e.Text, e.Quiet = strings.ReplaceAll(whole, "\n", " "), e.Level < logview.Warn
		e.Full = func() string { return whole }
	case said.JSON:
		e.Text = oneLine(trim(k.Message))
		logtext.ReadJSON(&e, strings.TrimSpace(k.Message))
		e.Level = levelOf(k.level)
	default:
		e.Text = strings.TrimPrefix(trim(said.Message), "[ERROR] ")
		logtext.Fold(&e)
	}
	return e
}

// trim takes the line ends off the end of a message.
func trim(s string) string { return strings.TrimRight(s, "\r\n") }

// oneLine writes JSON that has been indented in one line.
func oneLine(s string) string {
	const most = 64 << 10
	if len(s) > most || !strings.Contains(s, "\n") {
		return s
	}
	var b bytes.Buffer
	if json.Compact(&b, []byte(s)) != nil {
		return s
	}
	return b.String()
}

func levelOf(l platformlog.Level) logview.Level {
	switch l {
	case platformlog.LevelTrace:
		return logview.Trace
	case platformlog.LevelDebug:
		return logview.Debug
	case platformlog.LevelInfo:
		return logview.Info
	case platformlog.LevelWarn:
		return logview.Warn
	case platformlog.LevelError:
		return logview.Error
	case platformlog.LevelFatal:
		return logview.Fatal
	case platformlog.LevelNone:
	}
	return logview.NoLevel
}

// nameWidth is the width of the names before the lines: none for a single
// function, and no more than a fifth of the screen.
func (p *Page) nameWidth() int {
	const least, narrow = 8, 60
	if len(p.names) < 2 || p.width < narrow {
		return 0
	}
	widest := 0
	for _, name := range p.names {
		widest = max(widest, line.Width(name))
	}
	return min(widest, max(p.width/5, least))
}

// middle shortens a name in its middle: names of one family differ at their
// ends.
func middle(name string, width int, ellipsis string) string {
	over := line.Width(name) - width
	if over <= 0 {
		return name
	}
	head := width / 2
	left := ansi.Truncate(name, head, "")
	tail := ansi.TruncateLeft(name, line.Width(name)-(width-1-line.Width(left)), "")
	return left + ellipsis + tail
}

// styles are the looks of the names of functions, in turn. Where there are
// more functions than colours, the names tell them apart.
func styles(th *theme.Theme) []theme.Style {
	return []theme.Style{th.Series[0], th.Series[1], th.Init, th.Series[2], th.Good}
}

// counted writes a number of things.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return format.Int(int64(n)) + " " + many
}
