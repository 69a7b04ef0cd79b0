package function

import (
	"cmp"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/poll"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// The columns of the triggers.
const (
	triggerKind = iota
	triggerName
	triggerQualifier
	triggerState
	triggerResult
	triggerSettings
)

// triggers is the tab of what invokes the function.
type triggers struct {
	p             *Page
	width, height int
	table         *table.Model
}

func newTriggers(p *Page) *triggers {
	return &triggers{p: p, table: table.New([]table.Column{
		{ID: triggerKind, Title: "KIND", Min: 8, Max: 11},
		{ID: triggerName, Title: "SOURCE", Min: 12, Max: 44},
		{ID: triggerState, Title: "STATE", Min: 12, Max: 14, Drop: 1},
		{ID: triggerQualifier, Title: "QUALIFIER", Min: 9, Max: 12, Drop: 4},
		{ID: triggerResult, Title: "LAST RESULT", Min: 12, Max: 22, Drop: 3},
		{ID: triggerSettings, Title: "SETTINGS", Min: 16, Max: 90, Drop: 2},
	})}
}

func (t *triggers) title() string { return Triggers }

// resize leaves lines to the source that is selected and to what is missing.
func (t *triggers) resize(width, height int) {
	t.width, t.height = width, height
	t.table.Resize(width, height-t.foot())
	t.table.SetLen(t.count())
}

func (t *triggers) foot() int { return min(2, t.height/3) }

func (t *triggers) count() int {
	if t.p.fn == nil {
		return 0
	}
	return len(t.p.fn.Triggers)
}

func (t *triggers) take(*page.Env) { t.table.SetLen(t.count()) }

func (t *triggers) demand(_ *poll.Focus, d *poll.Demand) { d.Triggers = true }

func (t *triggers) keys(env *page.Env) []key.Binding {
	if t.count() == 0 {
		return nil
	}
	return []key.Binding{keys.Named(env.Keys.Copy, "copy source")}
}

func (t *triggers) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	if env.Keys.Move(press, t.table) {
		return nil, true
	}
	if i := t.table.Cursor(); key.Matches(press, env.Keys.Copy) && i < t.count() {
		if tr := &t.p.fn.Triggers[i]; tr.Source != "" {
			return page.Copy{What: "the source", Text: tr.Source}, true
		}
	}
	return nil, false
}

func (t *triggers) click(_ *page.Env, x, y int) {
	if _, row := t.table.Hit(x, y); row >= 0 {
		t.table.Select(row)
	}
}

func (t *triggers) scroll(by int) { t.table.Scroll(by) }

func (t *triggers) draw(env *page.Env) []string {
	th := env.Theme
	b := line.New(th)
	if t.count() == 0 {
		lines := []string{""}
		for _, r := range t.missing(env) {
			lines = append(lines, b.Reset(t.width, theme.Style{}).Space(2).Text(r.style, r.text).String())
		}
		if len(lines) == 1 {
			lines = append(lines, b.Reset(t.width, theme.Style{}).Space(2).Text(th.Muted,
				"Nothing is known to invoke it: no event source mapping, no permission, no function URL.").String())
		}
		return lines
	}
	lines := line.Clip(t.table.Draw(th, triggerRows{t, env}), t.height-t.foot())
	if t.foot() > 1 {
		lines = append(lines, t.detail(b, th))
	}
	b.Reset(t.width, theme.Style{}).Space(1)
	if all := t.missing(env); len(all) > 0 {
		b.Text(all[0].style, all[0].text)
	}
	return append(lines, b.String())
}

// detail is where the selected trigger's events come from, in full.
func (t *triggers) detail(b *line.Builder, th *theme.Theme) string {
	b.Reset(t.width, theme.Style{}).Space(1)
	tr := &t.p.fn.Triggers[min(t.table.Cursor(), t.count()-1)]
	switch {
	case tr.Source != "":
		b.Text(th.Muted, tr.Source)
	case tr.Permitted:
		b.Text(th.Muted, "The permission "+sources.Clean(tr.ID)+" names no source.")
	}
	return b.String()
}

// remark is a sentence in its style.
type remark struct {
	text  string
	style theme.Style
}

// missing says what of the triggers is not known, and why.
func (t *triggers) missing(env *page.Env) []remark {
	th, fn := env.Theme, t.p.fn
	var all []remark
	fail := func(err error) { all = append(all, remark{th.Glyphs.Fail + " " + err.Error(), th.Bad}) }
	if fn != nil && fn.Triggered.Err != nil && !t.p.passing(fn.Triggered.Err) {
		fail(fn.Triggered.Err)
	}
	if err := t.p.place.Triggers.Err; err != nil && !t.p.passing(err) {
		fail(err)
	}
	if len(all) > 0 {
		return all
	}
	switch mapped, asked := fn != nil && fn.Mapped, fn != nil && !fn.Triggered.Good.IsZero(); {
	case mapped && asked:
	case t.p.waiting(env):
		all = append(all, remark{"Asking what invokes it" + th.Glyphs.Ellipsis, th.Muted})
	case !mapped && !asked:
		all = append(all, remark{"What invokes it is not known.", th.Muted})
	case !mapped:
		all = append(all, remark{"Its event source mappings are not known.", th.Muted})
	default:
		all = append(all, remark{"Its permissions and function URLs are not known.", th.Muted})
	}
	return all
}

// triggerRows draws the triggers.
type triggerRows struct {
	t   *triggers
	env *page.Env
}

// Len is the number of triggers.
func (r triggerRows) Len() int { return r.t.count() }

// Cell is what stands in a column of a trigger's row.
func (r triggerRows) Cell(i, id, _ int) table.Cell {
	t, th := &r.t.p.fn.Triggers[i], r.env.Theme
	switch id {
	case triggerKind:
		return table.Cell{Text: string(t.Kind), Style: th.Strong}
	case triggerName:
		if t.Name == "" && t.Source == "" {
			return table.Cell{Text: "any", Style: th.Muted} // the permission names none
		}
		return table.Cell{Text: cmp.Or(t.Name, t.Source)}
	case triggerQualifier:
		return table.Cell{Text: t.Qualifier, Style: th.Muted}
	case triggerState:
		return state(th, t)
	case triggerResult:
		if t.Result != "" && !strings.EqualFold(t.Result, "OK") && !strings.EqualFold(t.Result, "No records processed") {
			return table.Cell{Text: th.Glyphs.Fail + " " + t.Result, Style: th.Bad}
		}
		return table.Cell{Text: t.Result, Style: th.Muted}
	case triggerSettings:
		var parts []string
		for _, s := range t.Settings {
			parts = append(parts, strings.TrimSpace(s.Name+" "+s.Value))
		}
		return table.Cell{Text: strings.Join(parts, "  "), Style: th.Muted}
	}
	return table.Cell{}
}

// state is what a trigger does now. One that is known from a permission alone
// only may.
func state(th *theme.Theme, t *sources.Trigger) table.Cell {
	switch {
	case t.Public:
		return table.Cell{Text: th.Glyphs.Rise + " public", Style: th.Warn}
	case t.State == "" && t.Permitted:
		return table.Cell{Text: "may invoke", Style: th.Muted}
	case t.State == "" || t.State == "Enabled":
		return table.Cell{Text: t.State}
	default:
		return table.Cell{Text: th.Glyphs.Rise + " " + t.State, Style: th.Warn}
	}
}
