package spend

import (
	"cmp"
	"slices"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
	"fntop/ui/whatif"
)

// name tells one item from all others.
type name struct {
	id    sources.FunctionID
	group string
}

// item is a line of the report, with the figures that rows are sorted by.
type item struct {
	name
	line    int // in the report
	runtime string
	arch    sources.Architecture
	figures [colCount]sources.Opt[float64]
	best    spending.Option // what is best of what saves; ok tells that there is one
	ok      bool
	weighed bool // options are known, though none may save anything
}

// manyOf tells which columns are worth their room because values differ, and
// how wide the longest names are, in steps so that columns rarely move.
type manyOf struct {
	regions, accounts bool
	name, region      int
}

// take makes the items of a new reckoning.
func (p *Page) take() {
	p.items = p.items[:0]
	if p.month == nil {
		p.order()
		return
	}
	r := p.month.Report
	var many manyOf
	for i := range r.Lines {
		it := p.item(i)
		first := &r.Lines[0].Function
		many.regions = many.regions || it.id.Region != first.Region
		many.accounts = many.accounts || it.id.Account != first.Account
		many.name = max(many.name, len(it.title()))
		many.region = max(many.region, len(it.id.Region))
		p.items = append(p.items, it)
	}
	const step = 4
	many.name = (many.name + step - 1) / step * step
	if many != p.many {
		p.many = many
		p.tables[byFunction].SetColumns(columns(many))
		p.tables[whatChanged].SetColumns(changedColumns(many))
	}
	p.order()
	p.weigh()
}

// item makes the item of a line.
func (p *Page) item(i int) item {
	l := &p.month.Report.Lines[i]
	it := item{name: name{l.Function, l.Group}, line: i}
	if i < len(p.month.Usage.Used) {
		fn := &p.month.Usage.Used[i].Function
		it.runtime, it.arch = fn.Runtime, fn.Architecture
	}
	f, none := &it.figures, sources.Opt[float64]{}
	c := l.Components
	f[colToDate] = dollars(l.ToDate)
	if r, ok := l.Forecast.Get(); ok {
		f[colForecast] = sources.Some(r.Value)
		f[colRange] = sources.Some(r.High - r.Low)
	}
	f[colRequests], f[colCompute], f[colInit] = dollars(c.Requests), dollars(c.Compute), dollars(c.Init)
	f[colLogs], f[colFree] = dollars(c.LogIngestion), dollars(c.FreeTier)
	f[colOther] = dollars(others(c))
	if l.Group != "" { // it has none of these
		f[colRequests], f[colCompute], f[colInit], f[colOther] = none, none, none, none
	}
	if l.Used.Requests > 0 {
		f[colMillion] = dollars(l.ToDate.Times(1_000_000).Per(l.Used.Requests))
	}
	if i < len(p.month.Options) {
		it.weighed = l.Used.Requests > 0 && len(p.month.Options[i]) > 0
		for _, o := range p.month.Options[i] {
			if whatif.Saves(o) && (!it.ok || whatif.Compare(o, it.best) < 0) {
				it.best, it.ok = o, true
			}
		}
	}
	if it.weighed {
		f[colWhatIf] = sources.Some(whatif.Sure(it.best))
	}
	return it
}

// title is how the item is called.
func (n name) title() string {
	if n.group != "" {
		return "logs " + n.group
	}
	return n.id.Name
}

func (n name) compare(other name) int {
	return cmp.Or(n.id.Compare(other.id), cmp.Compare(n.group, other.group))
}

func dollars(u cost.USD) sources.Opt[float64] {
	if usd, ok := u.Float64(); ok {
		return sources.Some(usd)
	}
	return sources.Opt[float64]{}
}

// others are the components without a column of their own: unknown when one of
// them is.
func others(c cost.Components) cost.USD {
	return c.EphemeralStorage.Add(c.Provisioned).Add(c.SnapStart).Add(c.ResponseStreaming)
}

// weigh takes over the options of the item that was chosen, what saves most
// first.
func (p *Page) weigh() {
	p.options = p.options[:0]
	it := p.current()
	if it == nil || it.line >= len(p.month.Options) {
		return
	}
	p.options = append(p.options, p.month.Options[it.line]...)
	slices.SortStableFunc(p.options, whatif.Compare)
}
