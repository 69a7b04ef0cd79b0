package aws

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pricing"
	"github.com/aws/aws-sdk-go-v2/service/pricing/types"

	"fntop/cost"
	"fntop/sources"
)

const (
	opGetProducts = "pricing:GetProducts"
	productsPage  = 100 // API reference, GetProducts
)

// priceRegion is where the price list of all regions is asked for, from a
// region: only three have it (AWS General Reference, "AWS Price List endpoints").
func priceRegion(region string) string {
	if slices.Contains([]string{"eu-central-1", "ap-south-1"}, region) {
		return region
	}
	return "us-east-1"
}

// Prices reads the public prices of Lambda and of its logs in all regions with
// GetProducts, which costs nothing. Date and source are what the prices are said
// to be of. Products that are not in a form that is known are left out.
func (s *Source) Prices(ctx context.Context, date, source string) ([]cost.Price, error) {
	var list priceList
	if err := s.products(ctx, &list, "AWSLambda"); err != nil {
		return nil, err
	}
	logs := types.Filter{Type: types.FilterTypeContains, Field: aws.String("usagetype"), Value: aws.String("VendedLog")}
	if err := s.products(ctx, &list, "AmazonCloudWatch", logs); err != nil {
		return nil, err
	}
	found := list.prices(date, source)
	if len(found) == 0 {
		return nil, &sources.Error{Op: opGetProducts, Kind: sources.Malformed, Err: errors.New("there are no prices in it")}
	}
	return found, nil
}

func (s *Source) products(ctx context.Context, list *priceList, service string, filters ...types.Filter) error {
	in := &pricing.GetProductsInput{
		ServiceCode: aws.String(service), FormatVersion: aws.String("aws_v1"), MaxResults: aws.Int32(productsPage), Filters: filters,
	}
	var p pager
	for {
		out, err := s.prices.GetProducts(ctx, in)
		if err != nil {
			return s.failed(ctx, opGetProducts, service, err)
		}
		for _, text := range out.PriceList {
			list.add(text)
		}
		more, err := p.next(out.NextToken, opGetProducts, service)
		if err != nil || !more {
			return err
		}
		in.NextToken = p.token
	}
}

// product is an entry of the price list (AWS Price List API, "aws_v1").
type product struct {
	Product struct {
		Attributes struct {
			UsageType  string `json:"usagetype"`
			RegionCode string `json:"regionCode"`
			Location   string `json:"location"`
		} `json:"attributes"`
	} `json:"product"`
	Terms struct {
		OnDemand map[string]struct {
			PriceDimensions map[string]priceDimension `json:"priceDimensions"`
		} `json:"OnDemand"`
	} `json:"terms"`
}

type priceDimension struct {
	BeginRange   string            `json:"beginRange"`
	PricePerUnit map[string]string `json:"pricePerUnit"`
}

type priceOf struct {
	region string
	item   cost.Item
	arch   cost.Arch
}

// priceList gathers the tiers of what it knows.
type priceList struct {
	tiers map[priceOf][]cost.Tier
	twice map[priceOf]bool // there are different prices of it
}

// add takes in an entry.
func (l *priceList) add(text string) {
	var p product
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return
	}
	at := p.Product.Attributes
	item, arch, ok := cost.ParseUsageType(at.UsageType)
	if !ok || at.Location == "Any" || checkRegion(at.RegionCode) != nil || len(p.Terms.OnDemand) != 1 {
		return
	}
	key := priceOf{at.RegionCode, item, arch}
	for _, term := range p.Terms.OnDemand {
		tiers, err := tiersOf(item, term.PriceDimensions)
		if err != nil || len(tiers) == 0 {
			return
		}
		if l.tiers == nil {
			l.tiers, l.twice = make(map[priceOf][]cost.Tier), make(map[priceOf]bool)
		}
		if old, there := l.tiers[key]; there && !slices.Equal(old, tiers) {
			l.twice[key] = true
		}
		l.tiers[key] = tiers
	}
}

// tiersOf reads the tiers of a term: prices for one request, GB-second or GB.
func tiersOf(item cost.Item, dimensions map[string]priceDimension) ([]cost.Tier, error) {
	per := int64(1)
	if item == cost.RequestPrice {
		_, per = item.Unit()
	}
	var tiers []cost.Tier
	for _, d := range dimensions {
		from, err := strconv.ParseInt(cmp.Or(d.BeginRange, "0"), 10, 64)
		if err != nil || from < 0 || from%per != 0 {
			return nil, fmt.Errorf("a tier from %.20q on", d.BeginRange)
		}
		usd, err := parsePrice(d.PricePerUnit["USD"])
		if err != nil {
			return nil, err
		}
		tiers = append(tiers, cost.Tier{From: from / per, USD: usd.Times(per)})
	}
	slices.SortFunc(tiers, func(a, b cost.Tier) int { return cmp.Compare(a.From, b.From) })
	for i, tier := range tiers {
		if i == 0 && tier.From != 0 || i > 0 && tier.From == tiers[i-1].From || tier.USD.Sign() < 0 {
			return nil, errors.New("tiers that do not ascend from 0")
		}
	}
	return tiers, nil
}

// parsePrice reads a decimal number, also one such as "2.0E-7".
func parsePrice(text string) (cost.USD, error) {
	if strings.ContainsAny(text, "eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return cost.Unknown(), err
		}
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	whole, frac, point := strings.Cut(text, ".")
	if point {
		text = whole + "." + cmp.Or(strings.TrimRight(frac, "0"), "0")
	}
	return cost.ParseUSD(text)
}

// prices are what was gathered. What costs the same on both architectures has
// one price.
func (l *priceList) prices(date, source string) []cost.Price {
	var all []cost.Price
	for key, tiers := range l.tiers {
		if l.twice[key] {
			continue
		}
		arch := key.arch
		if key.item == cost.RequestPrice || key.item == cost.EphemeralStoragePrice {
			other := priceOf{key.region, key.item, cost.X86}
			switch same := slices.Equal(tiers, l.tiers[other]); {
			case key.arch == cost.ARM && same:
				continue
			case key.arch == cost.X86:
				arch = ""
			}
		}
		p := cost.Price{Item: key.item, Region: key.region, Arch: arch, Tiers: tiers, Source: source, Date: date}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b cost.Price) int {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Arch, b.Arch))
	})
	return all
}
