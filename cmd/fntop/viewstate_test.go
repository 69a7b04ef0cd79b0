package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fntop/sources/engine"
	"fntop/ui"
	"fntop/ui/page/functions"
)

func TestTheViewComesBack(t *testing.T) {
	v := viewState{filepath.Join(t.TempDir(), "state", "fntop")}
	if _, ok, err := v.Load("123456789012"); ok || err != nil {
		t.Fatalf("before it was saved: %v, %v", ok, err)
	}
	for _, view := range []ui.View{
		{Functions: functions.View{Sort: "err%", Descending: true, Filter: "err>1 -idle \"函数\"", Group: "tag:team"}, Window: 3 * time.Hour},
		{Functions: functions.View{Sort: "function"}},
	} {
		if err := v.Save("123456789012", view); err != nil {
			t.Fatal(err)
		}
		got, ok, err := v.Load("123456789012")
		if err != nil || !ok || got != view {
			t.Fatalf("%+v, %v, %v, want %+v", got, ok, err, view)
		}
	}
	if _, ok, _ := v.Load("210987654321"); ok {
		t.Error("another account has the same view")
	}
	files, err := os.ReadDir(v.dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v is left, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
}

func TestABrokenViewIsSetAside(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "no JSON": "{\"version\":1,", "another version": `{"version":2,"sort":"p95"}`,
		"a column that is none": `{"version":1,"sort":"p42"}`, "a filter that is none": `{"version":1,"sort":"p95","filter":"err>much"}`,
		"a window that is none": `{"version":1,"sort":"p95","window_s":-5}`, "an endless window": `{"version":1,"sort":"p95","window_s":9223372036854775807}`,
		"too long": strings.Repeat(" ", mostView+1) + `{"version":1,"sort":"p95"}`,
	} {
		t.Run(name, func(t *testing.T) {
			v := viewState{t.TempDir()}
			path := v.path("123456789012")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, ok, err := v.Load("123456789012")
			if ok || err == nil || !strings.Contains(err.Error(), "set aside as "+path+".broken") {
				t.Fatalf("%v, %v", ok, err)
			}
			if kept, err := os.ReadFile(path + ".broken"); err != nil || string(kept) != text {
				t.Errorf("set aside: %q, %v", kept, err)
			}
			if _, ok, err := v.Load("123456789012"); ok || err != nil {
				t.Errorf("afterwards: %v, %v", ok, err)
			}
		})
	}
}

// TestAccountsMakeNoPaths: a name from outside is not taken for a path.
func TestAccountsMakeNoPaths(t *testing.T) {
	v := viewState{"/state"}
	seen := map[string]string{}
	for _, account := range []string{"../../etc/passwd", "", "a/b", strings.Repeat("1", 5000), "1\x002", "123456789012", "1+2"} {
		path := v.path(account)
		if filepath.Dir(path) != "/state" || len(path) > 140 || strings.ContainsAny(path, "\x00") {
			t.Errorf("%q is kept in %q", account, path)
		}
		if other, ok := seen[path]; ok {
			t.Errorf("%q and %q are kept in the same file", account, other)
		}
		seen[path] = account
	}
}

// TestTheDashboardRemembersItsView: the next start finds the filter and the
// order of the last one, and headless commands leave no trace.
func TestTheDashboardRemembersItsView(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIADEMO")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "demo")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, _, err := new(demoOptions).server(engine.Wall{})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(t.Context(), listener) }()
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	args := []string{"--endpoint-url", "http://" + listener.Addr().String(), "--region", "us-east-1"}
	s := start(t, 120, 40, args...)
	s.see("checkout-api", "live")
	s.press(":", "sort function", enter, "/", "checkout", enter)
	s.see("/ checkout", "FUNCTION▴")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	files, err := filepath.Glob(filepath.Join(state, "fntop", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("kept: %v, %v", files, err)
	}
	s = start(t, 120, 40, args...)
	s.see("/ checkout", "FUNCTION▴", "checkout-api")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if err := os.WriteFile(files[0], []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = start(t, 160, 40, args...)
	s.see("the remembered view is broken", "checkout-api", "live")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if _, err := os.Stat(files[0] + ".broken"); err != nil {
		t.Error(err)
	}
}
