package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"fntop/sources"
	"fntop/sources/platformlog"
)

// MaxEvent is the longest message that is kept, the limit of CloudWatch Logs:
// 1 MiB (CloudWatch Logs User Guide, "CloudWatch Logs quotas"). What is longer
// is cut there and counted.
const MaxEvent = 1 << 20

// Options says how to read a log. The zero value works.
type Options struct {
	// Function is whose log it is. Without a name, the lines tell whose
	// invocations they are, as far as they do, and its ID fills in the rest.
	// Its timeout tells when an invocation without a report is over.
	Function sources.Function
	// Stream names the stream of events that name none.
	Stream string
	// Live says that the log may still be written while it is read, as by "aws
	// logs tail --follow": what is complete is handed over when no more comes
	// for a tenth of a second, and a context that ends does so even while
	// nothing comes. Nothing else is different.
	Live bool
	// Idle, when set, is called in a live reading whenever all there is has
	// been handed over. Its error ends the reading.
	Idle func() error
	// Progress, when set, is told now and then how many bytes of the input
	// have been read, as they are on disk.
	Progress func(read int64)
}

// Stats counts what was read. Events are Platform, Runtime, Application and
// Malformed together.
type Stats struct {
	Format Format
	Gzip   bool
	Bytes  int64 // of the input as it is on disk
	// Lines counts text lines; in the JSON formats of whole documents, events.
	Lines  int64
	Events int64
	// Platform counts lines that Lambda wrote, Runtime those of the language
	// runtime about a failed handler, Application those of the function's code.
	Platform    int64
	Runtime     int64
	Application int64
	// Malformed counts lines that begin like a platform line and cannot be
	// read.
	Malformed int64
	// Foreign counts what is no log event: JSON values without a message, text
	// before the first event, and events of a JSON text so long that the
	// message cannot be one of CloudWatch Logs.
	Foreign int64
	// Torn counts lines and JSON values in whose middle the input broke off.
	Torn int64
	// Cut counts events that were longer than MaxEvent.
	Cut int64
}

// File is a saved log. It is read once, by Events or by Invocations, and used
// by one goroutine.
type File struct {
	opts  Options
	input *counter
	close func() error
	size  int64
	told  int64 // bytes that Progress was last told of
	stats Stats
	// owners are asked while invocations are read.
	owners owners
}

// New makes a File of a reader.
func New(r io.Reader, opts Options) *File {
	f := &File{opts: opts, close: func() error { return nil }, owners: owners{given: opts.Function.ID}}
	f.input = &counter{r: r}
	return f
}

// Open opens a file on disk. A file of an S3 export ("000000.gz") lies in a
// directory named after its stream, which then names the stream of its events
// unless opts does. What is no regular file, such as a pipe, is read as Live
// says. The caller closes it.
func Open(path string, opts Options) (*File, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		opts.Live = true
		pipe := &late{path: path}
		f := New(pipe, opts)
		f.close = pipe.Close
		return f, nil
	}
	file, err := os.Open(path) //nolint:gosec // the user names the file to read
	if err != nil {
		return nil, fmt.Errorf("open log file: %w", err)
	}
	if opts.Stream == "" {
		opts.Stream = exportedStream(path)
	}
	info, err := file.Stat()
	regular := err == nil && info.Mode().IsRegular()
	opts.Live = opts.Live || !regular
	f := New(file, opts)
	f.close = file.Close
	if regular {
		f.size = info.Size()
	}
	return f, nil
}

// exportedStream is the stream's name in the path of an exported file, in
// which every "/" has become a "-".
func exportedStream(path string) string {
	base := strings.TrimSuffix(filepath.Base(path), ".gz")
	if len(base) != 6 || strings.Trim(base, "0123456789") != "" {
		return ""
	}
	dir := filepath.Base(filepath.Dir(path))
	if len(dir) > 11 && dir[4] == '-' && dir[7] == '-' && dir[10] == '-' && strings.Contains(dir, "[") {
		return dir[:4] + "/" + dir[5:7] + "/" + dir[8:10] + "/" + dir[11:]
	}
	return ""
}

// Size is the size of the file in bytes; 0 when it is not known, as for pipes.
func (f *File) Size() int64 { return f.size }

// Close closes the file that Open has opened.
func (f *File) Close() error { return f.close() }

// Stats is what has been counted so far.
func (f *File) Stats() Stats {
	s := f.stats
	s.Bytes = f.input.read.Load()
	return s
}

// Events gives the log events in the order of the log. An error is the last
// thing it gives: that of the reader, that of the context, or a *sources.Error
// of kind Malformed for JSON that cannot be read further. What came before
// stands.
func (f *File) Events(ctx context.Context) iter.Seq2[sources.LogEvent, error] {
	return func(yield func(sources.LogEvent, error) bool) {
		event := func(e *sources.LogEvent) bool {
			r, _ := platformlog.Parse(e.Message)
			f.count(r.Kind)
			own := *e
			own.Message = strings.Clone(e.Message)
			own.Stream = strings.Clone(e.Stream)
			own.ID = strings.Clone(e.ID)
			return yield(own, nil)
		}
		err := f.read(ctx, handler{event, f.idle, true})
		if err != nil && !errors.Is(err, errStop) {
			yield(sources.LogEvent{}, err)
		}
	}
}

// Invocations gives the invocations, in order of their reports; those without
// a report come last. Errors are as those of Events.
func (f *File) Invocations(ctx context.Context) iter.Seq2[sources.Invocation, error] {
	return func(yield func(sources.Invocation, error) bool) {
		pass := platformlog.NewPass(f.opts.Function)
		give := func(inv sources.Invocation) bool {
			inv.Function = f.owners.of(&inv)
			return yield(inv, nil)
		}
		event := func(e *sources.LogEvent) bool {
			r, ok := platformlog.Parse(e.Message)
			f.count(r.Kind)
			if ok {
				f.owners.record(e.Stream, &r)
			}
			return pass.Add(e, &r, give)
		}
		idle := func() error {
			if !pass.Idle(give) {
				return errStop
			}
			return f.idle()
		}
		err := f.read(ctx, handler{event, idle, false})
		if errors.Is(err, errStop) || !pass.End(give) {
			return
		}
		if err != nil {
			yield(sources.Invocation{}, err)
		}
	}
}

// Invocations reads the invocations of a log. It is New and File.Invocations
// for callers that want no Stats.
func Invocations(ctx context.Context, r io.Reader, opts Options) iter.Seq2[sources.Invocation, error] {
	return New(r, opts).Invocations(ctx)
}

// idle tells the caller that there are no more right now.
func (f *File) idle() error {
	if f.opts.Idle == nil {
		return nil
	}
	return f.opts.Idle()
}

// errStop says that the caller wants no more.
var errStop = errors.New("stop")

func (f *File) count(k platformlog.Kind) {
	f.stats.Events++
	switch {
	case k == platformlog.Malformed:
		f.stats.Malformed++
	case k == platformlog.RuntimeError:
		f.stats.Runtime++
	case k.Platform():
		f.stats.Platform++
	default:
		f.stats.Application++
	}
}

// handler takes what a reading finds.
type handler struct {
	// event takes events.
	event sink
	// idle is told that there are no more right now. Its error ends the
	// reading.
	idle func() error
	// all means that application events are wanted as soon as they are there.
	all bool
}

// sink takes events. The event and its strings are only valid until it
// returns. It is false when no more are wanted.
type sink func(e *sources.LogEvent) bool

// read finds out the format and reads the log.
func (f *File) read(ctx context.Context, to handler) error {
	b := &buffer{ctx: ctx, data: make([]byte, 0, chunk), after: f.progress}
	if f.opts.Live {
		b.feed = newFeed(func() (io.Reader, bool, error) { return unpack(f.input) })
		defer b.feed.stop(f.input.r)
	} else {
		var err error
		if b.r, b.gzip, err = unpack(f.input); err != nil {
			f.stats.Gzip = b.gzip
			return ending(err)
		}
	}
	for len(b.data) < peek {
		err := b.fill(peek - len(b.data)) // an error comes again, after what was read
		if errors.Is(err, errIdle) {
			if undecided(b.data) {
				continue
			}
			b.feed.fresh = true // it is idle for the reader of the format too
		}
		if err != nil {
			break
		}
	}
	f.stats.Gzip = b.gzip
	f.stats.Format = detect(b.data, b.ended)
	var err error
	switch f.stats.Format {
	case Documents:
		err = (&documents{b: b, f: f, to: to}).read()
	case Raw, Stamped, EventLines:
		err = (&lines{b: b, f: f, to: to}).read()
	}
	if f.opts.Progress != nil {
		f.opts.Progress(f.input.read.Load())
	}
	return err
}

// progress tells how much has been read, now and then.
func (f *File) progress() {
	read := f.input.read.Load()
	if f.opts.Progress != nil && read-f.told >= progressStep {
		f.told = read
		f.opts.Progress(read)
	}
}
