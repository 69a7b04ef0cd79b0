package cost

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// discounts is what has been taken off, in words; nil while nothing has.
var discounts atomic.Pointer[string] //nolint:gochecknoglobals // goes with the tables of the process

// Percent is a part of a price in hundredths of a percent: 1,700 is 17 %.
type Percent int64

// whole is all of a price.
const whole Percent = 100 * 100

// ParsePercent reads "17", "17%" or "12.5 %": from 0 to 100, with two digits
// after the point at most. The error is an [*InputError].
func ParsePercent(s string) (Percent, error) {
	wrong := func(problem string) (Percent, error) {
		return 0, &InputError{Field: "percentage", Value: strconv.Quote(s), Problem: problem}
	}
	digits := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	units, part, pointed := strings.Cut(digits, ".")
	if pointed && (part == "" || len(part) > 2) {
		return wrong("must have one or two digits after the point")
	}
	n, err := strconv.ParseUint(units+(part + "00")[:2], 10, 32)
	if err != nil || units == "" {
		return wrong("must be a number such as 17 or 12.5")
	}
	if Percent(n) > whole {
		return wrong("must be 0 to 100")
	}
	return Percent(n), nil
}

// String is such as "17 %" or "12.5 %".
func (p Percent) String() string {
	return strconv.FormatFloat(float64(p)/100, 'f', -1, 64) + " %"
}

// Discountable are the components that a discount can be on, and the items
// that each of them is paid by. Inits are paid by the price of compute.
func discountable() map[string][]Item {
	return map[string][]Item{
		"requests":           {RequestPrice},
		"compute":            {ComputePrice, ProvisionedRunPrice},
		"ephemeral_storage":  {EphemeralStoragePrice},
		"provisioned":        {ProvisionedPrice},
		"snapstart":          {SnapStartCachePrice, SnapStartRestorePrice},
		"logs_ingestion":     {LogIngestionPrice, LogIngestionIAPrice},
		"response_streaming": {ResponseStreamingPrice},
	}
}

// Discount lowers public prices for all of the process, by component, as a
// Savings Plan or a contract does: of "compute" also what inits and the
// duration on provisioned concurrency cost. Every tier is lowered alike; prices
// of API calls stay. It comes after [Refresh]: newer prices are public ones
// again. The error is an [*InputError]; nothing has changed then.
func Discount(off map[string]Percent) error {
	b := *prices()
	b.prices = maps.Clone(b.prices)
	items := make(map[Item]Percent)
	var words []string
	for _, component := range slices.Sorted(maps.Keys(off)) {
		of, ok := discountable()[component]
		p := off[component]
		switch {
		case !ok:
			return &InputError{Field: "discount on", Value: strconv.Quote(component), Problem: "is on no component: " + strings.Join(slices.Sorted(maps.Keys(discountable())), ", ")}
		case p < 0 || p > whole:
			return &InputError{Field: "discount on", Value: component, Problem: "must be 0 to 100 %"}
		case p == 0:
			continue
		}
		for _, item := range of {
			items[item] = p
		}
		words = append(words, fmt.Sprintf("%s -%v", strings.ReplaceAll(component, "_", " "), p))
	}
	if len(items) == 0 {
		return nil
	}
	for k, public := range b.prices {
		if p, lowered := items[k.item]; lowered {
			b.prices[k] = public.less(p)
		}
	}
	text := strings.Join(words, ", ")
	refreshed.Store(&b)
	discounts.Store(&text)
	return nil
}

// less is the price with so much taken off every tier.
func (p Price) less(off Percent) *Price {
	p.Tiers = slices.Clone(p.Tiers)
	for i := range p.Tiers {
		p.Tiers[i].USD = p.Tiers[i].USD.ratio(int64(whole-off), int64(whole))
	}
	return &p
}

// Discounts says what is taken off public prices, such as "compute -17 %"; ""
// when nothing is.
func Discounts() string {
	if text := discounts.Load(); text != nil {
		return *text
	}
	return ""
}
