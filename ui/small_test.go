package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"fntop/ui/internal/sample"
)

// TestSmall keeps how pages and the help look on the smallest screens.
func TestSmall(t *testing.T) {
	for _, s := range []size{{20, 5}, {40, 12}} {
		for _, name := range []string{"functions", "function", "invocation", "bill", "help"} {
			t.Run(name+"/"+s.String(), func(t *testing.T) {
				d := open(t, 80, 24).show(sample.Fleet(60))
				views()[name](d)
				d.send(resizeTo(s))
				checkFrame(t, d.frame(), s.width, s.height)
				golden.RequireEqual(t, d.screen())
			})
		}
	}
}

// TestTheWayOutIsAlwaysSaid: at any width the foot names help, and how to leave
// the page.
func TestTheWayOutIsAlwaysSaid(t *testing.T) {
	for name, out := range map[string]string{"functions": "q quit", "function": "esc back", "invocation": "esc back", "trace": "esc back", "tail": "esc back", "bill": "esc back"} {
		for _, s := range append(sizes(), size{20, 5}, size{40, 12}, size{60, 16}, size{100, 30}) {
			d := open(t, 80, 24).show(sample.Fleet(60))
			views()[name](d)
			d.send(resizeTo(s))
			lines := strings.Split(d.screen(), "\n")
			if foot := lines[len(lines)-1]; !strings.Contains(foot, "? help") || !strings.Contains(foot, out) {
				t.Errorf("%s at %s: %q", name, s, foot)
			}
		}
	}
}

// TestHelpScrolls: every key can be reached on the smallest screen, and it says
// how many more there are.
func TestHelpScrolls(t *testing.T) {
	for _, s := range []size{{20, 5}, {40, 12}, {80, 12}} {
		d := open(t, s.width, s.height).show(sample.Fleet(60)).keys("?").sees("more below")
		seen := d.screen()
		for range 80 {
			seen += d.keys("down").screen()
		}
		for _, word := range []string{"open", "page down", "command", "suspend", "quit"} {
			if !strings.Contains(seen, word) {
				t.Errorf("%s: %q is never seen", s, word)
			}
		}
		if d.sees("the end").seesNot("more below").keys("up").sees("1 more below"); s.width == 20 {
			d.keys("esc").seesNot("more below")
		}
	}
}
