//go:build unix

package ui

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"

	"fntop/ui/internal/sample"
	"fntop/ui/keys"
	"fntop/ui/theme"
)

// everyKey is every key that has a binding, but those that end or suspend the
// program. They come from the one table of keys, so that a new key is walked,
// too.
func everyKey(t *testing.T) []string {
	t.Helper()
	k := keys.New(&theme.New(theme.Spec{}).Glyphs)
	leave := slices.Concat(k.Quit.Keys(), k.Suspend.Keys())
	var all []string
	table := reflect.ValueOf(*k)
	for i := range table.NumField() {
		binding, ok := reflect.TypeAssert[key.Binding](table.Field(i))
		if !ok {
			t.Fatalf("%s is no binding", table.Type().Field(i).Name)
		}
		for _, name := range binding.Keys() {
			if !slices.Contains(leave, name) && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	if len(all) < 40 {
		t.Fatalf("only %d keys: %v", len(all), all)
	}
	return all
}

// ways are the ways from the functions page to every page and to what opens
// above pages.
func ways() map[string][]string {
	function := []string{":", "type:open image-resize", "enter"}
	invocation := slices.Concat(function, []string{"down", "down", "down", "down", "down", "enter"})
	return map[string][]string{
		"functions": nil, "function": function, "invocation": invocation, "trace": append(slices.Clone(invocation), "t"), "traces": append(slices.Clone(function), "3"),
		"bill": {"b"}, "help": {"?"}, "command": {":"}, "filter": {"/"}, "tail": append(slices.Clone(function), "l"), "find": append(slices.Clone(invocation), "/"),
	}
}

// atHome tells that nothing but the functions page is open.
func (d *desk) atHome() bool {
	return len(d.app.stack) == 1 && d.app.overlay == nil && !d.app.command.Focused() && !d.app.functions.Capturing()
}

// place names what is open, to see whether a key has left it.
func (d *desk) place() string {
	t, ok := d.app.top().(typist)
	return fmt.Sprintf("%d %p %v %v %v", len(d.app.stack), d.app.top(), d.app.overlay != nil, d.app.command.Focused(), ok && t.Capturing())
}

// TestEveryKeyEverywhere presses every key on every page, at every size.
func TestEveryKeyEverywhere(t *testing.T) {
	all := everyKey(t)
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			for _, s := range []size{{20, 5}, {33, 11}, {80, 24}, {200, 60}} {
				d := open(t, s.width, s.height).show(sample.Fleet(20))
				d.keys(way...)
				at := d.place()
				for _, k := range all {
					d.keys(k)
					checkFrame(t, d.frame(), s.width, s.height)
					for i := 0; d.place() != at; i++ {
						if d.atHome() {
							d.keys(way...)
							at = d.place()
							break
						}
						if d.keys("esc"); i > 20 {
							t.Fatalf("%q at %v: no way home:\n%s", k, s, d.screen())
						}
					}
				}
			}
		})
	}
}

// TestEveryKeyInATerminal presses every key on every page in a real terminal:
// it shows what it should, and the program can be ended as it should be.
func TestEveryKeyInATerminal(t *testing.T) {
	all := everyKey(t)
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := startTerminal(t, "sample", size{80, 24}).settles()
			x.press(way...)
			at := x.twin.place()
			for _, k := range all {
				x.press(k)
				for x.twin.place() != at {
					if x.twin.atHome() {
						x.press(way...)
						at = x.twin.place()
						break
					}
					x.press("esc")
				}
			}
			for i := 0; !x.twin.atHome() && i < 20; i++ {
				x.press("esc")
			}
			x.quit()
		})
	}
}

// code is what a terminal sends for a key.
func code(name string) string {
	codes := map[string]string{
		"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "enter": "\r", "esc": "\x1b",
		"pgup": "\x1b[5~", "pgdown": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "backspace": "\x7f",
	}
	if raw, ok := codes[name]; ok {
		return raw
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok && len(letter) == 1 {
		return string(rune(letter[0] & 0x1f))
	}
	return strings.TrimPrefix(name, "type:")
}
