package wire

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Protocol is how a request is encoded, and so its answer.
type Protocol int

// The protocols.
const (
	RESTJSON Protocol = iota // aws.protocols#restJson1
	JSON10                   // aws.protocols#awsJson1_0
	JSON11                   // aws.protocols#awsJson1_1
	CBOR                     // smithy.protocols#rpcv2Cbor
	Query                    // aws.protocols#awsQuery, answered in XML
	RESTXML                  // aws.protocols#restXml
)

// String is the short name of the protocol.
func (p Protocol) String() string {
	switch p {
	case RESTJSON:
		return "rest-json"
	case JSON10:
		return "json-1.0"
	case JSON11:
		return "json-1.1"
	case CBOR:
		return "cbor"
	case Query:
		return "query"
	case RESTXML:
		return "rest-xml"
	}
	return "unknown"
}

// The services, by the prefix their actions have in permissions.
const (
	CloudWatch = "cloudwatch"
	Logs       = "logs"
	Lambda     = "lambda"
	XRay       = "xray"
	STS        = "sts"
	IAM        = "iam"
	CloudTrail = "cloudtrail"
	Events     = "events" // EventBridge
	Tagging    = "tag"    // Resource Groups Tagging API
	// CostExplorer and Pricing are asked in one region for all.
	CostExplorer = "ce"
	Pricing      = "pricing"
	S3           = "s3"
)

// maxBody bounds a request. The largest real one, 500 metric queries in
// query encoding, is about 300 KB.
const maxBody = 4 << 20

// Request is one call as it came in.
type Request struct {
	// Service is the prefix its actions have in permissions, such as
	// "cloudwatch"; for a service that is not known, its signing name.
	Service string
	// Operation is the name of the operation; empty when the path or the
	// target names none that is known.
	Operation string
	Protocol  Protocol
	// Region is the region in the credential scope; empty without one.
	Region string
	// AccessKey is the ID of the key the request was signed with; empty when
	// it was not signed at all.
	AccessKey string
	// SignedAt is when the client says it signed, by the client's clock; zero
	// without a date.
	SignedAt time.Time
	// Labels are the variable parts of a REST path, unescaped.
	Labels map[string]string
	// Params are the parameters of the URL.
	Params url.Values
	// ID is the request ID that goes into the answer.
	ID string

	body []byte
	form url.Values
	// queryMode tells that the client understands CloudWatch's codes of the
	// query protocol in the other protocols.
	queryMode bool
}

// Read takes a request apart. The request is usable for answering errors also
// when Read returns one.
func Read(r *http.Request, id string) (*Request, *Error) {
	req := &Request{ID: id, Protocol: RESTJSON, queryMode: strings.EqualFold(r.Header.Get("X-Amzn-Query-Mode"), "true")}
	scopeErr := req.credentials(r)
	query, queryErr := url.ParseQuery(r.URL.RawQuery)
	req.Params = query
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	req.body = body
	req.route(r)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return req, req.Fail(TooLarge)
	case err != nil:
		return req, req.Malformed(err)
	case scopeErr != nil:
		return req, scopeErr(req)
	case queryErr != nil:
		return req, req.Malformed(queryErr)
	}
	if req.Protocol == Query && req.form == nil {
		return req, req.Malformed(errors.New("invalid form encoding"))
	}
	return req, nil
}

// route finds service, protocol and operation.
func (req *Request) route(r *http.Request) {
	if req.routeCBOR(r) || req.routeTarget(r) || req.routeS3(r) || req.routeREST(r) {
		return
	}
	form := req.Params
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if posted, err := url.ParseQuery(string(req.body)); err == nil {
			form = posted
		} else {
			form = nil
		}
		req.Protocol = Query
	}
	if form.Has("Action") || req.Service == CloudWatch || req.Service == STS || req.Service == IAM {
		req.Protocol = Query
	}
	if req.Protocol == Query {
		req.form = form
		req.Operation = form.Get("Action")
		if req.Service == "" {
			req.Service = serviceOfVersion(form.Get("Version"))
		}
	}
}

// serviceOfVersion tells the query services apart by their API version, for
// requests without a credential scope.
func serviceOfVersion(version string) string {
	switch version {
	case "2010-08-01":
		return CloudWatch
	case "2010-05-08":
		return IAM
	}
	return STS
}

// routeCBOR takes /service/<Service>/operation/<Operation> paths.
func (req *Request) routeCBOR(r *http.Request) bool {
	if !strings.EqualFold(r.Header.Get("Smithy-Protocol"), "rpc-v2-cbor") {
		return false
	}
	req.Protocol = CBOR
	// The path may have a prefix before these four parts (Smithy RPC v2 CBOR,
	// "Requests").
	parts := strings.Split(r.URL.Path, "/")
	if n := len(parts); n >= 4 && parts[n-4] == "service" && parts[n-2] == "operation" {
		req.Service = serviceOfTarget(parts[n-3], req.Service)
		req.Operation = parts[n-1]
	}
	return true
}

// routeTarget takes the JSON protocols, which name the operation in a header.
func (req *Request) routeTarget(r *http.Request) bool {
	target := r.Header.Get("X-Amz-Target")
	if target == "" {
		return false
	}
	req.Protocol = JSON11
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-amz-json-1.0") {
		req.Protocol = JSON10
	}
	// Some models put the namespace of the service before its name, with dots
	// of its own: the AWS CLI calls CloudTrail
	// "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101".
	service, op := "", target
	if dot := strings.LastIndexByte(target, '.'); dot >= 0 {
		service, op = target[:dot], target[dot+1:]
	}
	req.Service = serviceOfTarget(service[strings.LastIndexByte(service, '.')+1:], req.Service)
	req.Operation = op
	return true
}

// serviceOfTarget maps a service's name in targets and CBOR paths.
func serviceOfTarget(name, signing string) string {
	switch name {
	case "GraniteServiceVersion20100801":
		return CloudWatch
	case "Logs_20140328":
		return Logs
	case "CloudTrail_20131101":
		return CloudTrail
	case "AWSEvents":
		return Events
	case "ResourceGroupsTaggingAPI_20170126":
		return Tagging
	case "AWSInsightsIndexService":
		return CostExplorer
	case "AWSPriceListService":
		return Pricing
	}
	return signing
}

// credentials reads the credential scope of a Signature Version 4, in the
// header or in the URL. Signatures themselves are not checked.
func (req *Request) credentials(r *http.Request) func(*Request) *Error {
	credential, date := r.URL.Query().Get("X-Amz-Credential"), r.URL.Query().Get("X-Amz-Date")
	if auth := r.Header.Get("Authorization"); auth != "" {
		date = r.Header.Get("X-Amz-Date")
		algorithm, rest, _ := strings.Cut(auth, " ")
		if !strings.HasPrefix(algorithm, "AWS4-") {
			return func(req *Request) *Error { return req.Fail(BadSignature) }
		}
		for field := range strings.SplitSeq(rest, ",") {
			if v, ok := strings.CutPrefix(strings.TrimSpace(field), "Credential="); ok {
				credential = v
			}
		}
		if credential == "" {
			return func(req *Request) *Error { return req.Fail(BadSignature) }
		}
	}
	if credential == "" {
		return nil
	}
	// A scope is <key>/<date>/<region>/<service>/aws4_request; the asymmetric
	// variant has no region in it.
	parts := strings.Split(credential, "/")
	switch n := len(parts); {
	case n >= 5:
		req.Region, req.Service = parts[n-3], serviceOfSigning(parts[n-2])
		req.AccessKey = strings.Join(parts[:n-4], "/")
	case n == 4:
		req.Region, req.Service = r.Header.Get("X-Amz-Region-Set"), serviceOfSigning(parts[n-2])
		req.AccessKey = parts[0]
	default:
		return func(req *Request) *Error { return req.Fail(BadSignature) }
	}
	if t, err := time.Parse("20060102T150405Z", date); err == nil {
		req.SignedAt = t
	}
	return nil
}

// serviceOfSigning maps a signing name to the prefix in permissions.
func serviceOfSigning(name string) string {
	switch name {
	case "monitoring":
		return CloudWatch
	case "tagging":
		return Tagging
	}
	return name
}
