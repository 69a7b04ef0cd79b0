package functions

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/filter"
)

// Grouping is what rows are gathered by. The zero Grouping is off. It is
// comparable.
type Grouping struct {
	by  by
	tag string // the key of the tag
}

type by int

const (
	byNothing by = iota
	byStack
	byTag
	byAccount
	byRegion
	byRuntime
)

// names are the words for what needs no key.
func (b by) String() string {
	return [...]string{"off", "stack", "tag", "account", "region", "runtime"}[b]
}

// String is the grouping as it is typed: "off", "stack", "tag:team".
func (g Grouping) String() string {
	if g.by == byTag {
		return "tag:" + g.tag
	}
	return g.by.String()
}

// words says what the grouping is. A tag may have the name of another grouping.
func (g Grouping) words() string {
	if g.by == byStack {
		return "stack (CloudFormation)"
	}
	return g.String()
}

// label is what the groups are: "team", "stack".
func (g Grouping) label() string {
	if g.by == byTag {
		return g.tag
	}
	return g.by.String()
}

// tags tells that it takes tags to know the groups.
func (g Grouping) tags() bool { return g.by == byStack || g.by == byTag }

// ParseGrouping reads a grouping. An empty text is off.
func ParseGrouping(text string) (Grouping, error) {
	if i := strings.IndexAny(text, ":="); i >= 0 && strings.EqualFold(text[:i], byTag.String()) {
		if text[i+1:] == "" {
			return Grouping{}, errors.New("the key of a tag is missing: write tag:KEY")
		}
		return Grouping{byTag, text[i+1:]}, nil
	}
	if text == "" {
		return Grouping{}, nil
	}
	var words []string
	for b := byNothing; b <= byRuntime; b++ {
		if b == byTag {
			continue
		}
		if strings.EqualFold(text, b.String()) {
			return Grouping{by: b}, nil
		}
		words = append(words, b.String())
	}
	if near, ok := filter.Nearest(text, words); ok {
		return Grouping{}, fmt.Errorf("no grouping %q: did you mean %s?", sources.Clean(text), near)
	}
	return Grouping{}, fmt.Errorf("no grouping %q: there are %s and tag:KEY", sources.Clean(text), strings.Join(words, ", "))
}

// stackTags are the tags by which stacks and applications mark what belongs to
// them (AWS CloudFormation User Guide, "Resource tags"; AWS Service Catalog
// AppRegistry Administrator Guide, "The awsApplication tag").
func stackTags() [2]string { return [2]string{"aws:cloudformation:stack-name", "awsApplication"} }

// groupKey is what tells groups apart.
type groupKey struct {
	name string
	kind groupKind
}

type groupKind int

const (
	named  groupKind = iota
	none             // it is known that there is no such thing
	untold           // not known yet
)

// of is the group of a function.
func (g Grouping) of(fn *fleet.Function) groupKey {
	switch g.by {
	case byTag:
		return tagged(fn, g.tag)
	case byStack:
		for _, tag := range stackTags() {
			if key := tagged(fn, tag); key.kind == named {
				return key
			}
		}
		return tagged(fn, "")
	case byAccount:
		return valued(fn.ID.Account, true)
	case byRegion:
		return valued(fn.ID.Region, true)
	case byRuntime:
		return valued(runtimeOf(fn), fn.Configured)
	default:
		return groupKey{}
	}
}

// tagged is the group of the value of a tag.
func tagged(fn *fleet.Function, tag string) groupKey {
	v, ok := fn.Config.Tags[tag]
	switch {
	case ok && tag != "":
		return groupKey{name: v}
	case fn.Tagged:
		return groupKey{kind: none}
	default:
		return groupKey{kind: untold}
	}
}

// valued is the group of a text.
func valued(s string, known bool) groupKey {
	switch {
	case s != "":
		return groupKey{name: s}
	case known:
		return groupKey{kind: none}
	default:
		return groupKey{kind: untold}
	}
}

// title is how a group is called.
func (g Grouping) title(k groupKey) string {
	switch {
	case k.kind == none:
		return "(no " + g.label() + ")"
	case k.kind == untold && g.tags():
		return "(tags not known)"
	case k.kind == untold:
		return "(" + g.label() + " not known)"
	case k.name == "":
		return "(empty)"
	case g.by == byStack:
		return application(k.name)
	}
	return k.name
}

// application is the name of an application in the value of its tag, such as
// "arn:aws:resource-groups:eu-west-1:123456789012:group/shop/0a1b2c…"; any other
// text is itself.
func application(value string) string {
	if !strings.HasPrefix(value, "arn:") {
		return value
	}
	_, group, ok := strings.Cut(value, ":group/")
	if name, _, _ := strings.Cut(group, "/"); ok && name != "" {
		return name
	}
	return value
}

// mostTags is how many keys of tags pressing a key goes through, and offeredTags
// how many are offered for typing.
const (
	mostTags    = 3
	offeredTags = 20
)

// groupings are those that make sense for what is known: the ones that part
// the functions, and the one there is.
func groupings(snap *fleet.Snapshot, now Grouping) []Grouping {
	all := []Grouping{{}}
	add := func(g Grouping) {
		// Grouping by stack is what asks for the tags.
		if g == now || g.by == byStack && !told(snap) || parts(snap, g) {
			all = append(all, g)
		}
	}
	add(Grouping{by: byStack})
	keys := tagKeys(snap, mostTags)
	if now.by == byTag && !slices.Contains(keys, now.tag) {
		keys = append(keys, now.tag)
	}
	for _, tag := range keys {
		add(Grouping{byTag, tag})
	}
	for _, b := range []by{byAccount, byRegion, byRuntime} {
		add(Grouping{by: b})
	}
	return all
}

// Groupings are what may be typed to group by, with the keys of tags that most
// functions have; of none while there is no snapshot.
func Groupings(snap *fleet.Snapshot) []string {
	var words []string
	if snap != nil {
		for _, key := range tagKeys(snap, offeredTags) {
			words = append(words, Grouping{byTag, key}.String())
		}
	}
	for _, b := range []by{byStack, byAccount, byRegion, byRuntime, byNothing} {
		words = append(words, b.String())
	}
	return words
}

// told tells that the tags of any function are known.
func told(snap *fleet.Snapshot) bool {
	for i := range snap.Len() {
		if snap.Function(i).Tagged {
			return true
		}
	}
	return false
}

// parts tells whether a grouping makes more than one group.
func parts(snap *fleet.Snapshot, g Grouping) bool {
	for i := 1; i < snap.Len(); i++ {
		if g.of(snap.Function(i)) != g.of(snap.Function(0)) {
			return true
		}
	}
	return false
}

// tagKeys are the keys of tags that most functions have, those of the cloud's
// own left out.
func tagKeys(snap *fleet.Snapshot, most int) []string {
	count := make(map[string]int)
	for i := range snap.Len() {
		for key := range snap.Function(i).Config.Tags {
			if !strings.HasPrefix(key, "aws:") && key != stackTags()[1] {
				count[key]++
			}
		}
	}
	keys := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	return keys[:min(len(keys), most)]
}
