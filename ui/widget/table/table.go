// Package table draws tables of any length by drawing only the rows that are
// on the screen.
//
// A [Model] is the state of one table: its size, how far it is scrolled, and
// where its cursor is. It does not hold the rows: whoever owns them answers
// for single cells when the table is drawn, so that ten thousand rows cost
// what the screen shows.
package table

import (
	"slices"

	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Column describes a column.
type Column struct {
	ID    int    // what the owner calls it
	Title string // ASCII
	// Min is the least width in columns of the screen, Max the most; a column
	// whose Max is larger shares in the room that is left over.
	Min, Max int
	Right    bool // numbers: written at the right edge
	// First lets the column take of the room that is left over before others.
	First bool
	// Drop is the order of leaving when there is no room: the largest leaves
	// first, and 0 stays.
	Drop int
	// Head draws the title of a column that has more to say than a word, in
	// place of Title. It must write no more than width columns.
	Head func(b *line.Builder, th *theme.Theme, width int)
}

// Cell is what stands in one place of the table.
type Cell struct {
	Text  string
	Style theme.Style
	// Trusted marks signs that a widget made, exactly as wide as the column
	// was laid out: they are not cleaned.
	Trusted bool
	// Draw draws a cell of several styles itself, in place of Text. It must
	// write no more than the width it was asked for.
	Draw func(*line.Builder)
}

// Rows answers for the cells of a table.
type Rows interface {
	// Len is the number of rows.
	Len() int
	// Cell is what stands in a column of a row; width is the room there is.
	Cell(row, column, width int) Cell
}

// Model is the state of a table.
type Model struct {
	columns []Column
	laid    []laid
	width   int
	height  int // of the body, without the title line

	cursor int
	top    int
	// wish is the first row as the user last left it. A screen that becomes
	// small and large again shows what it showed before.
	wish int
	rows int

	// SortColumn is the ID of the column whose title carries the sort sign,
	// and Descending its direction; -1 for none.
	SortColumn int
	Descending bool
	// SortTitle is the title of that column, for when it is none of the table's;
	// the title of the first column says by what rows are sorted when no other
	// title can.
	SortTitle string
	// Mark gives the sign of one column before a row; empty for none.
	Mark func(row int) string
	// Blurred draws the cursor's line like any other.
	Blurred bool
}

// laid is a column with its place.
type laid struct {
	Column
	width int
}

// New makes a table with these columns, in their order on the screen.
func New(columns []Column) *Model {
	return &Model{columns: columns, SortColumn: -1}
}

// SetColumns replaces the columns.
func (m *Model) SetColumns(columns []Column) {
	m.columns = columns
	m.laid = nil
}

// Resize gives the table its area, the title line included.
func (m *Model) Resize(width, height int) {
	if width != m.width {
		m.laid = nil
	}
	m.width, m.height = max(width, 0), max(height-1, 0)
	m.show()
}

// SetLen tells how many rows there are.
func (m *Model) SetLen(rows int) {
	m.rows = max(rows, 0)
	m.show()
}

// Cursor is the row under the cursor; 0 when there are no rows.
func (m *Model) Cursor() int { return m.cursor }

// Top is the first row on the screen.
func (m *Model) Top() int { return m.top }

// Visible gives the rows on the screen, from inclusive, to exclusive.
func (m *Model) Visible() (from, to int) { return m.top, min(m.top+m.height, m.rows) }

// Height is the number of rows there is room for.
func (m *Model) Height() int { return m.height }

// Select puts the cursor on a row and scrolls as little as is needed.
func (m *Model) Select(row int) {
	m.cursor, m.wish = row, m.top
	m.show()
	m.wish = m.top
}

// SelectAt puts the cursor on a row and scrolls so that the row stands on
// the given line of the screen, counted from the first row's.
func (m *Model) SelectAt(row, at int) {
	m.top = row - at
	m.Select(row)
}

// Move moves the cursor by a number of rows.
func (m *Model) Move(by int) { m.Select(m.cursor + by) }

// Page moves the cursor by a number of screens, one line of overlap kept.
func (m *Model) Page(by int) {
	step := max(m.height-1, 1)
	m.top += by * step
	m.Select(m.cursor + by*step)
}

// HalfPage moves the cursor by half a screen.
func (m *Model) HalfPage(by int) { m.Select(m.cursor + by*max(m.height/2, 1)) }

// Scroll moves rows and cursor together, so that the cursor stays on its line
// of the screen; at the ends the cursor goes on alone.
func (m *Model) Scroll(by int) {
	m.top += by
	m.Select(m.cursor + by)
}

// Hit is what lies at a place of the table, whose first line is the title
// line: a column by its title, or a row. Both are -1 where there is nothing.
func (m *Model) Hit(x, y int) (column, row int) {
	if y > 0 {
		if row = m.top + y - 1; y-1 < m.height && row < m.rows {
			return -1, row
		}
		return -1, -1
	}
	left := gutter
	for i, c := range m.lay() {
		if i > 0 {
			left += gap
		}
		if y == 0 && x >= left && x < left+c.width {
			return c.ID, -1
		}
		left += c.width
	}
	return -1, -1
}

// lay gives the columns that there is room for, with their widths.
func (m *Model) lay() []laid {
	if m.laid == nil {
		m.laid = layout(m.columns, m.width-gutter)
	}
	return m.laid
}

// Home goes to the first row, End to the last.
func (m *Model) Home() { m.Select(0) }

// End goes to the last row.
func (m *Model) End() { m.Select(m.rows - 1) }

// show keeps cursor and scrolling within the rows, and the cursor in view.
func (m *Model) show() {
	m.cursor = max(min(m.cursor, m.rows-1), 0)
	m.top = max(min(m.wish, m.rows-m.height), 0)
	if m.height > 0 {
		m.top = min(m.top, m.cursor)
		m.top = max(m.top, m.cursor-m.height+1)
	}
}

// Draw gives the title line and the visible rows. It has at most the height
// of the table; rows that do not exist give no lines.
func (m *Model) Draw(th *theme.Theme, rows Rows) []string {
	if m.width == 0 {
		return nil
	}
	m.lay()
	b := line.New(th)
	from, to := m.Visible()
	to = min(to, rows.Len())
	lines := make([]string, 0, m.height+1)
	lines = append(lines, m.title(b, th))
	for row := from; row < to; row++ {
		lines = append(lines, m.row(b, th, rows, row))
	}
	return lines
}

// gutter is the room for the cursor sign before the first column, and gap
// what separates columns.
const (
	gutter = 2
	gap    = 1
)

// hiddenSort is the title of the column that rows are sorted by when it is not
// on the screen; "" when it is.
func (m *Model) hiddenSort() string {
	sorted := func(c Column) bool { return c.ID == m.SortColumn }
	if m.SortColumn < 0 || slices.ContainsFunc(m.laid, func(c laid) bool { return sorted(c.Column) }) {
		return ""
	}
	if i := slices.IndexFunc(m.columns, sorted); i >= 0 {
		return m.columns[i].Title
	}
	return m.SortTitle
}

// firstTitle is the title of the first column with by what rows are sorted, as
// many words of it as there is room for.
func (m *Model) firstTitle(b *line.Builder, th *theme.Theme, width int, by, sign string) {
	end, title := b.Used()+width, m.laid[0].Title
	for _, words := range []string{"  sorted by ", " by ", " "} {
		if len(title)+len(words)+len(by)+1 <= width {
			b.Text(th.Muted, title+words).Text(th.Accent, by).Sign(th.Accent, sign).To(end)
			return
		}
	}
	b.Cell(th.Accent, by, width-1, false).Sign(th.Accent, sign)
}

func (m *Model) title(b *line.Builder, th *theme.Theme) string {
	b.Reset(m.width, theme.Style{}).Space(gutter)
	sign := th.Glyphs.Up
	if m.Descending {
		sign = th.Glyphs.Down
	}
	hidden := m.hiddenSort()
	for i, c := range m.laid {
		if i > 0 {
			b.Space(gap)
		}
		if i == 0 && hidden != "" {
			m.firstTitle(b, th, c.width, hidden, sign)
			continue
		}
		if c.Head != nil {
			end := b.Used() + c.width
			c.Head(b, th, c.width)
			b.To(end)
			continue
		}
		title, st := c.Title, th.Muted
		sorted := c.ID == m.SortColumn
		if sorted {
			st = th.Accent
		}
		width := c.width
		if sorted && len(title) < width {
			width--
		}
		// A title at the right edge has its sign before it, so that the
		// figures below stay in line with it.
		if sorted && width < c.width && c.Right {
			b.Space(c.width-1-len(title)).Sign(st, sign).Cell(st, title, len(title), false)
			continue
		}
		if sorted && width < c.width {
			b.Text(st, title).Sign(st, sign).Space(c.width - len(title) - 1)
			continue
		}
		b.Cell(st, title, c.width, c.Right)
	}
	return b.String()
}

func (m *Model) row(b *line.Builder, th *theme.Theme, rows Rows, row int) string {
	base := theme.Style{}
	selected := row == m.cursor && !m.Blurred
	if selected {
		base = th.Selected
	}
	b.Reset(m.width, base)
	if selected {
		b.Sign(th.Accent, th.Glyphs.Cursor)
	}
	if m.Mark != nil {
		if sign := m.Mark(row); sign != "" {
			b.To(gutter-1).Sign(th.Accent, sign)
		}
	}
	b.To(gutter)
	for i, c := range m.laid {
		if i > 0 {
			b.Space(gap)
		}
		cell := rows.Cell(row, c.ID, c.width)
		switch {
		case cell.Draw != nil:
			end := b.Used() + c.width
			cell.Draw(b)
			b.To(end)
		case cell.Trusted:
			b.Glyphs(cell.Style, cell.Text, c.width)
		default:
			b.Cell(cell.Style, cell.Text, c.width, c.Right)
		}
	}
	return b.String()
}
