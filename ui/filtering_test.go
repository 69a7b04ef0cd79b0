package ui

import (
	"testing"

	"fntop/ui/internal/sample"
)

// TestAFilterThatMeansNothingIsExplained: while it is typed, and for as long as
// it stands there.
func TestAFilterThatMeansNothingIsExplained(t *testing.T) {
	for text, want := range map[string]string{
		`"check out`:       "✗ \"check out: the quote is not closed",
		"(err>1":           "✗ (err>1: all words must hold",
		"err>1 or cold>5":  "✗ or: all words must hold",
		"err~1":            "✗ err~1: there is no ~",
		"zzzz:1":           "✗ zzzz:1: no such field: err runtime tag cold",
		"outcome:timeout":  "only on invocations",
		"inv>1 idle":       "inv is of the last 1h",
		"version:61 inv>1": "deployed is not known",
	} {
		d := open(t, 120, 24).show(sample.Fleet(24)).keys("/", "type:"+text).sees(want)
		d.keys("enter").sees(want)
	}
	d := open(t, 120, 24).show(sample.Fleet(24)).openFunction().keys("2", "/", "type:outcome:bogus")
	d.sees("✗ outcome:bogus: there are ok error timeout out-of-memory")
	d.keys("enter").sees("✗ outcome:bogus")
	toTail(d)
	d.keys("/", "type:level>=warn").sees("✗ lines have no fields")
}
