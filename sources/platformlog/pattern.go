package platformlog

import (
	"strings"

	"fntop/sources"
)

// The terms that select lines, each an alternative: "?" before a term means
// that any one of them is enough, and must not be mixed with terms without it
// (CloudWatch Logs User Guide, "Using filter patterns to match terms in
// unstructured log events", read November 2026). Terms match the text of an
// event wherever they stand, in JSON events too, and are case-sensitive. Those
// with other characters than letters, digits and the underscore are quoted.
const (
	textReports = `?"START RequestId" ?"END RequestId" ?"REPORT RequestId" ?"XRAY TraceId" ` +
		`?INIT_START ?INIT_REPORT ?RESTORE_START ?RESTORE_REPORT ` +
		`?"Task timed out" ?"Runtime exited" ?"Runtime." ?"Process exited before"`
	// Python, Node.js, Java and .NET, Ruby, Go.
	textErrors = `?"[ERROR]" ?"Invoke Error" ?"Uncaught Exception" ?"Unhandled Promise Rejection" ` +
		`?Exception ?"java.lang." ?"Error raised from handler method" ?errorType`
	jsonReports = `?"platform."`
	jsonErrors  = `?errorType`

	// Only reports have these members; "Init Duration" is also on the rare
	// INIT_REPORT lines, which tell of failed inits.
	textCold = `?"Init Duration: " ?"Billed Restore Duration: "`
	jsonCold = `?initDurationMs ?restoreDurationMs`
)

// FilterPattern is the CloudWatch Logs filter pattern that selects lines of a
// function on the server. A function may have changed its log format a moment
// ago, so the pattern of each format also selects the platform lines of the
// other. What comes back is a superset: events are still to be parsed. An
// empty pattern selects everything.
func FilterPattern(format sources.LogFormat, sel sources.LogSelect) string {
	switch sel {
	case sources.LogAll:
		return ""
	case sources.LogCold:
		if format == sources.LogJSON {
			return jsonCold + " " + textCold
		}
		return textCold + " " + jsonCold
	case sources.LogPlatform:
	}
	if format == sources.LogJSON {
		return jsonReports + " " + jsonErrors + " " + textReports
	}
	return textReports + " " + textErrors + " " + jsonReports
}

// RequestPattern is the filter pattern that selects the lines that carry a
// request ID.
func RequestPattern(id string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(id, `\`, `\\`), `"`, `\"`) + `"`
}
