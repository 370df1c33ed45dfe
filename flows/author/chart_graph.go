package author

import (
	"slices"
	"strings"
)

// shape says how a node is drawn.
type shape uint8

const (
	shapePlain shape = iota // says, computes, tags
	shapeRound              // a question
	shapeBox                // another flow, a block
	shapeEnd
	shapeIf
	shapeHear
)

// vertex and edge are a chart for programs that draw graphs: conditions are nodes of their own, so that every way has one beginning.
type vertex struct {
	key, label string
	shape      shape
	inner      []*vertex
}

type edge struct {
	from, to, label string
	dashed          bool
}

type graph struct {
	nodes   []*vertex
	edges   []edge
	classes map[string][]string // class → keys
	chart   *Chart
	stops   map[string]bool // end, stop, human that some way leads to
}

const (
	keyStart = "start"
	maxLabel = 60 // characters of a text in a node
	lineWide = 16 // characters before a label is broken
)

func (c *Chart) graph() *graph {
	g := &graph{chart: c, classes: map[string][]string{}, stops: map[string]bool{}}
	g.add(&g.nodes, keyStart, shapeEnd, strings.Join(c.Start, "\n"), c.Class)
	first := g.chain(c.Nodes, &g.nodes, "to_end")
	g.edges = append([]edge{{from: keyStart, to: first}}, g.edges...)
	for _, to := range []string{"end", "stop", "human"} {
		if g.stops[to] {
			g.add(&g.nodes, "to_"+to, shapeEnd, phrase("target."+to), "")
		}
	}
	for i, l := range c.Listen {
		key := "hear" + itoa(i+1)
		g.add(&g.nodes, key, shapeHear, l.Words, "")
		if l.Flow != "" {
			g.add(&g.nodes, key+"_to", shapeBox, l.Flow, "")
			g.edges = append(g.edges, edge{from: key, to: key + "_to", label: l.Then, dashed: true})
		}
	}
	return g
}

func (g *graph) add(into *[]*vertex, key string, s shape, label, class string) *vertex {
	v := &vertex{key: key, label: broken(label), shape: s}
	*into = append(*into, v)
	if class != "" {
		g.classes[class] = append(g.classes[class], key)
	}
	return v
}

// chain draws steps one below the other and returns where it begins; after is where its last step goes on.
func (g *graph) chain(nodes []*Node, into *[]*vertex, after string) string {
	entry := func(i int) string {
		for ; i < len(nodes); i++ {
			if nodes[i].Class != string(Removed) {
				return nodes[i].entry()
			}
		}
		if to, ok := strings.CutPrefix(after, "to_"); ok {
			g.stops[to] = true
		}
		return after
	}
	for i, n := range nodes {
		if n.When != "" {
			g.add(into, n.entry(), shapeIf, phrase("chart.when", "x", n.When), "")
			g.edges = append(g.edges, edge{from: n.entry(), to: n.Key}, edge{from: n.entry(), to: entry(i + 1), label: phrase("chart.otherwise")})
		}
		v := g.add(into, n.Key, n.shape(), n.Head+prefixed("\n", short(n.Text, maxLabel)), n.Class)
		if len(n.Inner) > 0 {
			inside := g.chain(n.Inner, &v.inner, n.Key)
			g.edges = append(g.edges, edge{from: n.Key, to: inside})
		}
		ways := n.Ways
		if n.Fail != nil && n.Fail.To != "skip" { // what goes on with the next step stands in the picture, not in the lines
			ways = append(slices.Clone(ways), *n.Fail)
		}
		for _, w := range ways {
			to := g.chart.target(w.To)
			if w.To == roundEnd {
				to = after
			}
			if to == "" {
				to = entry(i + 1)
			}
			if strings.HasPrefix(to, "to_") {
				g.stops[w.To] = true
			}
			g.edges = append(g.edges, edge{from: n.Key, to: to, label: strings.TrimSuffix(w.Label, phrase("text.colon")), dashed: w.Dashed})
		}
		if n.Falls {
			g.edges = append(g.edges, edge{from: n.Key, to: entry(i + 1)})
		}
	}
	return entry(0)
}

// entry is where ways to a node lead: its condition first.
func (n *Node) entry() string {
	if n.When != "" {
		return n.Key + "_if"
	}
	return n.Key
}

func (n *Node) shape() shape {
	switch n.Kind {
	case "ask":
		return shapeRound
	case "call", "block":
		return shapeBox
	case "end":
		return shapeEnd
	}
	return shapePlain
}

// target is the key of the node that a jump leads to, "" for the next one.
func (c *Chart) target(to string) string {
	switch to {
	case "end", "stop", "human":
		return "to_" + to
	}
	key := ""
	c.each(func(n *Node) {
		if n.ID == to && key == "" && n.Class != string(Removed) {
			key = n.entry()
		}
	})
	return key
}

// broken cuts long lines of a label.
func broken(label string) string {
	var out []string
	for line := range strings.SplitSeq(label, "\n") {
		rs := []rune(line)
		for len(rs) > lineWide+4 {
			out, rs = append(out, string(rs[:lineWide])), rs[lineWide:]
		}
		out = append(out, string(rs))
	}
	return strings.Join(out, "\n")
}

// colours of a class.
type colours struct{ fill, line, text string }

func palette(class string) colours {
	switch class {
	case "error":
		return colours{"#fde8e6", "#c8362b", "#7d1d16"}
	case "warning":
		return colours{"#fff3d6", "#c98a0c", "#6b4a05"}
	case string(Added):
		return colours{"#e3f4e6", "#2f8f46", "#1c5a2b"}
	case string(Changed):
		return colours{"#e4effc", "#2d6fc0", "#1a4478"}
	case string(Removed):
		return colours{"#f1f1f1", "#a3a3a3", "#8a8a8a"}
	}
	return colours{"#ffffff", "#8a97a6", "#1f2933"}
}
