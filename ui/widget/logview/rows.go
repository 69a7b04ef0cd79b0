package logview

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/widget/line"
)

// The room before the text: time, level, and what separates them.
const (
	levelWidth = 6
	// narrow is the width below which time and level are left out.
	narrow = 40
	// folded is how many lines a text may have to be shown whole in a folded
	// entry: of a longer one the first is. foldedRows is how many rows a folded
	// line is wrapped into.
	folded     = 3
	foldedRows = 6
)

// entry is an entry laid out for a width.
type entry struct {
	Entry
	indent int // columns before the text
	width  int // columns of the text
	wrap   bool
	left   int      // columns to leave out of a line that is cut
	state  int      // how far it is open
	dots   string   // the ellipsis
	lines  []string // as they are to be shown, not cleaned yet
	hidden int      // lines that are not shown while folded
	rows   []row
	next   place // where the next row begins
	done   bool
}

// row is one laid-out row, cleaned.
type row struct {
	text  string
	width int
}

// place is where in the lines a row begins.
type place struct{ line, byte, rows int }

// lay begins to lay an entry out.
func (m *Model) lay(from Entry) *entry {
	e := &entry{Entry: from, wrap: m.wrap, left: m.left, dots: m.Ellipsis, state: m.state(&from)}
	if m.width >= narrow {
		e.indent = len(from.Time) + 1 + levelWidth
		if m.NameWidth > 0 {
			e.indent += m.NameWidth + 1
		}
	}
	e.width = max(m.width-1-e.indent, 1)
	e.lines = split(e.text())
	switch {
	case e.state != shut:
	case from.Hidden > 0:
		e.hidden = from.Hidden
	case len(e.lines) > folded:
		e.hidden = len(e.lines) - 1
		e.lines = e.lines[:1]
	}
	return e
}

// text is what is to be shown of the entry as far as it is open.
func (e *entry) text() string {
	switch {
	case e.state == deep:
		return e.Deep()
	case e.state == opened && e.Full != nil:
		return e.Full()
	}
	return e.Text
}

// more is what is said of the lines that a folded entry hides.
func (e *entry) more() string {
	if e.hidden == 1 {
		return e.dots + " 1 more line"
	}
	return e.dots + " " + format.Int(int64(e.hidden)) + " more lines"
}

// split divides text at its line ends. Carriage returns divide too: Lambda's
// runtimes use them to keep a stack trace in one event.
func split(text string) []string {
	text = strings.TrimRight(text, "\r\n")
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return strings.Split(text, "\n")
}

// row gives the i-th row; ok is false when there are fewer. It lays out as
// many rows as it must.
func (e *entry) row(i int) (text string, ok bool) {
	for len(e.rows) <= i && !e.done {
		e.advance()
	}
	if i >= len(e.rows) {
		return "", false
	}
	return e.rows[i].text, true
}

// count is the number of rows; it lays all of them out.
func (e *entry) count() int {
	for !e.done {
		e.advance()
	}
	return len(e.rows)
}

// advance lays the next row out.
func (e *entry) advance() {
	if e.next.line >= len(e.lines) {
		e.done = true
		return
	}
	text := e.lines[e.next.line]
	room := e.width
	if e.hidden > 0 && len(e.rows) == 0 {
		room = max(room-line.Width(e.more())-1, 1)
	}
	switch {
	case !e.wrap:
		s, w := e.cut(e.shifted(text), room)
		e.rows = append(e.rows, row{s, w})
		e.next = place{line: e.next.line + 1}
	case e.state == shut && e.next.rows == foldedRows-1:
		s, w := e.cut(text[e.next.byte:], room)
		e.rows = append(e.rows, row{s, w})
		e.next = place{line: e.next.line + 1}
	default:
		s, w, size := take(text[e.next.byte:], room)
		e.rows = append(e.rows, row{s, w})
		e.next.byte += size
		e.next.rows++
		if e.next.byte >= len(text) {
			e.next = place{line: e.next.line + 1}
		}
	}
	e.done = e.next.line >= len(e.lines)
}

// shifted is a line without what is scrolled out at the left.
func (e *entry) shifted(text string) string {
	if e.left == 0 || text == "" {
		return text
	}
	_, _, size := take(text, e.left)
	return text[size:]
}

// cut shows the beginning of a line, with an ellipsis when there is more.
func (e *entry) cut(text string, room int) (string, int) {
	s, w, size := take(text, room)
	if size >= len(text) {
		return s, w
	}
	s, w, _ = take(text, room-1)
	return s + e.dots, w + 1
}

// tab is the distance of tab stops.
const tab = 4

// take cleans the beginning of a text, as much as fits into width columns,
// and tells how many bytes of the text that was. It looks at no more. It
// takes at least one character, so that no text is without end.
func take(text string, width int) (cleaned string, columns, size int) {
	if n := min(width, len(text)); n > 0 && plainASCII(text[:n]) && (n == len(text) || text[n] < utf8.RuneSelf) {
		return text[:n], n, n
	}
	var b strings.Builder
	state := -1
	for size < len(text) {
		var cluster string
		window := text[size:min(len(text), size+maxCluster)]
		cluster, _, _, state = uniseg.FirstGraphemeClusterInString(window, state)
		piece := sources.Clean(cluster)
		if cluster == "\t" {
			piece = "    "[:tab-columns%tab]
		}
		w := line.Width(piece)
		if columns+w > width && size > 0 {
			break
		}
		if columns+w > width { // wider than the whole row
			piece, w = "?"[:min(width, 1)], min(width, 1)
		}
		b.WriteString(piece)
		columns += w
		size += len(cluster)
	}
	return b.String(), columns, size
}

// maxCluster bounds how far one character is looked for: a character with
// more bytes than that is taken apart.
const maxCluster = 256

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
