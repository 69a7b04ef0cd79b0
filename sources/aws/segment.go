package aws

import (
	"encoding/json"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"

	"fntop/sources"
)

// Bounds of what is read of a trace. X-Ray takes documents of up to 64 KB and
// traces of up to 10,000 spans; a hundred levels deep is no program's work
// (X-Ray Developer Guide, "AWS X-Ray segment documents"; CloudWatch User
// Guide, "Spans").
const (
	maxDocument    = 1 << 20
	maxSpans       = 20_000
	maxDepth       = 100
	maxAnnotations = 200
	maxFrames      = 200
)

// document is one segment or subsegment as X-Ray stores it (X-Ray Developer
// Guide, "AWS X-Ray segment documents", 2026). Members are read leniently: one
// of the wrong type is as good as missing.
type document struct {
	Name        text            `json:"name"`
	ID          text            `json:"id"`
	ParentID    text            `json:"parent_id"`
	Start       number          `json:"start_time"`
	End         number          `json:"end_time"`
	InProgress  flag            `json:"in_progress"`
	Type        text            `json:"type"`
	Origin      text            `json:"origin"`
	Namespace   text            `json:"namespace"`
	Inferred    flag            `json:"inferred"`
	Error       flag            `json:"error"`
	Fault       flag            `json:"fault"`
	Throttle    flag            `json:"throttle"`
	Cause       json.RawMessage `json:"cause"`
	Annotations json.RawMessage `json:"annotations"`
	HTTP        json.RawMessage `json:"http"`
	AWS         json.RawMessage `json:"aws"`
	SQL         json.RawMessage `json:"sql"`
	Subsegments []document      `json:"subsegments"`
}

type httpPart struct {
	Request struct {
		Method text `json:"method"`
		URL    text `json:"url"`
	} `json:"request"`
	Response struct {
		Status number `json:"status"`
	} `json:"response"`
}

type awsPart struct {
	Operation     text            `json:"operation"`
	RequestID     text            `json:"request_id"`
	FunctionARN   text            `json:"function_arn"`
	TableName     text            `json:"table_name"`
	BucketName    text            `json:"bucket_name"`
	QueueURL      text            `json:"queue_url"`
	TopicARN      text            `json:"topic_arn"`
	FunctionName  text            `json:"function_name"`
	ResourceNames json.RawMessage `json:"resource_names"`
}

type sqlPart struct {
	URL            text `json:"url"`
	DatabaseType   text `json:"database_type"`
	SanitizedQuery text `json:"sanitized_query"`
}

// text is a JSON string; a number or a boolean is taken as it is written.
type text string

// UnmarshalJSON takes any value and never fails.
func (t *text) UnmarshalJSON(raw []byte) error {
	if s, ok := scalar(raw); ok {
		*t = text(s)
	}
	return nil
}

// number is a JSON number as it is written, also out of a string.
type number string

// UnmarshalJSON takes any value and never fails.
func (n *number) UnmarshalJSON(raw []byte) error {
	if s, ok := scalar(raw); ok {
		*n = number(strings.TrimSpace(s))
	}
	return nil
}

// flag is a JSON boolean.
type flag bool

// UnmarshalJSON takes any value and never fails.
func (f *flag) UnmarshalJSON(raw []byte) error {
	s, _ := scalar(raw)
	*f = flag(s == "true" || s == "1")
	return nil
}

// scalar is a string, number or boolean of JSON as text; ok is false for
// null, lists and objects.
func scalar(raw []byte) (s string, ok bool) {
	if len(raw) == 0 {
		return "", false
	}
	switch raw[0] {
	case '"':
		ok = json.Unmarshal(raw, &s) == nil
		return s, ok
	case '{', '[', 'n':
		return "", false
	}
	return string(raw), true
}

// part reads a member that should be an object; anything else is left out.
func part[T any](raw json.RawMessage) (v T, ok bool) {
	if len(raw) == 0 || raw[0] != '{' {
		return v, false
	}
	// An error is of one member of the wrong type: the others have been read.
	_ = json.Unmarshal(raw, &v)
	return v, true
}

// elements splits a JSON list; nil when it is none.
func elements(raw json.RawMessage) []json.RawMessage {
	if len(raw) == 0 || raw[0] != '[' {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// span converts what the document says about itself; its place in the tree is
// not its business.
func (d *document) span() *sources.Span {
	s := &sources.Span{
		ID:       string(d.ID),
		ParentID: string(d.ParentID),
		Name:     string(d.Name),
		Kind:     string(d.Origin),
		Error:    bool(d.Error),
		Fault:    bool(d.Fault),
		Throttle: bool(d.Throttle),
	}
	if s.Kind == "" {
		s.Kind = string(d.Namespace)
	}
	start, begun := epoch(string(d.Start))
	if begun {
		s.Start = start
	}
	if end, ended := epoch(string(d.End)); begun && ended && !bool(d.InProgress) && !end.Before(start) {
		s.Duration = sources.Some(end.Sub(start))
	}
	web, _ := part[httpPart](d.HTTP)
	if status, err := strconv.Atoi(string(web.Response.Status)); err == nil && status >= 100 && status <= 999 {
		s.Status = sources.Some(status)
	}
	service, _ := part[awsPart](d.AWS)
	if strings.HasPrefix(string(d.Origin), originLambda) {
		s.RequestID = string(service.RequestID)
	}
	s.Resource = resource(&service, &web, d.SQL)
	s.Annotations = annotations(d.Annotations)
	return s
}

// annotations are those with a scalar value, as text.
func annotations(raw json.RawMessage) map[string]string {
	members, ok := part[map[string]json.RawMessage](raw)
	if !ok {
		return nil
	}
	out := make(map[string]string, min(len(members), maxAnnotations))
	for key, value := range members {
		if s, ok := scalar(value); ok && len(out) < maxAnnotations {
			out[key] = s
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// resource says what was called: an operation of AWS on a thing, an HTTP
// request to a host, or a query of a database.
func resource(service *awsPart, web *httpPart, sqlMember json.RawMessage) string {
	if service.Operation != "" {
		return strings.TrimSpace(string(service.Operation) + " " + service.thing())
	}
	if query, ok := part[sqlPart](sqlMember); ok {
		return query.resource()
	}
	if host := hostIn(string(web.Request.URL)); host != "" {
		return strings.TrimSpace(string(web.Request.Method) + " " + host)
	}
	return ""
}

// thing is what an operation was called on.
func (a *awsPart) thing() string {
	for _, name := range []text{a.TableName, a.BucketName, a.FunctionName} {
		if name != "" {
			return string(name)
		}
	}
	if a.QueueURL != "" {
		return path.Base(string(a.QueueURL))
	}
	if a.TopicARN != "" {
		return string(a.TopicARN[strings.LastIndexByte(string(a.TopicARN), ':')+1:])
	}
	var names []string
	for _, raw := range elements(a.ResourceNames) {
		if name, ok := scalar(raw); ok && len(names) < 3 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// resource is the query without its values, or the database it went to. The
// connection string may hold a password and is not looked at.
func (q *sqlPart) resource() string {
	if q.SanitizedQuery != "" {
		return oneLine(string(q.SanitizedQuery))
	}
	address := strings.TrimPrefix(string(q.URL), "jdbc:")
	where := hostIn(address)
	if u, err := url.Parse(address); err == nil && where != "" {
		database, _, _ := strings.Cut(u.Path, ";") // properties follow, a password may be among them
		where += database
	}
	return strings.TrimSpace(string(q.DatabaseType) + " " + where)
}

// hostIn is the host of a URL, without user, path and query; empty when it
// holds what no host does, as some database addresses do.
func hostIn(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for _, r := range u.Host {
		if r != '.' && r != '-' && r != ':' && r != '_' && r != '[' && r != ']' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return ""
		}
	}
	return u.Host
}
