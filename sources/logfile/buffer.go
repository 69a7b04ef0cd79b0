package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
)

const (
	chunk    = 256 << 10 // bytes read at once
	peek     = 64 << 10  // bytes the format is found out from
	maxEmpty = 100       // reads in a row that may give nothing
)

// buffer is a window onto the input. Its owner takes bytes off the front and
// has more added to the end.
type buffer struct {
	ctx   context.Context //nolint:containedctx // it lives for one reading
	r     io.Reader       // nil where there is a feed
	feed  *feed
	gzip  bool   // what the feed reads is compressed
	after func() // called after each read
	data  []byte // read and not taken yet
	ended bool
	err   error // the error that ended the reading
	taken int64 // bytes taken so far
}

// fill reads until there are at least n more bytes, or, from a feed, until
// there are some. At the end it gives io.EOF, with or without new bytes,
// and so it does with any other error; from then on it gives the same again.
// A feed that has no more right now gives errIdle, and may have more later.
func (b *buffer) fill(n int) error {
	if b.err != nil {
		return b.err
	}
	var err error
	if b.feed != nil {
		err = b.receive()
	} else {
		err = b.read(n)
	}
	if err != nil && !errors.Is(err, errIdle) {
		b.err, b.ended = err, true
	}
	b.after()
	return err
}

// receive takes the next piece of the feed.
func (b *buffer) receive() error {
	p, err := b.feed.next(b.ctx)
	if err != nil {
		return err
	}
	b.data = append(b.data, p.data...)
	b.gzip = p.gzip
	if p.err == nil {
		b.feed.give(p)
		return nil
	}
	return ending(p.err)
}

// ending is the error that ends the reading.
func ending(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return fmt.Errorf("read log: %w", err)
}

func (b *buffer) read(n int) error {
	if err := b.ctx.Err(); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	want := len(b.data) + n
	for empty := 0; len(b.data) < want; {
		if cap(b.data)-len(b.data) < chunk/4 {
			grown := make([]byte, len(b.data), 2*cap(b.data)+chunk)
			copy(grown, b.data)
			b.data = grown
		}
		got, err := b.r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+got]
		if err != nil {
			return ending(err)
		}
		if empty++; got > 0 {
			empty = 0
		} else if empty > maxEmpty {
			return ending(io.ErrNoProgress)
		}
	}
	return nil
}

// take takes n bytes off the front.
func (b *buffer) take(n int) {
	b.taken += int64(n)
	rest := copy(b.data, b.data[n:])
	b.data = b.data[:rest]
}
