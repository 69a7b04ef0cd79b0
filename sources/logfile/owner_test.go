package logfile

import (
	"fmt"
	"strings"
	"testing"

	"fntop/sources"
)

// TestWhose checks that the lines of a log tell whose invocations they are, in
// each of the places that name it, and that nothing is guessed.
func TestWhose(t *testing.T) {
	const (
		runtime = "arn:aws:lambda:eu-west-3::runtime:ab12"
		init    = "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: " + runtime
		other   = "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: arn:aws:lambda:us-east-2::runtime:ab12"
	)
	report := func(id string) string {
		return "REPORT RequestId: " + id + "\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\t"
	}
	started := func(id, arn string) string {
		return `{"time":"2026-11-23T09:10:00.470Z","type":"platform.start","record":{"requestId":"` + id + `","functionArn":"` + arn + `"}}` + "\n" +
			`{"time":"2026-11-23T09:10:00.490Z","type":"platform.report","record":{"requestId":"` + id + `","metrics":{"durationMs":12.96},"status":"success"}}` + "\n"
	}
	aws := func(account, region, name string) sources.FunctionID {
		return sources.FunctionID{Cloud: sources.AWS, Account: account, Region: region, Name: name}
	}
	place := func(region string) sources.FunctionID { return sources.FunctionID{Region: region} }
	for _, test := range []struct {
		name, text string
		given      sources.FunctionID
		want       []sources.FunctionID
	}{
		{"nothing tells", report(id1), sources.FunctionID{}, []sources.FunctionID{{}}},
		{"region given", report(id1), place("eu-north-1"), []sources.FunctionID{place("eu-north-1")}},
		{"region by the runtime", init + "\n" + report(id1), sources.FunctionID{}, []sources.FunctionID{place("eu-west-3")}},
		{"two regions by runtimes", init + "\n" + other + "\n" + report(id1), sources.FunctionID{}, []sources.FunctionID{{}}},
		{
			"each start names its own", started(id1, "arn:aws:lambda:eu-central-1:123456789012:function:one") + started(id2, "arn:aws:lambda:us-west-2:210987654321:function:two:live"),
			sources.FunctionID{},
			[]sources.FunctionID{aws("123456789012", "eu-central-1", "one"), aws("210987654321", "us-west-2", "two")},
		},
		{
			"a caller that knows is right", started(id1, "arn:aws:lambda:eu-central-1:123456789012:function:one"),
			aws("1", "sa-east-1", "mine"),
			[]sources.FunctionID{aws("1", "sa-east-1", "mine")},
		},
		{
			"an ARN of something else", started(id1, "arn:aws:s3:::bucket"),
			sources.FunctionID{},
			[]sources.FunctionID{{}},
		},
		{
			"subscription", `{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/sub","logStream":"` + stream + `","logEvents":[` +
				`{"id":"1","timestamp":1763888400000,"message":"` + strings.ReplaceAll(init, "\t", `\t`) + `"},` +
				`{"id":"2","timestamp":1763888400001,"message":"` + strings.ReplaceAll(report(id1), "\t", `\t`) + `"}]}`,
			sources.FunctionID{},
			[]sources.FunctionID{aws("123456789012", "eu-west-3", "sub")},
		},
		{
			"Logs Insights", `{"results":[[{"field":"@message","value":"` + strings.ReplaceAll(report(id1), "\t", `\t`) + `"},{"field":"@log","value":"123456789012:/aws/lambda/insight"}]]}`,
			sources.FunctionID{},
			[]sources.FunctionID{aws("123456789012", "", "insight")},
		},
		{
			"a group that several share", "2026-11-23T09:00:00.100000+00:00 2026/11/23/pay[$LATEST]0123456789abcdef0123456789abcdef " + report(id1) + "\n" +
				"2026-11-23T09:00:00.200000+00:00 2026/11/23/ship[7]0123456789abcdef0123456789abcdef " + report(id2),
			sources.FunctionID{},
			[]sources.FunctionID{aws("", "", "pay"), aws("", "", "ship")},
		},
		{
			"each stream's own runtime", "2026-11-23T09:00:00.100000+00:00 2026/11/23/[1]a " + init + "\n" +
				"2026-11-23T09:00:00.150000+00:00 2026/11/23/[1]b " + other + "\n" +
				"2026-11-23T09:00:00.200000+00:00 2026/11/23/[1]a " + report(id1) + "\n" +
				"2026-11-23T09:00:00.300000+00:00 2026/11/23/[1]b " + report(id2),
			sources.FunctionID{},
			[]sources.FunctionID{place("eu-west-3"), place("us-east-2")},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []sources.FunctionID
			for inv, err := range Invocations(t.Context(), strings.NewReader(test.text), Options{Function: sources.Function{ID: test.given}}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, inv.Function)
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
