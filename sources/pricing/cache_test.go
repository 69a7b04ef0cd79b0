package pricing_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
	"time"

	"fntop/cost"
	"fntop/sources/pricing"
)

func today() time.Time { return time.Date(2026, 11, 26, 0, 30, 0, 0, time.UTC) }

func TestPricesAreKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "fntop", "prices.json")
	if _, err := pricing.Load(path, today()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	var all []cost.Price
	for _, item := range []cost.Item{cost.ComputePrice, cost.LogIngestionPrice} {
		p, ok := cost.PriceOf("us-east-1", cost.X86, item)
		if !ok {
			t.Fatal(item)
		}
		p.Source, p.Date, p.Note = "a list", "2026-11-26", ""
		all = append(all, p)
	}
	for range 2 { // also over one that is there
		if err := pricing.Save(path, all); err != nil {
			t.Fatal(err)
		}
	}
	got, err := pricing.Load(path, today())
	if err != nil || !reflect.DeepEqual(got, all) {
		t.Errorf("%v: kept %+v, got %+v", err, all, got)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("%d files are left behind", len(files))
	}
}

func TestBrokenPricesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prices.json")
	for _, text := range []string{
		"", "{", "[]", "null", `{"version":1}`, `{"version":2,"date":"2026-11-26","prices":[{"region":"x","item":"compute","tiers":[{"from":0,"usd":"1"}]}]}`,
		`{"version":1,"date":"yesterday","prices":[{"region":"x","item":"compute","tiers":[{"from":0,"usd":"1"}]}]}`,
		`{"version":1,"date":"2026-11-26","prices":[{"region":"x","item":"compute","tiers":[{"from":0,"usd":"free"}]}]}`,
		`{"version":1,"date":"2026-11-27","prices":[{"region":"x","item":"compute","tiers":[{"from":0,"usd":"1"}]}]}`,
		`{"version":1,"date":"2999-01-01","prices":[{"region":"x","item":"compute","tiers":[{"from":0,"usd":"1"}]}]}`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := pricing.Load(path, today()); err == nil || got != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestOnlyRegularFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "prices.json")
	refused := func(name string) {
		t.Helper()
		if got, err := pricing.Load(path, today()); err == nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	refused("a pipe that nobody writes to")
	if err := os.Symlink("/dev/zero", path); err != nil {
		t.Fatal(err)
	}
	refused("a device without an end")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	refused("a folder")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<30); err != nil {
		t.Fatal(err)
	}
	refused("a gigabyte")
}

func TestOldPricesAreToldOf(t *testing.T) {
	for date, want := range map[string]string{
		"2026-11-26": "", "2026-08-29": "", "2026-08-27": "the prices are 91 days old: fntop prices update",
		"2026-01-26": "the prices are 304 days old: fntop prices update", "": "", "some day": "",
	} {
		if got := pricing.Old(date, today()); got != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
}
