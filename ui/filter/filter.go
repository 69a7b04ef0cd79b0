// Package filter is the language in which a user says what to show: words
// separated by spaces, all of which must hold. For functions:
//
//	"check out"        text with spaces, or a word that would mean something else
//	checkout           name, runtime, region or a tag contains it
//	runtime:python     that field contains it; runtime=python3.13, is it
//	tag:team=pay       so do the tags, as key=value; tag:team, that there is one
//	trigger:sqs        so does the kind, name or ARN of something that invokes it
//	err>1              a figure compared: > >= < <= =
//	inv>500 min>10     invocations in the window, and of its newest minute
//	mem>=512 mem>1GB   the memory that is set; a bare number is MB
//	version:61         the version that was deployed last
//	p95>=500ms         times take ms, s, m; a bare number is milliseconds
//	deployed<1h        ages take m, h, d; a bare number is minutes
//	idle active        without or with invocations in the window
//	throttled gone     with throttles in the window; no longer in the catalogue
//	-word !word        the opposite of word
//
// What is not known satisfies no word, and neither its opposite.
//
// The language itself knows no functions: a [Language] says what can be asked
// of a T, and fields.go is that of functions.
package filter

import (
	"time"

	"fntop/sources/fleet"
)

// Filter is a parsed filter of functions. The zero Filter lets everything
// pass. It may be used by several goroutines.
type Filter struct{ terms Terms[subject] }

// Match tells whether a function with these figures passes at the time now.
func (f Filter) Match(fn *fleet.Function, row *fleet.Row, now time.Time) bool {
	if f.terms.Empty() {
		return true
	}
	return f.terms.Match(subject{fn, row, now})
}

// Uses tells whether the filter asks for the field of that name.
func (f Filter) Uses(name string) bool { return f.terms.Uses(name) }

// Parse reads a filter of functions. An error is an *[Error] about the first
// word that could not be read; the filter then holds the words that could.
func Parse(text string) (Filter, error) {
	terms, err := functions().Parse(text)
	return Filter{terms}, err
}

// Fields are the names a filter of functions may use before an operator.
func Fields() []string { return functions().Names() }
