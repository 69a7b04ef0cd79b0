package logfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
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
	// Live says that the log is still being written, as by "aws logs tail
	// --follow": what has been read is handed over at once.
	Live bool
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
	// Foreign counts what is no log event: JSON values without a message, and
	// text before the first event.
	Foreign int64
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
	stats Stats
	// owners are asked while invocations are read.
	owners owners
}

// New makes a File of a reader.
func New(r io.Reader, opts Options) *File {
	f := &File{opts: opts, close: func() error { return nil }, owners: owners{given: opts.Function.ID}}
	f.input = &counter{r: r, stats: &f.stats, progress: opts.Progress}
	return f
}

// Open opens a file on disk. A file of an S3 export ("000000.gz") lies in a
// directory named after its stream, which then names the stream of its events
// unless opts does. The caller closes it.
func Open(path string, opts Options) (*File, error) {
	file, err := os.Open(path) //nolint:gosec // the user names the file to read
	if err != nil {
		return nil, fmt.Errorf("open log file: %w", err)
	}
	if opts.Stream == "" {
		opts.Stream = exportedStream(path)
	}
	f := New(file, opts)
	f.close = file.Close
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
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
func (f *File) Stats() Stats { return f.stats }

// Events gives the log events in the order of the log. An error is the last
// thing it gives: that of the reader, that of the context, or a *sources.Error
// of kind Malformed for JSON that cannot be read further. What came before
// stands.
func (f *File) Events(ctx context.Context) iter.Seq2[sources.LogEvent, error] {
	return func(yield func(sources.LogEvent, error) bool) {
		err := f.read(ctx, func(e *sources.LogEvent) bool {
			r, _ := platformlog.Parse(e.Message)
			f.count(r.Kind)
			own := *e
			own.Message = strings.Clone(e.Message)
			own.Stream = strings.Clone(e.Stream)
			own.ID = strings.Clone(e.ID)
			return yield(own, nil)
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(sources.LogEvent{}, err)
		}
	}
}

// Invocations gives the invocations, in order of their reports; those without
// a report come last. Errors are as those of Events.
func (f *File) Invocations(ctx context.Context) iter.Seq2[sources.Invocation, error] {
	return func(yield func(sources.Invocation, error) bool) {
		pass := platformlog.NewPass(f.opts.Function, f.opts.Live)
		give := func(inv sources.Invocation) bool {
			inv.Function = f.owners.of(&inv)
			return yield(inv, nil)
		}
		err := f.read(ctx, func(e *sources.LogEvent) bool {
			r, ok := platformlog.Parse(e.Message)
			f.count(r.Kind)
			if !ok {
				return true
			}
			f.owners.record(e.Stream, &r)
			return pass.Add(e, &r, give)
		})
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

// sink takes events. The event and its strings are only valid until it
// returns. It is false when no more are wanted.
type sink func(e *sources.LogEvent) bool

// read finds out the format and reads the log.
func (f *File) read(ctx context.Context, to sink) error {
	r, err := f.unpack()
	if err != nil {
		return err
	}
	b := &buffer{ctx: ctx, r: r, live: f.opts.Live, data: make([]byte, 0, chunk)}
	_ = b.fill(peek) // an error comes again, after what was read
	f.stats.Format = detect(b.data, b.ended)
	switch f.stats.Format {
	case Documents:
		err = (&documents{b: b, f: f, to: to}).read()
	case Raw, Stamped, EventLines:
		err = (&lines{b: b, f: f, to: to}).read()
	}
	if f.opts.Progress != nil {
		f.opts.Progress(f.stats.Bytes)
	}
	return err
}

// unpack looks through gzip and skips a byte order mark.
func (f *File) unpack() (io.Reader, error) {
	buffered := bufio.NewReaderSize(f.input, 64<<10)
	head, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read log: %w", err)
	}
	if bytes.Equal(head, []byte{0x1f, 0x8b}) {
		f.stats.Gzip = true
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("read log: %w", err)
		}
		buffered = bufio.NewReaderSize(unzipped, 64<<10)
	}
	head, err = buffered.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read log: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = buffered.Discard(3) // they have been peeked
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return newUTF16(buffered), nil
	}
	return buffered, nil
}

// counter counts the bytes of the input.
type counter struct {
	r        io.Reader
	stats    *Stats
	progress func(int64)
	told     int64
}

// progressStep is how many bytes are read between two calls of Progress.
const progressStep = 1 << 20

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.stats.Bytes += int64(n)
	if c.progress != nil && c.stats.Bytes-c.told >= progressStep {
		c.told = c.stats.Bytes
		c.progress(c.told)
	}
	return n, err //nolint:wrapcheck // a reader passes errors on as they are
}
