package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"fntop/ui/format"
)

// costProgress is how far reading the month has come, in all places.
type costProgress struct {
	mu       sync.Mutex
	done     []int // functions whose hours have been asked for, by place
	of       int
	sampling int // places whose hours have been read, and REPORT lines not
}

func newCostProgress(scopes []scope, functions int) *costProgress {
	return &costProgress{done: make([]int, len(scopes)), of: functions}
}

// hours tells how many functions of a place have been asked for.
func (p *costProgress) hours(place, functions int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[place] = functions
}

// samples tells that one more or one less place reads what costs nothing.
func (p *costProgress) samples(by int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sampling += by
}

// String is how far it has come.
func (p *costProgress) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := 0
	for _, n := range p.done {
		done += n
	}
	var parts []string
	if done < p.of {
		parts = append(parts, fmt.Sprintf("reading the month: metrics of %s of %s", format.Int(int64(done)), several(p.of, "function")))
	}
	if p.sampling > 0 {
		parts = append(parts, fmt.Sprintf("reading REPORT lines and changes in %s, which is free, for up to %s", several(p.sampling, "region"), lookingUp+sampling))
	}
	if len(parts) == 0 {
		return "reading the month"
	}
	return strings.Join(parts, "; ")
}

// show says how far it has come while the work is done: on a terminal in one
// line that is cleared in the end, and else in a line each ten seconds.
func (p *costProgress) show(s streams, work func()) {
	every, write := 10*time.Second, "fntop: %s\n"
	if terminal(s.err) {
		every, write = time.Second/2, "\r%s \x1b[K\r"
		fmt.Fprintf(s.err, write, p)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				fmt.Fprintf(s.err, write, p)
			}
		}
	}()
	work()
	close(stop)
	<-stopped
}
