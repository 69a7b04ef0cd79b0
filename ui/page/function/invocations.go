package function

import (
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources/poll"
	"fntop/ui/filter"
	"fntop/ui/format"
	"fntop/ui/page"
)

// invocations is the tab of the list of invocations, which can be filtered
// and sorted.
type invocations struct {
	*search
	p    *Page
	list *list
}

func newInvocations(p *Page) *invocations {
	v := &invocations{p: p, list: newList(p)}
	v.list.counted = true
	v.search = newSearch("an ID or error, outcome:timeout dur>1s init>500ms mem>90% mem>512 cost>0.0001 cold error sampled, -word for the opposite", searched{
		rows: v.list.table, moved: v.list.touched, say: v.count,
		set: func(env *page.Env, text string) (err error) {
			v.list.filter, err = filter.ParseInvocations(text)
			v.list.take(env)
			return err
		},
	})
	return v
}

func (v *invocations) title() string { return Invocations }

// resize leaves the last line to the filter and the count.
func (v *invocations) resize(width, height int) {
	v.list.table.SortColumn, v.list.table.Descending = v.list.sort, v.list.desc
	v.list.resize(width, v.search.resize(width, height))
}

func (v *invocations) take(env *page.Env) { v.list.take(env) }

func (v *invocations) demand(f *poll.Focus, _ *poll.Demand) { f.Invocations = true }

func (v *invocations) keys(env *page.Env) []key.Binding {
	return append(v.search.keys(env), v.list.keys(env)[1:]...)
}

func (v *invocations) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	k := env.Keys
	switch {
	case v.search.press(env, press):
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

func (v *invocations) draw(env *page.Env) []string { return v.under(env, v.list.draw(env)) }

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
