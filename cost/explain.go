package cost

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Line is one line of an explanation.
type Line struct {
	Component string // as in JSON, such as "compute"; "total" for the sum
	// Text is the arithmetic, such as
	// "1,924 ms × 2048 MB = 3.848 GB-s × $0.0000133334 = $0.0000513".
	Text string
	USD  USD // exact
}

// Explain gives the arithmetic of the price, a line for each component that
// costs something or has no known price, and one for the total. The amounts in
// the texts are rounded to the same decimal and so that they add up to the
// total as it is shown, which can move one of them by its last digit.
func (p InvocationPrice) Explain() []Line {
	lines := p.terms()
	_, decimals, _ := strings.Cut(p.Total.String(), ".")
	amounts := roundedToSum(lines, max(len(decimals), 7))
	total := make([]string, len(lines))
	for i := range lines {
		lines[i].Text += " = " + amounts[i]
		total[i] = amounts[i]
	}
	text := strings.Join(total, " + ")
	if len(lines) > 1 {
		text += " = " + amounts[len(lines)]
	}
	return append(lines, Line{Component: "total", Text: text, USD: p.Total})
}

// ExplainBilled says how the billed duration comes about, such as "714 ms +
// 1,210 ms init = 1,924 ms". It ends in "(computed)" when it was not reported.
func (p InvocationPrice) ExplainBilled() string {
	text := inMilliseconds(p.Billed)
	if p.InitBilled > 0 {
		phase := "init"
		if p.in.BilledRestore > 0 {
			phase = "restore"
		}
		text = fmt.Sprintf("%s + %s %s = %s",
			inMilliseconds(p.Billed-p.InitBilled), inMilliseconds(p.InitBilled), phase, text)
	}
	if p.Computed {
		text += " (computed)"
	}
	return text
}

// terms gives the lines without their amounts.
func (p InvocationPrice) terms() []Line {
	c, in := p.Components, p.in
	lines := []Line{{
		Component: "requests",
		Text:      fmt.Sprintf("%s × %s", plural(p.requests, "request"), unitPrice(in.price(RequestPrice))),
		USD:       c.Requests,
	}}
	add := func(name string, amount USD, text string) {
		if !amount.IsZero() {
			lines = append(lines, Line{Component: name, Text: text, USD: amount})
		}
	}
	duration := func(d time.Duration, mb int64, what string, item Item) string {
		held := MemoryTime(d.Milliseconds() * mb)
		return fmt.Sprintf("%s × %d MB%s = %s × %s", inMilliseconds(d), mb, what, held, unitPrice(in.price(item)))
	}
	memory := int64(in.MemoryMB)
	add("compute", c.Compute, duration(p.Billed-p.InitBilled, memory, "", in.runItem()))
	add("init", c.Init, duration(p.InitBilled, memory, "", in.runItem()))
	add("ephemeral_storage", c.EphemeralStorage,
		duration(p.Billed, in.extraStorage(), " above 512", EphemeralStoragePrice))
	add("snapstart", c.SnapStart, fmt.Sprintf("restore of %d MB = %s GB × %s", in.restoredMB(),
		trimZeros(big.NewRat(in.restoredMB(), 1024).FloatString(10), 0), unitPrice(in.price(SnapStartRestorePrice))))
	return lines
}

// unitPrice gives a price of the first tier as it is published; prices per
// million name their unit.
func unitPrice(p *Price) string {
	if p == nil {
		return "unknown price"
	}
	unit, _ := p.Item.Unit()
	text := p.Tiers[0].USD.Exact()
	if strings.HasPrefix(unit, "million") {
		text += " per million"
	}
	return text
}

// roundedToSum gives the amounts of the lines with so many decimals, and then
// their total, which the others add up to as they are printed: all are cut off
// and those with the largest rests are rounded up until the sum is right.
func roundedToSum(lines []Line, places int) []string {
	type cut struct {
		index int
		n     *big.Int // in 10^-places dollars
		rest  *big.Int
	}
	unit := new(big.Int).Lsh(big.NewInt(decimalUnits), binaryUnits)
	var cuts []cut
	var total USD
	missing := new(big.Int)
	texts := make([]string, len(lines)+1)
	for i, line := range lines {
		total = total.Add(line.USD)
		if !line.USD.Known() {
			texts[i] = unknownText
			continue
		}
		n := line.USD.big()
		n, rest := n.Mul(n, pow10(places)).DivMod(n, unit, new(big.Int)) // down, also below zero
		cuts = append(cuts, cut{i, n, rest})
		missing.Add(missing, rest)
	}
	up := missing.Add(missing, new(big.Int).Rsh(unit, 1)).Quo(missing, unit).Int64()
	slices.SortStableFunc(cuts, func(a, b cut) int { return cmp.Or(b.rest.Cmp(a.rest), cmp.Compare(a.index, b.index)) })
	for k, c := range cuts {
		if int64(k) < up {
			c.n.Add(c.n, big.NewInt(1))
		}
		texts[c.index] = dollarsOf(c.n, places)
	}
	texts[len(lines)] = total.rounded(places)
	return texts
}

// dollarsOf prints an amount that is given in 10^-places dollars.
func dollarsOf(n *big.Int, places int) string {
	text := new(big.Rat).SetFrac(n, pow10(places)).FloatString(places)
	number, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(number, ".")
	text = "$" + group(whole)
	if point {
		text += "." + fraction
	}
	if negative {
		return "-" + text
	}
	return text
}

// rounded prints an amount with so many decimals.
func (u USD) rounded(places int) string {
	if !u.Known() {
		return unknownText
	}
	return u.dollars(places, places)
}

// inMilliseconds prints whole milliseconds, such as "1,924 ms".
func inMilliseconds(d time.Duration) string {
	return group(strconv.FormatInt(d.Milliseconds(), 10)) + " ms"
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
