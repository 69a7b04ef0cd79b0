package demo

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"fntop/sources"
	"fntop/sources/demo/wire"
)

// The limits of GetResources (Resource Groups Tagging API Reference).
const (
	resourcesPerPage = 100
	mostARNs         = 100
	mostTagFilters   = 50
)

type getResourcesInput struct {
	PaginationToken     string
	TagFilters          []tagFilter
	ResourcesPerPage    *wire.Int
	ResourceTypeFilters []string
	ResourceARNList     []string
}

type tagFilter struct {
	Key    string
	Values []string
}

// getResourcesOutput is GetResources' answer (service model). The last page
// has an empty token.
type getResourcesOutput struct {
	PaginationToken        string
	ResourceTagMappingList []tagMapping
}

type tagMapping struct {
	ResourceARN string
	Tags        []tag
}

type tag struct{ Key, Value string }

// getResources lists the functions that have tags; of other resources the
// fleet has no tags.
func getResources(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in getResourcesInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	limit, failure := in.check()
	if failure != nil {
		return nil, failure
	}
	catalogue := s.catalogue(c.Region, c.asOf)
	functions := catalogue.functions
	if in.PaginationToken != "" {
		name, err := parseNameToken(in.PaginationToken)
		if err != nil {
			return nil, &wire.Error{Status: http.StatusBadRequest, Code: "PaginationTokenExpiredException", Message: "The pagination token is not valid.", MessageName: "Message"}
		}
		functions = catalogue.after(name)
	}
	out := &getResourcesOutput{ResourceTagMappingList: []tagMapping{}}
	last := ""
	for i := range functions {
		f := &functions[i]
		if !in.matches(f) {
			continue
		}
		if len(out.ResourceTagMappingList) == limit {
			out.PaginationToken = nameToken(last)
			break
		}
		last = f.ID.Name
		mapping := tagMapping{ResourceARN: f.ARN}
		for _, key := range slices.Sorted(maps.Keys(f.Tags)) {
			mapping.Tags = append(mapping.Tags, tag{key, f.Tags[key]})
		}
		out.ResourceTagMappingList = append(out.ResourceTagMappingList, mapping)
	}
	return out, nil
}

// check refuses what the service refuses and gives the size of a page.
func (in *getResourcesInput) check() (limit int, failure *wire.Error) {
	invalid := func(message string) (int, *wire.Error) {
		return 0, &wire.Error{Status: http.StatusBadRequest, Code: "InvalidParameterException", Message: message, MessageName: "Message"}
	}
	limit = resourcesPerPage
	if in.ResourcesPerPage != nil {
		if *in.ResourcesPerPage < 1 || *in.ResourcesPerPage > resourcesPerPage {
			return invalid("ResourcesPerPage must be between 1 and 100.")
		}
		limit = int(*in.ResourcesPerPage)
	}
	switch {
	case len(in.ResourceARNList) > mostARNs:
		return invalid("ResourceARNList has at most 100 ARNs.")
	case len(in.TagFilters) > mostTagFilters:
		return invalid("TagFilters has at most 50 keys.")
	case len(in.ResourceARNList) > 0 && (in.ResourcesPerPage != nil || len(in.TagFilters)+len(in.ResourceTypeFilters) > 0 || in.PaginationToken != ""):
		return invalid("ResourceARNList excludes the other parameters.")
	}
	return limit, nil
}

// matches tells whether the request asks for the function: filters of
// different keys all hold, of the values of one key any does.
func (in *getResourcesInput) matches(f *sources.Function) bool {
	if len(f.Tags) == 0 {
		return false // never tagged: not known to the service
	}
	if len(in.ResourceTypeFilters) > 0 && !slices.Contains(in.ResourceTypeFilters, "lambda") &&
		!slices.Contains(in.ResourceTypeFilters, "lambda:function") {
		return false
	}
	if len(in.ResourceARNList) > 0 && !slices.Contains(in.ResourceARNList, f.ARN) {
		return false
	}
	for _, filter := range in.TagFilters {
		v, ok := f.Tags[filter.Key]
		if !ok || len(filter.Values) > 0 && !slices.Contains(filter.Values, v) {
			return false
		}
	}
	return true
}
