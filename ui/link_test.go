package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fntop/ui/internal/sample"
)

// TestConsoleLinks: o shows where the console has it, as a link, and copies
// it.
func TestConsoleLinks(t *testing.T) {
	const host = "https://us-east-1.console.aws.amazon.com"
	for view, want := range map[string]string{
		"functions":  host + "/lambda/home?region=us-east-1#/functions/checkout-api",
		"function":   host + "/lambda/home?region=us-east-1#/functions/image-resize",
		"invocation": host + "/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fimage-resize/log-events/",
		"trace":      host + "/xray/home?region=us-east-1#/traces/" + sample.TraceID,
	} {
		t.Run(view, func(t *testing.T) {
			d := open(t, 200, 40).show(sample.Fleet(20))
			views()[view](d)
			d.keys("o").sees("✓ Copied: " + host)
			checkFrame(t, d.frame(), 200, 40)
			if !strings.Contains(d.frame(), "\x1b]8;;"+want) || strings.Count(d.frame(), "\x1b]8;;") != 2 {
				t.Errorf("no link to %s:\n%q", want, d.frame())
			}
			if d.cmd == nil {
				t.Fatal("nothing is copied")
			}
			if got := copied(d); !strings.HasPrefix(got, want) {
				t.Errorf("copied %q, want %q", got, want)
			}
			d.now = d.now.Add(20 * time.Second)
			d.send(tickMsg{}).sees("Copied: ")
			d.now = d.now.Add(20 * time.Second)
			d.send(tickMsg{}).seesNot("Copied: ")
		})
	}
}

// copied is the text that the last key press copied.
func copied(d *desk) string { return fmt.Sprint(d.cmd()) }

func TestNoLinkForHostileNames(t *testing.T) {
	d := open(t, 120, 40).show(hostileFleet()).keys("down", "o").sees("✗ No console link is known for the function.")
	if strings.Contains(d.frame(), "\x1b]8") {
		t.Error("there is a link")
	}
}

func TestTheDemoIsInNoConsole(t *testing.T) {
	d := open(t, 120, 40, func(o *Options) { o.Demo = true }).show(sample.Fleet(20))
	d.keys("o").sees("the demo is in no console: https://us-east-1.console")
}
