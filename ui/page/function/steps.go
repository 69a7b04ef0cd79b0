package function

import (
	"fntop/sources"
	"fntop/sources/poll"
	"fntop/ui/page"
)

// TraceOf is the step to an invocation's trace, or the reason why there is
// none.
func TraceOf(id sources.FunctionID, inv sources.Invocation) page.Step {
	switch {
	case inv.TraceID == "" && inv.Reported.Known():
		return page.Say{Text: "No trace: the report of this invocation names none. The function is not traced."}
	case inv.TraceID == "":
		return page.Say{Text: "No trace yet: the report, which names it, has not been read."}
	case !inv.Sampled:
		return page.Say{Text: "No trace: this invocation was not sampled. X-Ray keeps the first request of each second and 5 % of the rest."}
	}
	return page.OpenTrace{Ref: poll.TraceRef{Scope: id.Scope(), ID: inv.TraceID}, Title: id.Name}
}
