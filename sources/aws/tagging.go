package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"

	"fntop/sources"
)

var _ sources.TagReader = (*Source)(nil)

const (
	// tagsPage is the most resources a page holds, and functionType what
	// functions are called in a filter (Resource Groups Tagging API reference,
	// GetResources).
	tagsPage     = 100
	functionType = "lambda:function"
)

// Tags reads the tags of all functions that have any with GetResources, a
// hundred functions at a time: ListTags would take a call for each.
func (s *Source) Tags(ctx context.Context, page func(map[sources.FunctionID]map[string]string) error) error {
	in := &resourcegroupstaggingapi.GetResourcesInput{
		ResourceTypeFilters: []string{functionType}, ResourcesPerPage: aws.Int32(tagsPage),
	}
	var p pager
	for {
		out, err := s.tags.GetResources(ctx, in)
		if err != nil {
			return s.failed(ctx, opGetResources, s.scope.Region, err)
		}
		found := make(map[sources.FunctionID]map[string]string, len(out.ResourceTagMappingList))
		for i := range out.ResourceTagMappingList {
			resource := &out.ResourceTagMappingList[i]
			id, _, ok := functionNamed(s.scope, aws.ToString(resource.ResourceARN))
			if !ok {
				continue
			}
			tags := make(map[string]string, len(resource.Tags))
			for _, t := range resource.Tags {
				tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
			found[id] = tags
		}
		if err := page(found); err != nil {
			return err
		}
		more, err := p.next(out.PaginationToken, opGetResources, s.scope.Region)
		if err != nil || !more {
			return err
		}
		in.PaginationToken = p.token
	}
}
