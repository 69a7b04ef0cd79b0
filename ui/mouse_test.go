package ui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"fntop/ui/internal/sample"
)

func (d *desk) click(x, y int) *desk {
	return d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// clickOn clicks on the first place where text stands.
func (d *desk) clickOn(text string) *desk {
	d.t.Helper()
	y := d.line(text)
	before, _, _ := strings.Cut(strings.Split(d.screen(), "\n")[y], text)
	return d.click(ansi.StringWidth(before), y)
}

func TestAClickSelectsARow(t *testing.T) {
	for _, view := range []string{"functions", "function", "trace", "invocation", "bill", "filter"} {
		t.Run(view, func(t *testing.T) {
			d := open(t, 120, 40).show(sample.Fleet(60))
			views()[view](d)
			at := d.line("▸")
			want := strings.Fields(strings.Split(d.screen(), "\n")[at+2])
			d.click(5, at+2)
			if got := d.line("▸"); got != at+2 || !strings.Contains(d.cursorLine(), want[1]) {
				t.Fatalf("the cursor is on line %d, %q, want %d, %q", got, d.cursorLine(), at+2, want)
			}
			// Beside rows a click does nothing.
			d.click(3, 0).click(3, 39).click(500, 500).click(-1, -1)
			d.send(tea.MouseClickMsg{X: 5, Y: at, Button: tea.MouseRight})
			if got := d.line("▸"); got != at+2 {
				t.Errorf("the cursor has gone to line %d", got)
			}
		})
	}
}

func TestAClickOnATitleSorts(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(60))
	d.clickOn("P95").sees("▾P95").clickOn("P95").sees("▴P95").clickOn("FUNCTION").sees("FUNCTION▴")
	d.clickOn("TRAFFIC").sees("FUNCTION▴") // a picture has no order
	d.keys("?").clickOn("FUNCTION").sees("FUNCTION▴")
}

func TestTheWheelScrolls(t *testing.T) {
	down := tea.MouseWheelMsg{Button: tea.MouseWheelDown}
	for name, walk := range views() {
		d := open(t, 120, 24).show(sample.Fleet(60))
		walk(d)
		for range 30 {
			d.send(down).send(wheelMsg{}).send(tea.MouseWheelMsg{Button: tea.MouseWheelUp}).send(wheelMsg{}).send(down).send(wheelMsg{})
			checkFrame(t, d.frame(), 120, 24)
		}
		if name == "functions" {
			if got := d.app.functions.View(); d.app.stack[0] != Page(d.app.functions) || got.Sort != "inv/min" {
				t.Errorf("%+v", got)
			}
			d.sees("geo-lookup").seesNot("checkout-api ")
		}
	}
}

// TestFloodsOfTheWheelAreMerged: a hundred steps within one frame are two
// pictures, and none of them is lost.
func TestFloodsOfTheWheelAreMerged(t *testing.T) {
	d := open(t, 120, 24).show(sample.Fleet(400))
	updates := 0
	step := func(msg tea.Msg) {
		if got := sieve(d.app, msg); got != nil {
			updates++
			d.send(got)
		}
	}
	for range 50 {
		step(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
		step(tea.MouseMotionMsg{})
	}
	if updates != 1 || d.app.wheel.lines != 49*wheelLines {
		t.Errorf("%d updates, %d lines wait", updates, d.app.wheel.lines)
	}
	step(wheelMsg{})
	twin := open(t, 120, 24).show(sample.Fleet(400))
	for range 50 {
		twin.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown}).send(wheelMsg{})
	}
	if d.screen() != twin.screen() {
		t.Errorf("merged\n%s\nand one by one\n%s", d.screen(), twin.screen())
	}
	step(wheelMsg{})
	if d.app.wheel.turning {
		t.Error("the wheel still turns")
	}
}

// TestTheMouseCanBeLeftToTheTerminal in a program of its own.
func TestTheMouseCanBeLeftToTheTerminal(t *testing.T) {
	for _, off := range []bool{false, true} {
		d := open(t, 80, 24, func(o *Options) { o.NoMouse = off })
		if got := d.app.View().MouseMode == tea.MouseModeNone; got != off {
			t.Errorf("NoMouse %v: the mouse is off: %v", off, got)
		}
	}
}

// TestAFloodInTheProgram sends wheel events through the program's own input.
func TestAFloodInTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := startProgram(context.Background(), sample.Now)
		settleDown()
		p.show(sample.Fleet(400))
		before := p.out.Len()
		_, _ = p.in.Write([]byte(strings.Repeat("\x1b[<65;10;10M", 40)))
		settleDown()
		if p.out.Len() == before {
			t.Error("the wheel does nothing")
		}
		_, _ = p.in.Write([]byte("q"))
		if err := <-p.done; err != nil {
			t.Error(err)
		}
		_ = p.in.Close()
	})
}
