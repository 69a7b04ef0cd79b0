package aws

// Feature is something fntop can do, and the actions it needs for that.
type Feature struct {
	Name    string   // as a person says it
	Actions []string // as permissions spell them
	// Resource is the ARN pattern that the actions may be limited to; "*"
	// where AWS has no finer one for some of them (Service Authorization Reference, read
	// 2026-11-23).
	Resource string
}

// Features are what fntop can do with AWS, each with the least permissions
// for it. All of them only read.
func Features() []Feature {
	return []Feature{
		{"functions", []string{opListFunctions}, "*"},
		{"metrics", []string{opGetMetricData, opListMetrics}, "*"},
		{"logs", []string{opFilterLogEvents}, "arn:*:logs:*:*:log-group:*"},
		{"tail", []string{opStartLiveTail}, "arn:*:logs:*:*:log-group:*"},
		{"traces", []string{opBatchGetTraces, opGetTraceSummaries}, "*"},
		{"prices", []string{opGetProducts}, "*"},
		{"bill", []string{opGetCostAndUsage}, "*"},
		{"names", []string{opListAccountAliases}, "*"},
		{"changes", []string{opLookupEvents}, "*"},
		{"tags", []string{opGetResources}, "*"},
		{"triggers", []string{opListEventSourceMappings, opGetPolicy, opListAliases, opListFunctionURLs}, "*"},
		{"concurrency", []string{opGetAccountSettings, opGetFunctionConcurrency, opListProvisionedSettings}, "*"},
	}
}
