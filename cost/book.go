package cost

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed prices/*.csv
var files embed.FS

// loaded reads the tables when they are first needed.
var loaded = sync.OnceValues(func() (*book, error) { //nolint:gochecknoglobals // constant table
	return loadBook(files.ReadFile)
})

// prices gives the tables of the program, or newer ones. They are a part of it and a test
// reads them; should they be broken nonetheless, every price is unknown.
func prices() *book {
	if b := refreshed.Load(); b != nil {
		return b
	}
	b, err := loaded()
	if err != nil {
		return &book{}
	}
	return b
}

// book is every price there is.
type book struct {
	prices  map[priceKey]*Price
	calls   map[string]CallPrice
	regions []string // with a price of compute, without Edge
}

type priceKey struct {
	region string
	item   Item
	arch   Arch
}

// find gives the price of an item, or nil when it is unknown.
func (b *book) find(region string, arch Arch, item Item) *Price {
	if p := b.prices[priceKey{region, item, arch}]; p != nil {
		return p
	}
	return b.prices[priceKey{region, item, ""}]
}

// loadBook reads all tables. read gives the bytes of a file by its path.
func loadBook(read func(string) ([]byte, error)) (*book, error) {
	b := &book{prices: map[priceKey]*Price{}, calls: map[string]CallPrice{}}
	for _, name := range []string{"lambda", "lambda-us-east-1", "lambda-features", "lambda-edge", "logs", "monitoring"} {
		t, err := readTable(read, name)
		if err == nil {
			err = b.addPrices(t)
		}
		if err != nil {
			return nil, fmt.Errorf("read price table %s: %w", name, err)
		}
	}
	regions := map[string]bool{}
	for k := range b.prices {
		if k.item == ComputePrice && k.region != Edge {
			regions[k.region] = true
		}
	}
	b.regions = slices.Sorted(maps.Keys(regions))

	t, err := readTable(read, "calls")
	if err == nil {
		err = b.addCalls(t)
	}
	if err != nil {
		return nil, fmt.Errorf("read price table calls: %w", err)
	}
	return b, nil
}

// table is a price table as its file has it. Lines that begin with "#" are
// remarks, of which these have a meaning:
//
//	# source: the documents the figures are from
//	# date: 2006-01-02
//	# ends: compute/x86_64 6000000000   (what lies beyond is unknown)
type table struct {
	source, date string
	ends         map[string]int64
	head         []string
	rows         [][]string
}

func readTable(read func(string) ([]byte, error), name string) (*table, error) {
	text, err := read("prices/" + name + ".csv")
	if err != nil {
		return nil, err
	}
	t := &table{ends: map[string]int64{}}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if v, ok := strings.CutPrefix(line, "# source: "); ok {
			t.source = v
		}
		if v, ok := strings.CutPrefix(line, "# date: "); ok {
			t.date = v
		}
		if v, ok := strings.CutPrefix(line, "# ends: "); ok {
			column, from, _ := strings.Cut(v, " ")
			if t.ends[column], err = strconv.ParseInt(from, 10, 64); err != nil {
				return nil, err
			}
		}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 || t.source == "" || t.date == "" {
		return nil, errors.New("rows, source or date are missing")
	}
	t.head, t.rows = rows[0], rows[1:]
	return t, nil
}

// addPrices adds a table of a row for each region and a column for each item,
// "item" or "item/architecture"; the last column is a note. An empty cell is
// an unknown price.
func (b *book) addPrices(t *table) error {
	last := len(t.head) - 1
	if t.head[0] != "region" || t.head[last] != "note" {
		return fmt.Errorf("columns %q: first must be region, last note", t.head)
	}
	for _, row := range t.rows {
		for i := 1; i < last; i++ {
			if row[i] == "" {
				continue
			}
			item, arch, _ := strings.Cut(t.head[i], "/")
			k := priceKey{region: row[0], item: Item(item), arch: Arch(arch)}
			tiers, err := parseTiers(row[i], k.item)
			if err != nil {
				return fmt.Errorf("%s of %s: %w", t.head[i], k.region, err)
			}
			if end := t.ends[t.head[i]]; end > 0 {
				tiers = append(tiers, Tier{From: end, USD: Unknown()})
			}
			if b.prices[k] != nil {
				return fmt.Errorf("%s of %s is there twice", t.head[i], k.region)
			}
			b.prices[k] = &Price{
				Item: k.item, Region: k.region, Arch: k.arch, Tiers: tiers,
				Source: t.source, Date: t.date, Note: row[last],
			}
		}
	}
	return nil
}

// parseTiers reads "0.50" or "0.50 10240:0.25 30720:0.10".
func parseTiers(cell string, item Item) ([]Tier, error) {
	_, size := item.Unit()
	if size == 0 {
		return nil, fmt.Errorf("there is no item %q", item)
	}
	var tiers []Tier
	for part := range strings.FieldsSeq(cell) {
		start, amount, tiered := strings.Cut(part, ":")
		if !tiered {
			start, amount = "0", part
		}
		from, err := strconv.ParseInt(start, 10, 64)
		if err != nil {
			return nil, err
		}
		price, err := ParseUSD(amount)
		if err != nil {
			return nil, err
		}
		ascending := len(tiers) == 0 && from == 0 || len(tiers) > 0 && from > tiers[len(tiers)-1].From
		if !ascending || from > math.MaxInt64/size {
			return nil, fmt.Errorf("tiers %q do not ascend from 0", cell)
		}
		tiers = append(tiers, Tier{From: from, USD: price})
	}
	return tiers, nil
}

// addCalls adds the table of API operations.
func (b *book) addCalls(t *table) error {
	for _, row := range t.rows {
		op, by, note := row[0], row[1], row[2]
		if _, twice := b.calls[op]; twice {
			return fmt.Errorf("%s is there twice", op)
		}
		c := CallPrice{Operation: op, Note: note, Date: t.date}
		switch by {
		case "":
			c.unknown = true
		case "free":
		default:
			c.price = b.find(callRegion, "", Item(by))
			if c.price == nil {
				return fmt.Errorf("%s: there is no price of %q", op, by)
			}
			c.By = Item(by)
		}
		b.calls[op] = c
	}
	return nil
}
