package logfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"sync/atomic"
)

// unpack looks through gzip and skips a byte order mark.
func unpack(input io.Reader) (r io.Reader, zipped bool, err error) {
	buffered := bufio.NewReaderSize(input, 64<<10)
	head, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err //nolint:wrapcheck // a reader passes errors on as they are
	}
	if bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, true, err //nolint:wrapcheck // a reader passes errors on as they are
		}
		unzipped.Multistream(false)
		zipped = true
		buffered = bufio.NewReaderSize(&members{source: buffered, member: unzipped}, 64<<10)
	}
	head, err = buffered.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, zipped, err //nolint:wrapcheck // a reader passes errors on as they are
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = buffered.Discard(3) // they have been peeked
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return newUTF16(buffered), zipped, nil
	}
	return buffered, zipped, nil
}

// members reads the members of a gzip file one after the other. Zeros after
// the last one fill up a block, as on tapes: gzip(1) passes over them too.
type members struct {
	source *bufio.Reader
	member *gzip.Reader
}

func (m *members) Read(p []byte) (int, error) {
	n, err := m.member.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err //nolint:wrapcheck // a reader passes errors on as they are
	}
	zeros := false
	for {
		head, err := m.source.Peek(1)
		if len(head) == 0 {
			return n, err //nolint:wrapcheck // a reader passes errors on as they are
		}
		if head[0] != 0 {
			break
		}
		zeros = true
		_, _ = m.source.Discard(1) // it has been peeked
	}
	if zeros {
		return n, gzip.ErrHeader
	}
	if err := m.member.Reset(m.source); err != nil {
		return n, err //nolint:wrapcheck // a reader passes errors on as they are
	}
	m.member.Multistream(false)
	return n, nil
}

// counter counts the bytes of the input.
type counter struct {
	r    io.Reader
	read atomic.Int64
}

// progressStep is how many bytes are read between two calls of Progress.
const progressStep = 1 << 20

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.read.Add(int64(n))
	return n, err //nolint:wrapcheck // a reader passes errors on as they are
}
