package main

import (
	"slices"
	"time"

	"fntop/sources/demo"
	"fntop/ui"
)

// faultSwitches are the faults that the dashboard can switch while the demo
// runs, beside those of the flags. They are used by the dashboard's goroutine
// alone.
func faultSwitches(server *demo.Server, given demo.Faults, regions []string) []ui.Fault {
	half := func(kind demo.FaultKind) []demo.Fault { return []demo.Fault{{Kind: kind, Share: 0.5}} }
	type choice struct {
		name, text string
		rules      []demo.Fault
	}
	choices := []choice{
		{"throttle", "half of all calls are throttled", half(demo.FaultThrottle)},
		{"latency", "every answer comes two seconds later", []demo.Fault{{Kind: demo.FaultLatency, Delay: 2 * time.Second}}},
		{"expired", "the credentials have expired", []demo.Fault{{Kind: demo.FaultExpired}}},
		{"denied", "reading logs is not permitted", []demo.Fault{{Kind: demo.FaultDenied, Service: "logs"}}},
		{"internal", "half of all calls fail with HTTP 5xx", half(demo.FaultInternal)},
		{"garbage", "half of all answers are unreadable", half(demo.FaultGarbage)},
		{"drop", "half of all connections are cut before the answer", half(demo.FaultDrop)},
		{"clock skew", "the cloud's clock is ten minutes ahead", []demo.Fault{{Kind: demo.FaultClockSkew, Delay: 10 * time.Minute}}},
	}
	if n := len(regions); n > 0 {
		last := regions[n-1]
		choices = append(choices, choice{"dead region", "no answer from " + last, []demo.Fault{{Kind: demo.FaultDead, Region: last}}})
	}
	on := make([]bool, len(choices))
	switches := make([]ui.Fault, len(choices))
	for i, c := range choices {
		switches[i] = ui.Fault{Name: c.name, Text: c.text, Set: func(set bool) {
			on[i] = set
			faults := demo.Faults{Quotas: given.Quotas, Rules: slices.Clone(given.Rules)}
			for k, other := range choices {
				if on[k] {
					faults.Rules = append(faults.Rules, other.rules...)
				}
			}
			server.SetFaults(faults)
		}}
	}
	return switches
}
