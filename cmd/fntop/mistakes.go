package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"fntop/sources"
)

// mistake is one thing that is wrong in the configuration file.
type mistake struct {
	row  int // counted from 1; 0 when it is not known
	what string
	// syntax tells that what follows could not be read either.
	syntax bool
}

// configErrors are the mistakes of a configuration file.
type configErrors struct {
	path string
	all  []mistake
}

// Error names each mistake with the file and the line.
func (e *configErrors) Error() string {
	texts := make([]string, len(e.all))
	for i, m := range e.all {
		texts[i] = fmt.Sprintf("%s:%d: %s", e.path, m.row, m.what)
		if m.row == 0 {
			texts[i] = e.path + ": " + m.what
		}
	}
	return strings.Join(texts, "; ")
}

// mostMistakes bounds how many mistakes of a file are looked for.
const mostMistakes = 20

// mistakes finds all that is wrong in the text of a file that cannot be read:
// it is read again without the lines that are wrong, until it can be or the
// lines that are left make no sense without them.
func mistakes(path string, text []byte) error {
	found := &configErrors{path: path}
	lines := bytes.Split(text, []byte("\n"))
	for len(found.all) < mostMistakes {
		_, err := decodeConfig(bytes.Join(lines, []byte("\n")))
		if err == nil {
			break
		}
		more := mistakesIn(err)
		if len(found.all) > 0 && more[0].syntax {
			break // of a line that is only left
		}
		found.all = append(found.all, more...)
		if more[0].syntax {
			break
		}
		for _, m := range more {
			lines[m.row-1] = nil
		}
	}
	slices.SortStableFunc(found.all, func(a, b mistake) int { return a.row - b.row })
	return found
}

// mistakesIn are the lines that an error of the decoder is about, and which
// keys.
func mistakesIn(err error) []mistake {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		var all []mistake
		for i := range unknown.Errors {
			e := &unknown.Errors[i]
			row, _ := e.Position()
			all = append(all, mistake{row: row, what: fmt.Sprintf("there is no key %q", strings.Join(e.Key(), ".")), syntax: row <= 0})
		}
		return all
	}
	var bad *toml.DecodeError
	if !errors.As(err, &bad) {
		return []mistake{{what: err.Error(), syntax: true}}
	}
	row, _ := bad.Position()
	what := strings.Join(bad.Key(), ".")
	m := mistake{row: max(row, 0), syntax: what == "" || row <= 0}
	if what != "" {
		what += ": "
	}
	problem := strings.TrimPrefix(bad.Error(), "toml: ")
	if before, of, mistyped := strings.Cut(problem, " into struct field "); mistyped { // of a type that only the program knows
		problem = before
		if strings.HasSuffix(of, "of type string") {
			problem += ": it is a text in quotes"
		}
	}
	m.what = what + problem
	return []mistake{m}
}

// ignored says that a file is not followed, first, and why.
func ignored(path string, err error) string {
	var wrong *configErrors
	if !errors.As(err, &wrong) {
		return sources.Clean(err.Error()) + ": the whole file is ignored"
	}
	var texts []string
	for _, m := range wrong.all {
		texts = append(texts, fmt.Sprintf("line %d: %s", m.row, m.what))
	}
	name := filepath.Base(path) + " is ignored"
	if n := len(wrong.all); n > 1 {
		name += fmt.Sprintf(", %d mistakes", n)
	}
	return sources.Clean(name + ": " + strings.Join(texts, "; "))
}

// drawn tells that a command draws the dashboard.
func (g *globals) drawn(cmd *cobra.Command, s streams) bool {
	if g.plain || !terminal(s.out) {
		return false
	}
	given := func(flag string) bool { return cmd.Flags().Changed(flag) }
	return cmd == cmd.Root() || cmd.Name() == "demo" && !given("serve") && !given("truth")
}

// complainOfConfig tells what is wrong with the configuration file, and which
// that is.
func (g *globals) complainOfConfig(s streams) {
	if g.trouble != "" {
		fmt.Fprintf(s.err, "fntop: %s (%s)\n", g.trouble, sources.Clean(g.troubled))
	}
}
