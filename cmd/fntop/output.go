package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"fntop/sources"
)

// writer writes rows of one shape in one of the output formats. Rows are
// written as they come, but for a table, whose columns need all of them.
type writer[T any] struct {
	out    *bufio.Writer
	format string
	table  []column[T]
	rows   int
	cells  [][]string
	csv    *csv.Writer
}

// column is one column of the table a person reads.
type column[T any] struct {
	title string
	right bool // numbers stand right
	cell  func(T) string
}

func newWriter[T any](out io.Writer, format string, table []column[T]) *writer[T] {
	w := &writer[T]{out: bufio.NewWriterSize(out, 1<<16), format: format, table: table}
	w.csv = csv.NewWriter(w.out)
	return w
}

func (w *writer[T]) write(row T) error {
	w.rows++
	switch w.format {
	case "json":
		open := ",\n "
		if w.rows == 1 {
			open = "[\n "
		}
		if _, err := w.out.WriteString(open); err != nil {
			return err
		}
		return w.object(row)
	case "ndjson":
		if err := w.object(row); err != nil {
			return err
		}
		return w.out.WriteByte('\n')
	case "csv":
		if w.rows == 1 {
			if err := w.csv.Write(fieldNames[T]()); err != nil {
				return err
			}
		}
		return w.csv.Write(fieldValues(row))
	}
	cells := make([]string, len(w.table))
	for i, c := range w.table {
		cells[i] = sources.Clean(c.cell(row))
	}
	w.cells = append(w.cells, cells)
	return nil
}

func (w *writer[T]) object(row T) error {
	b, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("encode %T: %w", row, err)
	}
	_, err = w.out.Write(escapeControls(b))
	return err
}

// escapeControls writes what a terminal may obey or hide as \u escapes, which
// mean the same in JSON: C1 controls, format and direction characters.
func escapeControls(b []byte) []byte {
	if !bytes.ContainsFunc(b, obeyed) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		if obeyed(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, "\\u%04x", unit)
			}
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

func obeyed(r rune) bool {
	return r >= 0x7f && (r <= 0x9f || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co))
}

// flush hands on what has been written so far.
func (w *writer[T]) flush() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return err
	}
	return w.out.Flush()
}

// close ends the output. An empty one is an empty list, or a heading.
func (w *writer[T]) close() error {
	switch w.format {
	case "json":
		end := "\n]\n"
		if w.rows == 0 {
			end = "[]\n"
		}
		if _, err := w.out.WriteString(end); err != nil {
			return err
		}
	case "csv":
		if w.rows == 0 {
			if err := w.csv.Write(fieldNames[T]()); err != nil {
				return err
			}
		}
	case "table":
		if err := w.writeTable(); err != nil {
			return err
		}
	}
	return w.flush()
}

func (w *writer[T]) writeTable() error {
	widths := make([]int, len(w.table))
	titles := make([]string, len(w.table))
	for i, c := range w.table {
		titles[i], widths[i] = c.title, ansi.StringWidth(c.title)
	}
	for _, row := range w.cells {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	for _, row := range append([][]string{titles}, w.cells...) {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
			if i > 0 {
				line.WriteString("  ")
			}
			if w.table[i].right {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		if _, err := w.out.WriteString(strings.TrimRight(line.String(), " ") + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// fieldNames are the names of a shape's fields, in order; those of an embedded
// shape stand where it does.
func fieldNames[T any]() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if !f.Anonymous {
			names = append(names, f.Tag.Get("json"))
		}
	}
	return names
}

// fieldValues are the values of a shape's fields for CSV. Unknown is empty.
func fieldValues[T any](row T) []string {
	v := reflect.ValueOf(row)
	var values []string
	for _, f := range reflect.VisibleFields(v.Type()) {
		if !f.Anonymous {
			values = append(values, csvValue(v.FieldByIndex(f.Index)))
		}
	}
	return values
}

func csvValue(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return csvText(v.String())
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case reflect.Map, reflect.Slice, reflect.Struct:
		b, err := json.Marshal(v.Interface())
		if err != nil || string(b) == "null" { // such as an amount that is unknown
			return ""
		}
		return string(escapeControls(b))
	default:
		return fmt.Sprint(v.Interface())
	}
}

// csvText cleans text for a spreadsheet: no control bytes, and nothing that a
// spreadsheet would run as a formula.
func csvText(s string) string {
	s = sources.Clean(s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
