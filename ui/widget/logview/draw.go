package logview

import (
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Draw gives at most height lines.
func (m *Model) Draw(th *theme.Theme) []string {
	b := line.New(th)
	lines := make([]string, 0, m.height)
	i, row := m.top, m.topRow
	for i < m.n && len(lines) < m.height {
		e := m.entry(i)
		text, ok := e.row(row)
		if !ok {
			i, row = i+1, 0
			continue
		}
		lines = append(lines, m.draw(b, th, e, row, text, i == m.cursor))
		row++
	}
	return lines
}

// draw writes one row: time and level before the first of an entry.
func (m *Model) draw(b *line.Builder, th *theme.Theme, e *entry, row int, text string, selected bool) string {
	base := theme.Style{}
	if selected {
		base = th.Selected
	}
	b.Reset(m.width, base)
	if selected && row == 0 {
		b.Sign(th.Accent, th.Glyphs.Cursor)
	} else {
		b.Space(1)
	}
	if row == 0 && e.indent > 0 {
		b.Text(th.Muted, e.Time).Space(1)
		if m.NameWidth > 0 {
			b.Cell(e.NameStyle, e.Name, m.NameWidth, false).Space(1)
		}
		word, st := level(th, e.Level)
		b.Cell(st, word, levelWidth, false)
	}
	b.To(1 + e.indent)
	m.text(b, th, m.look(th, e), text, e.rows[row].width)
	if row == 0 && e.hidden > 0 {
		b.Space(1).Text(th.Accent, e.more())
	}
	return b.String()
}

// text writes the text of a row, what matches in it so that it stands out.
func (m *Model) text(b *line.Builder, th *theme.Theme, st theme.Style, text string, width int) {
	var parts []part
	if m.Match != nil {
		parts = m.parts(text, width)
	}
	if parts == nil {
		b.Glyphs(st, text, width)
		return
	}
	for _, p := range parts {
		if p.match {
			b.Glyphs(th.Accent, p.text, p.width)
		} else {
			b.Glyphs(st, p.text, p.width)
		}
	}
}

// part is a piece of a row's text.
type part struct {
	text  string
	width int
	match bool
}

// parts divides a text at what matches; nil when nothing does, or when that
// would cut through a character.
func (m *Model) parts(text string, width int) []part {
	var parts []part
	sum := 0
	add := func(s string, match bool) {
		if s != "" {
			w := line.Width(s)
			parts, sum = append(parts, part{s, w, match}), sum+w
		}
	}
	for text != "" {
		from, to, ok := m.Match(text)
		if !ok || to <= from {
			break
		}
		add(text[:from], false)
		add(text[from:to], true)
		text = text[to:]
	}
	if parts == nil {
		return nil
	}
	add(text, false)
	if sum != width {
		return nil
	}
	return parts
}

func (m *Model) look(th *theme.Theme, e *entry) theme.Style {
	switch {
	case e.Quiet:
		return th.Muted
	case e.Level >= Error:
		return th.Bad
	default:
		return theme.Style{}
	}
}

// level is the word of a level.
func level(th *theme.Theme, l Level) (string, theme.Style) {
	switch l {
	case Trace:
		return "TRACE", th.Muted
	case Debug:
		return "DEBUG", th.Muted
	case Info:
		return "INFO", th.Good
	case Warn:
		return "WARN", th.Warn
	case Error:
		return "ERROR", th.Bad
	case Fatal:
		return "FATAL", th.Bad
	case NoLevel:
		return "", theme.Style{}
	}
	return "", theme.Style{}
}
