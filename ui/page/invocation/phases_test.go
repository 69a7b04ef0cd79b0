package invocation

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"fntop/sources"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// TestPhasesInLittleRoom: no figure is cut, and none stands without its name.
func TestPhasesInLittleRoom(t *testing.T) {
	th := theme.New(theme.Spec{ASCII: true})
	p := &Page{inv: sources.Invocation{Duration: ms(17.21), Init: ms(80.52), Billed: ms(98), Outcome: sources.OK}}
	for p.width = 14; p.width < 120; p.width++ {
		text := strings.TrimSpace(ansi.Strip(p.phases(&page.Env{Theme: th})[2]))
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("+=~", r) }) {
			if part = strings.TrimSpace(part); strings.HasSuffix(part, "billed") || strings.HasSuffix(part, "run") || strings.HasSuffix(part, "init") {
				t.Errorf("%d wide: %q", p.width, text)
			}
		}
		if strings.Contains(text, "~") {
			t.Errorf("%d wide: cut: %q", p.width, text)
		}
	}
}

func ms(x float64) sources.Opt[time.Duration] {
	return sources.Some(time.Duration(x * float64(time.Millisecond)))
}

// TestPhases: what is written adds up, the bar fills its room with every
// phase in it, and what is billed differently is said.
func TestPhases(t *testing.T) {
	for name, c := range map[string]struct {
		inv      sources.Invocation
		answered sources.Opt[time.Duration]
		want     string
	}{
		"warm":        {sources.Invocation{Duration: ms(17.21), Billed: ms(18)}, sources.Opt[time.Duration]{}, "= run 17.21 ms   billed 18ms (rounded up by 0.79 ms)"},
		"cold":        {sources.Invocation{Duration: ms(17.21), Init: ms(80.52), Billed: ms(98)}, sources.Opt[time.Duration]{}, ": init 80.52 ms + = run 17.21 ms = 97.73 ms   billed 98ms (rounded up by 0.27 ms)"},
		"free init":   {sources.Invocation{Duration: ms(3000), Init: ms(305.5), Billed: ms(3000)}, sources.Opt[time.Duration]{}, ": init 305.50 ms + = run 3,000.00 ms = 3,305.50 ms   billed 3,000ms (its init is not billed)"},
		"restore":     {sources.Invocation{Duration: ms(100), Restore: ms(511.25), BilledRestore: ms(303), Billed: ms(403)}, sources.Opt[time.Duration]{}, ": restore 511.25 ms + = run 100.00 ms = 611.25 ms   billed 403ms (303ms of the restore count)"},
		"overhead":    {sources.Invocation{Duration: ms(120), Billed: ms(120)}, ms(100), "= run 100.00 ms + . overhead 20.00 ms = 120.00 ms   billed 120ms"},
		"rounded":     {sources.Invocation{Duration: ms(12), Billed: ms(100)}, sources.Opt[time.Duration]{}, "= run 12.00 ms   billed 100ms (88.00 ms more)"},
		"not billed":  {sources.Invocation{Duration: ms(12)}, sources.Opt[time.Duration]{}, "= run 12.00 ms"},
		"all of them": {sources.Invocation{Duration: ms(9000), Init: ms(0.01), Billed: ms(9001)}, ms(8999.99), ": init 0.01 ms + = run 8,999.99 ms + . overhead 0.01 ms = 9,000.01 ms   billed 9,001ms (rounded up by 0.99 ms)"},
	} {
		t.Run(name, func(t *testing.T) {
			c.inv.Outcome = sources.OK
			p := &Page{inv: c.inv, answered: c.answered, width: 120}
			th := theme.New(theme.Spec{ASCII: true})
			lines := p.phases(&page.Env{Theme: th})
			if got := strings.TrimSpace(ansi.Strip(lines[2])); got != c.want {
				t.Errorf("written %q, want %q", got, c.want)
			}
			bar := ansi.Strip(lines[1])
			if w := line.Width(strings.TrimSpace(bar)); w != 118 {
				t.Errorf("the bar is %d wide: %q", w, bar)
			}
			for _, ph := range p.parts(th) {
				if !strings.Contains(bar, ph.glyph) {
					t.Errorf("%s is not in the bar %q", ph.name, bar)
				}
			}
		})
	}
}
