package aws

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"fntop/sources"
)

// maxRecord is the longest record of an event that is read, in bytes, and
// maxWord the longest name taken out of one. CloudTrail's own bound of an event
// is 256 KB (CloudTrail User Guide; general knowledge, not checked).
const (
	maxRecord = 256 << 10
	maxWord   = 128
)

// trailRecord is the record of an event, as far as fntop looks at it
// (CloudTrail User Guide, "CloudTrail record contents for management, data, and
// network activity events").
type trailRecord struct {
	EventID           string          `json:"eventID"`
	EventTime         string          `json:"eventTime"`
	EventName         string          `json:"eventName"`
	EventSource       string          `json:"eventSource"`
	ErrorCode         string          `json:"errorCode"`
	ReadOnly          bool            `json:"readOnly"`
	UserAgent         string          `json:"userAgent"`
	UserIdentity      trailIdentity   `json:"userIdentity"`
	RequestParameters trailParameters `json:"requestParameters"`
	ResponseElements  trailParameters `json:"responseElements"`
}

type trailIdentity struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	UserName    string `json:"userName"`
	InvokedBy   string `json:"invokedBy"`
}

// trailParameters are what a call was asked with, or answered: any JSON.
type trailParameters map[string]json.RawMessage

// UnmarshalJSON takes anything that is no object for one without members.
func (p *trailParameters) UnmarshalJSON(text []byte) error {
	*p = nil
	if text = bytes.TrimSpace(text); len(text) == 0 || text[0] != '{' {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	*p = members
	return nil
}

// text is a member that is a text or a number; "" for anything else.
func (p trailParameters) text(name string) string {
	raw := p[name]
	if len(raw) == 0 {
		return ""
	}
	if raw[0] != '"' {
		n, ok := p.number(name)
		if !ok {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return word(s)
}

// number is a member that is a whole number.
func (p trailParameters) number(name string) (int64, bool) {
	n, err := strconv.ParseInt(string(p[name]), 10, 64)
	return n, err == nil
}

// object is a member that is an object.
func (p trailParameters) object(name string) trailParameters {
	var members trailParameters
	if json.Unmarshal(p[name], &members) != nil {
		return nil
	}
	return members
}

// list is a member that is a list of texts; what is none in it is left out.
func (p trailParameters) list(name string) []string {
	var raw []json.RawMessage
	if json.Unmarshal(p[name], &raw) != nil {
		return nil
	}
	var all []string
	for i := range raw {
		if s := (trailParameters{"": raw[i]}).text(""); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// has tells whether there is such a member that is not null.
func (p trailParameters) has(name string) bool {
	raw, ok := p[name]
	return ok && string(raw) != "null"
}

// word bounds a text from outside that is shown among others.
func word(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxWord {
		return s
	}
	cut := maxWord
	for cut > 0 && s[cut]&0xc0 == 0x80 { // not inside a character
		cut--
	}
	return s[:cut] + "…"
}

// trailState is what an event turned out to be.
type trailState int

const (
	trailOther     trailState = iota // it changed no function of the scope
	trailChange                      // it is a change
	trailMalformed                   // it could not be read
)

// parseTrailRecord reads the record of an event.
func parseTrailRecord(scope sources.Scope, text string) (sources.Change, trailState) {
	var r trailRecord
	if len(text) > maxRecord || json.Unmarshal([]byte(text), &r) != nil {
		return sources.Change{}, trailMalformed
	}
	if r.EventSource != trailSource || r.ErrorCode != "" || r.ReadOnly {
		return sources.Change{}, trailOther
	}
	operation := unversioned(r.EventName)
	id, qualifier, ok := r.function(scope)
	if !ok || !isName(operation) {
		return sources.Change{}, trailOther
	}
	at, err := time.Parse(time.RFC3339, r.EventTime)
	if err != nil || !isName(r.EventID) {
		return sources.Change{}, trailMalformed
	}
	c := sources.Change{
		Function: id, ID: r.EventID, Time: at.UTC(), Kind: changeKind(operation), Operation: operation,
		Who: r.UserIdentity.who(), Via: r.via(),
	}
	r.describe(&c, qualifier)
	return c, trailChange
}

// unversioned is the name of an operation without the date of its version:
// "UpdateFunctionCode" of "UpdateFunctionCode20150331v2".
func unversioned(name string) string {
	digits := func(s string) string { return strings.TrimRight(s, "0123456789") }
	if base := digits(name); base != name && strings.HasSuffix(base, "v") && len(base) > 1 && base[len(base)-2] >= '0' && base[len(base)-2] <= '9' {
		name = strings.TrimSuffix(base, "v")
	}
	const date = len("20150331")
	if base := digits(name); base != "" && len(name)-len(base) == date {
		return base
	}
	return name
}

// function is what was changed: most calls name it, and those of event source
// mappings are answered with its ARN. ok is false for one of another account or
// region, and for what is no function.
func (r *trailRecord) function(scope sources.Scope) (id sources.FunctionID, qualifier string, ok bool) {
	for _, name := range []string{
		r.RequestParameters.text("functionName"),
		r.ResponseElements.text("functionArn"),
		r.RequestParameters.text("resource"), // of tags
	} {
		if name != "" {
			return functionNamed(scope, name)
		}
	}
	return sources.FunctionID{}, "", false
}

// functionNamed reads a name, a partial ARN such as
// "123456789012:function:checkout" or an ARN, each with or without a qualifier
// (Lambda API reference, "FunctionName").
func functionNamed(scope sources.Scope, name string) (id sources.FunctionID, qualifier string, ok bool) {
	parts := strings.Split(name, ":")
	account, region := "", ""
	switch {
	case parts[0] == "arn":
		if len(parts) < 7 || parts[2] != "lambda" || parts[5] != "function" {
			return sources.FunctionID{}, "", false
		}
		region, account, parts = parts[3], parts[4], parts[6:]
	case len(parts) >= 3 && parts[1] == "function":
		account, parts = parts[0], parts[2:]
	case len(parts) >= 2 && parts[0] == "function":
		parts = parts[1:]
	}
	if len(parts) > 2 || !isName(parts[0]) || region != "" && region != scope.Region ||
		account != "" && scope.Account != "" && account != scope.Account {
		return sources.FunctionID{}, "", false
	}
	if len(parts) == 2 && parts[1] != latestVersion {
		qualifier = parts[1]
	}
	return scope.In(parts[0]), qualifier, true
}

// latestVersion is the qualifier that stands for the function itself.
const latestVersion = "$LATEST"

// who is the user, or the session of the role. The session often tells the
// person or the pipeline, which the role does not.
func (u *trailIdentity) who() string {
	switch {
	case u.UserName != "":
		return word(u.UserName)
	case u.Type == "Root":
		return "root"
	case strings.Contains(u.ARN, "assumed-role/"):
		return word(u.ARN[strings.LastIndexByte(u.ARN, '/')+1:])
	}
	_, session, _ := strings.Cut(u.PrincipalID, ":")
	return word(session)
}

// via is the service that made the call: "cloudformation" of
// "cloudformation.amazonaws.com".
func (r *trailRecord) via() string {
	for _, host := range []string{r.UserIdentity.InvokedBy, r.UserAgent} {
		if service, ok := strings.CutSuffix(host, ".amazonaws.com"); ok && isName(service) {
			return word(service)
		}
	}
	return ""
}
