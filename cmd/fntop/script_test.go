package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if os.Getenv("FNTOP_TEST_MAIN") != "" { // a program in a terminal, see pty_test.go
		main()
	}
	if err := os.Setenv("XDG_CACHE_HOME", "/nonexistent"); err != nil { // no prices but the program's own
		panic(err)
	}
	testscript.Main(m, map[string]func(){"fntop": main})
}

// TestScripts runs whole command lines: arguments, output, exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			e.Setenv("AWS_CONFIG_FILE", os.DevNull)
			e.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
			return nil
		},
	})
}
