package main

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"fntop/cost"
	"fntop/ui/filter"
	"fntop/ui/page/functions"
	"fntop/ui/theme"
)

// # The configuration file
//
// It is TOML. Its keys are the names of the global flags, and mean the same;
// a flag beats a variable, which beats the file. The table [functions] is for
// the functions page of the dashboard:
//
//	profile = "prod"
//	region = ["eu-west-1", "us-east-1"]
//	budget = "0.25/h"
//	theme = "high-contrast"
//
//	[functions]
//	columns = ["inv/min", "traffic", "err%", "p95", "cold%"]
//	sort = "err%"
//	filter = "-idle"
//
// The table [discount] says what a Savings Plan or a contract takes off public
// prices, by component:
//
//	[discount]
//	compute = "17%"
//	requests = "5%"
//
// Decided 2026-11: a mistake in a file that was named, by --config or
// FNTOP_CONFIG, is a mistake of usage. One in the file that is read by itself
// is told on standard error, and in the dashboard, and the whole file is
// ignored: half of a file is harder to understand than none of it.

// mostConfig bounds the size of a file that is read.
const mostConfig = 1 << 20

// configFile is what can stand in the file. The keys of the first level are
// names of flags; a test compares them.
type configFile struct {
	Source   *sourceText  `toml:"source"`
	Profile  *freeText    `toml:"profile"`
	Region   []string     `toml:"region"`
	RoleARN  []string     `toml:"role-arn"`
	Endpoint *freeText    `toml:"endpoint-url"`
	Since    *spanText    `toml:"since"`
	Budget   *budgetText  `toml:"budget"`
	Free     *bool        `toml:"free"`
	Refresh  *paceText    `toml:"refresh"`
	Color    *colorText   `toml:"color"`
	Theme    *themeText   `toml:"theme"`
	ASCII    *bool        `toml:"ascii"`
	Mouse    *bool        `toml:"mouse"`
	Plain    *bool        `toml:"plain"`
	LogFile  *freeText    `toml:"log-file"`
	Stats    *bool        `toml:"stats"`
	Output   *outputText  `toml:"output"`
	Function functionsTab `toml:"functions"`
	Discount discountTab  `toml:"discount"`
}

// discountTab is the table [discount].
type discountTab struct {
	Requests          *percentText `toml:"requests"`
	Compute           *percentText `toml:"compute"`
	EphemeralStorage  *percentText `toml:"ephemeral_storage"`
	Provisioned       *percentText `toml:"provisioned"`
	SnapStart         *percentText `toml:"snapstart"`
	LogsIngestion     *percentText `toml:"logs_ingestion"`
	ResponseStreaming *percentText `toml:"response_streaming"`
}

// percents are what is taken off, by component.
func (d *discountTab) percents() map[string]cost.Percent {
	off := make(map[string]cost.Percent)
	for name, p := range map[string]*percentText{
		"requests": d.Requests, "compute": d.Compute, "ephemeral_storage": d.EphemeralStorage, "provisioned": d.Provisioned,
		"snapstart": d.SnapStart, "logs_ingestion": d.LogsIngestion, "response_streaming": d.ResponseStreaming,
	} {
		if p != nil {
			off[name] = p.off
		}
	}
	return off
}

// functionsTab is the table [functions].
type functionsTab struct {
	Columns []columnText `toml:"columns"`
	Sort    sortText     `toml:"sort"`
	Reverse bool         `toml:"reverse"`
	Filter  filterText   `toml:"filter"`
	Group   groupText    `toml:"group"`
}

// settings are those of the functions page.
func (f *functionsTab) settings() functions.Settings {
	s := functions.Settings{Sort: f.Sort.s, Reverse: f.Reverse, Filter: f.Filter.s, Group: f.Group.s}
	for _, c := range f.Columns {
		s.Columns = append(s.Columns, c.s)
	}
	return s
}

// The texts of the file check themselves, so that a mistake is found on its
// line. They are structs because the decoder asks no string to check itself.
type (
	word       struct{ s string }
	freeText   struct{ word }
	sourceText struct{ word }
	spanText   struct{ word }
	budgetText struct{ word }
	paceText   struct{ word }
	colorText  struct{ word }
	themeText  struct{ word }
	outputText struct{ word }
	columnText struct{ word }
	sortText   struct{ word }
	filterText struct{ word }
	groupText  struct{ word }
	// percentText keeps what it says as well.
	percentText struct {
		word
		off cost.Percent
	}
)

// String is the text.
func (t *word) String() string { return t.s }

// take takes text over that a check lets pass.
func (t *word) take(b []byte, check func(string) error) error {
	t.s = string(b)
	return check(t.s)
}

// UnmarshalText reads any text.
func (t *freeText) UnmarshalText(b []byte) error { return t.take(b, func(string) error { return nil }) }

// UnmarshalText reads where functions are.
func (t *sourceText) UnmarshalText(b []byte) error { return t.take(b, checkSource) }

// UnmarshalText reads a length of time.
func (t *spanText) UnmarshalText(b []byte) error {
	return t.take(b, func(s string) error { _, err := parseSpan(s); return err })
}

// UnmarshalText reads dollars an hour.
func (t *budgetText) UnmarshalText(b []byte) error {
	return t.take(b, func(s string) error { _, err := parseBudget(s); return err })
}

// UnmarshalText reads how often metrics are asked for.
func (t *paceText) UnmarshalText(b []byte) error {
	return t.take(b, func(s string) error { _, err := parseRefresh(s); return err })
}

// UnmarshalText reads when there are colours.
func (t *colorText) UnmarshalText(b []byte) error { return t.take(b, checkColor) }

// UnmarshalText reads the name of a theme.
func (t *themeText) UnmarshalText(b []byte) error {
	return t.take(b, func(s string) error { _, err := theme.ParseChoice(s); return err })
}

// UnmarshalText reads an output format.
func (t *outputText) UnmarshalText(b []byte) error { return t.take(b, checkOutput) }

// UnmarshalText reads the title of a column.
func (t *columnText) UnmarshalText(b []byte) error { return t.take(b, functions.CheckColumn) }

// UnmarshalText reads the title of a column that can be sorted by.
func (t *sortText) UnmarshalText(b []byte) error { return t.take(b, functions.CheckSort) }

// UnmarshalText reads what rows are gathered by.
func (t *groupText) UnmarshalText(b []byte) error {
	return t.take(b, func(s string) error { _, err := functions.ParseGrouping(s); return err })
}

// UnmarshalText reads a part of a price.
func (t *percentText) UnmarshalText(b []byte) error {
	return t.take(b, func(s string) (err error) { t.off, err = cost.ParsePercent(s); return err })
}

// UnmarshalText reads a filter.
func (t *filterText) UnmarshalText(b []byte) error {
	return t.take(b, func(s string) error { _, err := filter.Parse(s); return err })
}

// configPath is where the file is looked for; named tells that the user said
// so. It is empty when there is no place for one.
func (g *globals) configPath(env func(string) (string, bool)) (path string, named bool) {
	if g.config != "" {
		return g.config, true
	}
	if dir := xdgDir(env, "XDG_CONFIG_HOME", ".config"); dir != "" {
		return filepath.Join(dir, "config.toml"), false
	}
	return "", false
}

// xdgDir is fntop's directory below one of the XDG base directories, or below
// its default in the home directory; empty when there is neither. Paths that
// are not absolute are ignored (XDG Base Directory Specification 0.8).
func xdgDir(env func(string) (string, bool), variable, home string) string {
	if dir, ok := env(variable); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "fntop")
	}
	if dir, ok := env("HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, home, "fntop")
	}
	return ""
}

// fromConfig sets the flags that were given neither on the command line nor
// by a variable, and what else the file says. It must come after both. The
// demo cloud is no account of the user's: what the file says of places is not
// about it.
func (g *globals) fromConfig(cmd *cobra.Command, s streams) error {
	path, named := g.configPath(s.env)
	if path == "" {
		return nil
	}
	c, err := readConfig(path)
	switch {
	case err == nil:
	case !named && errors.Is(err, os.ErrNotExist):
		return nil
	case named:
		return usageError{err}
	default:
		g.trouble, g.troubled = ignored(path, err), path
		if !g.drawn(cmd, s) { // the dashboard tells it itself, and again when it has ended
			g.complainOfConfig(s)
		}
		return nil
	}
	g.page = c.Function.settings()
	g.discount = c.Discount.percents()
	f := cmd.Flags()
	demo := cmd.Name() == "demo" || f.Lookup("source").Changed && g.source == "demo"
	for name, value := range c.flags() {
		flag := f.Lookup(name)
		if flag == nil || flag.Changed || demo && slices.Contains([]string{"source", "profile", "region", "role-arn", "endpoint-url"}, name) {
			continue
		}
		// --free and --budget exclude each other: the one that was given wins.
		if other := f.Lookup(map[string]string{"free": "budget", "budget": "free"}[name]); other != nil && other.Changed {
			continue
		}
		if err := flag.Value.Set(value); err != nil { // checked before, but for the future
			return usagef("%s: %s: %v", path, name, err)
		}
	}
	return nil
}

// flags are the values of flags that the file sets.
func (c *configFile) flags() map[string]string {
	values := make(map[string]string)
	put(values, "source", c.Source)
	put(values, "profile", c.Profile)
	for name, all := range map[string][]string{"region": c.Region, "role-arn": c.RoleARN} {
		if len(all) > 0 {
			values[name] = strings.Join(all, ",")
		}
	}
	put(values, "endpoint-url", c.Endpoint)
	put(values, "since", c.Since)
	put(values, "budget", c.Budget)
	put(values, "refresh", c.Refresh)
	put(values, "color", c.Color)
	put(values, "theme", c.Theme)
	put(values, "log-file", c.LogFile)
	put(values, "output", c.Output)
	for name, b := range map[string]*bool{"free": c.Free, "ascii": c.ASCII, "mouse": c.Mouse, "plain": c.Plain, "stats": c.Stats} {
		if b != nil {
			values[name] = fmt.Sprint(*b)
		}
	}
	return values
}

// put sets a value that is there.
func put[T any, P interface {
	*T
	fmt.Stringer
}](values map[string]string, name string, value P,
) {
	if value != nil {
		values[name] = value.String()
	}
}

// readConfig reads and checks a file. Its errors name the file and, where
// there is one, the line.
func readConfig(path string) (*configFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, mostConfig+1))
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if len(text) > mostConfig {
		return nil, fmt.Errorf("%s: larger than a configuration can be", path)
	}
	c, err := decodeConfig(text)
	if err != nil {
		return nil, mistakes(path, text)
	}
	if c.Free != nil && *c.Free && c.Budget != nil {
		return nil, fmt.Errorf("%s: free and budget exclude each other: free spends nothing at all", path)
	}
	return c, nil
}

// decodeConfig reads the text of a file. The decoder tells no line when a text
// that checks itself gets a number: so keys and types come first, and what
// texts say second.
func decodeConfig(text []byte) (*configFile, error) {
	c := new(configFile)
	for _, to := range []any{reflect.New(bare(reflect.TypeFor[configFile]())).Interface(), c} {
		if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(to); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// bare is a type with plain strings in place of the texts that check
// themselves.
func bare(t reflect.Type) reflect.Type {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return reflect.TypeFor[string]()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(bare(t.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(bare(t.Elem()))
	case reflect.Struct:
		var fields []reflect.StructField
		for f := range t.Fields() {
			fields = append(fields, reflect.StructField{Name: f.Name, Type: bare(f.Type), Tag: f.Tag})
		}
		return reflect.StructOf(fields)
	default:
		return t
	}
}
