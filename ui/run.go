package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Terminal is where the dashboard is drawn. Its zero value is the process's
// own terminal.
type Terminal struct {
	In  io.Reader // nil means standard input, or the terminal itself when that is redirected
	Out io.Writer // nil means standard output
	// Env is the environment that tells about the terminal, as os.Environ
	// gives it; nil means the process's own. It matters over SSH.
	Env []string
}

// Run shows the dashboard until the user quits, and then returns nil. It
// returns the context's error when ctx ends first, and context.Canceled when
// an interrupt signal ended it. The terminal is restored in any case.
func Run(ctx context.Context, v Viewer, opts Options, t Terminal) error {
	app := New(v, opts)
	defer app.stop()
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(app.opts.FPS), tea.WithFilter(sieve)}
	if t.In != nil {
		options = append(options, tea.WithInput(t.In))
	}
	if t.Out != nil {
		options = append(options, tea.WithOutput(t.Out))
	}
	if t.Env != nil {
		options = append(options, tea.WithEnvironment(t.Env))
	}
	if opts.NoColor || noColor(t.Env) {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	return run(ctx, app, options...)
}

// run runs the program and says in errors of this package how it ended.
func run(ctx context.Context, app *App, options ...tea.ProgramOption) error {
	_, err := tea.NewProgram(app, options...).Run()
	if app.keep() != nil {
		if failed := app.keeper.write(); failed != nil && err == nil {
			return failed
		}
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("run the dashboard: %w", context.Cause(ctx))
	case errors.Is(err, tea.ErrInterrupted):
		return fmt.Errorf("run the dashboard: %w", context.Canceled)
	}
	return fmt.Errorf("run the dashboard: %w", err)
}

// noColor tells whether NO_COLOR is set to anything but the empty text
// (no-color.org). The renderer would take it for a boolean.
func noColor(env []string) bool {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, "NO_COLOR="); ok && value != "" {
			return true
		}
	}
	return false
}
