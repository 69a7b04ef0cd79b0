package demo

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/demo/wire"
)

// The limits of LookupEvents (CloudTrail API Reference, LookupEvents).
const (
	eventsPerPage = 50
	trailAge      = 90 * 24 * time.Hour
)

// eventsPerCall is how many events a call looks through at most; a page can
// so be short, or empty, and still have a next one. CloudTrail's own figure is
// not documented.
const eventsPerCall = 20_000

const (
	trailSource  = "lambda.amazonaws.com"
	functionType = "AWS::Lambda::Function"
)

type lookupEventsInput struct {
	StartTime, EndTime *wire.Time
	EventCategory      string
	LookupAttributes   []lookupAttribute
	MaxResults         *wire.Int
	NextToken          string
}

type lookupAttribute struct{ AttributeKey, AttributeValue string }

// lookupEventsOutput is LookupEvents' answer (CloudTrail service model).
type lookupEventsOutput struct {
	Events    []trailEvent
	NextToken string `json:",omitempty"`
}

type trailEvent struct {
	EventID         string `json:"EventId"`
	EventName       string
	ReadOnly        string // "true" or "false"
	AccessKeyID     string `json:"AccessKeyId"`
	EventTime       int64  // seconds since the epoch
	EventSource     string
	Username        string
	Resources       []trailResource
	CloudTrailEvent string // JSON
}

type trailResource struct{ ResourceType, ResourceName string }

func lookupEvents(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in lookupEventsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	limit, failure := in.limit()
	if failure == nil {
		failure = in.check()
	}
	if failure != nil {
		return nil, failure
	}
	start, end := in.span(c.asOf)
	tok := token{asOf: c.asOf, sum: in.sum(c.Region, limit)}
	if in.NextToken != "" {
		var err error
		if tok, err = parseToken(in.NextToken, tok.sum); err != nil {
			return nil, trailError("InvalidNextTokenException", "Invalid NextToken.")
		}
		start, _ = in.span(tok.asOf)
		end = tok.pos.at.Add(time.Second)
	}
	out := &lookupEventsOutput{Events: []trailEvent{}}
	if in.EventCategory == "insight" {
		return out, nil // Insights are not switched on
	}
	page := trailPage{s: s, c: c, in: &in, out: out, limit: limit, token: tok}
	if failure := page.fill(ctx, s.model.Changes(c.Region, start, end, tok.asOf)); failure != nil {
		return nil, failure
	}
	return out, nil
}

// limit is the size of a page.
func (in *lookupEventsInput) limit() (int, *wire.Error) {
	if in.MaxResults == nil {
		return eventsPerPage, nil
	}
	if n := int64(*in.MaxResults); n >= 1 && n <= eventsPerPage {
		return int(n), nil
	}
	return 0, trailError("InvalidMaxResultsException", "MaxResults must be between 1 and 50.")
}

// check refuses what the service refuses.
func (in *lookupEventsInput) check() *wire.Error {
	if in.EventCategory != "" && in.EventCategory != "insight" {
		return trailError("InvalidEventCategoryException", "The event category "+in.EventCategory+" is not valid.")
	}
	if in.StartTime != nil && in.EndTime != nil && in.EndTime.Before(in.StartTime.Time) {
		return trailError("InvalidTimeRangeException", "StartTime must be before EndTime.")
	}
	if len(in.LookupAttributes) > 1 {
		return trailError("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
	}
	for _, a := range in.LookupAttributes {
		switch a.AttributeKey {
		case "EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId":
		default:
			return trailError("InvalidLookupAttributesException", "The lookup attribute "+strconv.Quote(a.AttributeKey)+" is not valid.")
		}
		if a.AttributeValue == "" || len(a.AttributeValue) > 2000 {
			return trailError("InvalidLookupAttributesException", "The value of a lookup attribute has 1 to 2000 characters.")
		}
	}
	return nil
}

// span is the time asked for: both ends belong to it, and it reaches back
// ninety days at most.
func (in *lookupEventsInput) span(asOf time.Time) (start, end time.Time) {
	start, end = asOf.Add(-trailAge), asOf
	if in.StartTime != nil && in.StartTime.After(start) {
		start = in.StartTime.Time
	}
	if in.EndTime != nil && in.EndTime.Before(end) {
		end = in.EndTime.Time
	}
	return start, end.Add(time.Second).Truncate(time.Second)
}

// sum identifies the question.
func (in *lookupEventsInput) sum(region string, limit int) uint64 {
	parts := []string{"LookupEvents", region, strconv.Itoa(limit), in.EventCategory}
	for _, t := range []*wire.Time{in.StartTime, in.EndTime} {
		if t == nil {
			parts = append(parts, "")
		} else {
			parts = append(parts, strconv.FormatInt(t.UnixMilli(), 10))
		}
	}
	for _, a := range in.LookupAttributes {
		parts = append(parts, a.AttributeKey, a.AttributeValue)
	}
	return sumOf(parts...)
}

func trailError(code, message string) *wire.Error {
	return &wire.Error{Status: http.StatusBadRequest, Code: code, Message: message, MessageName: "Message"}
}

// trailPage fills one page.
type trailPage struct {
	s     *Server
	c     *call
	in    *lookupEventsInput
	out   *lookupEventsOutput
	limit int
	token token // where the page begins
}

// fill takes the changes that the request asks for, after those that earlier
// pages have looked through.
func (p *trailPage) fill(ctx context.Context, changes iter.Seq[Change]) *wire.Error {
	skip := p.token.pos.skip
	pos := position{at: p.token.pos.at} // of the events looked through so far
	looked := 0
	for change := range changes {
		if !change.Time.Equal(pos.at) {
			pos = position{at: change.Time}
		}
		if pos.at.Equal(p.token.pos.at) && pos.skip < skip {
			pos.skip++
			continue
		}
		if len(p.out.Events) == p.limit || looked == eventsPerCall {
			next := p.token
			next.pos = pos
			p.out.NextToken = next.String()
			return nil
		}
		pos.skip++
		if looked++; looked%1000 == 0 && ctx.Err() != nil {
			return p.c.Fail(wire.Internal) // nobody waits for it any more
		}
		if p.matches(&change) {
			p.out.Events = append(p.out.Events, p.event(&change))
		}
	}
	return nil
}

// matches tells whether the request asks for the event.
func (p *trailPage) matches(change *Change) bool {
	for _, a := range p.in.LookupAttributes {
		ok := false
		switch v := a.AttributeValue; a.AttributeKey {
		case "EventId":
			ok = v == change.ID
		case "EventName":
			ok = v == change.Event
		case "ReadOnly":
			ok = v == "false"
		case "Username":
			ok = v == change.By.Name()
		case "ResourceType":
			ok = v == functionType
		case "ResourceName":
			ok = v == p.named(change)
		case "EventSource":
			ok = v == trailSource
		case "AccessKeyId":
			ok = v == accessKey(change)
		}
		if !ok {
			return false
		}
	}
	return true
}

// named is the function as the call named it.
func (p *trailPage) named(change *Change) string {
	if change.ByARN {
		return p.s.functionARN(p.c.Region, change.Function)
	}
	return change.Function
}

func (p *trailPage) event(change *Change) trailEvent {
	return trailEvent{
		EventID: change.ID, EventName: change.Event, ReadOnly: "false", AccessKeyID: accessKey(change),
		EventTime: change.Time.Unix(), EventSource: trailSource, Username: change.By.Name(),
		Resources:       []trailResource{{functionType, p.named(change)}},
		CloudTrailEvent: p.document(change),
	}
}

// accessKey is the ID of the key that the call was signed with: a temporary
// one of a role's session, a lasting one of a user.
func accessKey(change *Change) string {
	prefix, owner := "AKIA", change.By.User
	if owner == "" {
		prefix, owner = "ASIA", change.By.Role+change.Time.Format("2006-01-02T15")
	}
	return prefix + idOf(owner)
}

// idOf is sixteen characters of an IAM ID.
func idOf(owner string) string {
	hex := strings.ToUpper(strings.ReplaceAll(uuidOf(owner, 0), "-", ""))
	return strings.NewReplacer("0", "Q", "1", "R", "8", "S", "9", "T").Replace(hex[:16])
}

// The record of an event (CloudTrail User Guide, "CloudTrail record contents
// for management, data, and network activity events"). Environment variables
// and code are never in it.
type trailRecord struct {
	EventVersion       string         `json:"eventVersion"`
	UserIdentity       trailIdentity  `json:"userIdentity"`
	EventTime          string         `json:"eventTime"`
	EventSource        string         `json:"eventSource"`
	EventName          string         `json:"eventName"`
	Region             string         `json:"awsRegion"`
	SourceIPAddress    string         `json:"sourceIPAddress"`
	UserAgent          string         `json:"userAgent"`
	RequestParameters  map[string]any `json:"requestParameters"`
	ResponseElements   map[string]any `json:"responseElements"`
	RequestID          string         `json:"requestID"`
	EventID            string         `json:"eventID"`
	ReadOnly           bool           `json:"readOnly"`
	EventType          string         `json:"eventType"`
	ManagementEvent    bool           `json:"managementEvent"`
	RecipientAccountID string         `json:"recipientAccountId"`
	EventCategory      string         `json:"eventCategory"`
}

type trailIdentity struct {
	Type           string        `json:"type"`
	PrincipalID    string        `json:"principalId"`
	ARN            string        `json:"arn"`
	AccountID      string        `json:"accountId"`
	AccessKeyID    string        `json:"accessKeyId"`
	UserName       string        `json:"userName,omitempty"`
	SessionContext *trailSession `json:"sessionContext,omitempty"`
	InvokedBy      string        `json:"invokedBy,omitempty"`
}

type trailSession struct {
	Issuer     trailIssuer       `json:"sessionIssuer"`
	Attributes map[string]string `json:"attributes"`
}

type trailIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName"`
}

// document is the record of the event.
func (p *trailPage) document(change *Change) string {
	text, err := json.Marshal(trailRecord{
		EventVersion: "1.11", UserIdentity: p.identity(change),
		EventTime: change.Time.Format(time.RFC3339), EventSource: trailSource, EventName: change.Event,
		Region: p.c.Region, SourceIPAddress: change.By.Address, UserAgent: change.By.Agent,
		RequestParameters: p.parameters(change), ResponseElements: p.elements(change),
		RequestID: uuidOf(change.ID, 1), EventID: change.ID, EventType: "AwsApiCall", ManagementEvent: true,
		RecipientAccountID: p.s.model.Account(), EventCategory: "Management",
	})
	if err != nil {
		return "{}" // texts and numbers always encode
	}
	return string(text)
}

func (p *trailPage) identity(change *Change) trailIdentity {
	account, by := p.s.model.Account(), change.By
	id := trailIdentity{AccountID: account, AccessKeyID: accessKey(change), InvokedBy: by.Via}
	if by.User != "" {
		id.Type, id.UserName = "IAMUser", by.User
		id.PrincipalID = "AIDA" + idOf("principal "+by.User)
		id.ARN = "arn:aws:iam::" + account + ":user/" + by.User
		return id
	}
	role := "AROA" + idOf("principal "+by.Role)
	id.Type, id.PrincipalID = "AssumedRole", role+":"+by.Session
	id.ARN = "arn:aws:sts::" + account + ":assumed-role/" + by.Role + "/" + by.Session
	id.SessionContext = &trailSession{
		Issuer: trailIssuer{
			Type: "Role", PrincipalID: role, ARN: "arn:aws:iam::" + account + ":role/" + by.Role,
			AccountID: account, UserName: by.Role,
		},
		Attributes: map[string]string{
			"creationDate": change.Time.Add(-90 * time.Second).Format(time.RFC3339), "mfaAuthenticated": "false",
		},
	}
	return id
}

// parameters are what the call was asked with.
func (p *trailPage) parameters(change *Change) map[string]any {
	in := map[string]any{"functionName": p.named(change)}
	switch change.Kind {
	case ChangeCode:
		in["publish"], in["dryRun"] = false, false
	case ChangeConfiguration:
		in["memorySize"] = change.MemoryMB
	case ChangeAlias:
		in["name"], in["functionVersion"] = Alias, change.Version
	case ChangeCreate:
		in["memorySize"], in["publish"] = change.MemoryMB, false
		if change.Runtime != "" {
			in["runtime"] = change.Runtime
		}
	}
	return in
}

// elements are what the call was answered with; nothing for a deletion.
func (p *trailPage) elements(change *Change) map[string]any {
	arn := p.s.functionARN(p.c.Region, change.Function)
	switch change.Kind {
	case ChangeDelete:
		return nil
	case ChangeAlias:
		return map[string]any{
			"aliasArn": arn + ":" + Alias, "name": Alias, "functionVersion": change.Version,
			"description": "", "revisionId": uuidOf(change.ID, 2),
		}
	}
	out := map[string]any{
		"functionName": change.Function, "functionArn": arn, "version": change.Version,
		"memorySize": change.MemoryMB, "codeSize": change.CodeSize, "packageType": "Image",
		"codeSha256":   codeSum(&sources.Function{ARN: arn, Version: "$LATEST", CodeSize: change.CodeSize}),
		"lastModified": lambdaTime(change.Time), "revisionId": revisionOf(&sources.Function{ARN: arn, LastModified: change.Time}),
	}
	if change.Version != "$LATEST" {
		out["functionArn"] = arn + ":" + change.Version
	}
	if change.Runtime != "" {
		out["runtime"], out["packageType"] = change.Runtime, "Zip"
	}
	return out
}
