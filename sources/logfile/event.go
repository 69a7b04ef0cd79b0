package logfile

import (
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/platformlog/jsonscan"
)

// found is an event read from JSON.
type found struct {
	sources.LogEvent

	// sure means that the object has a member that only log events have.
	sure bool
	// group is the log group and account the account it lies in.
	group, account string
}

// log reads Logs Insights' "@log": the account, a colon and the log group.
func (e *found) log(value string) {
	account, group, ok := strings.Cut(value, ":")
	if !ok {
		account, group = "", value
	}
	e.account, e.group = account, group
}

// eventOf reads an event from a JSON object: CloudWatch's names of its
// members, those of Logs Insights, and fntop's own.
func eventOf(s string) (e found, ok bool) {
	p := jsonscan.Scanner{S: s}
	if !p.Enter('{') {
		return e, false
	}
	// likely means that it has a member that log events have, which
	// application lines may have as well beside members of their own.
	likely, others := false, false
	for {
		name, more := p.Key()
		if !more {
			break
		}
		switch name {
		case "message", "Message", "@message":
			e.Message, ok = p.Value(), true
			e.sure = e.sure || name == "@message"
		case "timestamp", "@timestamp", "time", "Time":
			e.Time = timeOf(p.Scalar())
		case "logStreamName", "@logStream", "logStream", "stream", "Stream":
			e.Stream = p.Scalar()
			likely = likely || name != "stream"
			e.sure = e.sure || name == "@logStream"
		case "eventId", "@ptr", "id", "ID":
			e.ID = p.Scalar()
			likely = likely || name == "eventId"
		case "ingestionTime", "@ingestionTime", "ingested", "Ingested":
			e.Ingested = timeOf(p.Scalar())
			e.sure = true
		case "@log":
			e.log(p.Scalar())
			e.sure = true
		case "logGroup", "logGroupName":
			e.group = p.Scalar()
		default:
			others = true
			p.Skip()
		}
	}
	ok = ok && !p.Bad
	e.sure = e.sure || ok && likely && (!others || isPlatform(e.Message))
	return e, ok
}

// timeOf reads the times that events have: milliseconds since 1970, RFC 3339,
// or a date and a time of UTC with a space between. What is none of them is
// no time.
func timeOf(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	var ms int64
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 || i >= 15 {
			ms = -1
			break
		}
		ms = ms*10 + int64(c)
	}
	if ms >= 0 {
		return time.UnixMilli(ms).UTC()
	}
	if h, ok := header(s + " "); ok {
		return h.time
	}
	for _, layout := range [...]string{"2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999-07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
