package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict is what a word says about a T.
type Verdict int

// The verdicts. Unknown satisfies neither a word nor its opposite.
const (
	Unknown Verdict = iota
	No
	Yes
)

// VerdictOf is Yes or No.
func VerdictOf(ok bool) Verdict {
	if ok {
		return Yes
	}
	return No
}

// Field is something that a word can ask of a T: a text or a figure.
type Field[T any] struct {
	Name string
	Also []string // other names of it, which are not offered
	// Texts gives what a field of text holds, which may be several; all tells
	// that there are no others, so that a text that is not among them is known
	// to be missing. Nil for a figure.
	Texts func(T) (texts []string, all bool)
	// Figure gives the figure; Read reads what it is compared with, in the same
	// unit.
	Figure func(T) (x float64, known bool)
	Read   func(string) (float64, error)
}

// Language is what can be asked of a T.
type Language[T any] struct {
	Fields []Field[T]
	// Words are whole words that mean something by themselves, in lower case.
	Words map[string]func(T) Verdict
	// Plain tells whether a T holds any other word.
	Plain func(x T, word string) Verdict
}

// Names are the names of the fields.
func (l *Language[T]) Names() []string {
	names := make([]string, len(l.Fields))
	for i := range l.Fields {
		names[i] = l.Fields[i].Name
	}
	return names
}

// field finds the field of that name, in any case.
func (l *Language[T]) field(name string) *Field[T] {
	for i := range l.Fields {
		if f := &l.Fields[i]; f.Name == name || slices.Contains(f.Also, name) {
			return f
		}
	}
	return nil
}

// Terms are the parsed words of a filter. The zero Terms let everything pass.
type Terms[T any] struct{ terms []term[T] }

// term is one word.
type term[T any] struct {
	not   bool
	field string
	test  func(T) Verdict
}

// Empty tells that everything passes.
func (t Terms[T]) Empty() bool { return len(t.terms) == 0 }

// Match tells whether x passes.
func (t Terms[T]) Match(x T) bool {
	for i := range t.terms {
		v := t.terms[i].test(x)
		if v == Unknown || (v == Yes) == t.terms[i].not {
			return false
		}
	}
	return true
}

// Uses tells whether a word asks for the field of that name.
func (t Terms[T]) Uses(name string) bool {
	return slices.ContainsFunc(t.terms, func(one term[T]) bool { return one.field == name })
}

// Error is a word that means nothing. Its text says what would.
type Error struct {
	Word string
	Why  string
}

// Error is one line.
func (e *Error) Error() string { return e.Word + ": " + e.Why }

// Parse reads a filter. An error is an *[Error] about the first word that
// could not be read; the terms are then of the words that could.
func (l *Language[T]) Parse(text string) (Terms[T], error) {
	var all Terms[T]
	var first error
	for word := range strings.FieldsSeq(text) {
		t, err := l.word(word)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		all.terms = append(all.terms, t)
	}
	return all, first
}

// word reads one word.
func (l *Language[T]) word(word string) (t term[T], err error) {
	rest := word
	if len(rest) > 1 && (rest[0] == '-' || rest[0] == '!') {
		t.not, rest = true, rest[1:]
	}
	at := strings.IndexAny(rest, "<>=:")
	if at < 0 {
		if t.test = l.Words[strings.ToLower(rest)]; t.test == nil {
			t.test = func(x T) Verdict { return l.Plain(x, rest) }
		}
		return t, nil
	}
	name, op, value := strings.ToLower(rest[:at]), rest[at:at+1], rest[at+1:]
	if op != ":" && op != "=" && strings.HasPrefix(value, "=") {
		op, value = op+"=", value[1:]
	}
	if name == "" {
		return t, &Error{word, "a field is missing before " + op}
	}
	f := l.field(name)
	switch {
	case f == nil:
		return t, &Error{word, l.noField(name)}
	case value == "":
		return t, &Error{word, "a value is missing after " + op}
	}
	t.field = f.Name
	if f.Texts != nil {
		if op != ":" && op != "=" {
			return t, &Error{word, fmt.Sprintf("%s is text: write %s:%s", name, name, value)}
		}
		t.test = f.holds(value, op == "=")
		return t, nil
	}
	if op == ":" {
		return t, &Error{word, fmt.Sprintf("%s is a figure: write %s>%s", name, name, value)}
	}
	bound, err := f.Read(value)
	if err != nil {
		return t, &Error{word, err.Error()}
	}
	t.test = f.compare(op, bound)
	return t, nil
}

// noField says that there is no field of that name, and which was meant.
func (l *Language[T]) noField(name string) string {
	var known []string
	for i := range l.Fields {
		known = append(append(known, l.Fields[i].Name), l.Fields[i].Also...)
	}
	if near, ok := Nearest(name, known); ok {
		return fmt.Sprintf("no field %q: did you mean %s?", name, near)
	}
	return fmt.Sprintf("no field %q; there are %s", name, strings.Join(l.Names(), " "))
}

// holds tests for a text that contains want, or is it.
func (f *Field[T]) holds(want string, whole bool) func(T) Verdict {
	return func(x T) Verdict {
		texts, all := f.Texts(x)
		for _, have := range texts {
			if whole && strings.EqualFold(have, want) || !whole && Contains(have, want) {
				return Yes
			}
		}
		if !all {
			return Unknown
		}
		return No
	}
}

// compare tests the figure against a bound.
func (f *Field[T]) compare(op string, bound float64) func(T) Verdict {
	return func(x T) Verdict {
		have, known := f.Figure(x)
		if !known {
			return Unknown
		}
		switch op {
		case ">":
			return VerdictOf(have > bound)
		case ">=":
			return VerdictOf(have >= bound)
		case "<":
			return VerdictOf(have < bound)
		case "<=":
			return VerdictOf(have <= bound)
		default:
			return VerdictOf(have == bound)
		}
	}
}
