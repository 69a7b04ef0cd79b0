package wire

import (
	"net/http"
	"net/url"
	"strings"
)

// restRoute is an operation of a REST-JSON service.
type restRoute struct {
	service   string
	operation string
	method    string
	path      string // variable parts in braces
}

// restRoutes are the REST operations known here, by their bindings in the
// service models of the SDK (lambda v1.114.3, xray v1.36.25).
func restRoutes() []restRoute {
	return []restRoute{
		{Lambda, "ListFunctions", http.MethodGet, "/2015-03-31/functions"},
		{Lambda, "GetFunction", http.MethodGet, "/2015-03-31/functions/{FunctionName}"},
		{Lambda, "GetFunctionConfiguration", http.MethodGet, "/2015-03-31/functions/{FunctionName}/configuration"},
		{Lambda, "GetPolicy", http.MethodGet, "/2015-03-31/functions/{FunctionName}/policy"},
		{Lambda, "ListAliases", http.MethodGet, "/2015-03-31/functions/{FunctionName}/aliases"},
		{Lambda, "ListVersionsByFunction", http.MethodGet, "/2015-03-31/functions/{FunctionName}/versions"},
		{Lambda, "ListEventSourceMappings", http.MethodGet, "/2015-03-31/event-source-mappings"},
		{Lambda, "GetEventSourceMapping", http.MethodGet, "/2015-03-31/event-source-mappings/{UUID}"},
		{Lambda, "GetAccountSettings", http.MethodGet, "/2016-08-19/account-settings"},
		{Lambda, "ListTags", http.MethodGet, "/2017-03-31/tags/{Resource}"},
		{Lambda, "GetFunctionEventInvokeConfig", http.MethodGet, "/2019-09-25/functions/{FunctionName}/event-invoke-config"},
		{Lambda, "GetFunctionConcurrency", http.MethodGet, "/2019-09-30/functions/{FunctionName}/concurrency"},
		{Lambda, "ListProvisionedConcurrencyConfigs", http.MethodGet, "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"},
		{Lambda, "GetFunctionUrlConfig", http.MethodGet, "/2021-10-31/functions/{FunctionName}/url"},
		{Lambda, "ListFunctionUrlConfigs", http.MethodGet, "/2021-10-31/functions/{FunctionName}/urls"},
		{XRay, "BatchGetTraces", http.MethodPost, "/Traces"},
		{XRay, "GetTraceSummaries", http.MethodPost, "/TraceSummaries"},
		{XRay, "GetTraceSegmentDestination", http.MethodPost, "/GetTraceSegmentDestination"},
	}
}

// routeREST takes the REST-JSON services. A path of theirs that names no
// known operation is theirs too, when the credential scope says so.
func (req *Request) routeREST(r *http.Request) bool {
	path := strings.TrimSuffix(r.URL.EscapedPath(), "/")
	for _, route := range restRoutes() {
		if route.method != r.Method {
			continue
		}
		labels, ok := matchPath(route.path, path)
		if !ok {
			continue
		}
		if route.operation == "ListProvisionedConcurrencyConfigs" && req.Params.Get("List") != "ALL" {
			continue // the same path without it is another operation
		}
		req.Service, req.Operation, req.Labels = route.service, route.operation, labels
		return true
	}
	return req.Service == Lambda || req.Service == XRay
}

// routeS3 takes S3, by the path style: the first part of the path is the
// bucket, a parameter of the URL says what of it is asked for (service model
// of the SDK, s3 v1.114.10). A request that is not signed is S3's when it has
// such a parameter.
func (req *Request) routeS3(r *http.Request) bool {
	unsigned := req.Service == "" && r.Method == http.MethodGet && (req.Params.Has("x-id") || req.Params.Has("notification"))
	if req.Service != S3 && !unsigned {
		return false
	}
	req.Service, req.Protocol = S3, RESTXML
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != "" {
		req.Labels = map[string]string{"Bucket": bucket}
	}
	switch {
	case r.Method != http.MethodGet || key != "":
	case bucket == "":
		req.Operation = "ListBuckets"
	case req.Params.Has("notification"):
		req.Operation = "GetBucketNotificationConfiguration"
	case req.Params.Has("location"):
		req.Operation = "GetBucketLocation"
	}
	return true
}

// matchPath compares an escaped path with a pattern and gives its variable
// parts. A variable part is one segment and not empty.
func matchPath(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	var labels map[string]string
	for i, w := range want {
		if !strings.HasPrefix(w, "{") {
			if w != got[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(got[i])
		if err != nil || value == "" {
			return nil, false
		}
		if labels == nil {
			labels = map[string]string{}
		}
		labels[strings.Trim(w, "{}")] = value
	}
	return labels, true
}
