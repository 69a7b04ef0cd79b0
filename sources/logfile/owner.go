package logfile

import (
	"cmp"
	"strings"

	"fntop/sources"
	"fntop/sources/platformlog"
)

// maxOwners bounds how many streams' functions are remembered.
const maxOwners = 1 << 16

// owners learns from the lines of a log whose invocations they are of. A
// stream is of one function. What all lines agree on so far also holds for
// those of streams that do not tell; what they do not agree on is unknown.
type owners struct {
	given   sources.FunctionID // what the caller knows
	streams map[string]sources.FunctionID
	account agreed
	region  agreed
	name    agreed
}

// agreed is what every line that tells has told.
type agreed struct {
	value string
	mixed bool
}

func (a *agreed) add(v string) {
	switch {
	case v == "" || v == a.value || a.mixed:
	case a.value == "":
		a.value = strings.Clone(v)
	default:
		a.value, a.mixed = "", true
	}
}

// record takes in a platform line of a stream.
func (o *owners) record(stream string, r *platformlog.Record) {
	switch r.Kind {
	case platformlog.Start, platformlog.InitStart, platformlog.RestoreStart:
	default:
		return
	}
	if r.FunctionARN == "" && r.FunctionName == "" && r.RuntimeVersionARN == "" {
		return
	}
	id, _ := sources.ParseFunctionARN(r.FunctionARN)
	id.Name = cmp.Or(id.Name, r.FunctionName)
	id.Region = cmp.Or(id.Region, runtimeRegion(r.RuntimeVersionARN))
	o.add(stream, id)
}

// group takes in the log group of an event and the account it lies in, either
// of which may be empty.
func (o *owners) group(stream, group, account string) {
	name, ok := strings.CutPrefix(group, "/aws/lambda/")
	if !ok {
		name = ""
	}
	o.add(stream, sources.FunctionID{Account: account, Name: name})
}

func (o *owners) add(stream string, id sources.FunctionID) {
	if id == (sources.FunctionID{}) {
		return
	}
	o.account.add(id.Account)
	o.region.add(id.Region)
	o.name.add(id.Name)
	if stream == "" {
		return
	}
	known, there := o.streams[stream]
	merged := or(known, id)
	if merged == known || !there && len(o.streams) >= maxOwners {
		return
	}
	if o.streams == nil {
		o.streams = make(map[string]sources.FunctionID)
	}
	o.streams[strings.Clone(stream)] = sources.FunctionID{
		Account: strings.Clone(merged.Account), Region: strings.Clone(merged.Region), Name: strings.Clone(merged.Name),
	}
}

// of is whose invocation it is, as far as that is known by now.
func (o *owners) of(inv *sources.Invocation) sources.FunctionID {
	if o.given.Name != "" {
		return o.given
	}
	var own sources.FunctionID
	if inv.Function.Name != "" { // its own START line has told
		own = inv.Function
	}
	own = or(own, o.streams[inv.Environment])
	own = or(own, sources.FunctionID{Name: platformlog.StreamFunction(inv.Environment)})
	own = or(own, sources.FunctionID{Account: o.account.value, Region: o.region.value, Name: o.name.value})
	own = or(own, o.given)
	if own.Name != "" {
		own.Cloud = sources.AWS
	}
	return own
}

// or fills in what the one lacks from the other.
func or(one, other sources.FunctionID) sources.FunctionID {
	return sources.FunctionID{
		Cloud:   cmp.Or(one.Cloud, other.Cloud),
		Account: cmp.Or(one.Account, other.Account),
		Region:  cmp.Or(one.Region, other.Region),
		Name:    cmp.Or(one.Name, other.Name),
	}
}

// runtimeRegion is the region in "arn:aws:lambda:REGION::runtime:…", the
// runtime that an init was made with, which lies where the function does.
func runtimeRegion(arn string) string {
	if !strings.HasPrefix(arn, "arn:") {
		return ""
	}
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) != 7 || parts[2] != "lambda" || parts[5] != "runtime" {
		return ""
	}
	return parts[3]
}
