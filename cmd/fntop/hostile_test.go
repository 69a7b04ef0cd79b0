package main

import (
	"bytes"
	"iter"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

const (
	evilName  = "evil\x1b]0;pwned\x07\x1b[31m\u202egnp\u200b漢字👩‍👩‍👧\u0301\u0301\u0301\u0301\u0301\u0301\x9b2J"
	evilGroup = "/aws/lambda/evil"
)

// evilLines are log lines that attack the screen.
func evilLines() []string {
	return []string{
		"title\x1b]0;pwned\x07 clear\x1b[2J\x1b[H bell\x07 back\b\b\b\b c1\u009b2J osc52\x1b]52;c;cHduZWQ=\x07",
		"invalid \xff\xfe\xc3\x28 utf-8, wide 漢字漢字, zero\u200b\u200d\u2060width, rtl \u202ereversed\u202c, tab\tend\r\nsecond line\x00",
		strings.Repeat("A\x1b[31m漢", 256<<10/8),
		"{\"level\":\"ERROR\",\"message\":\"\\u001b]0;pwned\\u0007\",\"requestId\":\"\\u001b[2J\"}",
		strings.Repeat("\n", 5000) + "after five thousand newlines",
	}
}

// evil is a demo fleet with a hostile function in it.
type evil struct{ *world.World }

func (e evil) Functions(region string, asOf time.Time) []sources.Function {
	all := slices.Clone(e.World.Functions(region, asOf))
	bad := all[0]
	bad.ID.Name = evilName
	bad.ARN += evilName
	bad.Runtime = "python\x1b[41m3.13"
	bad.Description = evilName
	bad.LogGroup = evilGroup
	return append([]sources.Function{bad}, all...)
}

func (e evil) Metric(region, function string, m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time) [][]sources.Point {
	if function == evilName {
		function = "checkout-api"
	}
	return e.World.Metric(region, function, m, stats, period, start, end, asOf)
}

func (e evil) Logs(region, group string, start, end, asOf time.Time) (iter.Seq[sources.LogEvent], bool) {
	if group != evilGroup {
		return e.World.Logs(region, group, start, end, asOf)
	}
	const id = "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b"
	at := asOf.Add(-10 * time.Second)
	lines := append([]string{"START RequestId: " + id + " Version: $LATEST\x1b[5m"}, evilLines()...)
	lines = append(lines, "END RequestId: "+id,
		"REPORT RequestId: "+id+"\tDuration: 17.21 ms\tBilled Duration: 18 ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\tStatus: error\tError Type: Runtime.\x1b]0;pwned\x07Exit\t")
	return func(yield func(sources.LogEvent) bool) {
		for i, line := range lines {
			e := sources.LogEvent{ID: string(rune('a' + i)), Time: at.Add(time.Duration(i) * time.Millisecond), Ingested: at, Stream: "2026/11/23/[$LATEST]\x1b[7mevil", Message: line}
			if e.Time.Before(start) || !e.Time.Before(end) {
				continue
			}
			if !yield(e) {
				return
			}
		}
	}, true
}

// TestHostileCloud opens everything a hostile cloud can send, and holds what
// reached the terminal against what must never reach it.
func TestHostileCloud(t *testing.T) {
	now := func() time.Time { return time.Now().UTC() }
	server := httptest.NewServer(demo.NewServer(demo.ServerConfig{Model: evil{world.New(world.Config{Seed: 7})}, Now: now}))
	defer server.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	s := start(t, 100, 30, "--endpoint-url", server.URL, "--region", "us-east-1")
	s.see("evil", "checkout-api", "live")
	wholeScreen(t, s)
	s.press("/", "evil", enter, enter)
	s.see("evil", "OUTCOME", "18ms")
	wholeScreen(t, s)
	s.press(enter)
	s.see("START RequestId", "Log")
	time.Sleep(500 * time.Millisecond)
	wholeScreen(t, s)
	for range 12 { // unfold each line
		s.press(enter, down)
	}
	wholeScreen(t, s)
	s.press("w", "?")
	wholeScreen(t, s)
	s.press(escape, escape, escape, "q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, bad := range []string{"\x1b]0;pwned", "\x1b]52;c;cHdu", "\x1b[5m", "\x1b[41m3", "\x9b2J", "\u202e", "\u200b", "\u200d", "\x00"} {
		if i := bytes.Index(s.written, []byte(bad)); i >= 0 && (bad != "\x9b2J" || !utf8.Valid(s.written)) {
			t.Errorf("%q reached the terminal: …%q…", bad, s.written[max(0, i-40):min(len(s.written), i+40)])
		}
	}
	if !utf8.Valid(s.written) {
		t.Error("invalid UTF-8 reached the terminal")
	}
}

// wholeScreen checks that nothing has pushed the frame out of place.
func wholeScreen(t *testing.T, s *screen) {
	t.Helper()
	lines := strings.Split(s.text(), "\n")
	if !strings.Contains(lines[0], "fntop") {
		t.Errorf("the header has gone:\n%s", s.text())
	}
	s.mu.Lock()
	alt, scrolled := s.emu.IsAltScreen(), s.emu.ScrollbackLen()
	s.mu.Unlock()
	if !alt || scrolled > 0 {
		t.Errorf("the screen has scrolled by %d lines", scrolled)
	}
}
