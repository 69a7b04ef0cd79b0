package sources_test

import (
	"testing"
	"time"

	"fntop/sources"
)

func TestTraceTime(t *testing.T) {
	at, ok := sources.TraceTime("1-5759e988-bd862e3fe1be46a994272793")
	if want := time.Date(2016, 6, 9, 22, 11, 20, 0, time.UTC); !ok || !at.Equal(want) {
		t.Errorf("%v %v, want %v", at, ok, want)
	}
	for _, id := range []string{"", "1-", "2-5759e988-bd86", "1-5759e98z-bd862e3fe1be46a994272793", "1-5759e988bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793"} {
		if at, ok := sources.TraceTime(id); ok {
			t.Errorf("%q: %v", id, at)
		}
	}
}
