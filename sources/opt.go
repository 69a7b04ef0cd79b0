package sources

// Opt is a value that may be unknown. Its zero value is unknown, so that a
// forgotten field reads as "–" and never as 0.
type Opt[T any] struct {
	v  T
	ok bool
}

// Some is a known value.
func Some[T any](v T) Opt[T] { return Opt[T]{v: v, ok: true} }

// Get gives the value; ok is false when it is unknown, and v is then zero.
func (o Opt[T]) Get() (v T, ok bool) { return o.v, o.ok }

// Known tells whether there is a value.
func (o Opt[T]) Known() bool { return o.ok }

// Or gives the value, or def when it is unknown.
func (o Opt[T]) Or(def T) T {
	if o.ok {
		return o.v
	}
	return def
}

// OrElse gives o when it is known and other when it is not.
func (o Opt[T]) OrElse(other Opt[T]) Opt[T] {
	if o.ok {
		return o
	}
	return other
}
