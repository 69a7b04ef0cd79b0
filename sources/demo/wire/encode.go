package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/aws/smithy-go"
	smithycbor "github.com/aws/smithy-go/encoding/cbor"
	"github.com/aws/smithy-go/traits"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/restjson1"
	"github.com/aws/smithy-go/transport/http/protocol/restxml"
	"github.com/aws/smithy-go/transport/http/protocol/rpcv2"
)

// The XML namespaces of the query services, by their service models.
const (
	namespaceCloudWatch = "http://monitoring.amazonaws.com/doc/2010-08-01/"
	namespaceSTS        = "https://sts.amazonaws.com/doc/2011-06-15/"
	namespaceIAM        = "https://iam.amazonaws.com/doc/2010-05-08/"
)

// namespace is the XML namespace of the request's service.
func (req *Request) namespace() string {
	switch req.Service {
	case CloudWatch:
		return namespaceCloudWatch
	case IAM:
		return namespaceIAM
	}
	return namespaceSTS
}

// Output is an output type of the SDK: it knows how to write its members
// through any protocol's serializer.
type Output interface {
	smithy.Serializable
	SerializeMembers(s smithy.ShapeSerializer)
}

// Write answers with the output. An [Output] is written in the protocol of
// the request, unless that is REST-XML; any other value is written by
// encoding/json or, for a query request, by encoding/xml as the result element,
// for REST-XML as the document.
func (req *Request) Write(ctx context.Context, w http.ResponseWriter, out any) error {
	body, err := req.encode(ctx, out)
	if err != nil {
		return fmt.Errorf("encode %s answer: %w", req.Operation, err)
	}
	return req.send(w, http.StatusOK, body)
}

func (req *Request) send(w http.ResponseWriter, status int, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", req.contentType())
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Amzn-Requestid", req.ID)
	switch req.Protocol {
	case CBOR:
		h.Set("Smithy-Protocol", "rpc-v2-cbor")
	case RESTXML: // S3 has names of its own for the IDs
		h.Del("X-Amzn-Requestid")
		h.Set("X-Amz-Request-Id", req.ID)
		h.Set("X-Amz-Id-2", hostID)
	default:
	}
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

func (req *Request) contentType() string {
	switch req.Protocol {
	case CBOR:
		return "application/cbor"
	case JSON10:
		return "application/x-amz-json-1.0"
	case JSON11:
		return "application/x-amz-json-1.1"
	case Query:
		return "text/xml"
	case RESTXML:
		return "application/xml"
	case RESTJSON:
	}
	return "application/json"
}

func (req *Request) encode(ctx context.Context, out any) ([]byte, error) {
	if req.Protocol == Query {
		return req.encodeXML(ctx, out)
	}
	shape, ok := out.(Output)
	if !ok {
		if req.Protocol == RESTXML {
			return xmlDocument(out)
		}
		return json.Marshal(out)
	}
	op := answerSchema()
	service := serviceSchema(req.Service, "")
	switch req.Protocol {
	case CBOR:
		return serialize(ctx, rpcv2.NewCBOR(service), op, shape)
	case JSON10, JSON11:
		return serialize(ctx, awsjson.New11(service), op, shape)
	case RESTJSON:
		return serialize(ctx, restjson1.New(service), op, shape)
	case Query, RESTXML:
	}
	return nil, fmt.Errorf("protocol %v has no encoder", req.Protocol)
}

// encodeXML wraps the output as <OpResponse><OpResult>…</OpResult>
// <ResponseMetadata>…</ResponseMetadata></OpResponse> (aws.protocols#awsQuery,
// "Response serialization").
func (req *Request) encodeXML(ctx context.Context, out any) ([]byte, error) {
	namespace := req.namespace()
	shape, ok := out.(Output)
	if !ok {
		return xml.Marshal(queryResponse{
			XMLName: xml.Name{Space: namespace, Local: req.Operation + "Response"},
			Result:  out, RequestID: req.ID,
		})
	}
	return serialize(ctx, restxml.New(serviceSchema(req.Service, namespace)), answerSchema(), newQueryResult(req, shape))
}

// queryResponse is the wrapper for outputs that are no SDK types.
type queryResponse struct {
	XMLName   xml.Name
	Result    any
	RequestID string `xml:"ResponseMetadata>RequestId"`
}

// queryResult wraps an SDK type the same way.
type queryResult struct {
	out                                   Output
	root, result, metadata, requestMember *smithy.Schema
	requestID                             string
}

func newQueryResult(req *Request, out Output) queryResult {
	structure := smithy.NewSchema(smithy.ShapeID{Name: "Structure"}, smithy.ShapeTypeStructure, 1)
	text := smithy.NewSchema(smithy.ShapeID{Name: "String"}, smithy.ShapeTypeString, 0)
	root := smithy.NewSchema(smithy.ShapeID{Name: req.Operation + "Response"}, smithy.ShapeTypeStructure, 2)
	return queryResult{
		out: out, root: root, requestID: req.ID,
		result:        root.AddMember(req.Operation+"Result", structure),
		metadata:      root.AddMember("ResponseMetadata", structure),
		requestMember: structure.AddMember("RequestId", text),
	}
}

// Serialize writes the wrapper and the output inside it.
func (q queryResult) Serialize(s smithy.ShapeSerializer) {
	s.WriteStruct(q.root)
	s.WriteStruct(q.result)
	q.out.SerializeMembers(s)
	s.CloseStruct()
	s.WriteStruct(q.metadata)
	s.WriteString(q.requestMember, q.requestID)
	s.CloseStruct()
	s.CloseStruct()
}

// serialize runs a client protocol's request serializer over an answer and
// takes the body.
func serialize(ctx context.Context, p smithyhttp.ClientProtocol, op *smithy.OperationSchema, v smithy.Serializable) ([]byte, error) {
	carrier, ok := smithyhttp.NewStackRequest().(*smithyhttp.Request)
	if !ok {
		return nil, fmt.Errorf("request of type %T", carrier)
	}
	if err := p.SerializeRequest(ctx, op, v, carrier); err != nil {
		return nil, err
	}
	stream := carrier.GetStream()
	if stream == nil {
		return nil, nil
	}
	if sized, ok := stream.(interface{ Len() int }); ok {
		body := make([]byte, sized.Len())
		_, err := io.ReadFull(stream, body)
		return body, err
	}
	return io.ReadAll(stream)
}

// answerSchema stands for the operation. Its HTTP trait is what the REST
// serializers ask for; nothing of it reaches the answer.
func answerSchema() *smithy.OperationSchema {
	op := smithy.NewSchema(smithy.ShapeID{Name: "Answer"}, smithy.ShapeTypeOperation, 0, &traits.HTTP{Method: http.MethodPost, URI: "/"})
	return smithy.NewOperationSchema(op, smithy.NewSchema(smithy.ShapeID{Name: "AnswerBody"}, smithy.ShapeTypeStructure, 0), nil)
}

func serviceSchema(name, namespace string) *smithy.ServiceSchema {
	id := smithy.ShapeID{Name: name}
	if namespace == "" {
		return smithy.NewServiceSchema(smithy.NewSchema(id, smithy.ShapeTypeService, 0), "")
	}
	return smithy.NewServiceSchema(smithy.NewSchema(id, smithy.ShapeTypeService, 0, &traits.XMLNamespace{URI: namespace}), "")
}

// WriteError answers with the error.
func (req *Request) WriteError(w http.ResponseWriter, e *Error) error {
	body, err := req.encodeError(w.Header(), e)
	if err != nil {
		return fmt.Errorf("encode %s error: %w", req.Operation, err)
	}
	return req.send(w, e.Status, body)
}

func (req *Request) encodeError(h http.Header, e *Error) ([]byte, error) {
	fault, queryCode := "Sender", e.QueryCode
	if e.Receiver {
		fault = "Receiver"
	}
	if queryCode == "" {
		queryCode = e.Code
	}
	switch req.Protocol {
	case Query:
		return encodeErrorXML(req, queryCode, fault, e.Message)
	case RESTXML:
		return req.encodeErrorS3(h, e)
	default:
	}
	members := map[string]string{}
	maps.Copy(members, e.Members)
	if e.Message != "" {
		name := e.MessageName
		if name == "" {
			name = "message"
		}
		members[name] = e.Message
	}
	if req.Protocol == RESTJSON {
		h.Set("X-Amzn-Errortype", e.Code)
		return json.Marshal(members)
	}
	members["__type"] = e.Code
	if req.Service == CloudWatch {
		members["__type"] = "com.amazonaws.cloudwatch#" + e.Code
		if req.queryMode {
			h.Set("X-Amzn-Query-Error", queryCode+";"+fault)
		}
	}
	if req.Protocol == CBOR {
		m := smithycbor.Map{}
		for name, v := range members {
			m[name] = smithycbor.String(v)
		}
		return smithycbor.Encode(m), nil
	}
	return json.Marshal(members)
}

// errorResponse is an error of the query protocol.
type errorResponse struct {
	XMLName   xml.Name
	Type      string `xml:"Error>Type"`
	Code      string `xml:"Error>Code"`
	Message   string `xml:"Error>Message"`
	RequestID string `xml:"RequestId"`
}

func encodeErrorXML(req *Request, code, fault, message string) ([]byte, error) {
	var b bytes.Buffer
	e := errorResponse{Type: fault, Code: code, Message: message, RequestID: req.ID}
	e.XMLName = xml.Name{Space: req.namespace(), Local: "ErrorResponse"}
	err := xml.NewEncoder(&b).Encode(e)
	return b.Bytes(), err
}

// hostID is what S3 calls its extended request ID.
const hostID = "ZGVtbyBjbG91ZCwgbG9vcGJhY2s="

// errorS3 is an error of S3 (Amazon S3 API Reference, "Error responses").
type errorS3 struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Members   []element
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
}

// element is an element with a text.
type element struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
}

// encodeErrorS3 writes an error of S3. The region that a bucket is in goes
// into a header, too.
func (req *Request) encodeErrorS3(h http.Header, e *Error) ([]byte, error) {
	code := e.QueryCode
	if code == "" {
		code = e.Code
	}
	out := errorS3{Code: code, Message: e.Message, RequestID: req.ID, HostID: hostID}
	for _, name := range slices.Sorted(maps.Keys(e.Members)) {
		out.Members = append(out.Members, element{xml.Name{Local: name}, e.Members[name]})
	}
	if region := e.Members["Region"]; region != "" {
		h.Set("X-Amz-Bucket-Region", region)
	}
	return xmlDocument(out)
}

func xmlDocument(v any) ([]byte, error) {
	body, err := xml.Marshal(v)
	return append([]byte(xml.Header), body...), err
}
