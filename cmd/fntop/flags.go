package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/meter"
	"fntop/ui/page/functions"
	"fntop/ui/theme"
)

// globals are the flags that every command understands.
type globals struct {
	source   string
	profile  string
	regions  []string
	roles    []string
	endpoint string
	since    string
	until    string
	budget   string
	refresh  string
	free     bool
	color    string
	ascii    bool
	logFile  string
	stats    bool
	output   string
	// windowed means that --since or --until is on the command line.
	windowed bool
	config   string
	theme    string
	mouse    bool
	plain    bool

	page     functions.Settings      // of the configuration file
	discount map[string]cost.Percent // of that file
	trouble  string                  // with that file, for the dashboard
	troubled string                  // the path of that file
	given    bool                    // --since, by flag or variable
	// refreshed means that --refresh was set somewhere.
	refreshed bool
}

func (g *globals) register(f *pflag.FlagSet) {
	f.StringVar(&g.source, "source", "aws", "where functions are: aws, or demo for the embedded demo cloud")
	f.StringVar(&g.profile, "profile", "", "profile of the AWS configuration files")
	f.StringSliceVar(&g.regions, "region", nil, "region to watch; may be repeated or a comma-separated list")
	f.StringSliceVar(&g.roles, "role-arn", nil, "role to assume; repeated, one fleet over many accounts")
	f.StringVar(&g.endpoint, "endpoint-url", "", "send every call to this URL: a demo cloud, LocalStack, moto")
	f.StringVar(&g.since, "since", "1h", "how far back to look: 15m, 3h, 2d, 1w")
	f.StringVar(&g.until, "until", "", "end of the time range, RFC 3339 (default now)")
	f.StringVar(&g.budget, "budget", "", "most to spend on API calls, such as 0.25/h")
	f.BoolVar(&g.free, "free", false, "use only API calls that cost nothing")
	f.StringVar(&g.refresh, "refresh", "1m", "least time between two readings of the same metric: 1m to 1h; logs stay live")
	f.StringVar(&g.color, "color", "auto", "colour: auto, always or never (NO_COLOR is honoured)")
	f.BoolVar(&g.ascii, "ascii", false, "draw with ASCII characters only")
	f.StringVar(&g.logFile, "log-file", "", "write a log of what fntop does to this file")
	f.BoolVar(&g.stats, "stats", false, "at exit, print calls, dollars and times as one JSON line on standard error")
	f.StringVar(&g.config, "config", "", "configuration file (default config.toml in $XDG_CONFIG_HOME/fntop or ~/.config/fntop)")
	f.StringVar(&g.theme, "theme", "auto", "looks: auto, dark, light, high-contrast, basic (sixteen colours) or none")
	f.BoolVar(&g.mouse, "mouse", true, "let the mouse scroll, select and sort; --mouse=false leaves it to the terminal")
	f.StringVarP(&g.output, "output", "o", "table", "output of headless commands: table, json, ndjson or csv")
}

// registerPlain adds the flag of the commands that show the dashboard.
func (g *globals) registerPlain(f *pflag.FlagSet) {
	f.BoolVar(&g.plain, "plain", false, "tell what changes as lines instead of drawing: for screen readers and pipes")
}

// fromEnvironment sets the flags that were not given from FNTOP_* variables:
// --endpoint-url from FNTOP_ENDPOINT_URL.
func fromEnvironment(cmd *cobra.Command, env func(string) (string, bool)) error {
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "FNTOP_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := env(name)
		if !ok || value == "" || f.Changed || failed != nil || f.Name == "help" || f.Name == "version" {
			return
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil {
			failed = usagef("%s=%q: %v", name, value, err)
		}
	})
	return failed
}

func (g *globals) check() error {
	if err := checkSource(g.source); err != nil {
		return usagef("--source %q: %v", g.source, err)
	}
	if err := checkColor(g.color); err != nil {
		return usagef("--color %q: %v", g.color, err)
	}
	if _, err := theme.ParseChoice(g.theme); err != nil {
		return usagef("--theme %q: %v", g.theme, err)
	}
	if err := checkOutput(g.output); err != nil {
		return usagef("-o %q: %v", g.output, err)
	}
	if g.free && g.budget != "" {
		return usagef("--free and --budget exclude each other: --free spends nothing at all")
	}
	if _, err := parseRefresh(g.refresh); err != nil {
		return usagef("--refresh %q: %v", g.refresh, err)
	}
	if _, err := g.limit(); err != nil {
		return err
	}
	_, err := g.window(time.Time{})
	return err
}

// oneOf checks that a text is one of those there are.
func oneOf(text, explain string, all ...string) error {
	if slices.Contains(all, text) {
		return nil
	}
	return errors.New(explain)
}

func checkSource(s string) error { return oneOf(s, "it is aws or demo", "aws", "demo") }

func checkColor(s string) error {
	return oneOf(s, "it is auto, always or never", "auto", "always", "never")
}

func checkOutput(s string) error {
	return oneOf(s, "it is table, json, ndjson or csv", "table", "json", "ndjson", "csv")
}

// window is the time range of --since and --until. Without --until it ends
// at now, or moves with the time when now is zero.
func (g *globals) window(now time.Time) (sources.Window, error) {
	since, err := parseSpan(g.since)
	if err != nil {
		return sources.Window{}, usagef("--since %q: %v", g.since, err)
	}
	if whole := since.Truncate(time.Minute); whole < since {
		since = whole + time.Minute // metrics have whole minutes
	}
	w := sources.Window{Since: since, Until: now}
	if g.until != "" {
		if w.Until, err = parseTime(g.until); err != nil {
			return sources.Window{}, usagef("--until %q: %v", g.until, err)
		}
	}
	return w, nil
}

// longest is the longest time range: CloudWatch keeps hourly metrics 455 days.
const longest = 455 * 24 * time.Hour

// parseSpan reads a length of time: what Go reads, and d and w for days and
// weeks.
func parseSpan(s string) (time.Duration, error) {
	text, unit := s, time.Duration(0)
	switch {
	case strings.HasSuffix(s, "d"):
		text, unit = strings.TrimSuffix(s, "d"), 24*time.Hour
	case strings.HasSuffix(s, "w"):
		text, unit = strings.TrimSuffix(s, "w"), 7*24*time.Hour
	}
	var d time.Duration
	if unit != 0 {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > 1e5 {
			return 0, fmt.Errorf("it is a length of time such as 15m, 3h, 2d or 1w")
		}
		d = time.Duration(n * float64(unit))
	} else {
		var err error
		if d, err = time.ParseDuration(s); err != nil {
			return 0, fmt.Errorf("it is a length of time such as 15m, 3h, 2d or 1w")
		}
	}
	if d < time.Minute || d > longest {
		return 0, fmt.Errorf("it is at least 1m and at most 455d, as long as metrics are kept")
	}
	return d, nil
}

// parseRefresh reads how often metrics are asked for.
func parseRefresh(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Minute || d > time.Hour {
		return 0, errors.New("it is 1m to 1h, such as 2m: metrics have a point a minute, so that less brings nothing")
	}
	return d, nil
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("it is a time such as 2026-11-23T14:05:00Z")
}

// limit is the ceiling of --budget and --free.
func (g *globals) limit() (meter.Limit, error) {
	if g.free {
		return meter.Limit{FreeOnly: true}, nil
	}
	if g.budget == "" {
		return meter.Limit{}, nil
	}
	usd, err := parseBudget(g.budget)
	if err != nil {
		return meter.Limit{}, usagef("--budget %q: %v", g.budget, err)
	}
	return meter.Limit{USDPerHour: usd, Limited: true}, nil
}

// parseBudget reads dollars an hour.
func parseBudget(s string) (usd float64, err error) {
	text, per, _ := strings.Cut(strings.TrimPrefix(s, "$"), "/")
	usd, err = strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(usd) || usd < 0 || usd > 1e6 || per != "h" {
		return 0, errors.New("it is dollars an hour, such as 0.25/h")
	}
	return usd, nil
}
