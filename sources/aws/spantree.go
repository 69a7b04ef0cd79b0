package aws

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"fntop/sources"
)

// What Lambda calls its segments and their parts (Lambda Developer Guide,
// "Visualize Lambda function invocations using AWS X-Ray", 2026).
const (
	originLambda         = "AWS::Lambda"
	originLambdaFunction = "AWS::Lambda::Function"
	typeSubsegment       = "subsegment"
)

// isInitName tells whether Lambda gives this name to the init or restore of a
// cold start, in the old style or the new.
func isInitName(name string) bool {
	return name == "Initialization" || name == "Init" || name == "Restore"
}

// node is a span on its way into the tree.
type node struct {
	span     *sources.Span
	parent   *node
	children []*node
	sub      bool // a subsegment, nested or sent apart
	inferred bool // made up by X-Ray out of the subsegment that is its parent
	running  bool // in progress, or without an end
	lambda   bool // Lambda wrote it about a function

	exceptions []*sources.Exception
	refers     string // ID of an exception elsewhere
}

// treeBuilder puts the documents of a trace together.
type treeBuilder struct {
	nodes   []*node
	byID    map[string]*node
	causes  map[string]*sources.Exception // by ID
	partial bool
}

// buildTrace makes a trace of its segment documents, which come in any order,
// more than once, unfinished, or not at all. What cannot be read makes the
// trace partial.
func buildTrace(id string, documents []string) sources.Trace {
	b := &treeBuilder{byID: make(map[string]*node), causes: make(map[string]*sources.Exception)}
	var parsed []document
	for _, text := range documents {
		d, ok := parseDocument(text)
		if !ok {
			b.partial = true
			continue
		}
		parsed = append(parsed, d)
	}
	// A segment may be sent while it runs and again when it has ended: the
	// finished one comes first and stays.
	slices.SortStableFunc(parsed, func(x, y document) int { return cmp.Compare(x.unfinished(), y.unfinished()) })
	for i := range parsed {
		b.add(&parsed[i], nil, 0)
	}
	b.link()
	b.fold()
	b.resolve()
	return b.trace(id)
}

// parseDocument reads a document. A member of the wrong type is left out; ok
// is false when the text is no JSON object at all.
func parseDocument(text string) (d document, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxDocument || !strings.HasPrefix(text, "{") {
		return document{}, false
	}
	err := json.Unmarshal([]byte(text), &d)
	_, wrongType := errors.AsType[*json.UnmarshalTypeError](err)
	return d, err == nil || wrongType
}

// unfinished orders documents: 0 for those that have ended.
func (d *document) unfinished() int {
	if bool(d.InProgress) || d.End == "" {
		return 1
	}
	return 0
}

// add takes in a document and its nested subsegments.
func (b *treeBuilder) add(d *document, parent *node, depth int) {
	if len(b.nodes) >= maxSpans || depth > maxDepth || d.ID == "" && d.Name == "" {
		b.partial = true
		return
	}
	n := b.byID[string(d.ID)]
	if n == nil {
		n = b.newNode(d, parent)
	} else if n.parent == nil && parent != nil && n != parent {
		n.parent, n.sub = parent, true // nested here, sent apart there
	}
	for i := range d.Subsegments {
		b.add(&d.Subsegments[i], n, depth+1)
	}
}

func (b *treeBuilder) newNode(d *document, parent *node) *node {
	n := &node{
		span:     d.span(),
		parent:   parent,
		sub:      parent != nil || d.Type == typeSubsegment,
		inferred: bool(d.Inferred),
		running:  d.unfinished() != 0,
		lambda:   d.Origin == originLambdaFunction,
	}
	var ids []string
	n.exceptions, ids, n.refers = exceptions(d.Cause)
	for i, id := range ids {
		if id != "" && b.causes[id] == nil {
			b.causes[id] = n.exceptions[i]
		}
	}
	b.nodes = append(b.nodes, n)
	if d.ID != "" {
		b.byID[string(d.ID)] = n
	}
	return n
}

// link finds the parents of what was sent apart and cuts circles open. A span
// whose parent is not there becomes an orphan at the root.
func (b *treeBuilder) link() {
	for _, n := range b.nodes {
		if n.parent != nil || n.span.ParentID == "" {
			continue
		}
		n.parent = b.byID[n.span.ParentID]
		n.span.Orphan = n.parent == nil
	}
	b.cut()
	for _, n := range b.nodes {
		if n.parent != nil {
			n.parent.children = append(n.parent.children, n)
			n.span.ParentID = n.parent.span.ID
		}
	}
}

// cut opens circles, and hangs what is too deep higher.
func (b *treeBuilder) cut() {
	const walking = -1 // depths begin at 1
	depths := make(map[*node]int, len(b.nodes))
	for _, n := range b.nodes {
		var way []*node
		for at := n; at != nil && depths[at] == 0; at = at.parent {
			depths[at] = walking
			way = append(way, at)
			if at.parent != nil && depths[at.parent] == walking { // back to itself
				at.parent, at.span.Orphan = nil, true
				b.partial = true
			}
		}
		for _, at := range slices.Backward(way) {
			if at.parent != nil && depths[at.parent] >= maxDepth {
				at.parent = at.parent.parent
			}
			depths[at] = depths[at.parent] + 1
		}
	}
}

// fold drops segments that X-Ray made up of a subsegment: they say the same
// again. What hangs under them moves to the subsegment.
func (b *treeBuilder) fold() {
	for _, n := range b.nodes {
		if !n.inferred || n.parent == nil || !n.parent.sub {
			continue
		}
		p := n.parent
		p.children = slices.DeleteFunc(p.children, func(c *node) bool { return c == n })
		for _, child := range n.children {
			child.parent, child.span.ParentID = p, p.span.ID
		}
		p.children = append(p.children, n.children...)
		if p.span.Resource == "" {
			p.span.Resource = n.span.Resource
		}
		p.span.Error = p.span.Error || n.span.Error
		p.span.Fault = p.span.Fault || n.span.Fault
		p.span.Throttle = p.span.Throttle || n.span.Throttle
		n.parent, n.children, n.span = nil, nil, nil
	}
	b.nodes = slices.DeleteFunc(b.nodes, func(n *node) bool { return n.span == nil })
}

// resolve fills in what depends on other spans: exceptions that are told
// elsewhere, and which part is the init of a cold start.
func (b *treeBuilder) resolve() {
	for _, n := range b.nodes {
		if len(n.exceptions) > 0 {
			n.span.Exception = n.exceptions[0]
		} else if n.refers != "" {
			n.span.Exception = copyException(b.causes[n.refers])
		}
		n.span.ColdInit = n.sub && n.parent != nil && n.parent.lambda && isInitName(n.span.Name)
		b.partial = b.partial || n.running
	}
}

// copyException copies, so that no two spans share one.
func copyException(e *sources.Exception) *sources.Exception {
	if e == nil {
		return nil
	}
	c := *e
	c.Stack = slices.Clone(e.Stack)
	return &c
}

// trace hangs the spans together and takes the times of the whole.
func (b *treeBuilder) trace(id string) sources.Trace {
	t := sources.Trace{ID: id, Partial: b.partial}
	var end time.Time
	for _, n := range b.nodes {
		n.span.Children = spansOf(n.children)
		// A segment's parent may be a caller that is not traced, and never
		// will be there; the parent of a subsegment will.
		t.Partial = t.Partial || n.span.Orphan && n.sub
		if n.parent == nil {
			t.Spans = append(t.Spans, n.span)
		}
		if n.span.Start.IsZero() {
			continue
		}
		if t.Start.IsZero() || n.span.Start.Before(t.Start) {
			t.Start = n.span.Start
		}
		if e := n.span.Start.Add(n.span.Duration.Or(0)); e.After(end) {
			end = e
		}
	}
	byStart(t.Spans)
	if !t.Start.IsZero() {
		t.Duration = end.Sub(t.Start)
	}
	return t
}

func spansOf(nodes []*node) []*sources.Span {
	if len(nodes) == 0 {
		return nil
	}
	spans := make([]*sources.Span, len(nodes))
	for i, n := range nodes {
		spans[i] = n.span
	}
	byStart(spans)
	return spans
}

// byStart sorts spans by their start; those without one come last.
func byStart(spans []*sources.Span) {
	slices.SortStableFunc(spans, func(a, b *sources.Span) int {
		if x, y := a.Start.IsZero(), b.Start.IsZero(); x != y {
			if x {
				return 1
			}
			return -1
		}
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
}
