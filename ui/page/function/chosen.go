package function

import "fntop/sources"

// Chosen is the function of the page.
func (p *Page) Chosen() []sources.FunctionID { return []sources.FunctionID{p.id} }
