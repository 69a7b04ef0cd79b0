package pricing

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"fntop/cost"
)

// cacheFile is prices as they are kept on disk.
type cacheFile struct {
	Version int          `json:"version"`
	Date    string       `json:"date"` // when they were read, "2006-01-02"
	Source  string       `json:"source"`
	Prices  []cachePrice `json:"prices"`
}

type cachePrice struct {
	Region string      `json:"region"`
	Item   cost.Item   `json:"item"`
	Arch   cost.Arch   `json:"arch,omitempty"`
	Tiers  []cacheTier `json:"tiers"`
}

type cacheTier struct {
	From int64  `json:"from"`
	USD  string `json:"usd"`
}

const (
	cacheVersion = 1
	mostCache    = 16 << 20
)

// Save writes prices of one date to a file, as a whole or not at all.
func Save(path string, prices []cost.Price) error {
	f := cacheFile{Version: cacheVersion}
	for _, p := range prices {
		f.Date, f.Source = p.Date, p.Source
		c := cachePrice{Region: p.Region, Item: p.Item, Arch: p.Arch}
		for _, t := range p.Tiers {
			if !t.USD.Known() {
				return fmt.Errorf("keep the price of %s in %s: it is not known", p.Item, p.Region)
			}
			c.Tiers = append(c.Tiers, cacheTier{t.From, t.USD.Decimal(14)})
		}
		f.Prices = append(f.Prices, c)
	}
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return fmt.Errorf("keep prices: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".prices-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// Load reads prices that [Save] has written. The error is [os.ErrNotExist] where
// there are none. Nothing is given of a file that is broken, larger than 16 MiB,
// not a regular file, or of a day that at now has not come yet.
func Load(path string, now time.Time) ([]cost.Price, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	var f cacheFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	read, err := time.Parse(time.DateOnly, f.Date)
	if err != nil || f.Version != cacheVersion || len(f.Prices) == 0 {
		return nil, fmt.Errorf("%s: it holds no prices of a form that is known", path)
	}
	if read.After(now) {
		return nil, fmt.Errorf("%s: its prices are of %s, which has not come yet", path, f.Date)
	}
	prices := make([]cost.Price, 0, len(f.Prices))
	for _, c := range f.Prices {
		p := cost.Price{Region: c.Region, Item: c.Item, Arch: c.Arch, Source: f.Source, Date: f.Date}
		for _, t := range c.Tiers {
			usd, err := cost.ParseUSD(t.USD)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			p.Tiers = append(p.Tiers, cost.Tier{From: t.From, USD: usd})
		}
		prices = append(prices, p)
	}
	return prices, nil
}

// read reads a regular file. What is not one may have no end, or wait for a
// writer that never comes: it is opened without waiting, to see what it is.
func read(path string) (text []byte, err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: it is not a regular file", path)
	}
	text, err = io.ReadAll(io.LimitReader(file, mostCache+1))
	if err == nil && len(text) > mostCache {
		return nil, fmt.Errorf("%s: it is larger than %d MiB", path, mostCache>>20)
	}
	return text, err
}
