package demo

import (
	"context"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"fntop/cost"
	"fntop/sources/demo/wire"
)

const (
	productsPage = 100 // API reference, GetProducts
	// The code of the term and of its rate are the same for all that is paid on
	// demand, but for the rate of a further tier, which is not read by anybody.
	termCode, rateCode = "JRTCKXETXF", "6YS6EN2CT7"
)

type getProductsInput struct {
	ServiceCode   string
	FormatVersion string
	MaxResults    *wire.Int
	NextToken     string
	Filters       []struct{ Type, Field, Value string }
}

type getProductsOutput struct {
	FormatVersion string
	PriceList     []string
	NextToken     string `json:",omitempty"`
}

// product is an entry of the price list (AWS Price List API, "aws_v1").
type product struct {
	Product struct {
		ProductFamily string            `json:"productFamily"`
		Attributes    map[string]string `json:"attributes"`
		SKU           string            `json:"sku"`
	} `json:"product"`
	ServiceCode     string                     `json:"serviceCode"`
	Terms           map[string]map[string]term `json:"terms"`
	Version         string                     `json:"version"`
	PublicationDate string                     `json:"publicationDate"`
}

type term struct {
	PriceDimensions map[string]priceDimension `json:"priceDimensions"`
	SKU             string                    `json:"sku"`
	EffectiveDate   string                    `json:"effectiveDate"`
	OfferTermCode   string                    `json:"offerTermCode"`
	TermAttributes  map[string]string         `json:"termAttributes"`
}

type priceDimension struct {
	Unit         string            `json:"unit"`
	BeginRange   string            `json:"beginRange"`
	EndRange     string            `json:"endRange"`
	Description  string            `json:"description"`
	AppliesTo    []string          `json:"appliesTo"`
	RateCode     string            `json:"rateCode"`
	PricePerUnit map[string]string `json:"pricePerUnit"`
}

// getProducts gives the program's own price tables in the form of the price
// list, as of the day of the call.
func getProducts(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in getProductsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	invalid := func(message string) *wire.Error {
		return &wire.Error{Status: http.StatusBadRequest, Code: "InvalidParameterException", Message: message}
	}
	limit, from := productsPage, 0
	switch {
	case in.ServiceCode != "AWSLambda" && in.ServiceCode != "AmazonCloudWatch":
		return nil, invalid("Invalid value of ServiceCode: the demo cloud knows AWSLambda and AmazonCloudWatch")
	case in.MaxResults != nil && (*in.MaxResults < 1 || *in.MaxResults > productsPage):
		return nil, invalid("MaxResults must be between 1 and 100")
	case in.MaxResults != nil:
		limit = int(*in.MaxResults)
	}
	if in.NextToken != "" {
		last, err := parseNameToken(in.NextToken)
		if err == nil {
			from, err = strconv.Atoi(last)
		}
		if err != nil || from < 0 {
			return nil, &wire.Error{Status: http.StatusBadRequest, Code: "InvalidNextTokenException", Message: "The pagination token is invalid. Try again without a pagination token."}
		}
	}
	out := &getProductsOutput{FormatVersion: "aws_v1", PriceList: []string{}}
	matched := 0
	for _, p := range products(in.ServiceCode, c.asOf.Format("2006-01-02T00:00:00Z")) {
		if !in.matches(&p) {
			continue
		}
		if matched++; matched <= from {
			continue
		}
		if len(out.PriceList) == limit {
			out.NextToken = nameToken(strconv.Itoa(matched - 1))
			break
		}
		text, err := json.Marshal(p)
		if err != nil {
			return nil, &wire.Error{Status: http.StatusInternalServerError, Code: "InternalErrorException", Message: err.Error()}
		}
		out.PriceList = append(out.PriceList, string(text))
	}
	return out, nil
}

func (in *getProductsInput) matches(p *product) bool {
	for _, f := range in.Filters {
		value := p.Product.Attributes[f.Field]
		switch {
		case f.Type == "CONTAINS" && !strings.Contains(value, f.Value), f.Type != "CONTAINS" && value != f.Value:
			return false
		}
	}
	return true
}

// products are the entries of a service, in an order of their own.
func products(service, published string) []product {
	items := []cost.Item{cost.LogIngestionPrice, cost.LogIngestionIAPrice}
	if service == "AWSLambda" {
		items = []cost.Item{
			cost.RequestPrice, cost.ComputePrice, cost.ProvisionedPrice, cost.ProvisionedRunPrice, cost.EphemeralStoragePrice,
		}
	}
	var all []product
	for _, region := range cost.Regions() {
		for _, item := range items {
			for _, arch := range []cost.Arch{cost.X86, cost.ARM} {
				price, ok := cost.PriceOf(region, arch, item)
				name, named := cost.UsageType(item, arch)
				if !ok || !named || service != "AWSLambda" && arch == cost.ARM {
					continue
				}
				price.Tiers = slices.DeleteFunc(price.Tiers, func(t cost.Tier) bool { return !t.USD.Known() })
				all = append(all, productOf(service, region, name, price, published))
			}
		}
	}
	if service == "AWSLambda" {
		free := productOf(service, "", "Global-Request", cost.Price{Item: cost.RequestPrice, Tiers: []cost.Tier{{}}}, published)
		free.Product.Attributes["location"] = "Any"
		all = append(all, free)
	}
	return all
}

func productOf(service, region, name string, price cost.Price, published string) product {
	usage := usagePrefix(region) + name
	sku := strings.ToUpper(strings.ReplaceAll(uuidOf(usage, 0), "-", ""))[:16]
	p := product{ServiceCode: service, Version: "20260919000000", PublicationDate: published}
	p.Product.SKU, p.Product.ProductFamily = sku, "Serverless"
	p.Product.Attributes = map[string]string{
		"servicecode": service, "regionCode": region, "location": region, "locationType": "AWS Region", "usagetype": usage, "operation": "",
	}
	unit, size := price.Item.Unit()
	if price.Item == cost.RequestPrice {
		unit = "Requests"
	} else {
		size = 1
	}
	t := term{SKU: sku, OfferTermCode: termCode, EffectiveDate: published, TermAttributes: map[string]string{}, PriceDimensions: map[string]priceDimension{}}
	for i, tier := range price.Tiers {
		end := "Inf"
		if i+1 < len(price.Tiers) {
			end = units(price.Tiers[i+1].From, size)
		}
		rate := sku + "." + termCode + "." + rateCode
		if i > 0 {
			rate += strconv.Itoa(i)
		}
		t.PriceDimensions[rate] = priceDimension{
			Unit: unit, BeginRange: units(tier.From, size), EndRange: end, AppliesTo: []string{}, RateCode: rate,
			PricePerUnit: map[string]string{"USD": tier.USD.Per(size).Decimal(14)},
		}
	}
	p.Terms = map[string]map[string]term{"OnDemand": {sku + "." + termCode: t}}
	return p
}

func units(n, size int64) string { return new(big.Int).Mul(big.NewInt(n), big.NewInt(size)).String() }

// usagePrefix is what a region's usage types begin with (AWS Price List; us-east-1
// has none at Lambda).
func usagePrefix(region string) string {
	prefix := map[string]string{
		"us-east-2": "USE2", "us-west-1": "USW1", "us-west-2": "USW2", "ca-central-1": "CAN1", "ca-west-1": "CAN2", "sa-east-1": "SAE1",
		"eu-west-1": "EU", "eu-west-2": "EUW2", "eu-west-3": "EUW3", "eu-central-1": "EUC1", "eu-central-2": "EUC2",
		"eu-north-1": "EUN1", "eu-south-1": "EUS1", "eu-south-2": "EUS2", "ap-south-1": "APS3", "ap-south-2": "APS5",
		"ap-southeast-1": "APS1", "ap-southeast-2": "APS2", "ap-southeast-3": "APS4", "ap-southeast-4": "APS6", "ap-southeast-5": "APS7",
		"ap-northeast-1": "APN1", "ap-northeast-2": "APN2", "ap-northeast-3": "APN3", "ap-east-1": "APE1",
		"me-south-1": "MES1", "me-central-1": "MEC1", "af-south-1": "AFS1", "il-central-1": "ILC1",
		"us-gov-west-1": "UGW1", "us-gov-east-1": "UGE1",
	}[region]
	if prefix == "" {
		return ""
	}
	return prefix + "-"
}
