package tail

import (
	"slices"

	"fntop/ui/page"
)

// sifter goes through the lines kept for a text, the newest first, a part at a
// time, so that no key waits for it.
type sifter struct {
	todo int  // of the lines before this number it is not known whether they are hits
	more bool // the journal has lines that can be taken
	// The place to stay at meanwhile: a line by its number, on a line of the
	// screen. The user's moving ends that.
	anchored     bool
	number, line int
}

// A part has so many bytes, which take a few milliseconds: a text takes about a
// nanosecond a byte, a regular expression up to forty (BenchmarkTailFilter).
const (
	textPart    = 2 << 20
	patternPart = 128 << 10
	perLine     = 256 // what a line costs beside its bytes, most of it for its level
)

// part is the bytes of a part.
func (p *Page) part() int {
	if p.filter.lines.Pattern() {
		return patternPart
	}
	return textPart
}

// Working tells that there is more to do than would fit between two keys.
func (p *Page) Working() bool { return p.sifter.more || p.sifter.todo > p.lines.gone }

// Work does a part of it.
func (p *Page) Work(env *page.Env) {
	if p.sifter.more && env.Snapshot != nil {
		p.take(env)
	} else {
		p.sift()
	}
	p.arrange(env)
}

// sift goes through one part.
func (p *Page) sift() {
	s := &p.sifter
	if s.todo <= p.lines.gone {
		s.anchored = false
		return
	}
	from, left := s.todo, p.part()
	for from > p.lines.gone && left > 0 {
		from--
		k := p.lines.line(from)
		k.hit = k.gap == 0 && p.filter.lines.Match(k.Message)
		left -= len(k.Message) + perLine
	}
	var more []int
	for n := from; n < s.todo && !p.filter.all; n++ {
		if p.filter.shows(p.lines.line(n)) {
			more = append(more, n)
		}
	}
	s.todo = from
	p.shown = append(more, p.shown...)
	switch {
	case s.anchored:
		p.place()
		s.anchored = s.todo > max(s.number, p.lines.gone)
	case len(more) > 0:
		p.logs.Advance(-len(more), len(p.shown), p.entry)
	}
}

// place puts the cursor where it is to stay.
func (p *Page) place() {
	at, _ := slices.BinarySearch(p.shown, p.sifter.number)
	p.logs.Replace(len(p.shown), p.entry, at, p.sifter.line)
}

// hit tells whether the text chooses a line.
func (p *Page) hit(number int) bool {
	k := p.lines.line(number)
	if number < p.sifter.todo {
		return k.gap == 0 && p.filter.lines.Match(k.Message)
	}
	return k.hit
}
