package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"github.com/spf13/pflag"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/logfile"
	"fntop/sources/pricing"
	"fntop/ui/format"
)

// fileOptions are the flags of reading saved log lines.
type fileOptions struct {
	path    string
	memory  int
	arch    string
	summary bool
}

func (o *fileOptions) register(f *pflag.FlagSet) {
	f.StringVarP(&o.path, "file", "f", "", "read saved log lines from this file; - is standard input")
	f.IntVar(&o.memory, "memory", 0, "with -f: memory in MB where the lines do not tell")
	f.StringVar(&o.arch, "arch", "", "with -f: x86_64 or arm64, for the cost (with --region)")
	f.BoolVar(&o.summary, "summary", false, "with -f: print totals and percentiles instead of each invocation")
}

// given tells whether a flag that goes with -f only was given.
func (o *fileOptions) given() bool { return o.memory != 0 || o.arch != "" || o.summary }

// function is what the flags tell of the function that wrote the lines.
func (o *fileOptions) function(regions []string) (sources.Function, error) {
	fn := sources.Function{MemoryMB: o.memory}
	if o.arch != "" {
		arch, err := parseArch(o.arch)
		if err != nil {
			return fn, err
		}
		fn.Architecture = arch
	}
	switch {
	case o.memory != 0 && (o.memory < 128 || o.memory > 10_240):
		return fn, usagef("--memory %d: it is 128 to 10240 MB", o.memory)
	case len(regions) > 1:
		return fn, usagef("-f takes one --region: the lines are of one function")
	case len(regions) == 1:
		fn.ID.Region = regions[0]
	}
	return fn, nil
}

// fileInvocations prints the invocations of saved log lines.
func (g *globals) fileInvocations(ctx context.Context, s streams, o fileOptions) error {
	fn, err := o.function(g.regions)
	if err != nil {
		return err
	}
	if r := fn.ID.Region; r != "" && !slices.Contains(cost.Regions(), r) {
		fmt.Fprintf(s.err, "fntop: no prices are known for the region %s: costs stay unknown\n", sources.Clean(r))
	}
	out := newWriter(s.out, g.output, invocationColumns())
	file, err := g.openLog(s, o, logfile.Options{Function: fn, Live: o.path == "-", Idle: out.flush})
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	price := func(inv sources.Invocation) (float64, bool) { return pricing.USD(inv, fn) }
	var n int64
	if o.summary {
		n, err = g.writeSummary(ctx, s, file, price)
	} else {
		n, err = g.writeFileInvocations(ctx, s, file, out, price)
	}
	switch {
	case err != nil:
		err = o.failed(err)
	case n == 0:
		fmt.Fprintf(s.err, "fntop: %s\n", nothingFound(file.Stats()))
	}
	if g.stats {
		err = errors.Join(err, writeFileStats(s, file.Stats()))
	}
	return err
}

// failed says what could not be read and what to do about it.
func (o *fileOptions) failed(err error) error {
	name := o.path
	if name == "-" {
		name = "standard input"
	}
	fix := ""
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, syscall.EPIPE):
		return err
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		fix = "the gzip data is broken; what could be read is above"
	case errors.Is(err, io.ErrUnexpectedEOF):
		fix = "the gzip data is cut off; what could be read is above"
	case sources.KindOf(err) == sources.Malformed:
		fix = "the JSON is cut off or not JSON; what could be read is above"
	}
	if fix != "" {
		return fmt.Errorf("%s: %w — %s", name, err, fix)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// nothingFound says why a log may have no invocations.
func nothingFound(st logfile.Stats) string {
	switch {
	case st.Bytes == 0:
		return "no invocations: the input is empty"
	case st.Platform > 0:
		return fmt.Sprintf("no invocations: none of the %s platform lines among %s lines is a START or REPORT (taken for: %s)",
			format.Int(st.Platform), format.Int(st.Lines), st.Format)
	}
	return fmt.Sprintf("no invocations: no platform lines among %s lines (taken for: %s); fntop reads raw log lines, the output of aws logs tail, and the JSON of aws logs filter-log-events",
		format.Int(st.Lines), st.Format)
}

func (g *globals) openLog(s streams, o fileOptions, options logfile.Options) (*logfile.File, error) {
	var file *logfile.File
	if terminal(s.err) {
		options.Progress = func(read int64) {
			if file == nil {
				return
			}
			if size := file.Size(); size > 0 {
				fmt.Fprintf(s.err, "\r%3d%% of %s \x1b[K\r", min(read*100/size, 100), format.Bytes(size))
			} else {
				fmt.Fprintf(s.err, "\r%s read \x1b[K\r", format.Bytes(read))
			}
		}
	}
	if o.path == "-" {
		file = logfile.New(s.in, options)
		return file, nil
	}
	opened, err := logfile.Open(o.path, options)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &sources.Error{Op: "read", On: o.path, Kind: sources.NotFound, Fix: "there is no such file; - reads standard input"}
	case err != nil:
		return nil, fmt.Errorf("read log lines: %w", err)
	}
	if info, err := os.Stat(o.path); err == nil && info.IsDir() {
		return nil, errors.Join(&sources.Error{Op: "read", On: o.path, Kind: sources.Other, Fix: "it is a directory; name a file in it"}, opened.Close())
	}
	file = opened
	return file, nil
}

func (g *globals) clearProgress(s streams) {
	if terminal(s.err) {
		fmt.Fprint(s.err, "\x1b[K")
	}
}

// writeFileInvocations writes the invocations as they come, and gives their
// number.
func (g *globals) writeFileInvocations(ctx context.Context, s streams, file *logfile.File, out *writer[invocationShape],
	price func(sources.Invocation) (float64, bool),
) (n int64, err error) {
	var failed error
	for inv, err := range file.Invocations(ctx) {
		if err != nil {
			failed = err
			break
		}
		n++
		if err := out.write(shapeInvocation(inv, price)); err != nil {
			return n, err
		}
	}
	g.clearProgress(s)
	return n, errors.Join(out.close(), failed)
}

// fileStats is the line that --stats prints of a file.
type fileStats struct {
	Format      string `json:"format"`
	Gzip        bool   `json:"gzip"`
	Bytes       int64  `json:"bytes"`
	Lines       int64  `json:"lines"`
	Events      int64  `json:"events"`
	Platform    int64  `json:"platform"`
	Runtime     int64  `json:"runtime"`
	Application int64  `json:"application"`
	Malformed   int64  `json:"malformed"`
	Foreign     int64  `json:"foreign"`
	Torn        int64  `json:"torn"`
	Cut         int64  `json:"cut"`
}

func writeFileStats(s streams, st logfile.Stats) error {
	line, err := json.Marshal(fileStats{
		st.Format.String(), st.Gzip, st.Bytes, st.Lines, st.Events, st.Platform, st.Runtime,
		st.Application, st.Malformed, st.Foreign, st.Torn, st.Cut,
	})
	if err != nil {
		return fmt.Errorf("encode the counts: %w", err)
	}
	fmt.Fprintf(s.err, "%s\n", line)
	return nil
}
