package aws

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"

	"fntop/sources"
)

// longestValue bounds the text that is kept of an annotation: a trace may have
// fifty of a thousand characters (X-Ray Developer Guide, "AWS X-Ray segment
// documents"), and a list has hundreds of traces.
const longestValue = 200

// servicesOf are the services a trace went through, the entry first.
func servicesOf(t *types.TraceSummary) []string {
	var names []string
	add := func(s *types.ServiceId) {
		if name := aws.ToString(s.Name); name != "" && len(names) < sources.MostNoted && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if t.EntryPoint != nil {
		add(t.EntryPoint)
	}
	for i := range t.ServiceIds {
		add(&t.ServiceIds[i])
	}
	return names
}

// annotationsOf are the annotations of a trace, by name, of each its first value.
func annotationsOf(t *types.TraceSummary) []sources.Setting {
	var all []sources.Setting
	for _, name := range slices.Sorted(maps.Keys(t.Annotations)) {
		if len(all) == sources.MostNoted {
			break
		}
		if values := t.Annotations[name]; len(values) > 0 {
			all = append(all, sources.Setting{Name: name, Value: annotation(values[0].AnnotationValue)})
		}
	}
	return all
}

func annotation(v types.AnnotationValue) string {
	switch v := v.(type) {
	case *types.AnnotationValueMemberStringValue:
		return v.Value[:min(len(v.Value), longestValue)]
	case *types.AnnotationValueMemberNumberValue:
		return strconv.FormatFloat(v.Value, 'g', -1, 64)
	case *types.AnnotationValueMemberBooleanValue:
		return strconv.FormatBool(v.Value)
	}
	return ""
}

// took is a number of seconds that may be missing.
func took(s *float64) sources.Opt[time.Duration] {
	if s == nil || !(*s >= 0) {
		return sources.Opt[time.Duration]{}
	}
	return sources.Some(seconds(s))
}
