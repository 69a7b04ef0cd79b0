package aws

import (
	"testing"

	"fntop/sources"
	"fntop/sources/platformlog"
)

func TestStreamFunction(t *testing.T) {
	for stream, want := range map[string]string{
		"2025/10/26/[$LATEST]143fb6ba9c584812a910c55a1991a50c":            "",
		"2023/07/05/[56]374cd7798d2a4e36a494a23d658b9741":                 "",
		"2025/10/26/invoice-pdf[$LATEST]143fb6ba9c584812a910c55a1991a50c": "invoice-pdf",
		"2025/10/26/invoice-pdf[7][0ad3c9a8-7d3a-4a3c-9d8e-1b7f9a106f3c]": "invoice-pdf",
		"custom":      "",
		"a/b/c/plain": "",
		"":            "",
	} {
		if got := platformlog.StreamFunction(stream); got != want {
			t.Errorf("%q is of %q, want %q", stream, got, want)
		}
	}
}

func TestOwnEvents(t *testing.T) {
	events := []sources.LogEvent{
		{ID: "mine", Stream: "2025/10/26/pdf[1]aa"},
		{ID: "other", Stream: "2025/10/26/archive[1]bb"},
		{ID: "unnamed", Stream: "2025/10/26/[1]cc"},
	}
	got := ownEvents(events, "pdf")
	if len(got) != 2 || got[0].ID != "mine" || got[1].ID != "unnamed" {
		t.Errorf("own events: %v", got)
	}
}
