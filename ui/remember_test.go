package ui

import (
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
	"fntop/ui/page/functions"
)

// fakeMemory remembers in memory.
type fakeMemory struct {
	saved map[string]View
	err   error
	saves int
}

func (m *fakeMemory) Load(account string) (View, bool, error) {
	v, ok := m.saved[account]
	return v, ok, m.err
}

func (m *fakeMemory) Save(account string, v View) error {
	m.saves++
	if m.saved == nil {
		m.saved = map[string]View{}
	}
	m.saved[account] = v
	return m.err
}

// settle runs what the last message asked to be done outside of Update and
// takes its answers, until there are no more; commands that wait are left.
func (d *desk) settle() *desk {
	d.t.Helper()
	cmds := []tea.Cmd{d.cmd}
	for len(cmds) > 0 {
		cmd := cmds[0]
		cmds = cmds[1:]
		if cmd == nil {
			continue
		}
		answer := make(chan tea.Msg, 1)
		go func() { answer <- cmd() }()
		select {
		case msg := <-answer:
			if batch, ok := msg.(tea.BatchMsg); ok {
				cmds = append(cmds, batch...)
				continue
			}
			switch msg.(type) {
			case rememberedMsg, savedMsg:
				d.send(msg)
				cmds = append(cmds, d.cmd)
			}
		case <-time.After(100 * time.Millisecond): // it waits for snapshots or time
		}
	}
	return d
}

func remembering(m Memory) func(*Options) { return func(o *Options) { o.Memory = m } }

func TestTheViewIsRememberedPerAccount(t *testing.T) {
	m := &fakeMemory{}
	d := open(t, 120, 30, remembering(m)).show(sample.Fleet(60)).settle()
	d.send(tickMsg{}).settle()
	if m.saves != 0 {
		t.Fatalf("%v was saved although nothing had changed", m.saved)
	}
	d.keys(":", "type:sort p95", "enter", "S", "/", "type:runtime:python", "enter", "]").send(tickMsg{}).settle()
	want := View{Functions: functions.View{Sort: "p95", Filter: "runtime:python"}, Window: 3 * time.Hour}
	if got := m.saved[sample.Account]; got != want || len(m.saved) != 1 {
		t.Fatalf("saved %+v, want %+v for %s", m.saved, want, sample.Account)
	}
	d.send(tickMsg{}).settle()
	if m.saves != 1 {
		t.Fatalf("saved %d times", m.saves)
	}
	again := open(t, 120, 30, remembering(m)).show(sample.Fleet(60)).settle()
	again.sees("▴P95", "/ runtime:python")
	if got := again.app.view(); got != want {
		t.Fatalf("the view is %+v, want %+v", got, want)
	}
	if got := again.view.last().Window.Since; got != 3*time.Hour {
		t.Fatalf("%v is wanted", got)
	}
}

func TestWhoIsQuickerThanTheMemoryKeepsWhatHeSees(t *testing.T) {
	m := &fakeMemory{saved: map[string]View{sample.Account: {Functions: functions.View{Sort: "p95", Filter: "checkout"}}}}
	d := open(t, 120, 30, remembering(m)).show(sample.Fleet(60))
	load := d.cmd
	d.keys("s")
	d.cmd = load
	d.settle().seesNot("checkout  ", "▾P95").send(tickMsg{}).settle()
	if got := m.saved[sample.Account].Functions; got.Filter != "" || got.Sort != "inv" {
		t.Fatalf("saved %+v", got)
	}
}

func TestAWindowThatWasGivenIsForThisTimeOnly(t *testing.T) {
	m := &fakeMemory{saved: map[string]View{sample.Account: {Functions: functions.View{Sort: "p95"}, Window: 12 * time.Hour}}}
	d := open(t, 120, 30, remembering(m), func(o *Options) { o.Window, o.WindowGiven = 15*time.Minute, true }).show(sample.Fleet(60)).settle()
	if got := d.view.last().Window.Since; got != 15*time.Minute {
		t.Fatalf("%v is wanted", got)
	}
	d.keys("S").send(tickMsg{}).settle()
	if got := m.saved[sample.Account]; got.Window != 12*time.Hour || !got.Functions.Descending {
		t.Fatalf("saved %+v", got)
	}
}

func TestTroubleWithTheMemoryIsToldAndNotFatal(t *testing.T) {
	m := &fakeMemory{err: errors.New("the disk is full of stars")}
	d := open(t, 120, 30, remembering(m)).show(sample.Fleet(60)).settle().sees("✗ the disk is full of stars")
	d.keys("s").seesNot("stars").send(tickMsg{}).settle().sees("full of stars")
	saves := m.saves
	d.keys("down").send(tickMsg{}).settle().seesNot("stars")
	if m.saves != saves {
		t.Fatal("what could not be saved was tried again at each tick")
	}
}

// TestNothingIsLoadedBeforeAllPlacesWereTried: the accounts are the key.
func TestNothingIsLoadedBeforeAllPlacesWereTried(t *testing.T) {
	m := &fakeMemory{saved: map[string]View{sample.Account: {Functions: functions.View{Sort: "p95"}}}}
	head := sample.Head(24)
	head.Places[1].State, head.Places[1].Account = fleet.Opening, ""
	d := open(t, 120, 30, remembering(m)).show(fleet.Assemble(head, sample.Functions(24), nil, nil)).settle().seesNot("▴P95")
	head = sample.Head(24)
	head.Places[1].State, head.Places[1].Account, head.Places[1].Err = fleet.Failed, "", denied()
	d.show(fleet.Assemble(head, sample.Functions(24), nil, nil)).settle().sees("▴P95")
}
