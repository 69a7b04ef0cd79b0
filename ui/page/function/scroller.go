package function

// scroller scrolls text in an area.
type scroller struct {
	width, height int
	top           int
	length        int // lines of text, as last taken
}

func (s *scroller) resize(width, height int) {
	s.width, s.height = width, height
	s.Move(0)
}

// seen is the part of the text that is in the area.
func (s *scroller) seen(text []string) []string {
	from := min(s.top, max(len(text)-s.height, 0))
	return text[from:min(from+s.height, len(text))]
}

// Move scrolls by lines.
func (s *scroller) Move(by int) { s.top = max(min(s.top+by, s.length-s.height), 0) }

// Page scrolls by screens.
func (s *scroller) Page(by int) { s.Move(by * max(s.height-1, 1)) }

// HalfPage scrolls by half screens.
func (s *scroller) HalfPage(by int) { s.Move(by * max(s.height/2, 1)) }

// Home goes to the beginning.
func (s *scroller) Home() { s.top = 0 }

// End goes to the end.
func (s *scroller) End() { s.Move(s.length) }
