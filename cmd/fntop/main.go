// Command fntop is htop for serverless functions. The package holds flags,
// configuration and exit codes, one file for each subcommand; everything that
// is done is done by the packages below ui, sources and cost.
//
// Where to start reading: sources (the words and the contracts), then
// sources/poll (what is asked, and when), sources/engine (the loop),
// sources/fleet (what is known), sources/aws (who is asked) and ui (what is
// drawn).
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}))
}
