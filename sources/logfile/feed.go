package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// idleAfter is how long nothing may come of a log that is being written before
// what has been read counts as all there is right now. What is written at once
// comes at once.
const idleAfter = 100 * time.Millisecond

// errIdle says that the log has no more right now.
var errIdle = errors.New("idle")

// feed reads a log that is being written, in a goroutine of its own: a read
// that waits for input must not hold what has been read, nor the end of the
// program. Where the system cannot wake the goroutine from such a read, stop
// leaves it there: it ends when that read returns, or with the program.
type feed struct {
	pieces chan piece
	free   chan []byte
	quit   chan struct{}
	ended  chan struct{}
	fresh  bool // something has come since it was last idle
}

type piece struct {
	data []byte
	gzip bool
	err  error
}

// newFeed begins to read what open opens.
func newFeed(open func() (r io.Reader, gzip bool, err error)) *feed {
	f := &feed{
		pieces: make(chan piece), free: make(chan []byte, 2),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	f.free <- make([]byte, chunk)
	f.free <- make([]byte, chunk)
	go f.run(open)
	return f
}

func (f *feed) run(open func() (io.Reader, bool, error)) {
	defer close(f.ended)
	r, zipped, err := open()
	empty := 0
	for {
		var p piece
		select {
		case p.data = <-f.free:
		case <-f.quit:
			return
		}
		n := 0
		if err == nil {
			n, err = r.Read(p.data)
		}
		if empty++; n > 0 {
			empty = 0
		} else if err == nil && empty > maxEmpty {
			err = io.ErrNoProgress
		}
		p.data, p.gzip, p.err = p.data[:n], zipped, err
		select {
		case f.pieces <- p:
		case <-f.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// next gives the next piece, which is the caller's until it gives it back. It
// fails with errIdle when nothing comes, once until something has come again.
func (f *feed) next(ctx context.Context) (piece, error) {
	var idle <-chan time.Time
	if f.fresh {
		select { // mostly it is there
		case p := <-f.pieces:
			return p, nil
		default:
		}
		timer := time.NewTimer(idleAfter)
		defer timer.Stop()
		idle = timer.C
	}
	select {
	case p := <-f.pieces:
		f.fresh = true
		return p, nil
	case <-idle:
		f.fresh = false
		return piece{}, errIdle
	case <-ctx.Done():
		return piece{}, fmt.Errorf("read log: %w", ctx.Err())
	}
}

// give gives a piece back.
func (f *feed) give(p piece) { f.free <- p.data[:cap(p.data)] }

// stop ends the goroutine, at once if the input can be woken from a read.
func (f *feed) stop(input any) {
	close(f.quit)
	if d, ok := input.(interface{ SetReadDeadline(t time.Time) error }); ok && d.SetReadDeadline(time.Unix(1, 0)) == nil {
		<-f.ended
	}
}

// late is a file that is opened when it is read first: opening a named pipe
// waits for its writer.
type late struct {
	path string
	mu   sync.Mutex
	file *os.File
	done bool // closed
}

func (l *late) Read(p []byte) (int, error) {
	l.mu.Lock()
	file, done := l.file, l.done
	l.mu.Unlock()
	if file == nil && !done {
		opened, err := os.Open(l.path)
		if err != nil {
			return 0, fmt.Errorf("open log file: %w", err)
		}
		l.mu.Lock()
		l.file, file, done = opened, opened, l.done
		l.mu.Unlock()
		if done {
			_ = opened.Close() // it has not been read
		}
	}
	if done {
		return 0, os.ErrClosed
	}
	return file.Read(p) //nolint:wrapcheck // a reader passes errors on as they are
}

// SetReadDeadline is that of the file; it fails before that is open.
func (l *late) SetReadDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return os.ErrNoDeadline
	}
	return l.file.SetReadDeadline(t) //nolint:wrapcheck // the error says it
}

func (l *late) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = true
	if l.file == nil {
		return nil
	}
	return l.file.Close() //nolint:wrapcheck // the error names the file
}
