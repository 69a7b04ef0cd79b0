package logfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader turns UTF-16, which the Windows PowerShell writes to files, into
// UTF-8.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	out   []byte // decoded and not read yet
	buf   [4096]byte
}

// newUTF16 reads the byte order mark off the front.
func newUTF16(r *bufio.Reader) io.Reader {
	u := &utf16Reader{r: r, order: binary.LittleEndian}
	if mark, err := r.Peek(2); err == nil && mark[0] == 0xfe {
		u.order = binary.BigEndian
	}
	_, _ = r.Discard(2) // they have been peeked
	return u
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(u.out) == 0 {
		if err := u.decode(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// decode decodes what the reader has at hand.
func (u *utf16Reader) decode() error {
	unit, err := u.unit()
	if err != nil {
		return err
	}
	out := u.buf[:0]
	for {
		r := rune(unit)
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
			if next, err := u.r.Peek(2); err == nil {
				if pair := utf16.DecodeRune(rune(unit), rune(u.order.Uint16(next))); pair != utf8.RuneError {
					r = pair
					_, _ = u.r.Discard(2) // they have been peeked
				}
			}
		}
		out = utf8.AppendRune(out, r)
		if u.r.Buffered() < 2 || len(out) > len(u.buf)-utf8.UTFMax {
			break
		}
		unit, _ = u.unit() // it is there
	}
	u.out = out
	return nil
}

func (u *utf16Reader) unit() (uint16, error) {
	var two [2]byte
	if _, err := io.ReadFull(u.r, two[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		return 0, fmt.Errorf("read UTF-16: %w", err)
	}
	return u.order.Uint16(two[:]), nil
}
