package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"fntop/cost"
)

// TestEveryGlobalFlagIsAKeyOfTheFile, but for those that belong to one
// command line: where the file is, and when a time range ended.
func TestEveryGlobalFlagIsAKeyOfTheFile(t *testing.T) {
	known := make(map[string]bool)
	v := reflect.TypeFor[configFile]()
	for f := range v.Fields() {
		known[f.Tag.Get("toml")] = true
	}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	g := new(globals)
	g.register(flags)
	g.registerPlain(flags)
	flags.VisitAll(func(f *pflag.Flag) {
		if want := f.Name != "config" && f.Name != "until"; known[f.Name] != want {
			t.Errorf("--%s: a key of the file is %v, want %v", f.Name, !want, want)
		}
		delete(known, f.Name)
	})
	delete(known, "functions")
	delete(known, "discount")
	for name := range known {
		t.Errorf("the key %q is no flag", name)
	}
}

// TestTheDemoIsNoAccountOfTheUsers: what the file says of places is not about
// the demo cloud, and the rest is.
func TestTheDemoIsNoAccountOfTheUsers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	text := "region = [\"mars-north-1\"]\nprofile = \"nobody\"\nascii = true\nsince = \"3h\"\n[functions]\nsort = \"p95\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for command, regions := range map[string]int{"demo": 0, "functions": 1} {
		var errs bytes.Buffer
		s := streams{err: &errs, out: &errs, env: func(string) (string, bool) { return "", false }}
		g := &globals{config: path}
		cmd := newDemo(g, s)
		cmd.Use = command
		g.register(cmd.Flags())
		g.config = path
		if err := g.fromConfig(cmd, s); err != nil {
			t.Fatal(err)
		}
		if len(g.regions) != regions || (g.profile == "") != (regions == 0) {
			t.Errorf("%s: regions %v, profile %q", command, g.regions, g.profile)
		}
		if !g.ascii || g.since != "3h" || g.page.Sort != "p95" {
			t.Errorf("%s: %+v", command, g)
		}
	}
}

// TestEveryDiscountIsOnAComponent: the keys of [discount] are those that can be
// taken off.
func TestEveryDiscountIsOnAComponent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	var text strings.Builder
	text.WriteString("[discount]\n")
	for f := range reflect.TypeFor[discountTab]().Fields() {
		fmt.Fprintf(&text, "%s = \"0%%\"\n", f.Tag.Get("toml"))
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	off := c.Discount.percents()
	if err := cost.Discount(off); err != nil || len(off) != reflect.TypeFor[discountTab]().NumField() {
		t.Errorf("%v: %v", off, err)
	}
}
