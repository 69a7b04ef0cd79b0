package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/aws/smithy-go/eventstream"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
)

// eventContent is how events of the JSON protocols are written.
const eventContent = "application/json"

// EventStream is an answer that goes on: messages in the encoding
// application/vnd.amazon.eventstream (Smithy, "Amazon Event Stream
// Specification"), each sent at once. It is used by one goroutine.
type EventStream struct {
	w       http.ResponseWriter
	encoder *eventstream.Encoder
	req     *Request
}

// EventStream begins an answer of events with the header and the
// initial-response message that RPC protocols have.
func (req *Request) EventStream(w http.ResponseWriter) (*EventStream, error) {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.amazon.eventstream")
	h.Set("X-Amzn-Requestid", req.ID)
	w.WriteHeader(http.StatusOK)
	s := &EventStream{w: w, encoder: eventstream.NewEncoder(), req: req}
	return s, s.send(eventstream.EventMessageType, eventstream.EventTypeHeader, "initial-response", []byte("{}"))
}

// Send sends an event: the member of the stream's union and its value.
func (s *EventStream) Send(ctx context.Context, member string, value Output) error {
	payload, err := serialize(ctx, awsjson.New11(serviceSchema(s.req.Service, "")), answerSchema(), value)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", member, err)
	}
	return s.send(eventstream.EventMessageType, eventstream.EventTypeHeader, member, payload)
}

// Fail sends an exception of the stream's union, which ends the stream.
func (s *EventStream) Fail(member, message string) error {
	payload, err := json.Marshal(map[string]string{"message": message})
	if err != nil {
		return fmt.Errorf("encode exception %s: %w", member, err)
	}
	return s.send(eventstream.ExceptionMessageType, eventstream.ExceptionTypeHeader, member, payload)
}

func (s *EventStream) send(kind, nameHeader, name string, payload []byte) error {
	msg := eventstream.Message{Payload: payload}
	msg.Headers.Set(eventstream.MessageTypeHeader, eventstream.StringValue(kind))
	msg.Headers.Set(nameHeader, eventstream.StringValue(name))
	msg.Headers.Set(eventstream.ContentTypeHeader, eventstream.StringValue(eventContent))
	if err := s.encoder.Encode(s.w, msg); err != nil {
		return fmt.Errorf("send %s: %w", name, err)
	}
	if err := http.NewResponseController(s.w).Flush(); err != nil {
		return fmt.Errorf("send %s: %w", name, err)
	}
	return nil
}
