package sources_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"fntop/sources"
)

func failure(kind sources.Kind, op, on, cause string) error {
	e := &sources.Error{Op: op, On: on, Kind: kind, Fix: "do something"}
	if cause != "" {
		e.Err = errors.New(cause)
	}
	return e
}

// TestCauses: what has one cause is told once, and no more of it than is true
// of all.
func TestCauses(t *testing.T) {
	const op, other = "logs:FilterLogEvents", "cloudwatch:GetMetricData"
	for name, c := range map[string]struct {
		errs []error
		at   [][]int
		want []string
	}{
		"none": {},
		"one":  {[]error{failure(sources.Denied, op, "eu-west-1", "")}, [][]int{{0}}, []string{"AccessDenied: logs:FilterLogEvents on eu-west-1 — do something"}},
		"one cause in two regions": {
			[]error{failure(sources.Denied, op, "eu-west-1", ""), failure(sources.Denied, op, "us-east-1", "")},
			[][]int{{0, 1}},
			[]string{"AccessDenied: logs:FilterLogEvents — do something"},
		},
		"denied actions are told apart": {
			[]error{failure(sources.Denied, op, "a", ""), failure(sources.Denied, other, "a", ""), failure(sources.Denied, op, "a", "")},
			[][]int{{0, 2}, {1}},
			[]string{"AccessDenied: logs:FilterLogEvents on a — do something", "AccessDenied: cloudwatch:GetMetricData on a — do something"},
		},
		"a network fails any action": {
			[]error{failure(sources.Unreachable, op, "a", "connection refused"), failure(sources.Unreachable, other, "a", "connection refused")},
			[][]int{{0, 1}},
			[]string{"unreachable on a: connection refused — do something"},
		},
		"different details": {
			[]error{failure(sources.Unreachable, op, "a", "dial 10.0.0.1"), failure(sources.Unreachable, op, "b", "dial 10.0.0.2")},
			[][]int{{0, 1}},
			[]string{"unreachable: logs:FilterLogEvents — do something"},
		},
		"other errors": {[]error{errors.New("x"), errors.New("y"), errors.New("x")}, [][]int{{0, 2}, {1}}, []string{"x", "y"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := sources.Causes(c.errs)
			if len(got) != len(c.want) {
				t.Fatalf("%d causes, want %d: %v", len(got), len(c.want), got)
			}
			for i := range got {
				if !slices.Equal(got[i].At, c.at[i]) || got[i].Err.Error() != c.want[i] {
					t.Errorf("%v %q, want %v %q", got[i].At, got[i].Err, c.at[i], c.want[i])
				}
			}
		})
	}
}

func TestJoinCauses(t *testing.T) {
	if err := sources.JoinCauses(nil); err != nil {
		t.Errorf("%v of nothing", err)
	}
	var errs []error
	for i := range 30 {
		errs = append(errs, failure(sources.Denied, "logs:FilterLogEvents", fmt.Sprintf("f%02d", i%20), ""))
	}
	err := sources.JoinCauses(errs)
	if want := "AccessDenied: logs:FilterLogEvents on f00, f01, f02 and 17 more — do something"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	if sources.KindOf(err) != sources.Denied {
		t.Errorf("the kind is lost: %v", err)
	}
	two := sources.JoinCauses([]error{failure(sources.Unreachable, "a:B", "x", "refused"), errors.New("y"), failure(sources.Unreachable, "a:B", "z", "refused")})
	if want := "unreachable: a:B on x, z: refused — do something\ny"; two.Error() != want {
		t.Errorf("%q, want %q", two, want)
	}
}
