package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"fntop/sources"
	"fntop/sources/engine"
	"fntop/sources/fleet"
	"fntop/sources/platformlog"
	"fntop/sources/poll"
	"fntop/ui/filter"
)

// tailOptions are the flags of tail.
type tailOptions struct {
	filter string
	level  string
	live   bool
	back   bool // look back as far as --since

	match filter.Lines
	least int // severity
}

func newTail(g *globals, s streams) *cobra.Command {
	o := new(tailOptions)
	cmd := &cobra.Command{
		Use:   "tail FUNCTION…",
		Short: "Print the logs of functions as they come",
		Long: `Print the log lines of one function or of several, in the order in which they
become readable, until Ctrl-C. FUNCTION is a name, region/name or an ARN.

It begins now, or with --since so long ago. Reading the logs is free; --live also
starts a live tail, which is up to two seconds faster and costs $0.01 a minute
for every ten functions, beyond 1,800 free minutes a month.

--level leaves out the lines below it, and those that do not tell their level.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.back = cmd.Flags().Changed("since")
			if err := o.check(g); err != nil {
				return err
			}
			return g.tail(cmd.Context(), s, o, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.filter, "filter", "", "only lines that hold this text, or match this /regular expression/")
	f.StringVar(&o.level, "level", "", "only lines of this level or above: debug, info, warn or error")
	f.BoolVar(&o.live, "live", false, "also start a live tail, which costs money by the minute")
	return cmd
}

func (o *tailOptions) check(g *globals) (err error) {
	if o.match, err = filter.ParseLines(o.filter); err != nil {
		return usagef("--filter %q: %v", o.filter, err)
	}
	levels := map[string]platformlog.Level{
		"": platformlog.LevelNone, "trace": platformlog.LevelTrace, "debug": platformlog.LevelDebug, "info": platformlog.LevelInfo,
		"warn": platformlog.LevelWarn, "error": platformlog.LevelError, "fatal": platformlog.LevelFatal,
	}
	level, ok := levels[strings.ToLower(o.level)]
	o.least = level.Severity()
	switch {
	case !ok:
		return usagef("--level %q: it is debug, info, warn or error", o.level)
	case o.live && g.free:
		return usagef("--live and --free exclude each other: a live tail costs money")
	case g.until != "":
		return usagef("tail follows logs: it has no --until")
	}
	return nil
}

// tail follows the logs until the context ends.
func (g *globals) tail(ctx context.Context, s streams, o *tailOptions, names []string) error {
	ses, err := g.open(ctx, s)
	if err != nil {
		return err
	}
	defer ses.stop()
	since := ses.clock.Now()
	if o.back {
		window, err := g.window(since)
		if err != nil {
			return err
		}
		since = since.Add(-window.Since)
	}
	v := ses.engine.View()
	defer v.Close()
	snap, err := settle(ctx, v, poll.Demand{Catalogue: true}, g.progress(s))
	if err != nil {
		return err
	}
	g.clearProgress(s)
	failed, _ := placeErrors(snap)
	var ids []sources.FunctionID
	for _, name := range names {
		id, err := sources.Find(name, functionIDs(snap))
		if err != nil {
			return sources.JoinCauses(append(failed, err))
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if o.live {
		fmt.Fprintf(s.err, "fntop: a live tail costs $0.01 a minute for every ten functions of a region, beyond 1,800 free minutes a month\n")
	}
	t := newTailer(s, g, o, ids)
	return t.follow(ctx, v, since)
}

// tailer prints the lines of functions as they come.
type tailer struct {
	s      streams
	o      *tailOptions
	ids    []sources.FunctionID
	out    *writer[lineShape]
	format string
	color  bool
	width  int // of the names
	next   uint64
	told   map[string]bool // what has been said on standard error
}

func newTailer(s streams, g *globals, o *tailOptions, ids []sources.FunctionID) *tailer {
	t := &tailer{
		s: s, o: o, ids: ids, out: newWriter[lineShape](s.out, g.output, nil), format: g.output,
		color: g.output == "table" && (g.color == "always" || terminal(s.out) && !g.noColor(s)), told: make(map[string]bool),
	}
	for _, id := range ids {
		t.width = max(t.width, ansi.StringWidth(sources.Clean(id.Name)))
	}
	return t
}

// follow wants the lines since a time and prints them until the context ends.
func (t *tailer) follow(ctx context.Context, v *engine.Viewer, since time.Time) error {
	d := poll.Demand{}
	for _, id := range t.ids {
		d.Tail = append(d.Tail, poll.TailRef{Function: id, Since: since, Live: t.o.live})
	}
	v.Want(d)
	for {
		select {
		case <-ctx.Done():
			if t.format != "table" {
				return errors.Join(context.Cause(ctx), t.out.close())
			}
			return context.Cause(ctx)
		case snap, ok := <-v.Updates():
			if !ok {
				return errEnded
			}
			if err := t.take(snap); err != nil {
				return err
			}
		}
	}
}

// take prints what is new.
func (t *tailer) take(snap *fleet.Snapshot) error {
	j := snap.Journal
	if j == nil {
		return nil
	}
	if missed := j.First() - min(max(t.next, 1), j.First()); missed > 0 {
		fmt.Fprintf(t.s.err, "fntop: %d lines were dropped: they came faster than they could be written\n", missed)
	}
	for l := range j.Since(t.next) {
		if err := t.print(l); err != nil {
			return err
		}
	}
	t.next = j.Next()
	if err := t.out.flush(); err != nil {
		return err
	}
	return t.tell(snap)
}

// tell says once what goes wrong. When no log may be read, that is the end.
func (t *tailer) tell(snap *fleet.Snapshot) error {
	var refused []error
	for _, id := range t.ids {
		f, _ := snap.Journal.Function(id)
		if f.Err != nil {
			t.say(f.Err.Error())
			switch sources.KindOf(f.Err) {
			case sources.Denied, sources.NoCredentials, sources.ExpiredCredentials:
				refused = append(refused, f.Err)
			default:
			}
		}
		if f.Cut {
			t.say(id.Name + ": the log had more lines than are read at once: the oldest are missing")
		}
		if fn := snap.Get(id); fn != nil && fn.Tail.Err != nil {
			t.say(fn.Tail.Err.Error())
		}
	}
	if len(refused) == len(t.ids) {
		return refused[0]
	}
	return nil
}

func (t *tailer) say(text string) {
	if !t.told[text] {
		t.told[text] = true
		fmt.Fprintf(t.s.err, "fntop: %s\n", sources.Clean(text))
	}
}

// lineShape is one log line. Unknown is null.
type lineShape struct {
	Time      *string `json:"time"`
	Function  string  `json:"function"`
	Region    string  `json:"region"`
	Account   string  `json:"account"`
	RequestID *string `json:"request_id"`
	Level     *string `json:"level"`
	Stream    *string `json:"stream"`
	Message   string  `json:"message"`
}

// print writes a line, when it is wanted.
func (t *tailer) print(l *fleet.Line) error {
	at := slices.Index(t.ids, l.Function)
	if at < 0 || !t.o.match.Match(l.Message) {
		return nil
	}
	says := platformlog.Describe(l.Message)
	if says.Level.Severity() < t.o.least {
		return nil
	}
	if t.format == "table" {
		return t.printText(l, &says, at)
	}
	shape := lineShape{
		Function: l.Function.Name, Region: l.Function.Region, Account: l.Function.Account,
		RequestID: text(says.RequestID), Level: text(strings.ToLower(string(says.Level))), Stream: text(l.Stream),
		Message: l.Message,
	}
	if !l.Time.IsZero() {
		shape.Time = new(l.Time.UTC().Format(timeLayout))
	}
	return t.out.write(shape)
}

// tailColors are the colours of functions, of the sixteen that every terminal
// has.
func tailColors() []string {
	return []string{"36", "35", "33", "34", "32", "96", "95", "93", "94", "92"}
}

// printText writes a line for a person.
func (t *tailer) printText(l *fleet.Line, says *platformlog.Line, at int) error {
	paint := func(sgr, text string) string {
		if !t.color || sgr == "" {
			return text
		}
		return "\x1b[" + sgr + "m" + text + "\x1b[m"
	}
	stamp := strings.Repeat(" ", len(timeLayout))
	if !l.Time.IsZero() {
		stamp = l.Time.UTC().Format(timeLayout)
	}
	message := l.Message
	if !says.JSON {
		message = says.Message
	}
	name := sources.Clean(l.Function.Name)
	name += strings.Repeat(" ", max(t.width-ansi.StringWidth(name), 0))
	levelColor := map[platformlog.Level]string{platformlog.LevelWarn: "33", platformlog.LevelError: "31", platformlog.LevelFatal: "31;1"}
	colors := tailColors()
	_, err := fmt.Fprintf(t.out.out, "%s  %s  %s  %s\n", paint("2", stamp), paint(colors[at%len(colors)], name),
		paint(levelColor[says.Level], fmt.Sprintf("%-5s", says.Level)), sources.Clean(strings.TrimRight(message, "\r\n")))
	return err
}
