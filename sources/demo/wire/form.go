package wire

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxFormDepth bounds how deep the names of a form may nest.
const maxFormDepth = 16

// formNode is a value of a form: a text, or members by name.
type formNode struct {
	text    string
	members map[string]*formNode
}

// formTree turns a query request into nested maps and lists. Names are paths
// with dots; the parts "member" and a number are items of a list
// (aws.protocols#awsQuery, "Collection serialization").
func formTree(form url.Values) (any, error) {
	root := &formNode{members: map[string]*formNode{}}
	for name, values := range form {
		parts := strings.Split(name, ".")
		if len(parts) > maxFormDepth {
			return nil, errors.New("parameter nests too deep")
		}
		node := root
		for _, part := range parts {
			if node.members == nil {
				node.members = map[string]*formNode{}
			}
			next := node.members[part]
			if next == nil {
				next = &formNode{}
				node.members[part] = next
			}
			node = next
		}
		node.text = values[len(values)-1]
	}
	return root.tree(), nil
}

func (n *formNode) tree() any {
	if n.members == nil {
		return n.text
	}
	if list := n.members["member"]; list != nil && len(n.members) == 1 {
		return list.items()
	}
	out := make(map[string]any, len(n.members))
	for name, member := range n.members {
		// An empty text stands for an empty list or nothing at all.
		if v := member.tree(); v != "" {
			out[name] = v
		}
	}
	return out
}

// items gives the items of a list in the order of their numbers. The numbers
// need not be dense, so a huge one costs nothing.
func (n *formNode) items() any {
	type item struct {
		number int
		node   *formNode
	}
	items := make([]item, 0, len(n.members))
	for _, name := range slices.Sorted(maps.Keys(n.members)) {
		number, err := strconv.Atoi(name)
		if err != nil {
			return map[string]any{"member": n.tree()}
		}
		items = append(items, item{number, n.members[name]})
	}
	slices.SortStableFunc(items, func(a, b item) int { return a.number - b.number })
	list := make([]any, len(items))
	for i, it := range items {
		list[i] = it.node.tree()
	}
	return list
}
