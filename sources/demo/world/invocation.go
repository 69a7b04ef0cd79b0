package world

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"fntop/sources"
)

// invocation is a record with everything needed to tell of it.
type invocation struct {
	w *World
	f *function
	p *pool
	r *record
}

func (w *World) invocation(f *function, c *chunk, r *record) invocation {
	return invocation{w: w, f: f, p: c.poolOf(r), r: r}
}

// hash gives the k-th random number of the invocation; attempts of one event
// have their own.
func (v invocation) hash(k uint64) uint64 {
	return hash3(v.f.identity(v.r.minute, v.r.index), uint64(v.r.attempt), k)
}

// shared gives the k-th random number of the event, the same for all of its
// attempts.
func (v invocation) shared(k uint64) uint64 {
	return hash3(v.f.identity(v.r.minute, v.r.index), 0, k)
}

// requestID is shared by all attempts of an event.
func (v invocation) requestID() string {
	id := v.f.identity(v.r.minute, v.r.index)
	return uuid(hash2(id, 0x1d1), hash2(id, 0x1d2))
}

// uuid is a random UUID, version 4 (RFC 9562).
func uuid(a, b uint64) string {
	var raw [16]byte
	put(raw[:8], a)
	put(raw[8:], b)
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	var out [36]byte
	hex.Encode(out[:8], raw[:4])
	hex.Encode(out[9:13], raw[4:6])
	hex.Encode(out[14:18], raw[6:8])
	hex.Encode(out[19:23], raw[8:10])
	hex.Encode(out[24:], raw[10:])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}

func put(b []byte, v uint64) {
	for i := range 8 {
		b[i] = byte(v >> (56 - 8*i))
	}
}

// hex16 spells a number as 16 hex digits.
func hex16(v uint64) string {
	var raw [8]byte
	put(raw[:], v)
	return hex.EncodeToString(raw[:])
}

// stream is the log stream of the environment (Lambda Developer Guide,
// "Configuring CloudWatch log groups").
func (v invocation) stream() string {
	return v.f.streamName(v.r.created, v.p.config.version, int(v.r.slot))
}

func (f *function) streamName(created int64, version string, slot int) string {
	day := time.UnixMilli(created).UTC().Format("2006/01/02/")
	h := hash3(f.seed^0x57e4, uint64(created), uint64(slot))
	id := hex16(h) + hex16(mix(h))
	if f.group != "" {
		return day + f.name + "[" + version + "][" + id + "]"
	}
	return day + "[" + version + "]" + id
}

// ended is when the platform wrote END and REPORT, ms.
func (v invocation) ended() int64 { return v.r.end() / 1000 }

// cold tells whether the request waited for an init or a restore.
func (v invocation) cold() bool { return v.r.cause != warm }

// initShown is the init duration on the report, µs; 0 when it shows none.
func (v invocation) initShown() int64 {
	if v.f.snapStart || v.r.has(flagFailedInit) {
		return 0
	}
	return int64(v.r.init)
}

// restore is the restore duration and what of it is billed; 0 without one.
func (v invocation) restore() (us, billedMS int64) {
	if !v.f.snapStart || v.r.init == 0 || v.r.has(flagFailedInit) {
		return 0, 0
	}
	us = int64(v.r.init)
	return us, int64(float64(us) * span(v.hash(0x4e5), 0.15, 0.6) / 1000)
}

// billedMS is what the platform bills: the duration with the init, rounded up
// to a millisecond ("AWS Lambda standardizes billing for INIT Phase", AWS
// Compute Blog, 2025; in force since 2025-08-01). Of a restore a part is billed,
// on top.
func (v invocation) billedMS() int64 {
	if us, billed := v.restore(); us > 0 {
		return ceilMS(int64(v.r.dur)) + billed
	}
	return ceilMS(int64(v.r.dur) + v.initShown())
}

// result is how it ended in fntop's words.
func (o outcome) result() sources.Outcome {
	switch o {
	case fine:
		return sources.OK
	case handlerError:
		return sources.Failed
	case timedOut:
		return sources.TimedOut
	case exited:
		return sources.Exited
	case outOfMemory:
		return sources.OutOfMemory
	case initFailed:
		return sources.InitFailed
	}
	return sources.Unknown
}

// errorType is the error's type as the platform or the runtime names it;
// empty when it ended well or timed out.
func (v invocation) errorType() string {
	switch v.r.outcome {
	case handlerError:
		return v.mishap().kind
	case exited:
		return "Runtime.ExitError"
	case outOfMemory:
		return "Runtime.OutOfMemory"
	case initFailed:
		return brokenType(v.f.runtime.language)
	case fine, timedOut:
	}
	return ""
}

func brokenType(l language) string {
	switch l {
	case python, node:
		return "Runtime.ImportModuleError"
	default:
		return "Runtime.InvalidEntrypoint"
	}
}

// traceID is the X-Ray trace of the event: its second, and a number from
// which the invocation can be found again.
func (v invocation) traceID() string {
	if !v.f.traced {
		return ""
	}
	at := v.r.at
	if v.r.attempt > 1 {
		at = v.w.firstArrival(v.f, v.r.minute, v.r.index)
	}
	epoch := uint64(at / second)
	high := uint32(hash2(v.f.identity(v.r.minute, v.r.index), 0x74ace) >> 32)
	low := (uint64(v.f.index)<<32 | uint64(v.r.index)) ^ traceKey(epoch, high)
	return fmt.Sprintf("1-%08x-%08x%016x", epoch, high, low)
}

func traceKey(epoch uint64, high uint32) uint64 { return hash3(0x74ace, epoch, uint64(high)) }

// firstArrival is when the first attempt of an event arrived, ms.
func (w *World) firstArrival(f *function, minute int64, index uint32) int64 {
	s := w.borrow()
	defer w.scratches.Put(s)
	times := w.times(f, minute, s)
	if int(index) >= len(times) {
		return minute * minuteMS
	}
	return minute*minuteMS + times[index]
}

// parseTrace reads a trace ID back: the second, the function and the index.
func parseTrace(id string) (epoch int64, function, index uint32, ok bool) {
	if len(id) != 35 || id[:2] != "1-" || id[10] != '-' {
		return 0, 0, 0, false
	}
	e, err1 := strconv.ParseUint(id[2:10], 16, 32)
	high, err2 := strconv.ParseUint(id[11:19], 16, 32)
	low, err3 := strconv.ParseUint(id[19:], 16, 64)
	if err1 != nil || err2 != nil || err3 != nil {
		return 0, 0, 0, false
	}
	low ^= traceKey(e, uint32(high))
	return int64(e), uint32(low >> 32), uint32(low), true
}

// segment gives the IDs of the trace's segments: 0 is the service's, 1 the
// function's.
func (v invocation) segment(k uint64) string { return hex16(v.hash(0x5e6 + k)) }
