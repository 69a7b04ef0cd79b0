package table_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"fntop/ui/theme"
	"fntop/ui/widget/table"
)

// counted answers for rows and counts how often it was asked.
type counted struct {
	n     int
	asked map[int]int
}

func (c *counted) Len() int { return c.n }

func (c *counted) Cell(row, column, _ int) table.Cell {
	if c.asked != nil {
		c.asked[row]++
	}
	if column == 1 {
		return table.Cell{Text: fmt.Sprint(row * row)}
	}
	return table.Cell{Text: fmt.Sprintf("row %d", row)}
}

func columns() []table.Column {
	return []table.Column{
		{ID: 0, Title: "NAME", Min: 6, Max: 20},
		{ID: 1, Title: "N", Min: 5, Max: 5, Right: true},
		{ID: 2, Title: "THIRD", Min: 8, Max: 8, Drop: 1},
		{ID: 3, Title: "FOURTH", Min: 8, Max: 8, Drop: 2},
	}
}

func draw(m *table.Model, rows table.Rows) []string {
	lines := m.Draw(theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor}), rows)
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return lines
}

func TestOnlyVisibleRowsAreAskedFor(t *testing.T) {
	m := table.New(columns())
	m.Resize(60, 11)
	rows := &counted{n: 1_000_000, asked: map[int]int{}}
	m.SetLen(rows.n)
	m.Select(500_000)
	draw(m, rows)
	from, to := m.Visible()
	if to-from != 10 || len(rows.asked) != 10 {
		t.Fatalf("%d rows are visible and %d were asked for", to-from, len(rows.asked))
	}
	for row := range rows.asked {
		if row < from || row >= to {
			t.Fatalf("row %d was asked for, which is not visible", row)
		}
	}
}

func TestColumnsLeaveByTheirOrder(t *testing.T) {
	m := table.New(columns())
	rows := &counted{n: 2}
	m.SetLen(2)
	for _, c := range []struct {
		width int
		title string
	}{
		{60, "  NAME                     N THIRD    FOURTH"},
		{32, "  NAME       N THIRD    FOURTH"},
		{31, "  NAME               N THIRD"},
		{22, "  NAME               N"},
		{14, "  NAME       N"},
		{13, "  NAME      N"}, // what stays gives way
		{8, "  NAME N"},
	} {
		m.Resize(c.width, 5)
		if got := draw(m, rows)[0]; got != c.title {
			t.Errorf("%d wide: %q, want %q", c.width, got, c.title)
		}
	}
}

func TestNoLineIsTooWide(t *testing.T) {
	m := table.New(columns())
	rows := &counted{n: 30}
	m.SetLen(30)
	for width := range 70 {
		for height := range 12 {
			m.Resize(width, height)
			lines := draw(m, rows)
			if len(lines) > max(height, 1) {
				t.Fatalf("%dx%d: %d lines", width, height, len(lines))
			}
			for _, l := range lines {
				if w := ansi.StringWidth(l); w > width {
					t.Fatalf("%dx%d: a line of %d", width, height, w)
				}
			}
		}
	}
}

func TestMoving(t *testing.T) {
	m := table.New(columns())
	m.Resize(40, 11) // ten rows
	m.SetLen(100)
	for _, c := range []struct {
		name        string
		do          func()
		cursor, top int
	}{
		{"start", func() {}, 0, 0},
		{"up at the top", func() { m.Move(-1) }, 0, 0},
		{"down", func() { m.Move(1) }, 1, 0},
		{"down to the edge", func() { m.Move(8) }, 9, 0},
		{"down beyond the edge", func() { m.Move(1) }, 10, 1},
		{"page down", func() { m.Page(1) }, 19, 10},
		{"half a page down", func() { m.HalfPage(1) }, 24, 15},
		{"page up", func() { m.Page(-1) }, 15, 6},
		{"end", m.End, 99, 90},
		{"page down at the end", func() { m.Page(1) }, 99, 90},
		{"home", m.Home, 0, 0},
		{"page up at the top", func() { m.Page(-1) }, 0, 0},
		{"far", func() { m.Select(1 << 40) }, 99, 90},
		{"less than none", func() { m.Select(-5) }, 0, 0},
		{"on a line of the screen", func() { m.SelectAt(50, 4) }, 50, 46},
		{"fewer rows", func() { m.SetLen(20) }, 19, 10},
		{"none", func() { m.SetLen(0) }, 0, 0},
	} {
		if c.do(); m.Cursor() != c.cursor || m.Top() != c.top {
			t.Errorf("%s: cursor %d, top %d; want %d, %d", c.name, m.Cursor(), m.Top(), c.cursor, c.top)
		}
	}
}

func TestSmallAndLargeAgain(t *testing.T) {
	m := table.New(columns())
	m.Resize(40, 31)
	m.SetLen(100)
	m.SelectAt(40, 20)
	top := m.Top()
	for _, height := range []int{3, 1, 0, 12, 31} {
		m.Resize(40, height)
	}
	if m.Top() != top || m.Cursor() != 40 {
		t.Errorf("top %d and cursor %d, were %d and 40", m.Top(), m.Cursor(), top)
	}
}

func TestTheSortSign(t *testing.T) {
	m := table.New(columns())
	m.Resize(60, 5)
	m.SortColumn, m.Descending = 1, true
	if got := draw(m, &counted{})[0]; !strings.Contains(got, "▾N ") {
		t.Errorf("%q", got)
	}
	m.SortColumn = 3
	for width, want := range map[int]string{60: "▾FOURTH|FOURTH▾", 36: "FOURTH▾", 31: "NAME FOURTH▾", 22: "NAME FOURTH▾", 20: "FOURTH▾", 14: "FOUR…▾"} {
		if m.Resize(width, 5); !regexp.MustCompile(want).MatchString(draw(m, &counted{})[0]) {
			t.Errorf("%d wide: %q, want %q", width, draw(m, &counted{})[0], want)
		}
	}
	m.SortColumn, m.SortTitle = 9, "NINTH"
	m.Resize(60, 5)
	if got := draw(m, &counted{})[0]; !strings.Contains(got, "NAME by NINTH▾") {
		t.Errorf("%q", got)
	}
	m.SortColumn, m.Descending = 0, false
	if got := draw(m, &counted{})[0]; !strings.Contains(got, "NAME▴") {
		t.Errorf("%q", got)
	}
}
