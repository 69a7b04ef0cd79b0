package demo

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"time"

	"fntop/sources/demo/wire"
)

// signatureAge is how far a signature's date may be from the service's clock
// ("Signature expired: … is now earlier than … (… - 5 min.)").
const signatureAge = 5 * time.Minute

// before runs the faults that come before any answer.
func (s *Server) before(ctx context.Context, c *call) error {
	if c.faults.has(FaultDead, c) {
		<-ctx.Done()
		return errAborted
	}
	if slow, ok := c.faults.find(FaultLatency, c); ok && slow.Delay > 0 {
		timer := time.NewTimer(slow.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return errAborted
		}
	}
	if c.faults.has(FaultDrop, c) {
		return errAborted
	}
	return nil
}

// skew is how far the server's clock is ahead in the call.
func (c *call) skew() time.Duration {
	for _, rule := range c.faults.rules {
		if rule.Kind == FaultClockSkew && rule.matches(c) {
			return rule.Delay
		}
	}
	return 0
}

// dates writes the Date header where it is not the machine's.
func (s *Server) dates(w http.ResponseWriter, c *call) {
	if skew := c.skew(); skew != 0 {
		w.Header().Set("Date", s.wall().Add(skew).UTC().Format(http.TimeFormat))
	}
}

// skewed refuses a signature whose date is too far from the server's clock.
// It is checked only while a fault sets the clock, since a client of a demo
// at another speed may live in another time.
func (s *Server) skewed(c *call) *wire.Error {
	skew := c.skew()
	if skew == 0 || c.SignedAt.IsZero() {
		return nil
	}
	const layout = "20060102T150405Z"
	now := s.wall().Add(skew).UTC()
	signed := c.SignedAt.Format(layout)
	if earliest := now.Add(-signatureAge); c.SignedAt.Before(earliest) {
		return c.Skewed(signed, earliest.Format(layout), now.Format(layout))
	}
	if latest := now.Add(signatureAge); c.SignedAt.After(latest) {
		return c.SkewedAhead(signed, latest.Format(layout), now.Format(layout))
	}
	return nil
}

// garbage is a body in no protocol: neither JSON, XML nor CBOR reads it.
const garbage = "\x00\xff<html>\x1b[31m{{{\"upstream connect error\xfe"

// send writes a successful answer, or what faults make of it.
func (s *Server) send(ctx context.Context, w *recorder, c *call, answer any) error {
	switch {
	case c.faults.has(FaultGarbage, c):
		w.Header().Set("Content-Type", "application/octet-stream")
		w.WriteHeader(http.StatusOK)
		_, err := w.Write([]byte(garbage))
		return err
	case c.faults.has(FaultTruncate, c):
		return truncate(ctx, w, c, answer)
	}
	if t, ok := answer.(*liveTail); ok {
		return t.serve(ctx, w)
	}
	return c.Write(ctx, w, answer)
}

// truncate announces the whole answer and sends half of it. A live tail ends
// right after its start.
func truncate(ctx context.Context, w *recorder, c *call, answer any) error {
	if t, ok := answer.(*liveTail); ok {
		out, err := c.EventStream(w)
		if err == nil {
			err = out.Send(ctx, "sessionStart", &t.start)
		}
		return cmp.Or(err, errAborted)
	}
	whole := &buffer{header: w.Header()}
	if err := c.Write(ctx, whole, answer); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	if _, err := w.Write(whole.Bytes()[:whole.Len()/2]); err != nil {
		return err
	}
	if err := http.NewResponseController(w).Flush(); err != nil {
		return err
	}
	return errAborted
}

// buffer keeps an answer back.
type buffer struct {
	bytes.Buffer
	header http.Header
}

// Header is the header that goes out with what is kept back.
func (b *buffer) Header() http.Header { return b.header }

// WriteHeader does nothing: the answer goes out later.
func (b *buffer) WriteHeader(int) {}
