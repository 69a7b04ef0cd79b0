// Package console makes links into the web consoles of the clouds. It is
// pure: nothing is asked, and nothing is opened.
//
// A link is made of names that come from a cloud, and names are hostile: each
// part is checked against what the cloud allows there, or escaped, and where
// it is neither there is no link. A link names no account: the console shows
// the one that the browser is signed in to.
package console

import (
	"strings"
	"unicode/utf8"

	"fntop/sources"
)

// Function is the page of a function in the Lambda console: its overview, with
// code, triggers and configuration. ok is false when there is none known.
func Function(id sources.FunctionID) (url string, ok bool) {
	host, ok := host(id.Cloud, id.Region)
	// API_CreateFunction, FunctionName: letters, digits, - and _, up to 64; the
	// names of functions that are still there from before were longer.
	if !ok || id.Name == "" || len(id.Name) > 140 || !only(id.Name, letters+digits+"-_") {
		return "", false
	}
	return host + "/lambda/home?region=" + id.Region + "#/functions/" + id.Name, true
}

// LogStream is the page of a log stream in the CloudWatch console, or of its
// log group when the stream is empty. ok is false when there is none known.
func LogStream(scope sources.Scope, group, stream string) (url string, ok bool) {
	host, ok := host(scope.Cloud, scope.Region)
	// API_CreateLogStream: both have up to 512 characters.
	const most = 512
	if !ok || group == "" || utf8.RuneCountInString(group) > most || utf8.RuneCountInString(stream) > most ||
		!utf8.ValidString(group) || !utf8.ValidString(stream) {
		return "", false
	}
	url = host + "/cloudwatch/home?region=" + scope.Region + "#logsV2:log-groups/log-group/" + twice(group)
	if stream != "" {
		url += "/log-events/" + twice(stream)
	}
	return url, true
}

// Trace is the timeline of a trace (AWS X-Ray developer guide, "Console deep
// linking", 2026). ok is false when there is none known, or the ID is none of
// X-Ray's: 1-, eight hexadecimal digits, -, and twenty-four more.
func Trace(scope sources.Scope, id string) (url string, ok bool) {
	host, ok := host(scope.Cloud, scope.Region)
	parts := strings.Split(id, "-")
	if !ok || len(parts) != 3 || parts[0] != "1" || len(parts[1]) != 8 || len(parts[2]) != 24 ||
		!only(parts[1]+parts[2], digits+"abcdef") {
		return "", false
	}
	return host + "/xray/home?region=" + scope.Region + "#/traces/" + id, true
}

// host is the console of a region. Each partition has its own (AWS General
// Reference, "AWS Management Console endpoints and quotas"; the user guides of
// AWS GovCloud, of the China regions and of the European Sovereign Cloud); the
// isolated ones have none that is published.
func host(cloud sources.Cloud, region string) (string, bool) {
	parts := strings.Split(region, "-")
	if cloud != sources.AWS || len(region) > 32 || len(parts) < 3 || !only(region, lower+digits+"-") || strings.Contains(region, "--") ||
		!only(parts[0], lower) || parts[0] == "" || !only(parts[len(parts)-1], digits) || parts[len(parts)-1] == "" {
		return "", false
	}
	domain := "console.aws.amazon.com"
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		domain = "console.amazonaws-us-gov.com"
	case strings.HasPrefix(region, "cn-"):
		domain = "console.amazonaws.cn"
	case strings.HasPrefix(region, "eusc-"):
		domain = "console.amazonaws-eusc.eu"
	case strings.Contains(region, "-iso"):
		return "", false
	}
	return "https://" + region + "." + domain, true
}

const (
	lower   = "abcdefghijklmnopqrstuvwxyz"
	letters = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)

// only tells that there is nothing but allowed characters in a text.
func only(s, allowed string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(allowed, r) })
}

// twice escapes text as the CloudWatch console has it behind the # of its
// addresses: percent-encoded two times, with $ in place of %.
func twice(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if strings.IndexByte(letters+digits+"-_.~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString("$25")
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
