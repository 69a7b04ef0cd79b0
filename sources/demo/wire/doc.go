// Package wire reads requests and writes answers in the protocols that AWS
// clients speak, seen from the server's side.
//
// One service may be spoken to in several protocols. CloudWatch takes
// rpc-v2-cbor (the Go SDK), JSON 1.0 (other SDKs of today) and query/XML
// (older ones); Logs, CloudTrail, EventBridge and the tagging API take JSON
// 1.1; Lambda and X-Ray are REST-JSON; STS is query/XML; S3 is REST-XML. A
// [Request] hides which one it was: handlers decode into plain structs and
// answer with the SDK's own output types, which walk themselves through any
// protocol's serializer, or with structs of their own.
//
// # Decisions
//
// Answers are encoded by the SDK's client-side protocols in the direction
// they were not made for: an output type handed in as the "request". The
// serializers themselves are internal to smithy-go, and the same bytes come
// out in either direction. Decoding is our own, since the SDK's input types
// cannot be read, only written.
//
// Values of this package are used by one request at a time.
package wire
