package aws

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"fntop/cost"
	"fntop/sources"
)

// billPage is an answer of GetCostAndUsage with one usage type.
func billPage(usageType, amount, unit, next string) map[string]any {
	page := map[string]any{"ResultsByTime": []any{map[string]any{"Groups": []any{map[string]any{
		"Keys": []string{usageType},
		"Metrics": map[string]any{
			unblended: map[string]any{"Amount": amount, "Unit": unit}, quantity: map[string]any{"Amount": "5", "Unit": "N/A"},
		},
	}}}}}
	if next != "" {
		page["NextPageToken"] = next
	}
	return page
}

func billQuery() sources.BillQuery {
	return sources.BillQuery{
		Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Regions: []string{"eu-west-1"},
	}
}

func TestBill(t *testing.T) {
	s, _, m := sourceOf(t, map[string]handler{opGetCostAndUsage: func(w http.ResponseWriter, body map[string]any) {
		span := body["TimePeriod"].(map[string]any)
		if span["Start"] != "2026-11-01" || span["End"] != "2026-11-20" || body["Granularity"] != "MONTHLY" {
			t.Errorf("asked for %v", body)
		}
		if text := fmt.Sprint(body["Filter"]); text != fmt.Sprintf("map[And:[map[Dimensions:map[Key:SERVICE Values:[AWS Lambda AmazonCloudWatch]]] map[Dimensions:map[Key:LINKED_ACCOUNT Values:[%s]]] map[Dimensions:map[Key:REGION Values:[eu-west-1]]]]]", testAccount) {
			t.Errorf("filter %s", text)
		}
		if body["NextPageToken"] == nil {
			answerJSON(w, billPage("EU-Request", "1.25", "USD", "more"))
			return
		}
		answerJSON(w, billPage("EU-Lambda-GB-Second", "1.5E-7", "USD", ""))
	}})
	got, err := s.Bill(t.Context(), billQuery())
	if err != nil || len(got) != 2 || got[0] != (sources.Billed{UsageType: "EU-Request", USD: 1.25, Quantity: 5}) || got[1].USD != 1.5e-7 {
		t.Errorf("%v: %+v", err, got)
	}
	if op := opOf(m, opGetCostAndUsage); op.Calls != 2 {
		t.Errorf("metered %+v", op)
	}
	if p, ok := cost.APIPrice(opGetCostAndUsage); !ok || p.Of(cost.CallUse{Requests: 2}).String() != "$0.02" {
		t.Errorf("two pages cost %v", p.Of(cost.CallUse{Requests: 2}))
	}
}

func TestBillsThatAreNone(t *testing.T) {
	for what, tc := range map[string]struct {
		h    handler
		kind sources.Kind
		says string
	}{
		"denied":  {refuse(opGetCostAndUsage, 400, "AccessDeniedException", "no"), sources.Denied, "access to billing"},
		"in euro": {func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, billPage("EU-Request", "1", "EUR", "")) }, sources.Unsupported, "EUR"},
		"not a number": {func(w http.ResponseWriter, _ map[string]any) {
			answerJSON(w, billPage("EU-Request", "much", "USD", ""))
		}, sources.Malformed, "number"},
		"in a circle": {func(w http.ResponseWriter, _ map[string]any) {
			answerJSON(w, billPage("EU-Request", "1", "USD", "again"))
		}, sources.Malformed, "twice"},
		"not in a form": {func(w http.ResponseWriter, _ map[string]any) { _, _ = w.Write([]byte("<html>")) }, sources.Malformed, ""},
	} {
		t.Run(what, func(t *testing.T) {
			s, _, _ := sourceOf(t, map[string]handler{opGetCostAndUsage: tc.h})
			_, err := s.Bill(t.Context(), billQuery())
			wantError(t, err, tc.kind, tc.says)
		})
	}
}

func TestPriceRegions(t *testing.T) {
	for region, want := range map[string]string{"us-east-1": "us-east-1", "eu-central-1": "eu-central-1", "eu-west-1": "us-east-1", "ap-south-1": "ap-south-1"} {
		if got := priceRegion(region); got != want {
			t.Errorf("%s: %s, want %s", region, got, want)
		}
	}
}

// entry is an entry of the price list.
func entry(region, usageType, dimensions string) string {
	return fmt.Sprintf(`{"product":{"attributes":{"regionCode":%q,"usagetype":%q,"location":"x"}},"terms":{"OnDemand":{"A.B":{"priceDimensions":{%s}}}}}`, region, usageType, dimensions)
}

func TestPriceListsAreRead(t *testing.T) {
	flat := func(usd string) string { return fmt.Sprintf(`"r":{"beginRange":"0","pricePerUnit":{"USD":%q}}`, usd) }
	var l priceList
	for _, text := range []string{
		entry("eu-west-1", "EU-Request", flat("0.0000002000")),
		entry("eu-west-1", "EU-Request-ARM", flat("2.0E-7")),
		entry("eu-west-1", "EU-Lambda-GB-Second", `"a":{"beginRange":"6000000000","pricePerUnit":{"USD":"0.0000150000"}},"b":{"beginRange":"0","pricePerUnit":{"USD":"0.0000166667"}}`),
		entry("eu-west-1", "EU-VendedLog-Bytes", flat("0.57")),
		entry("eu-west-2", "EUW2-VendedLog-Bytes", flat("0.5985")), // two prices of one thing: none is believed
		entry("eu-west-2", "EUW2-VendedLog-Bytes", flat("0.1")),
		entry("cn-north-1", "CNN1-Request", `"r":{"beginRange":"0","pricePerUnit":{"CNY":"0.00000136"}}`),
		entry("", "Global-Request", flat("0")),
		entry("eu-west-1", "EU-Lambda-Edge-Request", flat("0.0000006")),
		entry("../../etc", "Request", flat("1")),
		entry("eu-west-3", "EUW3-Request", `"r":{"beginRange":"-1","pricePerUnit":{"USD":"1"}}`),
		"", "{", "null", "[]", `{"product":1}`,
	} {
		l.add(text)
	}
	got := make(map[string]string)
	for _, p := range l.prices("2026-11-26", "a list") {
		key := fmt.Sprint(p.Region, " ", p.Item, " ", p.Arch)
		for _, tier := range p.Tiers {
			got[key] += fmt.Sprint(" ", tier.From, ":", tier.USD.Exact())
		}
	}
	want := map[string]string{
		"eu-west-1 requests ":       " 0:$0.20",
		"eu-west-1 compute x86_64":  " 0:$0.0000166667 6000000000:$0.000015",
		"eu-west-1 logs_ingestion ": " 0:$0.57",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func FuzzPriceList(f *testing.F) {
	f.Add(entry("eu-west-1", "EU-Request", `"r":{"beginRange":"1e9999999","pricePerUnit":{"USD":"1e99"}}`))
	f.Add(entry("eu-west-1", "EU-Request", `"r":{"beginRange":"1/3","pricePerUnit":{"USD":"0.0000002"}}`))
	f.Fuzz(func(t *testing.T, text string) {
		var l priceList
		l.add(text)
		for _, p := range l.prices("2026-11-26", "a list") {
			if len(p.Tiers) == 0 || p.Tiers[0].From != 0 || checkRegion(p.Region) != nil {
				t.Errorf("%q: %+v", text, p)
			}
			for _, tier := range p.Tiers {
				if tier.USD.Sign() < 0 {
					t.Errorf("%q: %+v", text, p)
				}
			}
		}
	})
}
