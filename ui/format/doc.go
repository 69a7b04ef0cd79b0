// Package format writes the figures of fntop the way a person reads them:
// short, with units the eye need not parse, and never more exact than they
// are. What is not known is [Unknown].
//
// All functions are pure. Results are plain ASCII but for the signs named in
// their comments, so that a caller may count their bytes as columns where a
// comment says "ASCII".
package format

import "fntop/sources"

// Unknown is what stands for a value that is not known. It is one column
// wide and not ASCII.
const Unknown = "–"

// Opt writes a value that may be unknown.
func Opt[T any](v sources.Opt[T], write func(T) string) string {
	if x, ok := v.Get(); ok {
		return write(x)
	}
	return Unknown
}
