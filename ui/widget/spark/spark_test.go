package spark_test

import (
	"math"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"

	"fntop/ui/theme"
	"fntop/ui/widget/spark"
)

func TestDraw(t *testing.T) {
	g := &theme.New(theme.Spec{Profile: colorprofile.TrueColor}).Glyphs
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		values []float64
		width  int
		want   string
	}{
		{"nothing", nil, 4, "    "},
		{"no room", []float64{1}, 0, ""},
		{"steps", []float64{0, 1, 2, 3, 4, 5, 6}, 7, "▁▂▃▄▅▆▇"},
		{"all zero", []float64{0, 0, 0}, 3, "▁▁▁"},
		{"little is more than zero", []float64{0, 1, 1000}, 3, "▁▂▇"},
		{"unknown is a gap", []float64{nan, 1, nan, 1}, 4, " ▇ ▇"},
		{"all unknown", []float64{nan, nan}, 2, "  "},
		{"means", []float64{0, 6, 3, 3, 0, 0}, 3, "▇▇▁"},
		{"the unknown does not count", []float64{nan, 6, 3, 3}, 2, "▇▄"},
		{"stretched", []float64{0, 1}, 4, "▁▁▇▇"},
		{"not drawable", []float64{math.Inf(1), -5, 1}, 3, "▇▁▇"},
	} {
		if got := spark.Draw(g, c.values, c.width); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(1.0, 2.0, math.NaN(), 7)
	f.Fuzz(func(t *testing.T, a, b, c float64, width int) {
		width %= 400
		for _, spec := range []theme.Spec{{}, {ASCII: true}} {
			g := &theme.New(spec).Glyphs
			if n := utf8.RuneCountInString(spark.Draw(g, []float64{a, b, c, a, b}, width)); n != max(width, 0) {
				t.Errorf("%d columns, want %d", n, width)
			}
		}
	})
}
