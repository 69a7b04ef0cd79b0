package console_test

import (
	"net/url"
	"strings"
	"testing"

	"fntop/sources"
	"fntop/sources/console"
)

const traceID = "1-6d2f3a10-0123456789abcdef01234567"

func scope(region string) sources.Scope {
	return sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: region}
}

func TestLinks(t *testing.T) {
	for region, host := range map[string]string{
		"eu-west-1":      "https://eu-west-1.console.aws.amazon.com",
		"us-gov-west-1":  "https://us-gov-west-1.console.amazonaws-us-gov.com",
		"cn-north-1":     "https://cn-north-1.console.amazonaws.cn",
		"eusc-de-east-1": "https://eusc-de-east-1.console.amazonaws-eusc.eu",
	} {
		if got, ok := console.Function(scope(region).In("checkout_api-2")); !ok || got != host+"/lambda/home?region="+region+"#/functions/checkout_api-2" {
			t.Errorf("%q, %v", got, ok)
		}
		if got, ok := console.Trace(scope(region), traceID); !ok || got != host+"/xray/home?region="+region+"#/traces/"+traceID {
			t.Errorf("%q, %v", got, ok)
		}
		want := host + "/cloudwatch/home?region=" + region + "#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fcheckout"
		if got, ok := console.LogStream(scope(region), "/aws/lambda/checkout", ""); !ok || got != want {
			t.Errorf("%q, %v", got, ok)
		}
		want += "/log-events/2026$252F11$252F23$252F$255B$2524LATEST$255Dabc"
		if got, ok := console.LogStream(scope(region), "/aws/lambda/checkout", "2026/11/23/[$LATEST]abc"); !ok || got != want {
			t.Errorf("%q, %v", got, ok)
		}
	}
}

func TestNoLinkIsMadeOfHostileNames(t *testing.T) {
	for _, region := range []string{
		"", "eu", "eu-west", "-west-1", "eu-west-", "eu--1", "evil.com/-x-1", "eu-west-1.evil.com", "eu-west-1@evil-1", "EU-WEST-1",
		"us-iso-east-1", "us-isob-east-1", strings.Repeat("a-", 40) + "1", "eu-\x1b-1", "1-2-3",
	} {
		if got, ok := console.Function(scope(region).In("f")); ok {
			t.Errorf("region %q gives %q", region, got)
		}
	}
	for _, name := range []string{"", "a b", "a/b", "a?b", "a#b", "a%2e", "\x1b]0;x\x07", "函数", strings.Repeat("a", 141)} {
		if got, ok := console.Function(scope("eu-west-1").In(name)); ok {
			t.Errorf("name %q gives %q", name, got)
		}
	}
	for _, id := range []string{"", "1-2-3", traceID + "0", strings.ToUpper(traceID), "2" + traceID[1:], traceID[:34] + "/"} {
		if got, ok := console.Trace(scope("eu-west-1"), id); ok {
			t.Errorf("trace %q gives %q", id, got)
		}
	}
	for _, group := range []string{"", "\xff", strings.Repeat("a", 513)} {
		if got, ok := console.LogStream(scope("eu-west-1"), group, "s"); ok {
			t.Errorf("group %q gives %q", group, got)
		}
	}
	id := scope("eu-west-1").In("f")
	id.Cloud = sources.Azure
	if got, ok := console.Function(id); ok {
		t.Errorf("another cloud gives %q", got)
	}
}

// FuzzLogStream: whatever the names are, the link is printable, leads to the
// console, and gives the names back.
func FuzzLogStream(f *testing.F) {
	f.Add("/aws/lambda/x", "2026/11/23/[$LATEST]abc")
	f.Add("a\x1b]8;;http://evil\x07", "?#@%\n")
	f.Fuzz(func(t *testing.T, group, stream string) {
		link, ok := console.LogStream(scope("eu-west-1"), group, stream)
		if !ok {
			return
		}
		if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("%q is not printable", link)
		}
		u, err := url.Parse(link)
		if err != nil || u.Host != "eu-west-1.console.aws.amazon.com" {
			t.Fatalf("%q leads to %v, %v", link, u, err)
		}
		rest := strings.TrimPrefix(u.Fragment, "logsV2:log-groups/log-group/")
		for i, part := range strings.Split(rest, "/log-events/") {
			once, err := url.PathUnescape(strings.ReplaceAll(part, "$", "%"))
			if err != nil {
				t.Fatal(err)
			}
			name, err := url.PathUnescape(once)
			if want := []string{group, stream}[i]; err != nil || name != want {
				t.Fatalf("%q gives %q back, %v, want %q", link, name, err, want)
			}
		}
	})
}
