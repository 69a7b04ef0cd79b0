package function

import (
	"time"

	"fntop/ui/page"
)

// LiveTail is the wish for a live tail, which costs money: the first press of
// its key tells how much, and the second one means yes.
type LiveTail struct {
	On    bool
	asked time.Time // when the user was told
}

// consent is for how long the second press means yes.
const consent = 6 * time.Second

// Turn turns the live tail on or off. price is what it costs: an amount of
// time and money, beside the free minutes (Amazon CloudWatch pricing, 2026:
// Logs-LiveTail; 1,800 minutes a month are free).
func (l *LiveTail) Turn(env *page.Env, price string) page.Step {
	switch {
	case l.On:
		*l = LiveTail{}
		return page.Say{Text: "The live tail has ended.", Done: true}
	case l.asked.IsZero() || env.Now.Sub(l.asked) > consent:
		l.asked = env.Now
		return page.Say{Text: "A live tail costs " + price + ", beyond 1,800 free minutes a month: " + env.Keys.Live.Help().Key + " again starts it."}
	}
	l.On = true
	return nil
}
