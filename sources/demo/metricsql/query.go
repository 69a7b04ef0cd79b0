// Package metricsql reads the queries of CloudWatch Metrics Insights, as the
// service documents them (CloudWatch User Guide, "Query components and syntax
// in CloudWatch Metrics Insights", 2026):
//
//	SELECT FUNCTION(metricName)
//	FROM namespace | SCHEMA(namespace [, labelKey [, …]])
//	[ WHERE labelKey = | != 'value' [AND …] ]
//	[ GROUP BY labelKey [, …] ]
//	[ ORDER BY FUNCTION() [ DESC | ASC ] ]
//	[ LIMIT number ]
//
// Keywords are read in any case; names of metrics, namespaces and labels are
// not. Grouping by tags is not read.
package metricsql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// MaxSeries is how many time series a query returns at most, and the highest
// LIMIT.
const MaxSeries = 500

// Function aggregates observations, or the points of a time series.
type Function string

// The functions. There are no percentiles.
const (
	Avg   Function = "AVG"
	Count Function = "COUNT"
	Max   Function = "MAX"
	Min   Function = "MIN"
	Sum   Function = "SUM"
)

// Query is a query as written.
type Query struct {
	Function  Function
	Metric    string
	Namespace string
	// Schema tells that only metrics with exactly the dimensions of Labels are
	// asked for; without it, those with any.
	Schema bool
	Labels []string
	Where  []Condition // all of them hold
	Group  []string
	// Order is the function whose value of each series they are ordered by;
	// empty orders by their labels.
	Order      Function
	Descending bool
	Limit      int // MaxSeries when the query names none
}

// Condition is one of a WHERE clause.
type Condition struct {
	Label string
	Not   bool // the value is another one
	Value string
}

// IsQuery tells whether an expression is a query, and not metric math.
func IsQuery(expression string) bool {
	const word = "select"
	text := strings.TrimSpace(expression)
	return len(text) > len(word) && strings.EqualFold(text[:len(word)], word) && !isWord(text[len(word)])
}

// Parse reads a query. The error says what was expected, and where.
func Parse(text string) (*Query, error) {
	p := &parser{text: text}
	p.next()
	q := p.query()
	if p.err != nil {
		return nil, p.err
	}
	return q, nil
}

func (p *parser) query() *Query {
	q := &Query{Limit: MaxSeries}
	p.keyword("SELECT")
	q.Function = p.function()
	p.symbol("(")
	q.Metric = p.name("the name of a metric")
	p.symbol(")")
	p.keyword("FROM")
	if q.Schema = p.take("SCHEMA"); q.Schema {
		p.symbol("(")
		q.Namespace = p.name("a namespace")
		for p.isSymbol(",") {
			q.Labels = append(q.Labels, p.name("a label"))
		}
		p.symbol(")")
	} else {
		q.Namespace = p.name("a namespace")
	}
	if p.take("WHERE") {
		q.Where = append(q.Where, p.condition())
		for p.take("AND") {
			q.Where = append(q.Where, p.condition())
		}
	}
	if p.take("GROUP") {
		p.keyword("BY")
		q.Group = append(q.Group, p.name("a label"))
		for p.isSymbol(",") {
			q.Group = append(q.Group, p.name("a label"))
		}
	}
	if p.take("ORDER") {
		p.keyword("BY")
		q.Order = p.function()
		p.symbol("(")
		p.symbol(")")
		if q.Descending = p.take("DESC"); !q.Descending {
			p.take("ASC")
		}
	}
	if p.take("LIMIT") {
		q.Limit = p.limit()
	}
	if p.kind != end {
		p.fail("the end of the query")
	}
	return q
}

func (p *parser) function() Function {
	f := Function(strings.ToUpper(p.token))
	if p.kind != word || !slices.Contains([]Function{Avg, Count, Max, Min, Sum}, f) {
		p.fail("one of AVG, COUNT, MAX, MIN, SUM")
		return ""
	}
	p.next()
	return f
}

func (p *parser) condition() Condition {
	c := Condition{Label: p.name("a label")}
	switch {
	case p.isSymbol("="):
	case p.isSymbol("!="):
		c.Not = true
	default:
		p.fail("= or !=")
	}
	if p.kind != value {
		p.fail("a value in single quotation marks")
	}
	c.Value = p.token
	p.next()
	return c
}

func (p *parser) limit() int {
	n, err := strconv.Atoi(p.token)
	if p.kind != word || err != nil || n < 1 || n > MaxSeries {
		p.fail(fmt.Sprintf("a number from 1 to %d", MaxSeries))
		return 0
	}
	p.next()
	return n
}
