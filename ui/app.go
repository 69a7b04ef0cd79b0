package ui

import (
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/page/functions"
	"fntop/ui/page/spend"
	"fntop/ui/theme"
	"fntop/ui/widget/prompt"
)

// Page is one screen of the dashboard. The root calls it from one goroutine.
type Page interface {
	// Resize gives the page its area.
	Resize(env *page.Env, width, height int)
	// Show takes over what has changed in env: snapshot, time, theme.
	Show(env *page.Env)
	// Press takes a key press that no one above wanted.
	Press(env *page.Env, press tea.KeyPressMsg) page.Step
	// Draw gives as many lines as the area is high. It changes nothing.
	Draw(env *page.Env) []string
	// Keys are the bindings that do something now, the most wanted first.
	Keys(env *page.Env) []key.Binding
	// Demand adds what the page wants to have known.
	Demand(env *page.Env, d *poll.Demand)
}

// typist is a page in which text can be typed.
type typist interface {
	// Capturing tells that letters are text just now.
	Capturing() bool
	// Paste takes pasted text.
	Paste(env *page.Env, msg tea.PasteMsg)
	// Cursor is where the terminal's cursor belongs, in the page's area.
	Cursor(env *page.Env) (x, y int, ok bool)
}

// live is a page that shows newest data even while the picture is paused,
// because what it shows was asked for by opening it.
type live interface{ Live() }

// App is the root model. Make it with [New].
type App struct {
	viewer Viewer
	opts   Options
	done   chan struct{} // closed by stop: ends the waiting commands

	spec theme.Spec
	env  page.Env

	width, height int
	stack         []Page
	functions     *functions.Page
	spend         *spend.Page // kept, since it remembers what the user agreed to
	overlay       overlay
	command       *prompt.Model
	palette       palette

	newest *fleet.Snapshot // from the engine
	held   *fleet.Snapshot // while paused
	totals totals
	added  time.Time // when totals were computed
	ended  bool      // the engine is no more

	demand  poll.Demand
	number  int // of the newest demand
	wanted  bool
	unseen  bool
	refresh int

	keeper keeper
	wheel  wheel

	spin     spinner.Model
	spinning bool
	working  bool // a workMsg is on its way
	toast    toast
}

// New makes the dashboard. It is a tea.Model; [Run] runs it.
func New(v Viewer, opts Options) *App {
	a := &App{
		viewer:    v,
		opts:      opts.withDefaults(),
		done:      make(chan struct{}),
		functions: functions.New(opts.Functions),
		spend:     spend.New(),
		command:   prompt.New(":"),
	}
	a.stack = []Page{a.functions}
	a.spec = theme.Spec{Dark: true, ASCII: opts.ASCII, Choice: opts.Theme}
	a.setProfile(colorprofile.TrueColor)
	a.env = page.Env{
		Window:  sources.Window{Since: a.opts.Window},
		Price:   a.opts.Price,
		Explain: a.opts.Explain,
		Now:     a.opts.Now().In(a.opts.Zone),
		Behind:  true,
	}
	a.dress()
	a.keeper.memory = a.opts.Memory
	a.keeper.began = a.view()
	if a.opts.Trouble != "" {
		a.say(page.Say{Text: a.opts.Trouble, Bad: true})
	}
	return a
}

// stop ends the commands that wait.
func (a *App) stop() { close(a.done) }

// dress builds the theme anew.
func (a *App) dress() {
	a.env.Theme = theme.New(a.spec)
	a.env.Keys = keys.New(&a.env.Theme.Glyphs)
	a.env.Keys.Faults.SetEnabled(len(a.opts.Faults) > 0)
	a.spin = spinner.New(spinner.WithSpinner(spinner.Spinner{
		Frames: a.env.Theme.Glyphs.Spinner,
		FPS:    125 * time.Millisecond,
	}))
	a.spinning = false
}

// Init starts the commands that wait for snapshots and for time to pass.
func (a *App) Init() tea.Cmd {
	a.want()
	return tea.Batch(a.waitSnapshot(), a.waitTick(), a.startSpinner(), tea.RequestBackgroundColor)
}

// Update takes one message.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.env.Now = a.opts.Now().In(a.opts.Zone)
	cmd := a.handle(msg)
	a.want()
	return a, tea.Batch(cmd, a.startSpinner(), a.startWork())
}

func (a *App) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		a.layout()
	case tea.KeyPressMsg:
		return a.press(msg)
	case tea.MouseWheelMsg:
		return a.turn(msg)
	case wheelMsg:
		return a.turned()
	case tea.MouseClickMsg:
		return a.click(msg)
	case tea.PasteMsg:
		a.paste(msg)
	case snapshotMsg:
		return a.receive(msg)
	case workMsg:
		a.work()
	case endedMsg:
		a.ended = true
		a.say(page.Say{Text: "The engine has stopped: nothing here changes any more.", Bad: true})
	case tickMsg:
		a.expire()
		a.show()
		return tea.Batch(a.waitTick(), a.keep())
	case rememberedMsg:
		a.remembered(msg)
	case savedMsg:
		if msg.err != nil {
			a.say(page.Say{Text: msg.err.Error(), Bad: true})
		}
	case spinner.TickMsg:
		return a.turnSpinner(msg)
	case tea.BackgroundColorMsg:
		a.spec.Dark = msg.IsDark()
		a.dress()
		a.show()
	case tea.ColorProfileMsg:
		a.setProfile(msg.Profile)
		a.dress()
		a.show()
	case tea.FocusMsg:
		a.unseen = false
	case tea.BlurMsg:
		a.unseen = true
	case tea.ResumeMsg:
		a.show()
	}
	return nil
}

// setProfile takes over how many colours the terminal has.
func (a *App) setProfile(p colorprofile.Profile) {
	if a.spec.Profile = p; a.opts.NoColor {
		a.spec.Profile = colorprofile.ASCII
	}
}

// receive takes a new snapshot.
func (a *App) receive(msg snapshotMsg) tea.Cmd {
	a.newest = msg.snapshot
	if a.held == nil {
		a.addUp()
	}
	a.show()
	return tea.Batch(a.waitSnapshot(), a.recall())
}

// rareTotals is how often the totals are computed while a page shows that has
// no more of them than two counts in the header.
const rareTotals = 5 * time.Second

// addUp computes the totals of the newest snapshot.
func (a *App) addUp() {
	if len(a.stack) > 1 && a.env.Now.Sub(a.added) < rareTotals {
		return
	}
	a.totals, a.added = total(a.newest, a.env.Window), a.env.Now
}

// top is the page that is seen.
func (a *App) top() Page { return a.stack[len(a.stack)-1] }

// scene sets env up for the top page.
func (a *App) scene() *page.Env {
	a.env.Paused = a.held != nil
	a.env.Snapshot = a.newest
	if _, ok := a.top().(live); !ok && a.held != nil {
		a.env.Snapshot = a.held
	}
	a.env.Behind = a.env.Snapshot == nil || a.env.Snapshot.Demand < a.number
	a.env.Spinner = ""
	if a.busy() {
		a.env.Spinner = a.spin.View()
	}
	return &a.env
}

// show hands the top page what has changed, and lays out anew, since the
// height of the frame depends on what is known.
func (a *App) show() {
	a.layout()
	a.top().Show(a.scene())
}

// layout gives the top page its area.
func (a *App) layout() {
	a.top().Resize(a.scene(), a.width, a.bodyHeight())
}

// paste takes pasted text.
func (a *App) paste(msg tea.PasteMsg) {
	if a.command.Focused() {
		a.command.Update(msg)
		a.look()
		return
	}
	if t, ok := a.top().(typist); ok && t.Capturing() && a.overlay == nil {
		t.Paste(a.scene(), msg)
	}
}
