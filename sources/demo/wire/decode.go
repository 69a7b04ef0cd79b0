package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Decode reads the body into a struct whose json tags name the members. What
// is missing stays as it was; what is not known is ignored. The error is the
// protocol's own for a body that does not fit.
func (req *Request) Decode(into any) *Error {
	if err := req.decode(into); err != nil {
		return req.Malformed(err)
	}
	return nil
}

func (req *Request) decode(into any) error {
	switch req.Protocol {
	case CBOR:
		if len(req.body) == 0 {
			return nil
		}
		mode, err := cbor.DecOptions{MaxNestedLevels: 32, MaxArrayElements: 10_000, MaxMapPairs: 1_000}.DecMode()
		if err != nil {
			return err
		}
		return mode.Unmarshal(req.body, into)
	case Query:
		tree, err := formTree(req.form)
		if err != nil {
			return err
		}
		text, err := json.Marshal(tree)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, into)
	case JSON10, JSON11, RESTJSON:
		if len(bytes.TrimSpace(req.body)) == 0 {
			return nil
		}
		return json.Unmarshal(req.body, into)
	case RESTXML: // what is served has no body
	}
	return fmt.Errorf("protocol %v has no decoder", req.Protocol)
}

// Time is a timestamp member in any protocol: seconds since the epoch as a
// number, or ISO 8601 text.
type Time struct{ time.Time }

// UnmarshalJSON reads a number of seconds or a text.
func (t *Time) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	if len(text) > 0 && text[0] == '"' {
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		return t.parse(s)
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return fmt.Errorf("timestamp %q: %w", text, err)
	}
	return t.fromSeconds(seconds)
}

// UnmarshalCBOR reads a tagged or plain number of seconds, or a text.
func (t *Time) UnmarshalCBOR(data []byte) error {
	var v any
	if err := cbor.Unmarshal(data, &v); err != nil {
		return err
	}
	if tag, ok := v.(cbor.Tag); ok {
		v = tag.Content
	}
	switch v := v.(type) {
	case nil:
		return nil
	case time.Time:
		return t.fromSeconds(float64(v.UnixMilli()) / 1e3)
	case float64:
		return t.fromSeconds(v)
	case uint64:
		return t.fromSeconds(float64(v))
	case int64:
		return t.fromSeconds(float64(v))
	case string:
		return t.parse(v)
	}
	return fmt.Errorf("timestamp of type %T", v)
}

// maxSeconds is the end of the year 9999, past which no timestamp is meant.
const maxSeconds = 253402300799

func (t *Time) fromSeconds(seconds float64) error {
	if math.IsNaN(seconds) || math.Abs(seconds) > maxSeconds {
		return errors.New("timestamp out of range")
	}
	t.Time = time.UnixMilli(int64(math.Round(seconds * 1e3))).UTC()
	return nil
}

func (t *Time) parse(s string) error {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if v, err := time.Parse(layout, s); err == nil {
			return t.fromSeconds(float64(v.UnixMilli()) / 1e3)
		}
	}
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		return t.fromSeconds(seconds)
	}
	return fmt.Errorf("timestamp %q is not ISO 8601", s)
}

// Int is a whole number that the query protocol sends as text.
type Int int64

// UnmarshalJSON reads a number, or a number in text.
func (n *Int) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	v, err := strconv.ParseInt(string(bytes.Trim(text, `"`)), 10, 64)
	if err != nil {
		return fmt.Errorf("whole number %q: %w", text, err)
	}
	*n = Int(v)
	return nil
}

// Bool is a truth value that the query protocol sends as text.
type Bool bool

// UnmarshalJSON reads a truth value, or one in text.
func (b *Bool) UnmarshalJSON(text []byte) error {
	switch string(bytes.Trim(text, `"`)) {
	case "true":
		*b = true
	case "false":
		*b = false
	case "null":
	default:
		return fmt.Errorf("truth value %q", text)
	}
	return nil
}
