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
	if req.Protocol == RESTJSON || req.Protocol == Query {
		status = http.StatusForbidden
	}
	return &Error{Status: status, Code: code, QueryCode: query, Message: message}
}

// Denied is the refusal of an action, in the words of IAM. An empty resource
// is an action without resources.
func (req *Request) Denied(principal, resource string) *Error {
	action := req.Service + ":" + req.Operation
	on := ""
	if resource != "" {
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

// Skewed is the refusal of a signature made at a time too far from the
// service's.
func (req *Request) Skewed(signed, earliest, now string) *Error {
	return req.auth("InvalidSignatureException", "SignatureDoesNotMatch", fmt.Sprintf(
		"Signature expired: %s is now earlier than %s (%s - 5 min.)", signed, earliest, now))
}

// SkewedAhead is Skewed for a client whose clock is ahead.
func (req *Request) SkewedAhead(signed, latest, now string) *Error {
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
	case JSON10, JSON11:
	}
	return e
}

func (req *Request) internal() *Error {
	e := &Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: "Internal failure", Receiver: true}
	switch req.Service {
	case CloudWatch:
		e.Code, e.QueryCode, e.MessageName = "InternalServiceFault", "InternalServiceError", "Message"
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
	if req.Service == Lambda {
		e.Code, e.Members = "InvalidRequestContentException", map[string]string{"Type": "User"}
	}
	return e
}
