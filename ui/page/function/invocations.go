package function

import (
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources/poll"
	"fntop/ui/filter"
	"fntop/ui/format"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/prompt"
)

// invocations is the tab of the list of invocations, which can be filtered
// and sorted.
type invocations struct {
	p             *Page
	width, height int
	list          *list

	prompt  *prompt.Model
	text    string // of the filter
	undo    string // the text before it was edited
	problem error  // of the text
}

func newInvocations(p *Page) *invocations {
	v := &invocations{p: p, list: newList(p), prompt: prompt.New("/")}
	v.list.counted = true
	return v
}

func (v *invocations) title() string { return Invocations }

// resize leaves the last line to the filter and the count.
func (v *invocations) resize(width, height int) {
	v.width, v.height = width, height
	v.list.table.SortColumn, v.list.table.Descending = v.list.sort, v.list.desc
	v.list.resize(width, height-v.foot())
}

// foot is the height of the line of the filter and the count.
func (v *invocations) foot() int {
	if v.height < 3 && !v.prompt.Focused() {
		return 0
	}
	return 1
}

func (v *invocations) take(env *page.Env) { v.list.take(env) }

func (v *invocations) demand(f *poll.Focus, _ *poll.Demand) { f.Invocations = true }

func (v *invocations) keys(env *page.Env) []key.Binding {
	k := env.Keys
	all := []key.Binding{k.Open, k.Filter, k.Sort, k.Reverse}
	if v.text != "" {
		all = append(all, keys.Named(k.Back, "clear filter"))
	}
	return append(all, v.list.keys(env)[1:]...)
}

func (v *invocations) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	k := env.Keys
	switch {
	case v.prompt.Focused():
		v.typed(env, press)
		return nil, true
	case key.Matches(press, k.Filter):
		v.undo = v.text
		v.prompt.Set(v.text)
		v.prompt.Focus()
		return nil, true
	case key.Matches(press, k.Back) && v.text != "":
		v.set(env, "")
		return nil, true
	case key.Matches(press, k.Sort):
		v.list.nextSort(env)
		return nil, true
	case key.Matches(press, k.Reverse):
		v.list.sortBy(env, v.list.sort)
		return nil, true
	}
	return v.list.press(env, press)
}

func (v *invocations) click(env *page.Env, x, y int) {
	if column := v.list.click(env, x, y); column >= 0 {
		v.list.sortBy(env, column)
	}
}

func (v *invocations) scroll(by int) { v.list.scroll(by) }

func (v *invocations) capturing() bool { return v.prompt.Focused() }

func (v *invocations) paste(env *page.Env, msg tea.PasteMsg) {
	if v.prompt.Focused() {
		v.typed(env, msg)
	}
}

// typed takes what is typed while the filter is edited.
func (v *invocations) typed(env *page.Env, msg tea.Msg) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch press.String() {
		case "enter":
			v.prompt.Blur()
			return
		case "esc", "ctrl+c":
			v.prompt.Blur()
			v.set(env, v.undo)
			return
		case "up", "down", "pgup", "pgdown":
			env.Keys.Move(press, v.list.table)
			v.list.touched()
			return
		}
	}
	v.prompt.Update(msg)
	v.set(env, v.prompt.Value())
}

// set filters by a text.
func (v *invocations) set(env *page.Env, text string) {
	v.text = text
	v.list.filter, v.problem = filter.ParseInvocations(text)
	v.list.take(env)
}

func (v *invocations) draw(env *page.Env) []string {
	lines := v.list.draw(env)
	if v.foot() == 0 {
		return lines
	}
	bar, _ := v.bar(env)
	return append(line.Clip(lines, v.height-1), bar)
}

func (v *invocations) cursor(env *page.Env) (x, y int, ok bool) {
	if !v.prompt.Focused() {
		return 0, 0, false
	}
	_, x = v.bar(env)
	return x, v.height - 1, x >= 0
}

// bar is the line of the filter and the count.
func (v *invocations) bar(env *page.Env) (string, int) {
	th := env.Theme
	remark, st := v.count(env), th.Muted
	switch {
	case v.prompt.Focused() && v.prompt.Value() == "":
		remark = "an ID or error, outcome:timeout dur>1s init>500ms mem>90% mem>512 cost>0.0001 cold error sampled, -word for the opposite"
	case v.problem != nil:
		remark, st = th.Glyphs.Fail+" "+v.problem.Error(), th.Bad
	}
	if v.prompt.Focused() {
		return v.prompt.Draw(th, v.width, remark, st)
	}
	b := line.New(th).Reset(v.width, theme.Style{}).Space(1)
	if v.text != "" {
		b.Text(th.Accent, "/").Space(1).Text(theme.Style{}, v.text).Space(3)
	}
	return b.Text(st, remark).String(), -1
}

// count says how many invocations there are, how many of them match, and
// since when they are known.
func (v *invocations) count(env *page.Env) string {
	fn := v.p.fn
	if fn == nil {
		return ""
	}
	all := format.Int(int64(v.list.within))
	text := all + " invocations"
	if !v.list.filter.Empty() {
		text = fmt.Sprintf("%s of %s match", format.Int(int64(len(v.list.order))), all)
	}
	start, end := v.p.window.At(env.Now)
	if from := fn.InvocationsFrom; from.After(start.Add(time.Minute)) && from.Before(end) {
		text += ", the log is known since " + env.In(from).Format("15:04:05")
	}
	if n := fn.InvocationsDropped; n > 0 {
		text += ", " + format.Int(int64(n)) + " older ones are not kept"
	}
	return text
}
