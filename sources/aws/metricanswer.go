package aws

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
)

// answer gathers the pages that answer one request of GetMetricData.
type answer struct {
	window   sources.MetricWindow
	stats    []statAnswer
	byID     map[string]int // index into stats
	failed   []error
	answered bool // the last page has been read
}

// statAnswer is what the pages have said about one statistic.
type statAnswer struct {
	wanted
	seen     bool // it was in a page
	status   types.StatusCode
	points   []sources.Point
	dropped  int // values that are not numbers, or have no time
	messages []string
}

func newAnswer(w sources.MetricWindow, batch []wanted) *answer {
	a := &answer{window: w, stats: make([]statAnswer, len(batch)), byID: make(map[string]int, len(batch))}
	for i, want := range batch {
		a.stats[i].wanted = want
		a.byID[want.id()] = i
	}
	return a
}

// add takes in a page. Answers to what was not asked are passed over.
func (a *answer) add(out *cloudwatch.GetMetricDataOutput) {
	for _, m := range out.Messages {
		a.failed = append(a.failed, &sources.Error{
			Op: opGetMetricData, Kind: sources.Other, Err: &cause{text: messageText(m)},
		})
	}
	for i := range out.MetricDataResults {
		r := &out.MetricDataResults[i]
		if at, ok := a.byID[aws.ToString(r.Id)]; ok {
			a.stats[at].add(r)
		}
	}
}

func (s *statAnswer) add(r *types.MetricDataResult) {
	s.seen = true
	s.status = r.StatusCode
	for _, m := range r.Messages {
		if text := messageText(m); !slices.Contains(s.messages, text) {
			s.messages = append(s.messages, text)
		}
	}
	n := min(len(r.Timestamps), len(r.Values))
	s.dropped += max(len(r.Timestamps), len(r.Values)) - n
	for i := range n {
		at, value := r.Timestamps[i], r.Values[i]
		if math.IsNaN(value) || math.IsInf(value, 0) || at.IsZero() {
			s.dropped++
			continue
		}
		s.points = append(s.points, sources.Point{Time: at.UTC(), Value: value})
	}
}

// results gives what has been learnt. Statistics that no page spoke of are
// left out when the pages were not read to their end, and partial otherwise.
func (a *answer) results() []sources.MetricResult {
	out := make([]sources.MetricResult, 0, len(a.stats))
	for i := range a.stats {
		s := &a.stats[i]
		if !s.seen && !a.answered {
			continue
		}
		if err := a.refusal(s); err != nil {
			a.failed = append(a.failed, err)
		}
		out = append(out, s.result(a.answered))
	}
	return out
}

// partial tells whether something is missing; answered tells whether all pages
// have been read. A status that an emulator leaves out is taken for Complete.
func (s *statAnswer) partial(answered bool) bool {
	complete := s.seen && (s.status == types.StatusCodeComplete || s.status == "" && answered)
	return !complete || s.dropped > 0
}

// result is what is known of the statistic.
func (s *statAnswer) result(answered bool) sources.MetricResult {
	r := sources.MetricResult{
		Query:   s.query,
		Stat:    s.stat,
		Points:  inOrder(s.points),
		Partial: s.partial(answered),
		Message: strings.Join(s.messages, "; "),
	}
	if r.Message != "" || !r.Partial {
		return r
	}
	switch {
	case !s.seen:
		r.Message = "no answer"
	case s.dropped > 0:
		r.Message = strconv.Itoa(s.dropped) + " values without a number or a time"
	default:
		r.Message = string(s.status)
	}
	return r
}

// refusal is the error of a statistic that CloudWatch would not or could not
// answer; nil for the others.
func (a *answer) refusal(s *statAnswer) error {
	e := refusalOf(s)
	if e == nil {
		return nil
	}
	q := &a.window.Queries[s.query]
	e.On = nameOf(q.Function) + " " + string(q.Metric)
	return e
}

// refusalOf is the same without what it was on.
func refusalOf(s *statAnswer) *sources.Error {
	e := &sources.Error{Op: opGetMetricData}
	switch s.status {
	case types.StatusCodeForbidden:
		e.Kind, e.Fix = sources.Denied, fixDenied
	case types.StatusCodeInternalError:
		e.Kind = sources.Other
	case types.StatusCodeComplete, types.StatusCodePartialData:
		return nil
	default:
		return nil
	}
	e.Err = &cause{text: cmp.Or(strings.Join(s.messages, "; "), string(s.status))}
	return e
}

// inOrder sorts points by time and keeps the last given of those at the same
// time.
func inOrder(points []sources.Point) []sources.Point {
	byTime := func(a, b sources.Point) int { return a.Time.Compare(b.Time) }
	if !slices.IsSortedFunc(points, byTime) {
		slices.SortStableFunc(points, byTime)
	}
	kept := points[:0]
	for _, p := range points {
		if n := len(kept); n > 0 && kept[n-1].Time.Equal(p.Time) {
			kept[n-1] = p
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

func messageText(m types.MessageData) string {
	code, value := oneLine(aws.ToString(m.Code)), oneLine(aws.ToString(m.Value))
	switch {
	case code == "":
		return value
	case value == "":
		return code
	}
	return code + ": " + value
}

// oneOf makes one error of several: the first, which says how many more there
// are.
func oneOf(failed []error) error {
	switch len(failed) {
	case 0:
		return nil
	case 1:
		return failed[0]
	}
	first := *explained(failed[0])
	text := strconv.Itoa(len(failed)-1) + " more"
	if first.Err != nil {
		text = first.Err.Error() + " (and " + text + ")"
	}
	first.Err = &cause{text: text, err: failed[0]}
	return &first
}
