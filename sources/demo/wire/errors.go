package wire

import (
	"fmt"
	"net/http"
)

// Error is a failed call as a client sees it.
type Error struct {
	Status int
	// Code names the error in the JSON and CBOR protocols.
	Code string
	// QueryCode names it in the query protocol and in the header that
	// query-compatible services send along; empty means Code.
	QueryCode string
	Message   string
	// Receiver means that the service is at fault, not the caller.
	Receiver bool
	// Members are further members of the error, such as "Type".
	Members map[string]string
	// MessageName is how the message member is spelled; empty means "message".
	MessageName string
}

// Error is the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Failure is a failure that all services have, each in its own words.
type Failure int

// The failures.
const (
	Unsigned         Failure = iota // no credentials in the request
	BadSignature                    // an Authorization header that cannot be read
	Expired                         // a security token past its time
	Throttled                       // more requests than the quota
	UnknownOperation                // no such operation
	TooLarge                        // a body over the limit
	Internal                        // the service's own fault
)

// Fail is the failure in the words of the request's service. Codes, statuses
// and texts are as public error reports show them.
func (req *Request) Fail(f Failure) *Error {
	if req.Protocol == RESTXML {
		return failS3(f)
	}
	switch f {
	case Unsigned:
		return req.auth("MissingAuthenticationTokenException", "MissingAuthenticationToken", "Missing Authentication Token")
	case BadSignature:
		return req.auth("IncompleteSignatureException", "IncompleteSignature", "Authorization header requires 'Credential' parameter.")
	case Expired:
		return req.auth("ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired")
	case Throttled:
		return req.throttled()
	case UnknownOperation:
		return req.unknownOperation()
	case TooLarge:
		return &Error{Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLargeException", Message: "Request size exceeded the limit"}
	case Internal:
	}
	return req.internal()
}

// auth is an error of authentication. REST and query services answer it with
// 403, the JSON and CBOR ones with 400.
func (req *Request) auth(code, query, message string) *Error {
	status := http.StatusBadRequest
	if req.Protocol == RESTJSON || req.Protocol == Query || req.Protocol == RESTXML {
		status = http.StatusForbidden
	}
	return &Error{Status: status, Code: code, QueryCode: query, Message: message}
}

// Denied is the refusal of an action, in the words of IAM. An empty resource
// is an action without resources.
func (req *Request) Denied(principal, resource string) *Error {
	action := req.Permission()
	on := ""
	switch {
	case resource == "":
	case req.Service == S3:
		on = ` on resource: "` + resource + `"`
	default:
		on = " on resource: " + resource
	}
	e := req.auth("AccessDeniedException", "AccessDenied", fmt.Sprintf(
		"User: %s is not authorized to perform: %s%s because no identity-based policy allows the %s action",
		principal, action, on, action))
	if req.Protocol == RESTJSON {
		e.MessageName = "Message"
	}
	return e
}

// Permission is the action that the caller needs. S3 names some of its
// operations otherwise than their permissions (Service Authorization
// Reference, "Actions defined by Amazon S3").
func (req *Request) Permission() string {
	if req.Service == S3 {
		switch req.Operation {
		case "ListBuckets":
			return "s3:ListAllMyBuckets"
		case "GetBucketNotificationConfiguration":
			return "s3:GetBucketNotification"
		}
	}
	return req.Service + ":" + req.Operation
}

// Skewed is the refusal of a signature made at a time too far from the
// service's.
func (req *Request) Skewed(signed, earliest, now string) *Error {
	if req.Protocol == RESTXML {
		return skewedS3()
	}
	return req.auth("InvalidSignatureException", "SignatureDoesNotMatch", fmt.Sprintf(
		"Signature expired: %s is now earlier than %s (%s - 5 min.)", signed, earliest, now))
}

// SkewedAhead is Skewed for a client whose clock is ahead.
func (req *Request) SkewedAhead(signed, latest, now string) *Error {
	if req.Protocol == RESTXML {
		return skewedS3()
	}
	return req.auth("InvalidSignatureException", "SignatureDoesNotMatch", fmt.Sprintf(
		"Signature not yet current: %s is still later than %s (%s + 5 min.)", signed, latest, now))
}

func (req *Request) throttled() *Error {
	const message = "Rate exceeded"
	switch req.Service {
	case Lambda:
		return &Error{
			Status: http.StatusTooManyRequests, Code: "TooManyRequestsException", Message: message,
			Members: map[string]string{"Type": "User", "Reason": "CallerRateLimitExceeded"},
		}
	case XRay:
		return &Error{Status: http.StatusTooManyRequests, Code: "ThrottledException", Message: message, MessageName: "Message"}
	case Tagging:
		return &Error{Status: http.StatusBadRequest, Code: "ThrottledException", Message: message, MessageName: "Message"}
	}
	return &Error{Status: http.StatusBadRequest, Code: "ThrottlingException", QueryCode: "Throttling", Message: message}
}

func (req *Request) unknownOperation() *Error {
	e := &Error{
		Status: http.StatusBadRequest, Code: "UnknownOperationException", QueryCode: "InvalidAction",
		Message: fmt.Sprintf("The operation %s:%s is not served here", req.Service, req.Operation),
	}
	switch req.Protocol {
	case Query:
		e.Message = fmt.Sprintf("Could not find operation %s for version %s", req.Operation, req.form.Get("Version"))
	case RESTJSON:
		e.Status = http.StatusNotFound
	case CBOR:
		e.Status = http.StatusNotFound
	case JSON10, JSON11, RESTXML:
	}
	return e
}

func (req *Request) internal() *Error {
	e := &Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: "Internal failure", Receiver: true}
	switch req.Service {
	case CloudWatch:
		e.Code, e.QueryCode, e.MessageName = "InternalServiceFault", "InternalServiceError", "Message"
	case Tagging:
		e.Code, e.MessageName = "InternalServiceException", "Message"
	case Events:
		e.Code = "InternalException"
	case Logs:
		e.Code, e.Status = "ServiceUnavailableException", http.StatusServiceUnavailable
	case Lambda:
		e.Code, e.MessageName = "ServiceException", "Message"
		e.Members = map[string]string{"Type": "Service"}
	}
	return e
}

// Malformed is a request that cannot be read.
func (req *Request) Malformed(err error) *Error {
	e := &Error{Status: http.StatusBadRequest, Code: "SerializationException", QueryCode: "MalformedInput", Message: err.Error()}
	switch req.Service {
	case Lambda:
		e.Code, e.Members = "InvalidRequestContentException", map[string]string{"Type": "User"}
	case S3:
		e.QueryCode = "InvalidURI"
	}
	return e
}

// failS3 is a failure in the words of S3 (Amazon S3 API Reference, "Error
// responses", List of error codes).
func failS3(f Failure) *Error {
	switch f {
	case Unsigned:
		return &Error{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
	case BadSignature:
		return &Error{
			Status: http.StatusBadRequest, Code: "AuthorizationHeaderMalformed",
			Message: "The authorization header is malformed; the Credential is mal-formed.",
		}
	case Expired:
		return &Error{Status: http.StatusBadRequest, Code: "ExpiredToken", Message: "The provided token has expired."}
	case Throttled:
		return &Error{Status: http.StatusServiceUnavailable, Code: "SlowDown", Message: "Please reduce your request rate.", Receiver: true}
	case UnknownOperation:
		return &Error{
			Status: http.StatusNotImplemented, Code: "NotImplemented",
			Message: "A header or query you provided requested a function that is not implemented.",
		}
	case TooLarge:
		return &Error{Status: http.StatusBadRequest, Code: "EntityTooLarge", Message: "Your proposed upload exceeds the maximum allowed object size."}
	case Internal:
	}
	return &Error{
		Status: http.StatusInternalServerError, Code: "InternalError",
		Message: "We encountered an internal error. Please try again.", Receiver: true,
	}
}

func skewedS3() *Error {
	return &Error{
		Status: http.StatusForbidden, Code: "RequestTimeTooSkewed",
		Message: "The difference between the request time and the current time is too large.",
	}
}
