package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/term"

	"fntop/sources"
)

// Exit codes. They are part of the command line's contract.
const (
	exitOK          = 0
	exitFailed      = 1   // the work failed
	exitUsage       = 2   // the command line is wrong
	exitDenied      = 3   // no credentials, or not allowed
	exitInterrupted = 130 // Ctrl-C or SIGTERM
)

// streams is the outside of the program, so that tests can stand in for it.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	env func(string) (string, bool)
}

// terminal tells whether a stream is one.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errInterrupted is how a command says that a signal ended it.
var errInterrupted = errors.New("interrupted")

// run runs one command line and gives its exit code.
func run(ctx context.Context, args []string, s streams) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)   // a second signal ends what does not heed the first
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error of writing, and a quiet end
	root := newRoot(s)             //nolint:contextcheck // commands get the context they are run with
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil {
		err = errInterrupted
	}
	if on, failed := root.PersistentFlags().GetBool("ascii"); failed == nil && on {
		return exitCode(err, asciiWriter{s.err})
	}
	return exitCode(err, s.err)
}

// exitCode tells the user about an error, and the shell.
func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.Is(err, syscall.EPIPE):
		return exitOK
	case errors.As(err, &usage) || isCobraUsage(err):
		fmt.Fprintf(stderr, "fntop: %s\nTry 'fntop --help'.\n", sources.Clean(err.Error()))
		return exitUsage
	}
	for _, line := range sources.CleanLines(err.Error()) {
		fmt.Fprintf(stderr, "fntop: %s\n", line)
	}
	switch sources.KindOf(err) {
	case sources.NoCredentials, sources.ExpiredCredentials, sources.Denied:
		return exitDenied
	case sources.Other, sources.Throttled, sources.Unreachable, sources.TimedOutCall, sources.Malformed,
		sources.NotFound, sources.Unsupported, sources.Cancelled, sources.OverBudget:
	}
	return exitFailed
}

// isCobraUsage recognises the errors that the command line parser makes
// before any of our code runs, which have no type of their own.
func isCobraUsage(err error) bool {
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "requires ", "invalid argument"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}
