package aws

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"fntop/sources"
)

// mappingsPage is the most event source mappings a page holds (API reference,
// ListEventSourceMappings).
const mappingsPage = 100

// EventSources lists the event source mappings of the region, up to a hundred
// at a time, whatever functions they are of.
func (s *Source) EventSources(ctx context.Context, page func([]sources.Trigger) error) error {
	in := &lambda.ListEventSourceMappingsInput{MaxItems: aws.Int32(mappingsPage)}
	var p pager
	for {
		out, err := s.lambda.ListEventSourceMappings(ctx, in)
		if err != nil {
			return s.failed(ctx, opListEventSourceMappings, s.scope.Region, err)
		}
		found := make([]sources.Trigger, 0, len(out.EventSourceMappings))
		for i := range out.EventSourceMappings {
			if t, ok := s.mapping(&out.EventSourceMappings[i]); ok {
				found = append(found, t)
			}
		}
		if err := page(found); err != nil {
			return err
		}
		more, err := p.next(out.NextMarker, opListEventSourceMappings, s.scope.Region)
		if err != nil || !more {
			return err
		}
		in.Marker = p.token
	}
}

// mapping converts an event source mapping; ok is false when it is of no
// function of the scope.
func (s *Source) mapping(c *types.EventSourceMappingConfiguration) (t sources.Trigger, ok bool) {
	id, qualifier, ok := functionNamed(s.scope, aws.ToString(c.FunctionArn))
	if !ok {
		return t, false
	}
	t = sources.Trigger{
		Function: id, Qualifier: qualifier, ID: aws.ToString(c.UUID),
		Source: aws.ToString(c.EventSourceArn),
		State:  aws.ToString(c.State), Result: aws.ToString(c.LastProcessingResult),
	}
	switch {
	case c.SelfManagedEventSource != nil:
		t.Kind = sources.TriggerKafka
		if len(c.Topics) > 0 {
			t.Name = word(c.Topics[0])
		}
		for _, servers := range c.SelfManagedEventSource.Endpoints {
			t.Source = strings.Join(servers, ",")
		}
	case c.DocumentDBEventSourceConfig != nil:
		t.Kind, t.Name = sources.TriggerDocumentDB, shortName(t.Source)
	default:
		t.Kind, t.Name = triggerOfSource(t.Source), shortName(t.Source)
	}
	t.Settings = mappingSettings(c)
	return t, true
}

// mappingSettings are the settings of a mapping that differ from having none.
func mappingSettings(c *types.EventSourceMappingConfiguration) []sources.Setting {
	var all []sources.Setting
	add := func(name, value string) {
		if value != "" {
			all = append(all, sources.Setting{Name: name, Value: word(value)})
		}
	}
	number := func(name string, n *int32, least int32) {
		if n != nil && *n >= least {
			add(name, strconv.Itoa(int(*n)))
		}
	}
	seconds := func(name string, n *int32) {
		if n != nil && *n > 0 {
			add(name, (time.Duration(*n) * time.Second).String())
		}
	}
	number("batch", c.BatchSize, 1)
	seconds("window", c.MaximumBatchingWindowInSeconds)
	if c.ScalingConfig != nil {
		number("concurrency", c.ScalingConfig.MaximumConcurrency, 1)
	}
	number("parallel", c.ParallelizationFactor, 2)
	add("from", string(c.StartingPosition))
	seconds("max age", c.MaximumRecordAgeInSeconds)
	number("retries", c.MaximumRetryAttempts, 0) // -1 is without end
	for _, kind := range c.FunctionResponseTypes {
		if kind == types.FunctionResponseTypeReportBatchItemFailures {
			add("partial failures", "reported")
		}
	}
	if aws.ToBool(c.BisectBatchOnFunctionError) {
		add("bisect", "on error")
	}
	add("topics", strings.Join(c.Topics, ","))
	add("queues", strings.Join(c.Queues, ","))
	if c.DocumentDBEventSourceConfig != nil {
		add("database", aws.ToString(c.DocumentDBEventSourceConfig.DatabaseName))
		add("collection", aws.ToString(c.DocumentDBEventSourceConfig.CollectionName))
	}
	if c.FilterCriteria != nil && len(c.FilterCriteria.Filters) > 0 {
		add("filters", strconv.Itoa(len(c.FilterCriteria.Filters)))
	}
	if d := c.DestinationConfig; d != nil && d.OnFailure != nil && aws.ToString(d.OnFailure.Destination) != "" {
		add("on failure", shortName(*d.OnFailure.Destination))
	}
	return all
}
