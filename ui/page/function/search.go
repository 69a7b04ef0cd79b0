package function

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/widget/line"
	"fntop/ui/widget/prompt"
)

// search is the last line of a tab with a list: the filter, while it is typed
// and after, and what there is to say of the list.
type search struct {
	searched
	width, height int // of the tab

	prompt  *prompt.Model
	hint    string
	text    string // of the filter
	undo    string // the text before it was edited
	problem error  // of the text
}

// searched is the list that is filtered.
type searched struct {
	rows  keys.Mover
	moved func()                                 // the user has moved through it
	set   func(env *page.Env, text string) error // takes a filter
	say   func(env *page.Env) string
}

// newSearch makes such a line; hint says what may be typed.
func newSearch(hint string, of searched) *search {
	return &search{searched: of, prompt: prompt.New("/"), hint: hint}
}

// resize takes the area of the tab and gives the height that is left.
func (s *search) resize(width, height int) int {
	s.width, s.height = width, height
	return height - s.foot()
}

// foot is the height of the line.
func (s *search) foot() int {
	if s.height < 3 && !s.prompt.Focused() {
		return 0
	}
	return 1
}

// keys are the bindings of a list that can be opened, filtered and sorted.
func (s *search) keys(env *page.Env) []key.Binding {
	k := env.Keys
	all := []key.Binding{k.Open, k.Filter, k.Sort, k.Reverse}
	if s.text != "" {
		all = append(all, keys.Named(k.Back, "clear filter"))
	}
	return all
}

// press takes a key press, and tells whether it was for the filter.
func (s *search) press(env *page.Env, press tea.KeyPressMsg) bool {
	switch k := env.Keys; {
	case s.prompt.Focused():
		s.typed(env, press)
	case key.Matches(press, k.Filter):
		s.undo = s.text
		s.prompt.Set(s.text)
		s.prompt.Focus()
	case key.Matches(press, k.Back) && s.text != "":
		s.filterBy(env, "")
	default:
		return false
	}
	return true
}

func (s *search) capturing() bool { return s.prompt.Focused() }

func (s *search) paste(env *page.Env, msg tea.PasteMsg) {
	if s.prompt.Focused() {
		s.typed(env, msg)
	}
}

// typed takes what is typed while the filter is edited.
func (s *search) typed(env *page.Env, msg tea.Msg) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch press.String() {
		case "enter":
			s.prompt.Blur()
			return
		case "esc", "ctrl+c":
			s.prompt.Blur()
			s.filterBy(env, s.undo)
			return
		case "up", "down", "pgup", "pgdown":
			env.Keys.Move(press, s.rows)
			s.moved()
			return
		}
	}
	s.prompt.Update(msg)
	s.filterBy(env, s.prompt.Value())
}

func (s *search) filterBy(env *page.Env, text string) {
	s.text = text
	s.problem = s.set(env, text)
}

// under puts the line under those of the list.
func (s *search) under(env *page.Env, lines []string) []string {
	if s.foot() == 0 {
		return lines
	}
	bar, _ := s.bar(env)
	return append(line.Clip(lines, s.height-1), bar)
}

func (s *search) cursor(env *page.Env) (x, y int, ok bool) {
	if !s.prompt.Focused() {
		return 0, 0, false
	}
	_, x = s.bar(env)
	return x, s.height - 1, x >= 0
}

// bar is the line, and the column of the cursor in it, or -1.
func (s *search) bar(env *page.Env) (string, int) {
	th := env.Theme
	remark, st := s.say(env), th.Muted
	switch {
	case s.prompt.Focused() && s.prompt.Value() == "":
		remark = s.hint
	case s.problem != nil:
		remark, st = th.Glyphs.Fail+" "+s.problem.Error(), th.Bad
	}
	return s.prompt.Bar(th, s.width, s.text, remark, st)
}
