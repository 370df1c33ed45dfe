package author

import (
	"slices"

	"github.com/vrep/vrep/flows"
)

// Mark colours what is different from another version of the flow: added and changed steps; those that are gone are drawn in their old place.
func (c *Chart) Mark(oldLib, lib *flows.Library, old, now *flows.Flow) {
	before, after := NewSheet(oldLib, old), NewSheet(lib, now)
	Compare(before, after)
	if slices.ContainsFunc(after.Header, func(l Line) bool { return l.State != Same }) && c.Class == "" {
		c.Class = string(Changed)
	}
	c.Nodes = markNodes(c.Nodes, after.Items, "gone")
}

func markNodes(nodes []*Node, items []*Item, prefix string) []*Node {
	out := slices.Clone(nodes)
	for i, it := range items {
		if it.State == Removed {
			out = slices.Insert(out, place(out, items[:i]), goneNode(it, prefix+itoa(i+1)))
			continue
		}
		at := slices.IndexFunc(out, func(n *Node) bool { return n.step == it.Step })
		if at < 0 {
			continue
		}
		n := out[at]
		switch {
		case it.State == Added:
			n.Class = string(Added)
		case it.changed():
			n.Class = string(Changed)
		}
		n.Inner = markNodes(n.Inner, it.Inner, n.Key+prefix)
	}
	return out
}

// place is where a step that is gone stands: behind the nearest one before it that is drawn.
func place(nodes []*Node, before []*Item) int {
	for _, it := range slices.Backward(before) {
		if at := slices.IndexFunc(nodes, func(n *Node) bool { return n.step == it.Step && it.Step != nil || n.removed == it }); at >= 0 {
			return at + 1
		}
	}
	return 0
}

// goneNode draws a step that the new version does not have; no way leads to it.
func goneNode(it *Item, key string) *Node {
	n := &Node{Key: key, Kind: it.Kind, Head: it.Word, Class: string(Removed), removed: it}
	if it.ID != "" {
		n.Head += phrase("text.dot") + it.ID
	}
	for _, l := range slices.Concat(it.Lead, it.Lines) {
		if n.Text == "" {
			n.Text = l.Text
		}
	}
	return n
}
