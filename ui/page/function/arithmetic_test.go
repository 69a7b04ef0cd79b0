package function

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"fntop/cost"
	"fntop/sources/spending"
)

// TestArithmeticComesOut: what is written as a product comes to what stands
// before it.
func TestArithmeticComesOut(t *testing.T) {
	for _, used := range []cost.Usage{
		{Requests: 3_141_592, Compute: cost.MemoryTime(17_961_234.5 * float64(cost.GBSecond)), LogBytes: 41_640_231_003},
		{Requests: 7, Compute: cost.MemoryTime(412.125 * float64(cost.GBSecond)), LogBytes: 408_000_000},
	} {
		used.Region, used.Arch = "us-east-1", cost.X86
		bill, err := cost.Month([]cost.Usage{used}, false)
		if err != nil {
			t.Fatal(err)
		}
		l := &spending.Line{Used: used, Components: bill.Lines[0]}
		for name, usd := range map[string]cost.USD{"compute": l.Components.Compute, "logs_ingestion": l.Components.LogIngestion} {
			var quantity, rate float64
			text := strings.NewReplacer(",", "", " GB-s", "", " GB of 2^30 bytes", "").Replace(arithmetic(name, l, false, "*"))
			if _, err := fmt.Sscanf(text, "%f * $%f", &quantity, &rate); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if want, ok := usd.Float64(); !ok || math.Abs(quantity*rate-want) > 0.0005 {
				t.Errorf("%s: %q comes to %v, not %v", name, text, quantity*rate, want)
			}
		}
	}
}
