package filter

import (
	"time"

	"fntop/sources"
)

// Traces is a parsed filter of traces. The zero Traces lets everything pass.
// It may be used by several goroutines.
type Traces struct{ terms Terms[*sources.TraceSummary] }

// Match tells whether a trace passes.
func (f Traces) Match(t *sources.TraceSummary) bool { return f.terms.Empty() || f.terms.Match(t) }

// Empty tells that every trace passes.
func (f Traces) Empty() bool { return f.terms.Empty() }

// ParseTraces reads a filter of traces:
//
//	1-6d2f3a10 uploads   the ID, a service or an annotation contains it
//	id:6d2f service:sqs  that field contains it
//	tenant=acme          an annotation, written as note:tenant=acme
//	dur>1s resp>500ms    times: of the whole, and until the answer
//	status>=500          the HTTP status of the response
//	fault error throttled partial
//
// An error is an *[Error] about the first word that could not be read; the
// filter then holds the words that could.
func ParseTraces(text string) (Traces, error) {
	terms, err := ofTraces().Parse(text)
	return Traces{terms}, err
}

// ofTraces is the language for traces.
func ofTraces() *Language[*sources.TraceSummary] {
	type trace = *sources.TraceSummary
	timed := func(name, also string, get func(trace) sources.Opt[time.Duration]) Field[trace] {
		return Field[trace]{Name: name, Also: []string{also}, Read: Millis, Figure: func(t trace) (float64, bool) {
			d, ok := get(t).Get()
			return float64(d) / float64(time.Millisecond), ok
		}}
	}
	// What has gone wrong in a trace stays; of one that is not all there it is
	// not known that nothing has.
	signed := func(get func(trace) bool) func(trace) Verdict {
		return func(t trace) Verdict {
			if is := get(t); is || !t.Partial {
				return VerdictOf(is)
			}
			return Unknown
		}
	}
	throttled := signed(func(t trace) bool { return t.Throttle })
	return &Language[trace]{
		Fields: []Field[trace]{
			timed("dur", "duration", func(t trace) sources.Opt[time.Duration] { return t.Duration }),
			timed("resp", "response", func(t trace) sources.Opt[time.Duration] { return t.Response }),
			{Name: "status", Also: []string{"http"}, Read: Number, Figure: func(t trace) (float64, bool) { return number(t.Status) }},
			{Name: "id", Also: []string{"trace"}, Texts: func(t trace) ([]string, bool) { return []string{t.ID}, true }},
			{Name: "service", Also: []string{"services"}, Texts: func(t trace) ([]string, bool) { return t.Services, whole(t, len(t.Services)) }},
			{Name: "note", Also: []string{"annotation"}, Texts: func(t trace) ([]string, bool) { return notes(t), whole(t, len(t.Annotations)) }},
		},
		Words: map[string]func(trace) Verdict{
			"fault":     signed(func(t trace) bool { return t.Fault }),
			"error":     signed(func(t trace) bool { return t.Error }),
			"throttled": throttled,
			"throttle":  throttled,
			"partial":   func(t trace) Verdict { return VerdictOf(t.Partial) },
		},
		Plain: func(t trace, word string) Verdict {
			found := Contains(t.ID, word)
			for _, s := range t.Services {
				found = found || Contains(s, word)
			}
			for _, s := range notes(t) {
				found = found || Contains(s, word)
			}
			return VerdictOf(found)
		},
	}
}

// whole tells that a trace has no more than so many of something.
func whole(t *sources.TraceSummary, n int) bool { return !t.Partial && n < sources.MostNoted }

// notes are the annotations of a trace, as name=value.
func notes(t *sources.TraceSummary) []string {
	all := make([]string, 0, len(t.Annotations))
	for _, a := range t.Annotations {
		all = append(all, a.Name+"="+a.Value)
	}
	return all
}
