package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAllMistakesOfAConfigurationAreTold with their lines: one at a time would
// be a guessing game.
func TestAllMistakesOfAConfigurationAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string // in order
		not  string
	}{
		"one":       {"theme = \"pink\"\n", []string{":1: theme: "}, "; "},
		"two texts": {"budget = \"lots\"\ntheme = \"pink\"\n", []string{":1: budget: ", ":2: theme: "}, ""},
		"all kinds": {
			"theme = \"pink\"\ncolour = \"red\"\nfree = 3\n[functions]\nsort = \"nothing\"\n",
			[]string{":1: theme: ", `:2: there is no key "colour"`, ":3: free: ", ":5: functions.sort: "},
			"",
		},
		"no TOML":            {"theme = pink\nbudget = \"lots\"\n", []string{":1: "}, "budget"},
		"in a list of lines": {"budget = \"lots\"\n[functions]\ncolumns = [\n  \"p95\",\n  \"nothing\"]\n", []string{":1: budget: ", "functions.columns"}, "array"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.toml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readConfig(path)
			if err == nil {
				t.Fatal("no mistake was found")
			}
			rest := err.Error()
			for _, want := range c.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Errorf("%q is not told in its place: %s", want, err)
				}
				rest = after
			}
			if c.not != "" && strings.Contains(err.Error(), c.not) {
				t.Errorf("%q is told: %s", c.not, err)
			}
			told := ignored(path, err)
			if !strings.HasPrefix(told, "config.toml is ignored") || len(c.want) > 1 && !strings.Contains(told, "mistakes") {
				t.Errorf("%q", told)
			}
		})
	}
}

// TestAnIgnoredConfigurationIsTold on standard error by what draws nothing.
func TestAnIgnoredConfigurationIsTold(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	if err := os.MkdirAll(filepath.Join(dir, "fntop"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "fntop", "config.toml")
	if err := os.WriteFile(path, []byte("theme = \"pink\"\ncolour = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := fntop(t, "cost", "estimate", "--requests", "1M", "--duration", "100ms", "--memory", "128", "--region", "us-east-1")
	if code != exitOK || !strings.Contains(stderr, "config.toml is ignored, 2 mistakes: line 1: theme") || !strings.Contains(stderr, path) {
		t.Errorf("code %d: %s", code, stderr)
	}
}
