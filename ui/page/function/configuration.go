package function

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// configuration is the tab of how the function is set up, and of what was
// done to it. It is text that scrolls.
type configuration struct {
	p *Page
	scroller
}

func newConfiguration(p *Page) *configuration { return &configuration{p: p} }

func (c *configuration) title() string { return Settings }

func (c *configuration) take(env *page.Env) { c.length = len(c.text(env)) }

func (c *configuration) demand(_ *poll.Focus, d *poll.Demand) { d.Changes, d.Tags = true, true }

func (c *configuration) keys(*page.Env) []key.Binding { return nil }

func (c *configuration) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	return nil, env.Keys.Move(press, &c.scroller)
}

func (c *configuration) click(*page.Env, int, int) {}
func (c *configuration) scroll(by int)             { c.Move(by) }

func (c *configuration) draw(env *page.Env) []string { return c.seen(c.text(env)) }

// setting is a fact about the function.
type setting struct {
	name, value string
	style       theme.Style
}

// The columns of the screen that a name and a fact take.
const (
	nameWidth = 13
	factWidth = 38
)

// text is all of the tab.
func (c *configuration) text(env *page.Env) []string {
	th := env.Theme
	b := line.New(th)
	fn := c.p.fn
	if fn == nil || !fn.Configured {
		text := "The configuration has not been listed yet."
		if fn == nil {
			text = "Loading" + th.Glyphs.Ellipsis
		}
		return []string{"", b.Reset(c.width, theme.Style{}).Space(2).Text(th.Muted, text).String()}
	}
	facts := append(c.what(env), c.limits(env)...)
	across := max(min(c.width/factWidth, 3), 1)
	down := (len(facts) + across - 1) / across
	room := (c.width - 1) / across
	lines := make([]string, 0, down+8)
	for y := range down {
		b.Reset(c.width, theme.Style{})
		for x := range across {
			if i := x*down + y; i < len(facts) {
				b.To(1+x*room).Cell(th.Muted, facts[i].name, nameWidth, false).Space(1)
				b.Cell(facts[i].style, facts[i].value, room-nameWidth-2, false)
			}
		}
		lines = append(lines, b.String())
	}
	for _, s := range c.long() {
		if b.Reset(c.width, theme.Style{}).Space(1); s.value != "" {
			b.Cell(th.Muted, s.name, nameWidth, false).Space(1).Text(s.style, s.value)
			lines = append(lines, b.String())
		}
	}
	lines = append(lines, c.tags(env)...)
	return append(append(lines, ""), c.changes(env)...)
}

// what is what the function is.
func (c *configuration) what(env *page.Env) []setting {
	th, f := env.Theme, &c.p.fn.Config
	plain := func(name, value string) setting { return setting{name, orUnknown(value), theme.Style{}} }
	mb := func(name string, n int) setting { return plain(name, format.Int(int64(n))+" MB") }
	state := plain("state", f.State)
	if f.State != "" && f.State != "Active" {
		state.style = th.Warn
	}
	modified := ""
	if !f.LastModified.IsZero() {
		modified = env.In(f.LastModified).Format("2006-01-02 15:04:05")
	}
	snap := "off"
	if f.SnapStart {
		snap = "on published versions"
	}
	return []setting{
		plain("runtime", runtimeOf(f)),
		plain("architecture", string(f.Architecture)),
		mb("memory", f.MemoryMB),
		mb("ephemeral", f.EphemeralMB),
		plain("timeout", format.Span(f.Timeout)),
		plain("package", string(f.PackageType)),
		plain("code size", format.Bytes(f.CodeSize)),
		plain("modified", modified),
		plain("version", f.Version),
		state,
		plain("SnapStart", snap),
		plain("tracing", string(f.Tracing)),
		plain("log format", strings.TrimSpace(string(f.LogFormat)+" "+f.SystemLogLevel)),
	}
}

// limits are the settings of concurrency.
func (c *configuration) limits(env *page.Env) []setting {
	th, fn := env.Theme, c.p.fn
	reserved := setting{"reserved", format.Unknown, theme.Style{}}
	set, asked := fn.Concurrency.Get()
	switch n, ok := c.p.reserved().Get(); {
	case ok && n == 0:
		reserved.value, reserved.style = th.Glyphs.Fail+" 0: switched off", th.Bad
	case ok:
		reserved.value = format.Int(int64(n))
	case asked:
		reserved.value = "none"
		if all, known := c.p.place.Limits.Get(); known {
			reserved.value = "none, shares " + format.Int(int64(all.Unreserved))
		}
	}
	all := []setting{reserved}
	if asked && len(set.Provisioned) == 0 {
		return append(all, setting{"provisioned", "none", theme.Style{}})
	}
	for _, p := range set.Provisioned {
		s := setting{"provisioned", p.Qualifier + " " + strconv.Itoa(p.Available) + " of " + strconv.Itoa(p.Requested), theme.Style{}}
		if p.Status != "" && p.Status != "READY" {
			s.value, s.style = s.value+" "+p.Status, th.Warn
		}
		all = append(all, s)
	}
	if n, ok := fn.Config.ProvisionedConcurrency.Get(); ok && len(all) == 1 {
		all = append(all, setting{"provisioned", format.Int(int64(n)), theme.Style{}})
	}
	if len(all) == 1 {
		all = append(all, setting{"provisioned", format.Unknown, theme.Style{}})
	}
	return all
}

// long are the facts that take a line of their own.
func (c *configuration) long() []setting {
	f := &c.p.fn.Config
	return []setting{
		{"log group", f.LogGroup, theme.Style{}},
		{"ARN", f.ARN, theme.Style{}},
		{"description", f.Description, theme.Style{}},
	}
}

// tags are the tags, one after the other.
func (c *configuration) tags(env *page.Env) []string {
	th, fn := env.Theme, c.p.fn
	b := line.New(th)
	begin := func() { b.Reset(c.width, theme.Style{}).Space(1).Cell(th.Muted, "tags", nameWidth, false).Space(1) }
	begin()
	err := c.p.place.Tags.Err
	switch {
	case len(fn.Config.Tags) > 0:
	case fn.Tagged:
		return []string{b.Text(theme.Style{}, "none").String()}
	case err != nil && !c.p.passing(err):
		return []string{b.Text(th.Bad, th.Glyphs.Fail+" "+err.Error()).String()}
	case c.p.waiting(env):
		return []string{b.Text(th.Muted, "asking"+th.Glyphs.Ellipsis).String()}
	default:
		return []string{b.Text(th.Muted, format.Unknown).String()}
	}
	var lines []string
	for i, k := range slices.Sorted(maps.Keys(fn.Config.Tags)) {
		text := sources.Clean(k + "=" + fn.Config.Tags[k])
		if i > 0 && b.Left() < line.Width(text)+2 {
			lines = append(lines, b.String())
			b.Reset(c.width, theme.Style{}).Space(nameWidth + 2)
		} else if i > 0 {
			b.Space(2)
		}
		b.Text(theme.Style{}, text)
	}
	return append(lines, b.String())
}

// changeRoom is the columns that the time, the kind and the author of a
// change take.
const changeRoom = 72

// changes are what was done to the function, newest first.
func (c *configuration) changes(env *page.Env) []string {
	th, fn := env.Theme, c.p.fn
	b := line.New(th)
	b.Reset(c.width, theme.Style{}).Space(1).Text(th.Strong, "Changes")
	if !fn.ChangesFrom.IsZero() && len(fn.Changes) > 0 {
		b.Space(2).Text(th.Muted, "since "+stamp(env, fn.ChangesFrom))
	}
	lines := []string{b.String()}
	if len(fn.Changes) == 0 {
		text, st := c.p.noChanges(env)
		return append(lines, b.Reset(c.width, theme.Style{}).Space(2).Text(st, text).String())
	}
	details, longest := make([]string, len(fn.Changes)), 0
	for i := range fn.Changes {
		details[i] = strings.Join(detailOf(&fn.Changes[i]), "  ")
		longest = max(longest, line.Width(details[i]))
	}
	longest = min(longest, max(c.width-changeRoom, 0))
	for i := range fn.Changes {
		ch := &fn.Changes[i]
		b.Reset(c.width, theme.Style{})
		if ch.Deploy() {
			b.Space(1).Sign(th.Accent, th.Glyphs.Mark)
		}
		b.To(3).Cell(theme.Style{}, env.In(ch.Time).Format("2006-01-02 15:04:05"), 19, false)
		b.Space(2).Cell(th.Strong, string(ch.Kind), 13, false).Space(1)
		b.Cell(theme.Style{}, details[i], longest, false).Space(1)
		b.Text(th.Muted, by(ch))
		lines = append(lines, b.String())
	}
	return lines
}

// detailOf is what is known of a change beside its kind.
func detailOf(c *sources.Change) []string {
	var all []string
	if c.Alias != "" {
		all = append(all, sources.Clean(c.Alias))
	}
	if c.Version != "" {
		all = append(all, "v"+sources.Clean(c.Version))
	}
	if c.What != "" {
		all = append(all, sources.Clean(c.What))
	}
	if len(all) == 0 {
		all = append(all, sources.Clean(c.Operation))
	}
	return all
}

// orUnknown is a text, or that it is not known.
func orUnknown(s string) string {
	if s == "" {
		return format.Unknown
	}
	return s
}
