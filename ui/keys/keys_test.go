package keys

import (
	"reflect"
	"testing"

	"charm.land/bubbles/v2/key"

	"fntop/ui/theme"
)

// TestAKeyMeansOneThing everywhere. Enter opens, also the lines of a log.
func TestAKeyMeansOneThing(t *testing.T) {
	m := New(&theme.New(theme.Spec{}).Glyphs)
	meaning := make(map[string]string)
	v := reflect.ValueOf(*m)
	for i := range v.NumField() {
		b, ok := reflect.TypeAssert[key.Binding](v.Field(i))
		if !ok {
			t.Fatalf("%s is no binding", v.Type().Field(i).Name)
		}
		name := v.Type().Field(i).Name
		if name == "Fold" {
			name = "Open"
		}
		for _, k := range b.Keys() {
			if other, taken := meaning[k]; taken && other != name {
				t.Errorf("%q means %s and %s", k, other, name)
			}
			meaning[k] = name
		}
	}
	if len(meaning) < 40 {
		t.Errorf("only %d keys were looked at", len(meaning))
	}
}
