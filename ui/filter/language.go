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
	// Values are all that a field of text can hold; nil when that is not known.
	Values []string
	// Figure gives the figure; Read reads what it is compared with, in the same
	// unit.
	Figure func(T) (x float64, known bool)
	Read   func(string) (float64, error)
	// Takes tells whether this field is meant by a value, where several have one
	// name; nil for any value.
	Takes func(value string) bool
}

// Language is what can be asked of a T.
type Language[T any] struct {
	// Fields are in the order in which they are offered, the likeliest first.
	Fields []Field[T]
	// Words are whole words that mean something by themselves, in lower case.
	Words map[string]func(T) Verdict
	// Elsewhere says of fields that there are none here, and why.
	Elsewhere map[string]string
	// Plain tells whether a T holds any other word.
	Plain func(x T, word string) Verdict
}

// Names are the names of the fields, each once.
func (l *Language[T]) Names() []string {
	var names []string
	for i := range l.Fields {
		if name := l.Fields[i].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// field finds the field of that name that is compared with such a value.
func (l *Language[T]) field(name, value string) *Field[T] {
	for i := range l.Fields {
		f := &l.Fields[i]
		if (f.Name == name || slices.Contains(f.Also, name)) && (f.Takes == nil || f.Takes(value)) {
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
	words, first := split(text)
	for i, word := range words {
		t, err := l.word(word, i == len(words)-1)
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

// word reads one word; last tells that none follows.
func (l *Language[T]) word(w typedWord, last bool) (t term[T], err error) {
	word, rest := w.text, w.text
	t.not = w.not
	plain := func(x T) Verdict { return l.Plain(x, rest) }
	if w.quoted {
		t.test = plain
		return t, nil
	}
	if why := foreign(word, last); why != "" {
		return t, &Error{word, why}
	}
	if w.not {
		word = "-" + word
	}
	at := strings.IndexAny(rest, "<>=:~")
	if at < 0 {
		if t.test = l.Words[strings.ToLower(rest)]; t.test == nil {
			t.test = plain
		}
		return t, nil
	}
	name, op, value, why := operator(rest, at)
	f := l.field(name, value)
	switch {
	case name == "":
		return t, &Error{word, "a field is missing before " + op}
	case f == nil:
		return t, &Error{word, l.noField(name)}
	case why != "":
		return t, &Error{word, why}
	case value == "":
		return t, &Error{word, "a value is missing after " + op}
	}
	t.field = f.Name
	t.test, err = f.asks(name, op, value)
	if err != nil {
		return t, &Error{word, err.Error()}
	}
	return t, nil
}

// operator parts a word at its operator, which begins at a byte; why says what
// is wrong with it.
func operator(word string, at int) (name, op, value, why string) {
	name, op, value = strings.ToLower(word[:at]), word[at:at+1], word[at+1:]
	if bare, negated := strings.CutSuffix(name, "!"); negated {
		return bare, "!" + op, value, fmt.Sprintf("there is no !%s: write -%s=%s", op, bare, strings.TrimLeft(value, "=~"))
	}
	end := at + 1
	for end < len(word) && strings.IndexByte("<>=~", word[end]) >= 0 {
		end++
	}
	op, value = word[at:end], word[end:]
	switch op {
	case ">", ">=", "<", "<=", "=", ":":
	case "==":
		op = "="
	case ":>", ":>=", ":<", ":<=", ":=":
		op = op[1:]
	default:
		why = "there is no " + op + ", but > >= < <= = and : for contains"
	}
	return name, op, value, why
}

// asks is the test of a word about the field, by the name that was typed.
func (f *Field[T]) asks(name, op, value string) (func(T) Verdict, error) {
	if f.Texts == nil {
		if op == ":" {
			return nil, fmt.Errorf("%s is a figure: write %s>%s", name, name, value)
		}
		bound, err := f.Read(value)
		return f.compare(op, bound), err
	}
	if op != ":" && op != "=" {
		return nil, fmt.Errorf("%s is text: write %s:%s", name, name, value)
	}
	possible := func(v string) bool {
		return op == "=" && strings.EqualFold(v, value) || op == ":" && Contains(v, value)
	}
	if len(f.Values) > 0 && !slices.ContainsFunc(f.Values, possible) {
		return nil, fmt.Errorf("there are %s", strings.Join(f.Values, " "))
	}
	return f.holds(value, op == "="), nil
}

// noField says that there is no field of that name, and which was meant.
func (l *Language[T]) noField(name string) string {
	if why := l.Elsewhere[name]; why != "" {
		return why
	}
	var known []string
	for i := range l.Fields {
		known = append(append(known, l.Fields[i].Name), l.Fields[i].Also...)
	}
	if near, ok := Nearest(name, known); ok {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return "no such field: " + strings.Join(l.Names(), " ")
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
