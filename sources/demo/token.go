package demo

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"time"
)

// position is a place in a list ordered by time: after the first Skip
// entries of those at exactly the time At.
type position struct {
	at   time.Time
	skip uint32
}

// token is what a nextToken holds: where to go on, the moment the listing is
// of, so that its pages fit together, and a sum of the question, so that a
// token is not taken for another one's.
type token struct {
	pos   position
	asOf  time.Time
	flags byte
	sum   uint64
}

const (
	tokenVersion = 1
	tokenSize    = 1 + 1 + 8 + 4 + 8 + 8
)

// errToken is every token that was not given out for the question.
var errToken = errors.New("the token is not valid for this request")

// String is the token as it goes out.
func (t token) String() string {
	b := make([]byte, 0, tokenSize)
	b = append(b, tokenVersion, t.flags)
	b = appendTime(b, t.pos.at)
	b = binary.BigEndian.AppendUint32(b, t.pos.skip)
	b = appendTime(b, t.asOf)
	b = binary.BigEndian.AppendUint64(b, t.sum)
	return base64.RawURLEncoding.EncodeToString(b)
}

// appendTime writes a time in nanoseconds since the epoch; no time is 0.
func appendTime(b []byte, t time.Time) []byte {
	var n int64
	if !t.IsZero() {
		n = t.UnixNano()
	}
	return binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // two's complement both ways
}

// parseToken reads a token that was given out for the question of this sum.
func parseToken(s string, sum uint64) (token, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != tokenSize || b[0] != tokenVersion {
		return token{}, errToken
	}
	t := token{
		flags: b[1],
		pos: position{
			at:   time.Unix(0, int64(binary.BigEndian.Uint64(b[2:]))).UTC(), //nolint:gosec // two's complement both ways
			skip: binary.BigEndian.Uint32(b[10:]),
		},
		asOf: time.Unix(0, int64(binary.BigEndian.Uint64(b[14:]))).UTC(), //nolint:gosec // two's complement both ways
		sum:  binary.BigEndian.Uint64(b[22:]),
	}
	if t.sum != sum {
		return token{}, errToken
	}
	return t, nil
}

// sumOf identifies a question by its parts.
func sumOf(parts ...string) uint64 {
	h := fnv.New64a()
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// nameToken is a token that goes on after a name.
func nameToken(name string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("after:" + name))
}

func parseNameToken(s string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < len("after:") || string(b[:len("after:")]) != "after:" {
		return "", errToken
	}
	return string(b[len("after:"):]), nil
}
