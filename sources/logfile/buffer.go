package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
)

const (
	chunk = 256 << 10 // bytes read at once
	peek  = 64 << 10  // bytes the format is found out from
)

// buffer is a window onto the input. Its owner takes bytes off the front and
// has more added to the end.
type buffer struct {
	ctx   context.Context //nolint:containedctx // it lives for one reading
	r     io.Reader
	live  bool
	data  []byte // read and not taken yet
	ended bool
	err   error // the error that ended the reading
	taken int64 // bytes taken so far
}

// fill reads until there are at least n more bytes, or, in a live log, until
// there are some. At the end it gives io.EOF, with or without new bytes,
// and so it does with any other error; from then on it gives the same again.
func (b *buffer) fill(n int) error {
	if b.err == nil {
		b.err = b.read(n)
	}
	b.ended = b.err != nil
	return b.err
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
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		if got > 0 {
			empty = 0
			if b.live {
				return nil
			}
		} else if empty++; empty > 100 {
			return fmt.Errorf("read log: %w", io.ErrNoProgress)
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
